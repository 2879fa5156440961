"""A sentence or a sound file as one JSON object: what `voicebot listen` and `ask` print."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from voicebot.dialogue.reading import Reading, language_of, read
from voicebot.model import Action, Decision, Heard, Hypothesis, Language, Understanding
from voicebot.understanding.matcher import Matcher

NO_REQUEST = (Action.YES, Action.NO, Action.OTHER)
"""Answers to a question of the bot: outside a conversation they ask for nothing."""


def report_heard(
    heard: Heard, matcher: Matcher, today: date, given: Language | None = None
) -> dict[str, Any]:
    """The report of one recognised utterance; `given` is a language that is known beforehand."""
    started = time.perf_counter()
    readings = read(matcher, heard.hypotheses, today)
    language = language_of(readings, heard.language, given)
    reading = readings.get(language) if language else _best(list(readings.values()))
    seconds = {"language": 0.0, "recognise": 0.0, **heard.seconds}
    seconds["understand"] = time.perf_counter() - started
    return {
        "language": language,
        "language_probabilities": _rounded(heard.probabilities),
        "text": reading.hypothesis.text if reading else "",
        **_request(reading.understanding if reading else Understanding(Decision.REJECT, ())),
        "seconds": _rounded(seconds),
    }


def report_text(text: str, language: Language, matcher: Matcher, today: date) -> dict[str, Any]:
    """The report of one written sentence."""
    heard = Heard(language, {language: 1.0}, (Hypothesis(language, text, 1.0),))
    return report_heard(heard, matcher, today)


def _best(readings: Sequence[Reading]) -> Reading | None:
    """Where the language stays open: the surest request, else the best-heard text."""
    ranked = sorted(readings, key=lambda r: r.understanding.decision is Decision.REJECT)
    return ranked[0] if ranked else None


def _request(understanding: Understanding) -> dict[str, Any]:
    request = understanding.request
    if request is not None and request.action in NO_REQUEST:
        request, decision = None, Decision.REJECT
    else:
        decision = understanding.decision
    fields: dict[str, Any] = {
        "office": request.office if request else None,
        "action": request.action if request else Action.NONE,
        "day": request.day.isoformat() if request and request.day else None,
        "decision": decision,
        "candidates": [
            {"office": c.request.office, "action": c.request.action, "score": round(c.score, 3)}
            for c in understanding.candidates
        ],
    }
    if request and request.action is Action.LANGUAGE:
        fields["to_language"] = request.to_language
    return fields


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}
