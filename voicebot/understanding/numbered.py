"""Names with a number in them: the number decides which office is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from voicebot.model import Language, OfficeId, OfficePhrase
from voicebot.understanding.lexicon import Words
from voicebot.understanding.normalise import number_words, words
from voicebot.understanding.numbers import ARTICLE_ONE
from voicebot.understanding.sentence import Sentence

_NUMBER_REACH = 3
_DOUBTFUL = 0.75
"""How surely a number belongs to a name when it may count something else."""
_MISHEARD_NUMBER = 75.0
"""Percent alike that the word in a number's place must be to that number."""


class Head(NamedTuple):
    """A phrase taken apart."""

    text: str
    offices: frozenset[OfficeId]
    words: Words
    """Without the number."""
    number: int | None
    family: bool = False
    """Whether it stands for all names that differ in nothing but the number."""


def heads(phrases: Iterable[OfficePhrase], language: Language) -> Iterable[Head]:
    """The phrases without their numbers. A phrase of a number alone keeps it as a word."""
    known = number_words(language)
    for phrase in phrases:
        spoken = words(phrase.text, language)
        places = [
            at for at, word in enumerate(spoken) if word in known and _counts(spoken, at, language)
        ]
        if len(places) == 1 and len(spoken) > 1:
            head = spoken[: places[0]] + spoken[places[0] + 1 :]
            yield Head(phrase.text, frozenset(phrase.offices), head, known[spoken[places[0]]].value)
        else:
            yield Head(phrase.text, frozenset(phrase.offices), spoken, None)


def _counts(spoken: Words, at: int, language: Language) -> bool:
    return spoken[at] not in ARTICLE_ONE[language] or at == len(spoken) - 1


def families(heads: Sequence[Head]) -> Mapping[Words, frozenset[OfficeId]]:
    """The offices whose names differ in nothing but the number, by the rest of the name."""
    offices: dict[Words, set[OfficeId]] = defaultdict(set)
    for head in heads:
        if head.number is not None:
            offices[head.words] |= head.offices
    return {head: frozenset(ids) for head, ids in offices.items()}


def without_number(
    families: Mapping[Words, frozenset[OfficeId]], names: frozenset[str]
) -> list[Head]:
    """Names that fit several offices as long as their number is not said.

    Only in words of the offices' official names: "area" alone, of "area two", is anything.
    """
    return [
        Head(" ".join(head), offices, head, None, family=True)
        for head, offices in families.items()
        if len(offices) > 1 and names.issuperset(head)
    ]


def number_beside(
    wanted: int, positions: set[int], sentence: Sentence
) -> tuple[float, set[int]] | None:
    """How surely the number that goes with the words at `positions` is `wanted`, and where.

    A cardinal follows ("polo numero due"), an ordinal may lead ("the second hub").
    """
    first, last = min(positions), max(positions)
    near = []
    for at, number in sentence.numbers.items():
        if at > first:
            sure = _follows(last, at, sentence)
        else:
            sure = 1.0 if number.ordinal and first - at < _NUMBER_REACH else 0.0
        if sure > 0.0:
            near.append((first - at if at < first else max(0, at - last), at, sure))
    if near:
        _, at, sure = min(near)
        return (sure, {at}) if sentence.numbers[at].value == wanted else None
    return _misheard(wanted, last + 1, sentence)


def _follows(last: int, at: int, sentence: Sentence) -> float:
    """How surely the number at `at` belongs to the name that ends at `last`, 0 to 1."""
    if at > last + _NUMBER_REACH:
        return 0.0
    between = set(range(last + 1, at))
    if between & sentence.content - sentence.known:
        return 0.0
    if between and sentence.words[at] in ARTICLE_ONE[sentence.language]:
        # Behind a filler it is an article: "il polo per uno sfratto".
        return 1.0 if at - 1 in sentence.content else 0.0
    # "Hub for two people", "water polo three times": the number counts something else.
    counts = at + 1 in sentence.content - sentence.known
    return _DOUBTFUL if counts or between - sentence.content else 1.0


def _misheard(wanted: int, at: int, sentence: Sentence) -> tuple[float, set[int]] | None:
    if at >= len(sentence.words) or at in sentence.day_positions:
        return None
    word = sentence.words[at]
    likeness, value = max(
        (fuzz.ratio(word, spelling), number.value)
        for spelling, number in number_words(sentence.language).items()
        if not number.ordinal and number.value <= 10
    )
    if value != wanted or likeness < _MISHEARD_NUMBER:
        return None
    return likeness / 100.0, {at}
