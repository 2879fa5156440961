"""What an utterance means: in which language to take it, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from voicebot.model import Action, Decision, Hypothesis, Language, Understanding
from voicebot.understanding.matcher import Matcher

CLEARLY = 0.1
"""By how much a request must score better than one in another language."""

PLAINLY = 0.95
"""Score from which a short word tells a language."""

_SHORT = (Action.GOODBYE, Action.YES, Action.NO, Action.OTHER)
"""Said in words that any language has something like."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One hypothesis, taken for what was said."""

    hypothesis: Hypothesis
    understanding: Understanding


def read(
    matcher: Matcher, hypotheses: Sequence[Hypothesis], today: date
) -> dict[Language, Reading]:
    """What was said and what it would mean, in each language that was listened in.

    The first hypothesis of a language counts. Where it means nothing another one may, but what
    was heard at second best is asked about, not acted on.
    """
    readings: dict[Language, Reading] = {}
    for hypothesis in hypotheses:
        before = readings.get(hypothesis.language)
        if before is not None and before.understanding.decision is not Decision.REJECT:
            continue
        understanding = matcher.understand(hypothesis.text, hypothesis.language, today)
        if before is None:
            readings[hypothesis.language] = Reading(hypothesis, understanding)
        elif _asks_for_office(understanding):
            decision = understanding.decision
            if decision is Decision.ACCEPT:
                decision = Decision.CONFIRM
            asked = replace(understanding, decision=decision)
            readings[hypothesis.language] = Reading(hypothesis, asked)
    return readings


def _asks_for_office(understanding: Understanding) -> bool:
    """Whether it names an office, so that the caller can be asked whether it is that one."""
    request = understanding.request
    return request is not None and request.office is not None


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
        and not _said_by_chance(reading.understanding)
    )
    if not sure or (len(sure) > 1 and sure[-1][0] - sure[-2][0] < CLEARLY):
        return held
    return sure[-1][1]


def _said_by_chance(understanding: Understanding) -> bool:
    """Whether the words may well be those of another language, misheard."""
    best = understanding.candidates[0]
    return best.request.action in _SHORT and best.score < PLAINLY
