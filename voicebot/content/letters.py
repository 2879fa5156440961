"""Letters that only look right: of another script, or invisible."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from voicebot.model import told

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = ("LATIN", "ARABIC", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "FULLWIDTH")
_USUAL = frozenset({"LATIN", "ARABIC"})
_PERSIAN = {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647", "\u06be": "\u0647"}
"""Letters of Persian and Urdu keyboards, and the Arabic ones that they resemble."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What an escape such as `"\\x07"` may bring in; no voice and no screen can do anything with it."""


def control_sign(text: str) -> tuple[str, str] | None:
    """What is wrong where a text holds a control sign, and what to do; None where none is."""
    found = _CONTROL.search(text)
    if found is None:
        return None
    code = f"U+{ord(found.group()):04X}"
    return told("the text holds a control sign ({code})", code=code), told(
        "remove it, or the backslash that brings it"
    )


def fold(text: str) -> str:
    """The text without case, accents and doubled spaces, for comparing."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())


def look_alikes(text: str) -> tuple[str, str] | None:
    """What is wrong with the letters of a text, and what to do; None where nothing is."""
    if text.isascii():
        return None
    hidden = _INVISIBLE.search(text)
    if hidden:
        code = f"U+{ord(hidden.group()):04X}"
        return (
            told(
                "an invisible sign ({code}) stands at sign {place} of the text",
                code=code,
                place=hidden.start() + 1,
            ),
            told("delete the words around it and type them again"),
        )
    for word in _WORD.findall(text):
        if not word.isascii() and (found := _in_word(word)):
            return found
    return None


def _in_word(word: str) -> tuple[str, str] | None:
    for letter in word:
        if letter in _PERSIAN:
            return (
                told(
                    'the letter {letter} (U+{code:04X}) in "{word}" is of a Persian keyboard',
                    letter=letter,
                    code=ord(letter),
                    word=word,
                ),
                told(
                    "write {arabic} (U+{code:04X})",
                    arabic=_PERSIAN[letter],
                    code=ord(_PERSIAN[letter]),
                ),
            )
    scripts = Counter(script for letter in word if (script := _script(letter)))
    if len(scripts) <= 1 and not scripts.keys() - _USUAL:
        return None
    odd = min(scripts, key=lambda script: (script in _USUAL, scripts[script]))
    letter = next(letter for letter in word if _script(letter) == odd)
    return (
        told(
            'the letter {letter} (U+{code:04X}) in "{word}" is {script}, whatever it looks like',
            letter=letter,
            code=ord(letter),
            word=word,
            script=odd.capitalize(),
        ),
        told("type the word again on the keyboard of its language"),
    )


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The script of a letter, empty for those that have none of their own."""
    name = unicodedata.name(letter, "").split(" ", 1)[0]
    return name if name in _SCRIPTS else ""
