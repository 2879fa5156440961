"""Callers hear of an emergency at once, in their language, and of no opening while it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from voicebot.dialogue import Dialogue, Event, Keyed, Opened, Said, Say, State
from voicebot.model import Action, Emergency, Hypothesis, Request

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Rome"))
"""A Monday on which the housing office is open until half past twelve."""

SNOW = Emergency(
    None,
    NOW - timedelta(hours=1),
    None,
    {"it": "Oggi nevica. Restiamo chiusi.", "en": "It is snowing: we stay closed."},
)


def with_emergency(dialogue: Dialogue, *emergencies: Emergency) -> Dialogue:
    return replace(dialogue, content=replace(dialogue.content, emergencies=emergencies))


def played(dialogue: Dialogue, *events: Event) -> list[list[str]]:
    """What is said after each event."""
    state, said = State(), []
    for event in events:
        state, actions = dialogue.step(state, event, NOW)
        said.append([s.text for a in actions if isinstance(a, Say) for s in a.sentences])
    return said


def asks(text: str, language: str) -> Said:
    return Said((Hypothesis(language, text, 0.9),), language)


def hours(dialogue: Dialogue, office: str, moment: datetime, language: str = "en") -> list[str]:
    request = Request(Action.HOURS, office)
    return [one.text for one in dialogue.replies.facts(request, language, moment)]


def test_it_is_the_first_thing_in_the_callers_language_and_said_once(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, SNOW)
    _, answer, more = played(
        town, Opened(), asks("what time does the housing office open", "en"), Keyed("4")
    )
    assert answer[1] == "It is snowing: we stay closed."
    assert answer[2] == "Housing office."
    assert not any("at half past twelve" in text for text in answer if "open now" in text)
    assert more[0] != "It is snowing: we stay closed."


def test_in_another_language_it_is_said_again(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, SNOW)
    said = played(town, Opened(), Keyed("1"), Keyed("8"), Keyed("2"))
    assert said[1][1:3] == ["Oggi nevica.", "Restiamo chiusi."]
    assert "It is snowing: we stay closed." in said[3]


def test_without_words_of_staff_there_is_a_sentence_in_every_language(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, replace(SNOW, message={}))
    for key, words in zip("1234", ("emergenza", "emergency", "urgence", "طَارِئَة"), strict=True):
        _, said = played(town, Opened(), Keyed(key))
        assert any(words in text for text in said)


def test_an_office_that_is_closed_alone_is_told_of_when_it_is_asked_for(
    dialogue: Dialogue,
) -> None:
    town = with_emergency(dialogue, Emergency("ufficio-casa", NOW))
    _, first = played(town, Opened(), Keyed("2"))
    assert not any("emergency" in text for text in first)
    told = hours(town, "ufficio-casa", NOW)
    assert told[-2:] == [
        "We are closed because of an emergency.",
        "We cannot say yet when we will open again.",
    ]
    assert "open now" in hours(town, "segreteria", NOW)[-1]


@pytest.mark.parametrize(
    ("until", "again"),
    [
        (timedelta(hours=1), "We open again today at eleven o'clock."),
        (timedelta(hours=3), "We open again on Wednesday at nine o'clock."),
    ],
)
def test_it_opens_again_when_it_ends_or_after(
    dialogue: Dialogue, until: timedelta, again: str
) -> None:
    town = with_emergency(dialogue, Emergency("ufficio-casa", NOW, NOW + until))
    assert hours(town, "ufficio-casa", NOW)[-1] == again
    after = hours(town, "ufficio-casa", NOW + until)
    assert not any("emergency" in text for text in after)


def test_one_that_is_over_is_not_told(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, replace(SNOW, until=NOW))
    assert played(town, Opened(), Keyed("2")) == played(dialogue, Opened(), Keyed("2"))


def test_asked_about_today_it_is_told(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, SNOW)
    request = Request(Action.HOURS, "ufficio-casa", day=NOW.date())
    told = [one.text for one in town.replies.facts(request, "en", NOW)]
    assert "It is snowing: we stay closed." in told


def test_no_caller_is_put_through_to_an_office_that_is_closed(dialogue: Dialogue) -> None:
    town = with_emergency(dialogue, Emergency("ufficio-casa", NOW))
    assert not town.replies.is_open("ufficio-casa", NOW)
