"""Open or closed, right across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.model import Span, Week
from voicebot.offices.hours import SpansOn, next_opening, open_until

ROME = ZoneInfo("Europe/Rome")
MORNING = Span(time(8, 30), time(13))
AFTERNOON = Span(time(14, 30), time(17, 30))
WEEK: Week = ((MORNING,), (MORNING, AFTERNOON), (), (MORNING, AFTERNOON), (MORNING,), (), ())
NEVER: Week = ((),) * 7


def weekly(week: Week) -> SpansOn:
    """Every week alike."""
    return lambda day: week[day.weekday()]


def rome(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME, fold=fold)


@pytest.mark.parametrize(
    ("now", "until", "opens"),
    [
        ("2026-11-23T08:29:59", None, "2026-11-23T08:30"),
        ("2026-11-23T08:30", "2026-11-23T13:00", "2026-11-24T08:30"),
        ("2026-11-23T12:59:59", "2026-11-23T13:00", "2026-11-24T08:30"),
        ("2026-11-23T13:00", None, "2026-11-24T08:30"),
        ("2026-11-24T13:30", None, "2026-11-24T14:30"),
        ("2026-11-24T17:30", None, "2026-11-26T08:30"),
        ("2026-11-27T13:00", None, "2026-11-30T08:30"),
        ("2026-12-31T20:00", None, "2027-01-01T08:30"),
    ],
)
def test_open_until_and_next_opening(now: str, until: str | None, opens: str) -> None:
    assert open_until(weekly(WEEK), rome(now)) == (rome(until) if until else None)
    assert next_opening(weekly(WEEK), rome(now)) == rome(opens)


def test_once_a_week_opens_again_in_a_week() -> None:
    week: Week = ((MORNING,), (), (), (), (), (), ())
    assert next_opening(weekly(week), rome("2026-11-23T08:30")) == rome("2026-11-30T08:30")


def test_an_office_without_hours_never_opens() -> None:
    assert open_until(weekly(NEVER), rome("2026-11-23T10:00")) is None
    assert next_opening(weekly(NEVER), rome("2026-11-23T10:00")) is None


def test_openings_that_touch_are_one() -> None:
    week: Week = ((MORNING, Span(time(13), time(15))), (), (), (), (), (), ())
    assert open_until(weekly(week), rome("2026-11-23T12:00")) == rome("2026-11-23T15:00")
    assert next_opening(weekly(week), rome("2026-11-23T12:00")) == rome("2026-11-30T08:30")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        open_until(weekly(WEEK), datetime(2026, 11, 23, 10))
    with pytest.raises(ValueError, match="time zone"):
        next_opening(weekly(WEEK), datetime(2026, 11, 23, 10))


def test_the_opening_after_a_clock_change_is_at_the_same_hour_of_the_clock() -> None:
    # The Sundays of 2026 on which clocks change: 29 March, 25 October.
    for before, after, hours in (
        ("2026-03-27T13:00", "2026-03-30T08:30", 66.5),
        ("2026-10-23T13:00", "2026-10-26T08:30", 68.5),
    ):
        opens = next_opening(weekly(WEEK), rome(before))
        assert opens == rome(after)
        assert opens is not None
        elapsed = opens.astimezone(UTC) - rome(before).astimezone(UTC)
        assert elapsed == timedelta(hours=hours)


def test_in_the_hour_that_comes_twice_an_opening_happens_once() -> None:
    week: Week = ((),) * 6 + ((Span(time(2, 15), time(2, 45)),),)
    assert open_until(weekly(week), rome("2026-10-25T02:30", fold=0)) == rome("2026-10-25T02:45")
    assert open_until(weekly(week), rome("2026-10-25T02:30", fold=1)) is None
    assert next_opening(weekly(week), rome("2026-10-25T02:00", fold=1)) == rome("2026-11-01T02:15")


def test_an_opening_through_the_hour_that_comes_twice_lasts_an_hour_more() -> None:
    week: Week = ((),) * 6 + ((Span(time(1, 30), time(3, 30)),),)
    for fold in (0, 1):
        now = rome("2026-10-25T02:30", fold=fold)
        assert open_until(weekly(week), now) == rome("2026-10-25T03:30")


def test_an_opening_in_the_hour_that_spring_takes_away() -> None:
    week: Week = ((),) * 6 + ((Span(time(1), time(2, 30)), Span(time(2, 45), time(3))),)
    until = open_until(weekly(week), rome("2026-03-29T01:30"))
    assert until is not None
    assert until.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert next_opening(weekly(week), rome("2026-03-29T04:00")) == rome("2026-04-05T01:00")


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    minutes = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), max_size=6)))
    times = [time(*divmod(minute, 60)) for minute in minutes]
    return tuple(Span(*times[i : i + 2]) for i in range(0, len(times) - 1, 2))


weeks = st.tuples(*[days()] * 7)
moments = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
    # The two nights of a clock change in 2026, which chance would hardly meet.
    st.datetimes(datetime(2026, 3, 28, 20), datetime(2026, 3, 29, 8)),
    st.datetimes(datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 8)),
).map(lambda moment: moment.replace(tzinfo=UTC).astimezone(ROME))


@given(weeks, moments)
def test_the_next_opening_is_later_and_finds_the_office_open(week: Week, now: datetime) -> None:
    opens = next_opening(weekly(week), now)
    if opens is None:
        assert not any(week)
        return
    assert opens.tzinfo is ROME
    assert opens.astimezone(UTC) > now.astimezone(UTC)
    assert open_until(weekly(week), opens) is not None
    if open_until(weekly(week), now) is None:
        just_before = (opens.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ROME)
        assert open_until(weekly(week), just_before) is None


@given(weeks, moments)
def test_the_end_of_an_opening_is_later_and_finds_it_closed(week: Week, now: datetime) -> None:
    until = open_until(weekly(week), now)
    if until is not None:
        assert until.astimezone(UTC) > now.astimezone(UTC)
        assert open_until(weekly(week), until) is None
        just_before = (until.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ROME)
        assert open_until(weekly(week), just_before) == until
