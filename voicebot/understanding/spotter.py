"""Finds the offices and needs that are named inside a sentence.

A number in a phrase decides: "polo due" is never taken for "polo tre", and "polo" alone
stands for every office that differs in nothing but its number.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voicebot.model import Language, OfficeId, OfficePhrase
from voicebot.understanding.fillers import fillers
from voicebot.understanding.lexicon import Hit, Hits, Lexicon, Words, best
from voicebot.understanding.numbered import Head, families, heads, number_beside, without_number
from voicebot.understanding.sentence import Sentence

_FILLER_WEIGHT = 0.12
_FILLER_WEIGHT_ALONE = 0.25
"""In a phrase of one telling word the fillers matter more: "without home" is not "home"."""
_AMONG_COMMANDS = 0.5
"""What a word in the sentence frames or commands adds to the number of its uses."""
_TRIED = 10
"""Phrases of one office looked at closely."""
_NEAR_ENOUGH = 0.6
"""Share of a phrase that must occur anywhere in the sentence for a closer look."""
_REACH = 4
"""Words that may come between two neighbours of a phrase."""
_GAP_COST = 0.04
_ORDER_COST = 0.08
_MISSING_COST = 0.1
"""What each telling word that was not said costs, beside its own weight."""
_NAMED = 0.8
"""Share of a phrase that must be said for its words not to be strange to other phrases."""
_SPECIFIC = 1.4
"""The weight of words that identifies an office whatever else is said."""
_STRANGE_COST = 0.8
"""How much a vague phrase suffers in a sentence about something else."""
_MOSTLY = 0.5
"""Share of strange words past which even a numbered name had better be asked about."""
_ANOTHER = 0.75
"""How far a name counts that may well be part of another."""
_MISHEARD = 0.5
"""What a misheard word counts for as evidence, beside the very word."""
_NUMBER_EVIDENCE = 0.9
"""What the right number adds to the evidence of a name."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A phrase found in the sentence."""

    score: float
    """0 to 1."""
    evidence: float
    """How much was said for it: the weight of the words that were found."""
    positions: frozenset[int]
    head: Head

    @property
    def offices(self) -> frozenset[OfficeId]:
        """All that the phrase may mean."""
        return self.head.offices


@dataclass(frozen=True, slots=True)
class _Phrase:
    head: Head
    ids: tuple[int, ...]
    """The head's words by their number in the lexicon."""
    weights: tuple[float, ...]
    fillers: tuple[bool, ...]


class Spotter:
    """The office phrases of one language, compiled."""

    def __init__(
        self,
        phrases: Sequence[OfficePhrase],
        language: Language,
        lexicon: Lexicon,
        common: frozenset[str],
        names: frozenset[str],
    ) -> None:
        """`common` are the words of sentence frames and commands, `names` of office names."""
        self._language = language
        self._size = len(lexicon)
        apart = list(heads(phrases, language))
        family = families(apart)
        uses: dict[str, set[frozenset[OfficeId]]] = defaultdict(set)
        for head in apart:
            for word in head.words:
                uses[word].add(head.offices if head.number is None else family[head.words])
        self._weights = {
            word: 1.0 / math.sqrt(len(users) + _AMONG_COMMANDS * (word in common))
            for word, users in uses.items()
        }
        seen: set[tuple[Words, int | None, frozenset[OfficeId]]] = set()
        self._phrases: list[_Phrase] = []
        for head in apart + without_number(family, names):
            if head.words and (head.words, head.number, head.offices) not in seen:
                seen.add((head.words, head.number, head.offices))
                self._phrases.append(self._phrase(head, lexicon))
        self._compile()

    def _phrase(self, head: Head, lexicon: Lexicon) -> _Phrase:
        ignored = fillers(self._language)
        alone = head.number is None and sum(word not in ignored for word in head.words) == 1
        filler_weight = _FILLER_WEIGHT_ALONE if alone else _FILLER_WEIGHT
        return _Phrase(
            head=head,
            ids=tuple(lexicon.ids[word] for word in head.words),
            weights=tuple(
                filler_weight if word in ignored else self._weights[word] for word in head.words
            ),
            fillers=tuple(word in ignored for word in head.words),
        )

    def _compile(self) -> None:
        """Pad the phrases into matrices, so that one pass bounds all their scores."""
        longest = max((len(phrase.ids) for phrase in self._phrases), default=1)
        self._ids = np.full((len(self._phrases), longest), self._size, dtype=np.intp)
        self._matrix = np.zeros((len(self._phrases), longest), dtype=np.float32)
        groups: dict[frozenset[OfficeId], int] = {}
        for row, phrase in enumerate(self._phrases):
            self._ids[row, : len(phrase.ids)] = phrase.ids
            self._matrix[row, : len(phrase.ids)] = phrase.weights
            groups.setdefault(phrase.head.offices, len(groups))
        self._totals = self._matrix.sum(axis=1)

    def spot(self, sentence: Sentence, explained: frozenset[int]) -> list[Sighting]:
        """Every phrase that may be meant, the best of each group of offices first.

        `explained` are the positions of words that belong to a request whatever the office.
        """
        if not self._phrases or not sentence.hits:
            return []
        looks = (_look(phrase, sentence) for phrase in self._shortlist(sentence.hits))
        seen = [sighting for sighting in looks if sighting is not None]
        named = (sighting.positions for sighting in seen if sighting.score >= _NAMED)
        explained = explained.union(*named)
        found = [_in_context(sighting, sentence, explained) for sighting in seen]
        return sorted(found, key=lambda sighting: (-sighting.score, -sighting.evidence))

    def _shortlist(self, hits: Hits) -> list[_Phrase]:
        weighted = (best(hits, self._size)[self._ids] * self._matrix).sum(axis=1)
        bounds = weighted / self._totals
        rows = np.nonzero(bounds >= _NEAR_ENOUGH)[0]
        rows = rows[np.lexsort((-weighted[rows], -np.round(bounds[rows], 1)))]
        tried: dict[frozenset[OfficeId], int] = defaultdict(int)
        chosen = []
        for row in rows.tolist():
            phrase = self._phrases[row]
            if tried[phrase.head.offices] < _TRIED:
                tried[phrase.head.offices] += 1
                chosen.append(phrase)
        return chosen


def _look(phrase: _Phrase, sentence: Sentence) -> Sighting | None:
    """How much of the phrase is in the sentence, whatever else is said."""
    aligned = _align(phrase, sentence)
    if aligned is None:
        return None
    coverage, evidence, positions = aligned
    if phrase.head.number is not None:
        numbered = number_beside(phrase.head.number, positions, sentence)
        if numbered is None or (numbered[0] < 1.0 and coverage < 1.0):
            return None
        likeness, at = numbered
        coverage *= likeness
        positions |= at
        evidence += _NUMBER_EVIDENCE
    return Sighting(
        score=max(0.0, coverage),
        evidence=evidence,
        positions=frozenset(positions),
        head=phrase.head,
    )


def _in_context(sighting: Sighting, sentence: Sentence, explained: frozenset[int]) -> Sighting:
    """The sighting with the score lowered where a vague phrase stands among strange words."""
    specific = min(1.0, sighting.evidence / _SPECIFIC)
    unexplained = sentence.content - sighting.positions - explained
    strange = len(unexplained) / max(1, len(sentence.content))
    numbers = sentence.numbers.keys()
    score = sighting.score * (1.0 - _STRANGE_COST * (1.0 - specific) * strange)
    if sighting.head.family and max(sighting.positions) + 1 in unexplained - numbers:
        # "Pôle Nord", "water polo team": the name goes on, and is another's.
        score *= _ANOTHER
    elif sighting.head.number is not None and strange > _MOSTLY:
        score *= _ANOTHER
    return replace(sighting, score=score)


_Aligned = tuple[float, float, set[int]]
"""How much of a phrase stands together in the sentence (0 to 1), what that proves, and where."""


def _align(phrase: _Phrase, sentence: Sentence) -> _Aligned | None:
    anchor = max(
        (index for index, known in enumerate(phrase.ids) if known in sentence.hits),
        key=lambda index: phrase.weights[index],
        default=None,
    )
    if anchor is None:
        return None
    tries = (
        _around(phrase, sentence, anchor, hit) for hit in sentence.hits[phrase.ids[anchor]][:_REACH]
    )
    return max(tries, key=lambda found: found[0])


def _around(phrase: _Phrase, sentence: Sentence, anchor: int, start: Hit) -> _Aligned:
    """The phrase laid over the sentence so that its `anchor` word is `start`."""
    chosen = {anchor: start}
    order = sorted(range(len(phrase.ids)), key=lambda index: abs(index - anchor))
    for index in order[1:]:
        hit = _nearest(sentence.hits.get(phrase.ids[index], ()), index, chosen)
        if hit is not None:
            chosen[index] = hit
    positions = {at for hit in chosen.values() for at in (hit.first, hit.last)}
    between = set(range(min(positions), max(positions))) - positions
    gaps = len(between & sentence.content)
    firsts = [chosen[index].first for index in sorted(chosen) if not phrase.fillers[index]]
    swaps = sum(a > b for a, b in zip(firsts, firsts[1:], strict=False))
    total = sum(phrase.weights[index] * hit.similarity for index, hit in chosen.items())
    evidence = sum(
        phrase.weights[index] * hit.similarity * (1.0 if hit.similarity == 1.0 else _MISHEARD)
        for index, hit in chosen.items()
        if not phrase.fillers[index]
    )
    missing = sum(not filler for filler in phrase.fillers) - len(firsts)
    whole = 1.0 - _MISSING_COST * missing
    coverage = whole * total / sum(phrase.weights) - _GAP_COST * gaps - _ORDER_COST * swaps
    return coverage, evidence, positions


def _nearest(hits: Sequence[Hit], index: int, chosen: Mapping[int, Hit]) -> Hit | None:
    neighbour = min(chosen, key=lambda other: abs(other - index))
    beside = chosen[neighbour]
    free = [
        (hit.similarity - _GAP_COST * _misplaced(hit, beside, index - neighbour), hit)
        for hit in hits
        if abs(hit.first - beside.first) <= _REACH + abs(index - neighbour)
        and not any(_same_place(hit, other) for other in chosen.values())
    ]
    return max(free)[1] if free else None


def _misplaced(hit: Hit, beside: Hit, offset: int) -> int:
    return abs(hit.first - beside.first - offset)


def _same_place(one: Hit, other: Hit) -> bool:
    """Whether two known words claim the same spoken word; a compound stands for both."""
    if one.compound == other.compound >= 0 and one.first == other.first:
        return False
    return one.first <= other.last and other.first <= one.last
