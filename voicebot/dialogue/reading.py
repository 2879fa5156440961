"""What an utterance means: in which language to take it, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voicebot.model import Decision, Hypothesis, Language, Understanding
from voicebot.understanding.matcher import Matcher

CLEARLY = 0.1
"""By how much a request must score better than one in another language."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One hypothesis, taken for what was said."""

    hypothesis: Hypothesis
    understanding: Understanding


def read(
    matcher: Matcher, hypotheses: Sequence[Hypothesis], today: date
) -> dict[Language, Reading]:
    """Each hypothesis with what it would mean, the best one of each language."""
    readings: dict[Language, Reading] = {}
    for hypothesis in hypotheses:
        if hypothesis.language not in readings:
            understanding = matcher.understand(hypothesis.text, hypothesis.language, today)
            readings[hypothesis.language] = Reading(hypothesis, understanding)
    return readings


def language_of(
    readings: dict[Language, Reading], heard: Language | None, held: Language | None
) -> Language | None:
    """The language to go on in: what the sound says, else what the words say, else as before.

    The words decide only where they make a better request in one language than in any other.
    """
    if heard is not None:
        return heard
    if held in readings and readings[held].understanding.decision is not Decision.REJECT:
        return held
    sure = sorted(
        (reading.understanding.candidates[0].score, language)
        for language, reading in readings.items()
        if reading.understanding.decision is Decision.ACCEPT
    )
    if not sure or (len(sure) > 1 and sure[-1][0] - sure[-2][0] < CLEARLY):
        return held
    return sure[-1][1]
