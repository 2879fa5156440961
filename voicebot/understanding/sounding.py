"""Numbered names that only the ear would know: "le poil deux", "palo uno", "up to" for "hub two".

A recogniser on a bad line writes other words that sound like those said. Where nothing else was
understood, and all that surrounds them belongs to a request, words that sound like an office's
name and number are worth a question. Never more: the words themselves say something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from rapidfuzz import fuzz

from voicebot.model import OfficeId
from voicebot.understanding.lexicon import Words
from voicebot.understanding.numbered import Head
from voicebot.understanding.sentence import Sentence
from voicebot.understanding.sound import rough

LONGEST = 4
"""Words that a name may have been heard as."""
_MOST_WORDS = 12
"""A sentence with more of them has other things to say."""
_SHORTEST = 4
"""Sounds that a name has at least; fewer are in any word."""
_ALIKE = 80.0
"""Percent of the sounds that must be the same."""
_CLEARLY = 4.0
"""Percent by which one office must sound better than another."""

Sound: TypeAlias = Callable[[str], str]
"""From a word to its coarse pronunciation."""


class Sounded(NamedTuple):
    """An office that may have been said."""

    office: OfficeId
    likeness: float
    """0 to 1."""
    positions: frozenset[int]
    text: str
    """The phrase that it sounds like."""


class Sounding:
    """The numbered names of one language by their sound."""

    def __init__(self, heads: Iterable[Head], spoken: Callable[[str], Words], sound: Sound) -> None:
        """
        Args:
            heads: phrases for one office, each with a number.
            spoken: from a phrase to its words.
            sound: how a word sounds.
        """
        self._sound = sound
        self._targets: dict[str, tuple[OfficeId, str]] = {}
        self._names: set[str] = set()
        for head in heads:
            self._names.update(head.words)
            (office,) = head.offices
            target = self._rough(spoken(head.text))
            if len(target) >= _SHORTEST:
                self._targets.setdefault(target, (office, head.text))

    def find(self, sentence: Sentence, explained: frozenset[int]) -> list[Sounded]:
        """The offices that sound best, the likeliest first; more than one where it is a tie."""
        content = sentence.content - explained
        if not self._targets or not content or len(sentence.words) > _MOST_WORDS:
            return []
        best: dict[OfficeId, Sounded] = {}
        for start, end in _windows(len(sentence.words)):
            # All the strange words must be the name itself; where the name's own word stands
            # among them, its number was understood, and is another.
            heard_as = sentence.words[start:end]
            if not content <= frozenset(range(start, end)) or self._names.intersection(heard_as):
                continue
            heard = self._rough(heard_as)
            for target, (office, text) in self._targets.items():
                likeness = fuzz.ratio(heard, target, score_cutoff=_ALIKE)
                if likeness > 100 * best[office].likeness if office in best else likeness:
                    positions = frozenset(range(start, end))
                    best[office] = Sounded(office, likeness / 100, positions, text)
        found = sorted(best.values(), key=lambda sounded: -sounded.likeness)
        return [s for s in found if 100 * (found[0].likeness - s.likeness) < _CLEARLY]

    def _rough(self, spoken: Words) -> str:
        return rough("".join(map(self._sound, spoken)))


def _windows(size: int) -> Iterable[tuple[int, int]]:
    """The runs of words that a name may have been heard as."""
    return (
        (start, end)
        for start in range(size)
        for end in range(start + 1, min(size, start + LONGEST) + 1)
    )
