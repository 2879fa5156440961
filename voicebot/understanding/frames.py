"""What is wanted: sentence frames around an office, and commands that need none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from voicebot.model import Language
from voicebot.understanding.fillers import fillers
from voicebot.understanding.lexicon import Hit, Lexicon, Words, best
from voicebot.understanding.sentence import RECOGNISED, Sentence

Meaning = TypeVar("Meaning", bound=Hashable)

_FILLER_WEIGHT = 0.25
_KNOWN = 0.6
"""Share of the cost of an unexplained word that a word of one other meaning has.

The more meanings use it, the less it says of what was meant ("can you", "I would like").
"""


@dataclass(frozen=True, slots=True)
class Frame(Generic[Meaning]):
    """A phrase that stands for a meaning."""

    text: str
    words: Words
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Fit(Generic[Meaning]):
    """How well the best phrase of a meaning fits the sentence."""

    meaning: Meaning
    coverage: float
    """0 to 1: how much of the phrase was said."""
    evidence: float
    """The weight of what was said."""
    strange: float
    """0 to 1: the share of the sentence that no phrase of this meaning explains."""
    phrase: str
    telling: float = 0.0
    """0 to 1: how surely a word was said that belongs to this meaning alone."""


class Frames(Generic[Meaning]):
    """Phrases grouped by meaning; a word weighs the less the more meanings use it."""

    def __init__(
        self, frames: Sequence[Frame[Meaning]], language: Language, lexicon: Lexicon
    ) -> None:
        self._size = len(lexicon)
        ignored = fillers(language)
        users: dict[str, set[Meaning]] = defaultdict(set)
        for frame in frames:
            for word in frame.words:
                users[word].add(frame.meaning)
        self._frames = [frame for frame in frames if frame.words]
        longest = max((len(frame.words) for frame in self._frames), default=1)
        self._ids = np.full((len(self._frames), longest), self._size, dtype=np.intp)
        self._weights = np.zeros((len(self._frames), longest), dtype=np.float32)
        self._own: dict[Meaning, set[int]] = defaultdict(set)
        self._only_fillers = np.zeros(len(self._frames), dtype=bool)
        rows: dict[Meaning, list[int]] = defaultdict(list)
        for row, frame in enumerate(self._frames):
            for column, word in enumerate(frame.words):
                self._ids[row, column] = lexicon.ids[word]
                self._weights[row, column] = (
                    _FILLER_WEIGHT if word in ignored else 1.0 / len(users[word])
                )
                self._own[frame.meaning].add(lexicon.ids[word])
            self._only_fillers[row] = all(word in ignored for word in frame.words)
            rows[frame.meaning].append(row)
        self._rows = {meaning: np.array(places) for meaning, places in rows.items()}
        self._totals = np.maximum(self._weights.sum(axis=1), 1e-6)
        self._users = {lexicon.ids[word]: len(meanings) for word, meanings in users.items()}
        self._telling = {
            meaning: {
                lexicon.ids[word]
                for word, meanings in users.items()
                if meanings == {meaning} and word not in ignored
            }
            for meaning in rows
        }

    def explained(self, sentence: Sentence) -> frozenset[int]:
        """Positions of the words that occur in any of the phrases."""
        return _positions(sentence, self._users.keys())

    def _known_cost(self, sentence: Sentence) -> Mapping[int, float]:
        """What a word costs a meaning that it does not belong to, by position."""
        cost: dict[int, float] = {}
        for word, hits in sentence.hits.items():
            if word in self._users:
                for at in _positions_of(hits):
                    cost[at] = min(cost.get(at, 1.0), _KNOWN / self._users[word])
        return cost

    def fits(
        self, sentence: Sentence, taken: frozenset[int] = frozenset()
    ) -> Mapping[Meaning, Fit[Meaning]]:
        """How well each meaning fits the sentence without the positions in `taken`."""
        if not self._frames:
            return {}
        said = best(sentence.hits, self._size, taken)
        weighted = (said[self._ids] * self._weights).sum(axis=1)
        coverage = weighted / self._totals
        rest = sentence.content - taken
        known = self._known_cost(sentence)
        fits = {
            meaning: self._fit(meaning, (coverage, weighted), sentence, rest, known)
            for meaning in self._rows
        }
        return {
            meaning: replace(fit, telling=_surest(sentence, self._telling[meaning], taken))
            for meaning, fit in fits.items()
        }

    def _fit(
        self,
        meaning: Meaning,
        scores: tuple[NDArray[np.float32], NDArray[np.float32]],
        sentence: Sentence,
        rest: frozenset[int],
        known: Mapping[int, float],
    ) -> Fit[Meaning]:
        coverage, evidence = scores
        rows = self._rows[meaning]
        own = _positions(sentence, self._own[meaning])
        if rest - own:
            # "Thanks" means something only where nothing else is said.
            rows = rows[~self._only_fillers[rows]]
        if not len(rows):
            return Fit(meaning, 0.0, 0.0, 1.0, "")
        row = rows[np.lexsort((-evidence[rows], -coverage[rows].round(2)))[0]]
        strange = sum(known.get(at, 1.0) for at in rest - own)
        return Fit(
            meaning=meaning,
            coverage=float(coverage[row]),
            evidence=float(evidence[row]),
            strange=strange / max(1, len(rest)),
            phrase=self._frames[row].text,
        )


def _surest(sentence: Sentence, telling: Set[int], taken: frozenset[int]) -> float:
    """How surely any of these words was said; a word that is known as another is not misheard."""
    exact = {hit.first for hits in sentence.hits.values() for hit in hits if hit.similarity == 1.0}
    return max(
        (
            hit.similarity
            for word in telling & sentence.hits.keys()
            for hit in sentence.hits[word]
            if hit.first not in taken and (hit.similarity == 1.0 or hit.first not in exact)
        ),
        default=0.0,
    )


def _positions(sentence: Sentence, known: Set[int]) -> frozenset[int]:
    """Where any of the known words is said."""
    return frozenset(
        at for word, hits in sentence.hits.items() if word in known for at in _positions_of(hits)
    )


def _positions_of(hits: Iterable[Hit]) -> Iterator[int]:
    return (
        at for hit in hits if hit.similarity >= RECOGNISED for at in range(hit.first, hit.last + 1)
    )
