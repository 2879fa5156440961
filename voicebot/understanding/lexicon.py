"""Where the words that the phrases know occur in a sentence, recognition errors allowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Words: TypeAlias = tuple[str, ...]


class Hit(NamedTuple):
    """A known word that was found in the sentence."""

    similarity: float
    """0 to 1; 1 is the very word."""
    first: int
    last: int
    """Positions of the first and last word that make it up: two where one was heard as two."""
    compound: int = -1
    """Which two known words were heard as this one; -1 for none."""


Hits: TypeAlias = Mapping[int, Sequence[Hit]]
"""By the known word's number, the best first."""

_MAX_WORDS = 64
"""Of a sentence; who writes more has said it by then."""
_HARSHNESS = 1.3
"""A misheard word counts for less than the share of letters that are right."""
_JOINED = 86.0
"""Percent alike that two words must be, taken as one, to a known word."""
_COMPOUND = 88.0
"""Percent alike that one word must be to two known neighbours written as one."""
_SPLIT_COST = 0.02
_NEVER = 101.0
_SOUND_COST = 0.05
"""A word known by its sound alone counts for a little less than one known by its letters."""


class Lexicon:
    """The words of a set of phrases, compiled for fuzzy search."""

    def __init__(
        self,
        phrases: Iterable[Words],
        certain: Container[str] = (),
        sounds: Mapping[str, str] | None = None,
        sound: Callable[[str], str] | None = None,
    ) -> None:
        """
        Args:
            phrases: the words to know.
            certain: words so frequent that they are never another word misheard.
            sounds: what the words sound like that may be known by that.
            sound: what any other word sounds like; None to go by letters alone.
        """
        phrases = list(phrases)
        self._certain = certain
        self.ids: dict[str, int] = {}
        for phrase in phrases:
            for word in phrase:
                self.ids.setdefault(word, len(self.ids))
        self._words = list(self.ids)
        self._cutoffs = np.array([_cutoff(word) for word in self._words], dtype=np.float32)
        pairs = {
            first + second: (self.ids[first], self.ids[second])
            for phrase in phrases
            for first, second in zip(phrase, phrase[1:], strict=False)
            if len(first) > 2 and len(second) > 2
        }
        self._compounds = list(pairs)
        self._parts = list(pairs.values())
        self._sound = sound
        self._audible = [self.ids[word] for word in sounds or ()]
        self._sounds = list((sounds or {}).values())
        self._sound_cutoffs = np.array([_sound_cutoff(s) for s in self._sounds], dtype=np.float32)

    def __len__(self) -> int:
        return len(self._words)

    def find(self, spoken: Words) -> Hits:
        """Every known word that occurs in the first words of the sentence."""
        spoken = spoken[:_MAX_WORDS]
        if not spoken or not self._words:
            return {}
        found: dict[int, list[Hit]] = defaultdict(list)
        self._find_singles(spoken, found)
        self._find_joined(spoken, found)
        self._find_compounds(spoken, found)
        self._find_sounds(spoken, found)
        for hits in found.values():
            hits.sort(reverse=True)
        return found

    def _find_singles(self, spoken: Words, found: dict[int, list[Hit]]) -> None:
        for position, known, similarity in _alike(spoken, self._words, self._cutoffs):
            if similarity == 1.0 or spoken[position] not in self._certain:
                found[known].append(Hit(similarity, position, position))

    def _find_joined(self, spoken: Words, found: dict[int, list[Hit]]) -> None:
        joined = [first + second for first, second in zip(spoken, spoken[1:], strict=False)]
        cutoffs = np.maximum(self._cutoffs, _JOINED)
        for position, known, similarity in _alike(joined, self._words, cutoffs):
            if len(self._words[known]) > 4 or similarity == 1.0:
                found[known].append(Hit(similarity - _SPLIT_COST, position, position + 1))

    def _find_compounds(self, spoken: Words, found: dict[int, list[Hit]]) -> None:
        strange = [
            (position, word)
            for position, word in enumerate(spoken)
            if len(word) > 6 and word not in self.ids
        ]
        if not strange or not self._compounds:
            return
        cutoffs = np.full(len(self._compounds), _COMPOUND, dtype=np.float32)
        rows = [word for _, word in strange]
        for row, compound, similarity in _alike(rows, self._compounds, cutoffs):
            position = strange[row][0]
            for known in self._parts[compound]:
                found[known].append(Hit(similarity - _SPLIT_COST, position, position, compound))

    def _find_sounds(self, spoken: Words, found: dict[int, list[Hit]]) -> None:
        """Words that nobody knows, and that sound like one: "Paul" for "pôle"."""
        strange = [
            (position, word)
            for position, word in enumerate(spoken)
            if len(word) > 2 and word not in self.ids and word not in self._certain
        ]
        if self._sound is None or not strange or not self._sounds:
            return
        rows = [self._sound(word) for _, word in strange]
        for row, column, similarity in _alike(rows, self._sounds, self._sound_cutoffs):
            position, known = strange[row][0], self._audible[column]
            if rows[row]:
                found[known].append(Hit(similarity - _SOUND_COST, position, position))


def best(hits: Hits, size: int, taken: frozenset[int] = frozenset()) -> NDArray[np.float32]:
    """Shape (size,): how surely each known word occurs, outside the positions `taken`."""
    values = np.zeros(size + 1, dtype=np.float32)
    for known, places in hits.items():
        for hit in places:
            if hit.first not in taken and hit.last not in taken:
                values[known] = hit.similarity
                break
    return values


def _alike(
    rows: Sequence[str], columns: Sequence[str], cutoffs: NDArray[np.float32]
) -> list[tuple[int, int, float]]:
    if not rows:
        return []
    lowest = float(cutoffs.min())
    scores = process.cdist(
        rows, columns, scorer=fuzz.ratio, score_cutoff=lowest, dtype=np.float32, workers=1
    )
    row_numbers, column_numbers = np.nonzero(scores >= cutoffs)
    values = scores[row_numbers, column_numbers]
    return [
        (row, column, max(0.0, 1.0 - _HARSHNESS * (1.0 - value / 100.0)))
        for row, column, value in zip(
            row_numbers.tolist(), column_numbers.tolist(), values.tolist(), strict=True
        )
    ]


def _cutoff(word: str) -> float:
    """Percent alike that a word must be: short ones have too many neighbours to be misheard."""
    if len(word) <= 3 or word.isdigit():
        return 100.0
    return 85.0 if len(word) == 4 else 78.0


def _sound_cutoff(sound: str) -> float:
    """Percent alike that a sound must be."""
    if len(sound) <= 3:
        return 100.0 if len(sound) == 3 else _NEVER
    return 85.0
