"""What a decoder's text gives away about itself. Pure."""

from __future__ import annotations

import difflib
import zlib

MAX_COMPRESSION = 2.4
"""Bytes of text per compressed byte: above it the text repeats itself."""

ALIKE = 0.5
"""Share of letters in common from which two texts are of the same words."""

_PUNCTUATION = ".,;:!?…\"'«»()-،؛؟"

_MAX_REPEATS = 4
"""How often a run of one to six words may follow itself; callers do say a word thrice."""


def collapse(text: str) -> str:
    """The text without its repetitions, when it is nothing but one sentence over and over.

    With little silence behind the speech the decoder likes to start again; a caller who says a
    thing twice means it once. The last time may be cut off.
    """
    words = text.split()
    bare = [word.strip(_PUNCTUATION).lower() for word in words]
    for size in range(1, len(words)):
        again = len(words) - size
        if again <= size / 2:
            break
        last, same = bare[again - 1], bare[-1]
        if (last == same or (again > 1 and last.startswith(same))) and all(
            bare[i] == bare[i + size] for i in range(again - 1)
        ):
            return " ".join(words[:size])
    return text


def repeats(text: str) -> bool:
    """Whether a text goes round in circles, as a decoder does that lost its way."""
    data = text.encode()
    if len(data) > 40 and len(data) / len(zlib.compress(data)) > MAX_COMPRESSION:
        return True
    words = text.lower().split()
    for size in range(1, 7):
        for start in range(len(words) - size * _MAX_REPEATS + 1):
            run = words[start : start + size]
            if run * _MAX_REPEATS == words[start : start + size * _MAX_REPEATS]:
                return True
    return False


def alike(one: str, other: str) -> bool:
    """Whether two texts are likely to be of the same words, spelled or split otherwise."""
    matcher = difflib.SequenceMatcher(None, one.lower(), other.lower(), autojunk=False)
    return matcher.ratio() >= ALIKE
