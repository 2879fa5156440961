"""The week told in few lines, with nothing lost."""

from __future__ import annotations

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from tests.answering.town import MORNINGS, span, week
from voicebot.answering.weekly import WeekLine, day_runs, group_week
from voicebot.model import Span, Week

HALF_HOURS = [time(hour, minute) for hour in range(6, 22) for minute in (0, 30)]


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    """One day of up to three openings that do not overlap."""
    edges = sorted(draw(st.sets(st.sampled_from(HALF_HOURS), max_size=6)))
    return tuple(Span(*edges[i : i + 2]) for i in range(0, len(edges) - 1, 2))


COMMON = st.sampled_from(
    [
        (),
        (span("08:30-13:00"),),
        (span("14:30-17:30"),),
        (span("08:30-13:00"), span("14:30-17:30")),
        (span("09:00-12:00"),),
    ]
)
weeks = st.tuples(*[st.one_of(COMMON, days())] * 7)


@given(weeks)
def test_nothing_is_lost_and_nothing_is_said_twice(any_week: Week) -> None:
    lines = group_week(any_week)
    told = [(day, opening) for line in lines for day in line.days for opening in line.spans]
    real = [(day, opening) for day, spans in enumerate(any_week) for opening in spans]
    assert sorted(told) == sorted(real)
    closed = [day for line in lines if not line.spans for day in line.days]
    assert closed == [day for day in range(7) if not any_week[day]]


@given(weeks)
def test_also_is_said_exactly_of_days_that_were_told_before(any_week: Week) -> None:
    told: set[int] = set()
    for line in group_week(any_week):
        if line.also:
            assert told.issuperset(line.days)
        else:
            assert told.isdisjoint(line.days)
        told.update(line.days)


@given(weeks)
def test_lines_are_in_order(any_week: Week) -> None:
    lines = group_week(any_week)
    assert all(list(line.days) == sorted(set(line.days)) for line in lines)
    assert all(list(line.spans) == sorted(line.spans) for line in lines)
    assert all(line.spans for line in lines[:-1])


def test_the_morning_of_all_and_the_afternoon_of_some() -> None:
    assert group_week(MORNINGS) == (
        WeekLine((0, 1, 2, 3, 4), (span("08:30-13:00"),)),
        WeekLine((1, 3), (span("14:30-17:30"),), also=True),
        WeekLine((5, 6), ()),
    )


def test_days_that_share_both_openings_are_one_line() -> None:
    both = "08:00-12:00 14:00-16:00"
    assert group_week(week(both, both, both)) == (
        WeekLine((0, 1, 2), (span("08:00-12:00"), span("14:00-16:00"))),
        WeekLine((3, 4, 5, 6), ()),
    )


def test_openings_that_cut_across_one_another_are_told_by_day() -> None:
    crossing = week("15:00-17:00", "09:00-12:00", "09:00-12:00 15:00-17:00", "09:00-12:00")
    assert group_week(crossing) == (
        WeekLine((0,), (span("15:00-17:00"),)),
        WeekLine((1, 3), (span("09:00-12:00"),)),
        WeekLine((2,), (span("09:00-12:00"), span("15:00-17:00"))),
        WeekLine((4, 5, 6), ()),
    )


def test_a_week_without_openings() -> None:
    assert group_week(week()) == (WeekLine(tuple(range(7)), ()),)


def test_two_days_are_no_run() -> None:
    assert day_runs([0, 1, 3, 4, 5]) == ((0,), (1,), (3, 4, 5))
