"""The `voicebot` command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from voicebot import __version__, app
from voicebot.commands import bench, console, simulate, user, work
from voicebot.commands.console import (
    JsonOption,
    LanguageOption,
    count_bar,
    err,
    language_of,
    load,
    out,
    print_json,
    print_report,
)
from voicebot.commands.staff import staff_commands
from voicebot.errors import VoicebotError

cli = typer.Typer(
    name="voicebot",
    help="A multilingual voice switchboard.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="The speech models: what there is, fetch, verify.", no_args_is_help=True)
cli.add_typer(models, name="models")
cli.add_typer(bench.cli, name="bench")
cli.add_typer(simulate.cli, name="simulate")
cli.add_typer(user.cli, name="user")
cli.add_typer(staff_commands)


def main() -> None:
    """Run the command; what a user can mend is said in a sentence, with no stack trace."""
    try:
        cli()
    except VoicebotError as error:
        err.print(f"voicebot: {error}", markup=False, style="red")
        sys.exit(1)


@cli.callback()
def common(
    settings: Annotated[
        Path | None, typer.Option(help="Settings file (default: voicebot.toml here, if any).")
    ] = None,
) -> None:
    """A multilingual voice switchboard."""
    console.settings_file = settings


@cli.command()
def version() -> None:
    """Say which version this is."""
    out.print(__version__)


@cli.command()
def serve() -> None:
    """Run the switchboard until it is told to stop."""
    settings = load()
    app.serve(settings, count_bar)


@cli.command()
def listen(
    files: Annotated[list[Path], typer.Argument(help="Sound files of any format.")],
    lang: Annotated[
        str | None, typer.Option("--lang", help="The language, where it is known.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the switchboard hears in sound files and how it understands it."""
    failed = False
    language = language_of(lang) if lang else None
    for file, result in work.listen(load(), files, language):
        if isinstance(result, VoicebotError):
            failed = True
            fields: dict[str, Any] = {"file": str(file), "error": result.code}
            fields["message"] = str(result)
            if not as_json:
                err.print(str(result), markup=False, style="red")
        else:
            fields = {"file": str(file), **result}
        if as_json:
            print_json(fields)
        elif "error" not in fields:
            print_report(fields)
    if failed:
        raise typer.Exit(1)


@cli.command()
def ask(
    text: Annotated[list[str], typer.Argument(help="What a caller might say.")],
    lang: LanguageOption,
    as_json: JsonOption = False,
    explain: Annotated[bool, typer.Option(help="Show which phrases it resembles.")] = False,
) -> None:
    """Say how the switchboard understands a sentence."""
    fields = work.ask(load(), " ".join(text), language_of(lang), explain)
    if as_json:
        print_json(fields)
    else:
        print_report(fields)


@cli.command()
def say(
    text: Annotated[list[str], typer.Argument(help="What to say.")],
    lang: LanguageOption,
    output: Annotated[Path, typer.Option("-o", "--output", help="A .wav file.")],
    slow: Annotated[bool, typer.Option(help="As for a caller who asked for it.")] = False,
) -> None:
    """Speak a text into a file, with the voice that callers hear."""
    voice = work.say(load(), " ".join(text), language_of(lang), output, slow)
    err.print(f"{output}: {voice}", markup=False)


@models.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """The models, whether they are here, and on what terms."""
    rows = work.models_list(load())
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("model", "state", "MB", "purpose", "languages", "licence"):
        table.add_column(column, overflow="fold", no_wrap=column in ("model", "state", "MB"))
    for row in rows:
        size = f"{row['bytes'] / 1e6:.0f}" if row["bytes"] else ""
        cells = (row["id"], row["state"], size, row["purpose"], " ".join(row["languages"]))
        table.add_row(*cells, row["licence"])
    out.print(table)


@models.command("fetch")
def models_fetch(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Which (default: all that the settings use).")
    ] = None,
    mirror: Annotated[
        str | None, typer.Option(help="Address of a mirror that stands in for the hubs.")
    ] = None,
) -> None:
    """Fetch models: resumed where broken off, checked before they are used."""
    settings, failed = load(), False
    for model in work.models_missing(settings, ids):
        err.print(f"{model.id}: {work.terms(model)}", markup=False)
        try:
            with _bytes_bar() as progress:
                work.models_fetch(settings, model, mirror, progress)
        except VoicebotError as error:
            failed = True
            err.print(str(error), markup=False, style="red")
    if failed:
        raise typer.Exit(1)


@models.command("verify")
def models_verify(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Which (default: all that are here).")
    ] = None,
) -> None:
    """Read every byte of the models and compare it with the manifest."""
    statuses = work.models_verify(load(), ids)
    for status in statuses:
        out.print(status.problem or f"{status.model.id}: good", markup=False)
    if any(status.problem for status in statuses):
        raise typer.Exit(1)


@contextmanager
def _bytes_bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each file of a download."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err) as bar:
        tasks: dict[str, TaskID] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield show


if __name__ == "__main__":
    main()
