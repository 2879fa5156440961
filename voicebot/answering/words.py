"""Small helpers that the grammars share."""

from __future__ import annotations

from collections.abc import Sequence


def join(items: Sequence[str], last: str, comma: str = ", ") -> str:
    """The items in a row, the last after the word for "and" with its spaces."""
    if len(items) < 2:
        return "".join(items)
    return comma.join(items[:-1]) + last + items[-1]


def capital(text: str) -> str:
    """The sentence with its first letter large."""
    return text[:1].upper() + text[1:]
