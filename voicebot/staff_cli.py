"""The commands with which staff keep the files: check, hear, publish, undo."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from voicebot import staff_desk as desk
from voicebot.console import (
    JsonOption,
    LanguageOption,
    err,
    language_of,
    load,
    moment_of,
    out,
    print_json,
)
from voicebot.staff.publish import State

staff_commands = typer.Typer()


@staff_commands.command()
def check() -> None:
    """Check the staff files: every mistake at once, with file, line and remedy."""
    passed, lines = desk.check_files(load())
    for line in lines:
        out.print(line, markup=False)
    if not passed:
        raise typer.Exit(1)


@staff_commands.command()
def hours(
    office: Annotated[str, typer.Argument(help="The office's id, such as ufficio-casa.")],
    lang: LanguageOption,
    at: Annotated[
        str | None,
        typer.Option(help="The moment, ISO 8601, local time unless it says (default: now)."),
    ] = None,
) -> None:
    """Print what a caller would be told about an office's hours."""
    moment = moment_of(at) if at else None
    for sentence in desk.hours(load(), office, language_of(lang), moment):
        out.print(sentence, markup=False)


@staff_commands.command()
def history(as_json: JsonOption = False) -> None:
    """List the published versions of the staff files, the newest first."""
    rows = desk.history(load())
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("number", "at", "author", "occasion", "version"):
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table)


@staff_commands.command()
def rollback(
    number: Annotated[
        int | None, typer.Argument(help="Which version (default: the one before the newest).")
    ] = None,
) -> None:
    """Take up a published version of the staff files again."""
    status, aside = desk.rollback(load(), number)
    if aside is not None:
        err.print(f"the files that were there are now in {aside}", markup=False)
    for problem in status.problems:
        out.print(str(problem), markup=False)
    if status.state is not State.LIVE or status.live is None:
        raise typer.Exit(1)
    out.print(f"published: version {status.live.number} ({status.live.version})", markup=False)
