"""What will be said about the offices at the moments to come, known before anybody asks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from voicebot.dialogue.machine import Dialogue
from voicebot.model import Action, Request, Sentence
from voicebot.offices.calendar import calendar_of

HORIZON = timedelta(hours=26)
"""How far ahead: past the next midnight and the opening after it."""


def turning_points(
    dialogue: Dialogue, now: datetime, horizon: timedelta = HORIZON
) -> list[datetime]:
    """The moments after `now` at which an answer about the hours changes, in order.

    They are the openings and closings of all offices, and midnight, at which "tomorrow" becomes
    "today". `now` is aware, in the town's time zone.
    """
    found: set[datetime] = set()
    for office in dialogue.content.offices:
        calendar, at = calendar_of(office, dialogue.content), now
        while at < now + horizon:
            opening = calendar.opening(at)
            after = opening.open_until or opening.next_opening
            midnight = datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
            at = min(after, midnight) if after is not None and after > at else midnight
            found.add(at)
    return sorted(found)


def upcoming(dialogue: Dialogue, now: datetime) -> tuple[Sentence, ...]:
    """Every sentence that callers would hear about the hours now and after each turning point to
    come, each once; what is heard first in front."""
    ordered: dict[Sentence, None] = {}
    for moment in (now, *turning_points(dialogue, now)):
        for office in dialogue.content.offices:
            request = Request(Action.HOURS, office.id)
            for language in dialogue.languages:
                ordered.update(dict.fromkeys(dialogue.replies.facts(request, language, moment)))
    return tuple(ordered)
