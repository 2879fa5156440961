"""Reading out what staff write in figures: telephone numbers, addresses, the bus to take."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicebot.answering.grammar import Grammar

_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"^(?P<street>[^\d,]+?),?\s+(?P<number>\d{1,4})\s*(?:,\s*(?P<rest>[^\d]+))?$")
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")
_LONGEST_GROUP = 4


@dataclass(frozen=True, slots=True)
class Address:
    """An address in the two parts in which it is said to somebody who speaks another language."""

    place: str
    """Street and town, in the language of the town."""
    number: int | None
    """Of the house; None where it stands in `place`, if there is one at all."""


def digits_in_words(text: str, grammar: Grammar) -> str:
    """The text with every figure in words: 0-9999 as numbers, longer or with a zero as digits."""
    return _DIGITS.sub(lambda match: _figure(match[0], grammar), text)


def telephone_in_words(telephone: str, grammar: Grammar) -> str:
    """The number digit by digit, in the groups in which it is written, long ones broken up."""
    groups = []
    for group in re.findall(r"\+?\d+", telephone):
        plus = f"{grammar.PLUS} " if group.startswith("+") else ""
        parts = [_one_by_one(part, grammar) for part in _broken_up(group.lstrip("+"))]
        groups.append(plus + f"{grammar.COMMA} ".join(parts))
    return f"{grammar.COMMA} ".join(groups)


def split_address(address: str) -> Address:
    """Apart what can be told apart: "Via Emilia 12, Modena" is a place and a number."""
    match = _ADDRESS.match(address.strip())
    if match is None:
        return Address(address.strip(), None)
    place = ", ".join(part for part in (match["street"].strip(), match["rest"]) if part)
    return Address(place.strip(), int(match["number"]))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text that staff wrote."""
    return tuple(part for part in _SENTENCE_END.split(text.strip()) if part)


def _figure(figure: str, grammar: Grammar) -> str:
    if len(figure) > 4 or (len(figure) > 1 and int(figure[0]) == 0):
        return _one_by_one(figure, grammar)
    return grammar.number(int(figure))


def _one_by_one(figure: str, grammar: Grammar) -> str:
    return " ".join(grammar.DIGITS[int(digit)] for digit in figure)


def _broken_up(group: str) -> list[str]:
    """Threes, and a last part of two to four: nobody keeps more in mind at once."""
    parts = []
    while len(group) > _LONGEST_GROUP:
        parts.append(group[:3])
        group = group[3:]
    return [*parts, group]
