"""Small helpers that the grammars share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartWords:
    """How one half of a day is named; `{when}` stands where the day is."""

    today: str
    weekday: str
    """Of tomorrow, or of a day of the week."""
    dated: str
    """Of a date."""


def join(items: Sequence[str], last: str, comma: str = ", ") -> str:
    """The items in a row, the last after the word for "and" with its spaces."""
    if len(items) < 2:
        return "".join(items)
    return comma.join(items[:-1]) + last + items[-1]


def capital(text: str) -> str:
    """The sentence with its first letter large."""
    return text[:1].upper() + text[1:]
