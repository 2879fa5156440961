"""Whether a caller who pauses has said all: how long to wait for more before answering."""

from __future__ import annotations

from datetime import date

from voicebot.dialogue.events import Said
from voicebot.dialogue.reading import language_of, read
from voicebot.dialogue.state import State
from voicebot.model import OFFICE_ACTIONS, Completeness, Decision
from voicebot.understanding.endings import unfinished
from voicebot.understanding.matcher import Matcher


def completeness(matcher: Matcher, state: State, said: Said, today: date) -> Completeness:
    """What the words so far tell; `said` is not an event yet, the caller may go on."""
    readings = read(matcher, said.hypotheses, today)
    language = language_of(readings, said.language, state.language)
    reading = readings.get(language) if language is not None else None
    if reading is None or language is None:
        return Completeness.OPEN
    request = reading.understanding.request
    accepted = request is not None and reading.understanding.decision is Decision.ACCEPT
    if unfinished(reading.hypothesis.text, language, accepted):
        return Completeness.UNFINISHED
    if request is None or not accepted:
        return Completeness.OPEN
    office = request.office or state.office
    if request.action in OFFICE_ACTIONS and office is None:
        return Completeness.OPEN
    return Completeness.CLEAR
