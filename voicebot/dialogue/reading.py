"""What an utterance means: in which language to take it, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voicebot.model import Decision, Hypothesis, Language, Understanding
from voicebot.understanding.matcher import Matcher


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

    The words decide only where they make a request in one language alone.
    """
    if heard is not None:
        return heard
    if held in readings and readings[held].understanding.decision is not Decision.REJECT:
        return held
    sure = [
        language
        for language, reading in readings.items()
        if reading.understanding.decision is Decision.ACCEPT
    ]
    return sure[0] if len(sure) == 1 else held
