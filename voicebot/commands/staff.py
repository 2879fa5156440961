"""The commands with which staff keep the files: check, hear, publish, undo."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from voicebot.adapters.audio_file import play_file
from voicebot.commands import staff_work as desk
from voicebot.commands.console import (
    JsonOption,
    LanguageOption,
    err,
    language_of,
    load,
    moment_of,
    out,
    print_json,
)
from voicebot.model import Action
from voicebot.staff.preview import Asked, Preview
from voicebot.staff.publish import State

staff_commands = typer.Typer()


ToldOption = Annotated[
    str | None,
    typer.Option(
        "--language", metavar="it|en", help="In which language to tell (default: the machine's)."
    ),
]
AtOption = Annotated[
    list[str] | None,
    typer.Option("--at", help="The moment, ISO 8601, local time unless it says (default: now)."),
]


@staff_commands.command()
def check(language: ToldOption = None) -> None:
    """Check the staff files: every mistake at once, with file, line and remedy."""
    settings = load()
    passed, lines = desk.check_files(settings, desk.words_of(settings, language))
    for line in lines:
        out.print(line, markup=False)
    if not passed:
        raise typer.Exit(1)


@staff_commands.command()
def diff(language: ToldOption = None) -> None:
    """Say who is affected by the change of the staff files that is not published yet."""
    settings = load()
    for line in desk.changes(settings, desk.words_of(settings, language)):
        out.print(line, markup=False)


@staff_commands.command()
def preview(
    office: Annotated[list[str] | None, typer.Option(help="Its id (default: all).")] = None,
    lang: Annotated[
        list[str] | None, typer.Option("--lang", help="A language of callers (default: all).")
    ] = None,
    at: AtOption = None,
    where: Annotated[bool, typer.Option(help="Address and way as well as hours.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A folder for the sound files.")
    ] = None,
    play: Annotated[bool, typer.Option(help="Play the sound.")] = False,
) -> None:
    """Print what callers would hear of each office by the files as they are, or render it."""
    settings = load()
    actions = (Action.HOURS, Action.WHERE) if where else (Action.HOURS,)
    moments = [moment_of(text) for text in at or ()]
    languages = [language_of(code) for code in lang or ()]
    answers = desk.previews(settings, Asked(office or (), languages, moments, actions))
    if output is None and not play:
        for answer in answers:
            _show(answer)
        return
    with TemporaryDirectory() as folder:
        for answer, file in desk.rendered(settings, answers, output or Path(folder)):
            _show(answer)
            if output is not None:
                err.print(str(file), markup=False)
            if play:
                play_file(file)


def _show(answer: Preview) -> None:
    out.print(f"{answer.moment:%Y-%m-%d %H:%M}, {answer.language}", markup=False)
    for sentence in answer.words:
        out.print(f"  {sentence.shown}", markup=False)


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
def close(
    office: Annotated[str | None, typer.Option(help="Its id (default: all offices).")] = None,
    until: Annotated[
        str | None, typer.Option(help="The moment, ISO 8601 (default: until voicebot open).")
    ] = None,
    message: Annotated[
        list[str] | None,
        typer.Option(help="What callers are told, it=TEXT for one language; may be repeated."),
    ] = None,
    recording: Annotated[
        list[str] | None,
        typer.Option(help="A sound file in its place, it=FILE for one language."),
    ] = None,
) -> None:
    """Close in an emergency: every call that begins from now on hears it at once."""
    moment = moment_of(until) if until else None
    closing = desk.Closing(office, moment, message or (), recording or ())
    emergency = desk.close(load(), closing)
    where, end = emergency.office or "all offices", emergency.until or "voicebot open"
    out.print(f"closed: {where}, until {end}", markup=False)


@staff_commands.command("open")
def reopen(
    office: Annotated[
        str | None, typer.Option(help="Its id (default: all that is closed).")
    ] = None,
) -> None:
    """End an emergency closing."""
    count = desk.reopen(load(), office)
    out.print("open again" if count else "no emergency closing was on", markup=False)


@staff_commands.command()
def prompts(lang: LanguageOption) -> None:
    """List what the bot says, each sentence with the name under which staff may record it."""
    for sentence, recorded in desk.prompts(load(), language_of(lang)):
        mark = "*" if recorded else " "
        out.print(f"{mark} {sentence.name}: {sentence.shown}", markup=False)


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
