"""What the commands share: the settings they run on, how they print, how they show progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from voicebot import logs
from voicebot.model import LANGUAGES, Language
from voicebot.settings import Settings, load_settings

LanguageOption = Annotated[
    str, typer.Option("--lang", metavar="|".join(LANGUAGES), help="The language.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

settings_file: Path | None = None
"""As the command line names it."""


def load() -> Settings:
    """The settings, with the log set up as they say."""
    settings = load_settings(settings_file)
    logs.set_up(settings.log_level)
    return settings


def language_of(code: str) -> Language:
    """The language of an argument."""
    if code not in LANGUAGES:
        raise typer.BadParameter(f"{code!r} is none of {', '.join(LANGUAGES)}")
    return code


def moment_of(text: str) -> datetime:
    """The moment of an argument, without a zone unless it names one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        example = "write it as 2026-11-27T09:30"
        raise typer.BadParameter(f"{text!r} is no moment: {example}") from error


def print_json(fields: dict[str, Any]) -> None:
    """One object on one line."""
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_report(fields: dict[str, Any]) -> None:
    """What is in the fields, one a line."""
    for name, value in fields.items():
        if value not in (None, [], ""):
            out.print(f"{name}: {json.dumps(value, ensure_ascii=False)}", markup=False)
    out.print("")


@contextmanager
def count_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for work that is counted in pieces."""
    count = TextColumn("{task.completed}/{task.total}")
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
