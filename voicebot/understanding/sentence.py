"""A sentence as the scorers see it: its words, and what is already known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from voicebot.model import DayPart, Language
from voicebot.understanding.days import day_among, part_among
from voicebot.understanding.fillers import fillers
from voicebot.understanding.lexicon import Hits, Lexicon, Words
from voicebot.understanding.normalise import number_words, words
from voicebot.understanding.numbers import NumberWord

RECOGNISED = 0.8
"""Similarity from which a word counts as known."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One utterance, normalised and looked up."""

    language: Language
    words: Words
    hits: Hits
    """Known words of the phrases, where they occur."""
    day: date | None
    part: DayPart | None
    day_positions: frozenset[int]
    numbers: Mapping[int, NumberWord]
    """Number words by position, those of a day left out."""
    content: frozenset[int]
    """Positions of words that could carry a request: no fillers, no day."""
    known: frozenset[int]
    """Positions of words that occur in any phrase, one letter or so misheard at most."""


def read(text: str, language: Language, today: date, lexicon: Lexicon) -> Sentence:
    """Take `text` apart."""
    spoken = words(text, language)
    day, spans = day_among(spoken, language, today)
    day_positions = frozenset(at for start, end in spans for at in range(start, end))
    ignored = fillers(language)
    hits = lexicon.find(spoken)
    return Sentence(
        language=language,
        words=spoken,
        hits=hits,
        day=day,
        part=part_among(spoken, language, spans),
        day_positions=day_positions,
        numbers=_numbers(spoken, language, day_positions),
        content=frozenset(
            position
            for position, word in enumerate(spoken)
            if position not in day_positions and word not in ignored
        ),
        known=frozenset(
            at
            for places in hits.values()
            for hit in places
            if hit.similarity >= RECOGNISED
            for at in range(hit.first, hit.last + 1)
        ),
    )


def _numbers(spoken: Words, language: Language, skip: frozenset[int]) -> Mapping[int, NumberWord]:
    known = number_words(language)
    found = {
        position: known[word]
        for position, word in enumerate(spoken)
        if word in known and position not in skip
    }
    for position in range(len(spoken) - 1):
        # A recogniser may part a number in two, as if it had an elided article.
        pair = spoken[position] + spoken[position + 1]
        if pair in known and not {position, position + 1} & (found.keys() | skip):
            found[position] = known[pair]
    return found
