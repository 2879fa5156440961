"""Where somebody lives: which offices serve the quarter or the street that was named.

Places keep their Italian names whatever is spoken, and recognisers write them as they please, so
they are compared by letters and by sound. "Via Emilia 12" names a street that runs through three
areas: then all of them may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from voicebot.model import Language, Office, OfficeId
from voicebot.understanding.fillers import fillers
from voicebot.understanding.normalise import number_words, words
from voicebot.understanding.sound import Pronounce, coarse, rough

NATIVE: Language = "it"
"""The language of the places' names."""

_KINDS = frozenset(
    "via viale vicolo corso piazza piazzale largo strada rua quartiere zona frazione".split()
)
"""What a name may begin with and callers leave out, or get wrong."""
_ALIKE = 82.0
"""Percent of letters or sounds from which a place was named."""
_PART = 85.0
"""The same for the first word of a longer name; that alone says less."""
_PLAIN = 93.0
"""Percent from which nothing else with the same first word may be meant."""
_SURE = 90.0
"""Percent from which a place counts where nobody asked for one."""
_LONG = 7
"""Letters of a name that is taken for a place there: "grande" is said of much."""
_TIE = 4.0
"""Percent that two places may be apart and both be meant."""
SHORTEST = 4
"""Letters or sounds of a name at least; fewer are in any sentence."""
LONGEST = 4
"""Words that a name may have been written as."""
_MOST_WORDS = 24


class Homes:
    """The parts of a town and who serves them."""

    def __init__(self, offices: Iterable[Office], pronounce: Pronounce | None = None) -> None:
        """With `pronounce`, places are known by their sound as well as by their letters."""
        offices = list(offices)
        self._pronounce = pronounce
        towns = {word for o in offices for word in _telling(o.address.rsplit(",")[-1], NATIVE)}
        places = [(o.id, name) for o in offices for name in (*o.quarters, *o.streets)]
        spoken = [tuple(_telling(name, NATIVE)) for _, name in places]
        self._offices = [office for office, _ in places]
        self._letters = ["".join(words) for words in spoken]
        self._sounds = [self._sound(words, NATIVE) for words in spoken]
        self._firsts = [
            words[0] if len(words) > 1 and words[0] not in towns else "" for words in spoken
        ]

    def find(self, text: str, language: Language, sure: bool = False) -> tuple[OfficeId, ...]:
        """Who serves the place that `text` names; several where it may be more than one.

        With `sure` only what was named beyond doubt, for sentences that nobody asked a place in.
        """
        said = list(_telling(text, language))[:_MOST_WORDS]
        runs = [
            slice(at, end) for at in range(len(said)) for end in range(at + 1, at + LONGEST + 1)
        ]
        if not said or not self._offices:
            return ()
        letters = _likeness(["".join(said[run]) for run in runs], self._letters)
        if self._pronounce:
            heard = [self._sound([word], language) for word in said]
            sounds = [rough("".join(heard[run])) for run in runs]
            letters = np.maximum(letters, _likeness(sounds, self._sounds))
        if sure:
            long = np.array([len(name) >= _LONG for name in self._letters])
            return self._best(letters * long, _SURE)
        parts = self._best(_likeness(said, self._firsts), _PART)
        whole = self._best(letters, _ALIKE)
        # "Emilia" is much like "Emilia Est", and as much like "Emilia Ovest".
        if len(parts) > len(whole) and letters.max() < _PLAIN:
            return parts
        return whole or parts

    def _sound(self, spoken: Sequence[str], language: Language) -> str:
        pronounce = self._pronounce
        if pronounce is None:
            return ""
        return rough("".join(coarse(pronounce(word, language)) for word in spoken))

    def _best(self, likeness: NDArray[np.float32], least: float) -> tuple[OfficeId, ...]:
        """The offices of the likeliest places, of those likely enough."""
        top = float(likeness.max(initial=0.0))
        near = np.nonzero(likeness > top - _TIE)[0] if top >= least else ()
        return tuple(dict.fromkeys(self._offices[at] for at in near))


def _telling(text: str, language: Language) -> Iterator[str]:
    """The words that may name a place: no numbers, no articles, no "street"."""
    left_out = fillers(language) | fillers(NATIVE) | _KINDS | number_words(language).keys()
    return (word for word in words(text, language) if word not in left_out and not word.isdigit())


def _likeness(said: Sequence[str], names: Sequence[str]) -> NDArray[np.float32]:
    """Percent alike of each name and what comes nearest to it."""
    long = [run if len(run) >= SHORTEST else "" for run in said]
    scores = process.cdist(long, names, scorer=fuzz.ratio, dtype=np.float32, workers=1)
    empty = np.array([len(name) < SHORTEST for name in names])
    return np.where(empty, np.float32(0), scores.max(axis=0))
