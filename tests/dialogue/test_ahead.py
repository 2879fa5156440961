"""What is rendered ahead is what callers then hear."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from voicebot.dialogue import Dialogue
from voicebot.dialogue.ahead import HORIZON, turning_points, upcoming
from voicebot.model import Action, Request

ROME = ZoneInfo("Europe/Rome")


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def test_every_opening_closing_and_midnight_is_a_turning_point(dialogue: Dialogue) -> None:
    now = rome("2026-11-23T10:00")  # a Monday
    points = turning_points(dialogue, now)
    assert points == sorted(set(points))
    assert points[0] == rome("2026-11-23T12:30")
    for text in ("2026-11-23T13:00", "2026-11-23T15:00", "2026-11-24T00:00", "2026-11-24T08:00"):
        assert rome(text) in points


@pytest.mark.parametrize(
    "start", ["2026-11-23T10:00", "2026-12-07T23:59", "2027-03-27T20:00", "2026-10-24T20:00"]
)
def test_whatever_is_asked_until_then_was_foreseen(dialogue: Dialogue, start: str) -> None:
    now = rome(start)
    foreseen = set(upcoming(dialogue, now))
    at, end = now, now + HORIZON
    while at < end:
        for office in dialogue.content.offices:
            for language in dialogue.languages:
                words = dialogue.replies.facts(Request(Action.HOURS, office.id), language, at)
                assert foreseen.issuperset(words), (at, office.id, language)
        at += timedelta(minutes=47)
