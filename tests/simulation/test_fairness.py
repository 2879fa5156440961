"""The figures of small days that can be told by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from voicebot.model.holding import Priority
from voicebot.simulation.day import Visit
from voicebot.simulation.fairness import announced, figures, overtakes
from voicebot.simulation.story import Played, Story


def visit(number: int, arrives: float, office: str = "casa", language: str = "it") -> Visit:
    return Visit(
        number, arrives, office, language, Priority(), True, 60.0, 1000.0, None, redials_after=30.0
    )


def served(one: Visit, offered: float, away: tuple[float, float] | None = None) -> Story:
    story = Story(one)
    story.ready(one.arrives)
    if away is not None:
        story.away(away[0])
        story.ready(away[1])
    story.offered(offered)
    story.answered_at = offered + 3
    return story


def test_a_later_caller_who_is_served_first_has_overtaken() -> None:
    first, second = served(visit(0, 0), 50), served(visit(1, 20), 40)
    assert list(overtakes([second, first])) == [(first, 20.0)]


def test_nobody_is_overtaken_while_the_line_is_down() -> None:
    assert not list(overtakes([served(visit(0, 0), 50, away=(30, 45)), served(visit(1, 20), 40)]))


@pytest.mark.parametrize(("office", "language"), [("polo-1", "it"), ("casa", "ar")])
def test_callers_whom_other_operators_take_are_not_compared(office: str, language: str) -> None:
    assert not list(
        overtakes([served(visit(0, 0), 50), served(visit(1, 20, office, language), 40)])
    )


def test_a_true_wait_is_measured_from_the_announcement() -> None:
    story = served(visit(0, 0), 57)
    story.announced, story.announced_at = (30.0, 60.0), 10.0
    late = served(visit(1, 0), 90)
    late.announced = (30.0, 60.0)
    assert announced([story, late, served(visit(2, 0), 9)]) == {
        "told": 2,
        "inside": 1,
        "percent": 50.0,
        "median_width": 30.0,
    }


def test_waits_are_counted_from_the_first_call() -> None:
    urgent = Visit(
        1, 5, "casa", "ar", Priority("urgent", timedelta(60)), True, 1, 1, None, redials_after=None
    )
    gone = Story(visit(2, 0), left=True)
    got = figures(Played("by hand", [served(visit(0, 0), 7), served(urgent, 42), gone]))
    assert got["wait"]["all"] == {"count": 2, "mean": 25.0, "p95": 40.0}
    assert got["wait"]["urgent"]["mean"] == 40.0
    assert (got["calls"], got["answered"], got["left"]) == (3, 2, 1)
