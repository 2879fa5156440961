"""Whose language: choose among those the switchboard speaks, or abstain.

The recogniser spreads its belief over some hundred languages. What falls on ours together, the
mass, says whether it is one of them at all; the distance of the best two within the mass says
which. Both thresholds are set so that a caller is rather asked than answered in a wrong language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from voicebot.model import Language

MASS_LONG = 0.4
"""Of all languages, what must fall on ours together after two seconds of speech."""

MASS_SHORT = 0.8
"""The same after one second or less: a word is easily taken for another language's."""

MARGIN_LONG = 0.8
"""Within the mass, the distance between the best two after two seconds of speech."""

MARGIN_SHORT = 0.98
"""The same after one second or less."""

_SHORT, _LONG = 1.0, 2.0

CHANGE_MASS = 0.7
CHANGE_MARGIN = 0.95
CHANGE_SECONDS = 1.5
"""What one utterance must reach to speak against the language that the call is held in."""

_FLOOR = 0.01
"""No single utterance may count a language out."""


def choose(probabilities: Mapping[Language, float], seconds: float) -> Language | None:
    """The language of an utterance, or None when the sound does not tell.

    Args:
        probabilities: over the languages offered; their sum is at most 1, the rest is others.
        seconds: how much speech there was.
    """
    best, mass, margin = _standing(probabilities)
    clear = mass >= _asked(MASS_SHORT, MASS_LONG, seconds)
    clear = clear and margin >= _asked(MARGIN_SHORT, MARGIN_LONG, seconds)
    return best if clear else None


def changed(
    held: Language, probabilities: Mapping[Language, float], seconds: float
) -> Language | None:
    """The other language that a caller has clearly gone over to; None while there is doubt."""
    best, mass, margin = _standing(probabilities)
    if best == held or seconds < CHANGE_SECONDS or mass < CHANGE_MASS or margin < CHANGE_MARGIN:
        return None
    return best


@dataclass(frozen=True, slots=True)
class LanguageEvidence:
    """What the utterances of a call tell together about its language."""

    scores: Mapping[Language | None, float] = field(default_factory=lambda: MappingProxyType({}))
    """Sums of log probabilities; None stands for all other languages."""
    utterances: int = 0
    seconds: float = 0.0
    """Of speech, over all utterances."""

    def add(self, probabilities: Mapping[Language, float], seconds: float) -> LanguageEvidence:
        """With one more utterance; what it does not list counts as unlikely as can be."""
        outside = max(0.0, 1.0 - sum(probabilities.values()))
        heard: dict[Language | None, float] = {None: outside}
        heard.update(probabilities.items())
        unlisted = self.utterances * math.log(_FLOOR)
        scores = {
            language: self.scores.get(language, unlisted)
            + math.log(max(_FLOOR, heard.get(language, 0.0)))
            for language in {**self.scores, **heard}
        }
        return LanguageEvidence(
            MappingProxyType(scores), self.utterances + 1, self.seconds + seconds
        )

    def probabilities(self) -> Mapping[Language, float]:
        """Over all languages seen so far; their sum is at most 1, the rest is others.

        One speaker's utterances are mistaken alike, so they count for less than as many
        independent ones: the sum of their logs is divided by the root of their number.
        """
        if not self.utterances:
            return {}
        root = math.sqrt(self.utterances)
        top = max(self.scores.values())
        weights = {key: math.exp((score - top) / root) for key, score in self.scores.items()}
        total = sum(weights.values())
        return {key: weight / total for key, weight in weights.items() if key is not None}

    def decided(self) -> Language | None:
        """The language of the call, or None while the evidence does not tell."""
        return choose(self.probabilities(), self.seconds) if self.utterances else None


def _asked(short: float, long: float, seconds: float) -> float:
    """The threshold for that much speech: the shorter, the higher."""
    share = min(1.0, max(0.0, (seconds - _SHORT) / (_LONG - _SHORT)))
    return short + share * (long - short)


def _standing(
    probabilities: Mapping[Language, float],
) -> tuple[Language | None, float, float]:
    """The best language, the mass, and the margin of the best within the mass."""
    mass = sum(probabilities.values())
    if not mass > 0:
        return None, 0.0, 0.0
    ranked = sorted(probabilities, key=lambda language: -probabilities[language])
    second = probabilities[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0], mass, (probabilities[ranked[0]] - second) / mass
