"""What the figures are, on days that can be reckoned by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from voicebot.holding.figures import Figures, figures, grouped, missed
from voicebot.model.holding import Outcome, Past

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def past(
    wait: float, talk: float | None = None, outcome: Outcome | None = None, office: str = "casa"
) -> Past:
    """One who waited so long and then talked so long, or did not."""
    ended = NINE + timedelta(seconds=wait)
    if talk is None:
        return Past(office, "it", NINE, None, ended, outcome or Outcome.ABANDONED)
    served = outcome or Outcome.SERVED
    return Past(office, "it", NINE, ended, ended + timedelta(seconds=talk), served)


def test_a_morning() -> None:
    callers = [past(10, 60), past(30, 120), past(200, 30), past(90), past(2)]
    assert figures(callers, target=60) == Figures(
        offered=4,
        answered=3,
        in_time=2,
        abandoned=1,
        service_level=0.5,
        speed_of_answer=80,
        abandonment=0.25,
        longest_wait=200,
        talk=70,
    )


def test_nobody() -> None:
    empty = figures([], target=60)
    assert (empty.offered, empty.service_level, empty.longest_wait) == (0, None, None)


def test_who_is_answered_at_once_counts_and_who_leaves_at_once_does_not() -> None:
    assert figures([past(0, 60), past(4.9)], target=60).offered == 1
    assert figures([past(5)], target=60).abandonment == 1


def test_who_was_turned_away_is_missed_and_counts_in_no_figure() -> None:
    away = past(0, outcome=Outcome.TURNED_AWAY)
    assert missed([away]) == [away]
    assert figures([away], target=60).offered == 0


def test_groups_in_order() -> None:
    groups = grouped([past(9, 9, office="b"), past(9, office="a")], lambda one: one.office, 60)
    assert list(groups) == ["a", "b"]
    assert (groups["a"].answered, groups["b"].answered) == (0, 1)


def test_those_who_were_missed_the_latest_first() -> None:
    first, later = past(20), past(40, outcome=Outcome.LEFT)
    served, moment = past(30, 9), past(1)
    assert missed([first, served, moment, later]) == [later, first]


WAITS = st.floats(0, 4000).map(lambda seconds: round(seconds, 3))


@given(st.lists(st.builds(past, WAITS, st.none() | WAITS)), st.floats(1, 600))
def test_the_parts_make_up_the_whole(callers: list[Past], target: float) -> None:
    all_ = figures(callers, target)
    assert all_.offered == all_.answered + all_.abandoned <= len(callers)
    assert 0 <= all_.in_time <= all_.answered
    if all_.offered:
        assert all_.service_level is not None and all_.abandonment is not None
        assert all_.service_level + all_.abandonment <= 1
