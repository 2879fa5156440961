"""A mistake in a staff file, told so that a clerk can put it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from voicebot.errors import ContentError
from voicebot.model import tell, told

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in its file: keys of mappings, and places in lists from 0."""


class Severity(StrEnum):
    """Whether the files may be used all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or one thing worth a look."""

    file: str
    """With the folder's name: `intents/offices.yaml`."""
    line: int
    """From 1; 0 where it concerns the file as a whole."""
    key: str
    """Such as `offices.polo-1.hours.monday[0]`; empty where it concerns no key."""
    message: str
    """What is wrong, without a full stop."""
    remedy: str
    """What to write or do instead."""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it stops the files from being used."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """One line: `file:line: error: key: message → remedy`."""
        return self.line_in({})

    def line_in(self, texts: Mapping[str, str]) -> str:
        """The same line by the templates of another language (`model.told`)."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        kind = tell(told("error") if self.is_error else told("warning"), texts)
        message, remedy = tell(self.message, texts), tell(self.remedy, texts)
        return _one_line(f"{place}: {kind}: {key}{message} → {remedy}")


class StaffFilesError(ContentError):
    """The staff files cannot be used; carries every problem, the warnings as well."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file and line, each problem once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda found: (found.file, found.line)))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them stops the files from being used."""
    return any(problem.is_error for problem in problems)


def shown(text: str) -> str:
    """A text of the files in quotes, cut where it is long."""
    text = _one_line(text)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:60]}..."'


def _one_line(text: str) -> str:
    """Without line breaks and other signs that would upset a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def dotted(path: Sequence[str | int]) -> str:
    """A path as staff read it: `offices.polo-1.hours.monday[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
