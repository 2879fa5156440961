"""Which hours hold on which day, and what comes next, over seasons, exceptions and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.model import Holiday, OfficeDay, Season, Span, SpecialDays, Week
from voicebot.offices.calendar import SOON, Calendar

ROME = ZoneInfo("Europe/Rome")
MORNING = Span(time(8, 30), time(13))
AFTERNOON = Span(time(14, 30), time(17, 30))
SHORT = Span(time(9), time(12))
WEEK: Week = ((MORNING, AFTERNOON),) * 5 + ((), ())
SUMMER_WEEK: Week = ((SHORT,),) * 5 + ((), ())
SUMMER = Season((6, 15), (9, 15), SUMMER_WEEK)
WINTER = Season((12, 20), (1, 10), SUMMER_WEEK)

IMMACULATE = date(2026, 12, 8)
BRIDGE = SpecialDays(date(2026, 12, 7), date(2026, 12, 7), (), {"it": "ponte"})
CHRISTMAS_EVE = SpecialDays(date(2026, 12, 24), date(2026, 12, 24), (SHORT,))
BREAK = SpecialDays(date(2027, 8, 9), date(2027, 8, 20), (), {"it": "chiusura estiva"})
HOLIDAYS = {
    IMMACULATE: Holiday.IMMACULATE_CONCEPTION,
    date(2026, 12, 25): Holiday.CHRISTMAS,
    date(2026, 12, 26): Holiday.SAINT_STEPHEN,
}
CALENDAR = Calendar(WEEK, (), (BRIDGE, CHRISTMAS_EVE), (BREAK,), HOLIDAYS)


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


# --- days ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "spans", "special"),
    [
        (date(2026, 12, 4), (MORNING, AFTERNOON), None),
        (date(2026, 12, 5), (), None),
        (date(2026, 12, 7), (), BRIDGE),
        (
            IMMACULATE,
            (),
            SpecialDays(IMMACULATE, IMMACULATE, (), holiday=Holiday.IMMACULATE_CONCEPTION),
        ),
        (date(2026, 12, 24), (SHORT,), CHRISTMAS_EVE),
        (date(2027, 8, 6), (MORNING, AFTERNOON), None),
        (date(2027, 8, 9), (), BREAK),
        (date(2027, 8, 20), (), BREAK),
        (date(2027, 8, 23), (MORNING, AFTERNOON), None),
    ],
)
def test_a_day_as_it_really_is(
    day: date, spans: tuple[Span, ...], special: SpecialDays | None
) -> None:
    usual = () if day.weekday() > 4 else (MORNING, AFTERNOON)
    assert CALENDAR.on(day) == OfficeDay(day, spans, usual, special)
    assert CALENDAR.on(day).is_changed == (spans != usual)


def test_an_exception_of_the_office_goes_before_the_town_and_the_town_before_a_holiday() -> None:
    closing = SpecialDays(IMMACULATE, IMMACULATE, (), {"it": "sciopero"})
    opening = SpecialDays(IMMACULATE, IMMACULATE, (SHORT,))
    town = Calendar(WEEK, (), (), (closing,), HOLIDAYS)
    assert town.on(IMMACULATE).special == closing
    office = Calendar(WEEK, (), (opening,), (closing,), HOLIDAYS)
    assert office.spans_on(IMMACULATE) == (SHORT,)


@pytest.mark.parametrize(
    ("season", "day", "in_force"),
    [
        (SUMMER, date(2026, 6, 14), False),
        (SUMMER, date(2026, 6, 15), True),
        (SUMMER, date(2030, 9, 15), True),
        (SUMMER, date(2026, 9, 16), False),
        (WINTER, date(2026, 12, 19), False),
        (WINTER, date(2026, 12, 20), True),
        (WINTER, date(2026, 12, 31), True),
        (WINTER, date(2027, 1, 1), True),
        (WINTER, date(2027, 1, 10), True),
        (WINTER, date(2027, 1, 11), False),
        (Season((2, 29), (2, 29), SUMMER_WEEK), date(2028, 2, 29), True),
        (Season((2, 29), (2, 29), SUMMER_WEEK), date(2027, 2, 28), False),
        (Season((2, 29), (3, 15), SUMMER_WEEK), date(2027, 3, 1), True),
    ],
)
def test_a_season_comes_every_year_and_may_pass_its_end(
    season: Season, day: date, in_force: bool
) -> None:
    week = SUMMER_WEEK if in_force else WEEK
    calendar = Calendar(WEEK, (season,))
    assert calendar.week_of(day) == week
    assert calendar.spans_on(day) == week[day.weekday()]


# --- moments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "until", "opens"),
    [
        ("2026-12-04T18:00", None, "2026-12-09T08:30"),  # weekend, bridge and holiday
        ("2026-12-07T10:00", None, "2026-12-09T08:30"),
        ("2026-12-24T10:00", "2026-12-24T12:00", "2026-12-28T08:30"),
        ("2026-12-24T14:45", None, "2026-12-28T08:30"),
        ("2027-08-06T17:30", None, "2027-08-23T08:30"),
        # Past the two nights of a clock change.
        ("2027-03-26T17:30", None, "2027-03-29T08:30"),
        ("2027-10-29T17:30", None, "2027-11-01T08:30"),
    ],
)
def test_open_until_and_open_again(now: str, until: str | None, opens: str) -> None:
    opening = CALENDAR.opening(rome(now))
    assert opening.open_until == (rome(until) if until else None)
    assert opening.next_opening == rome(opens)
    assert opening.is_open == (until is not None)
    assert opening.today == CALENDAR.on(rome(now).date())


def test_an_opening_is_looked_for_through_a_year_and_no_further() -> None:
    week: Week = ((),) * 7
    now = rome("2027-03-01T10:00")  # a leap day lies between the two
    for ahead, found in ((366, True), (400, False)):
        day = now.date() + timedelta(days=ahead)
        calendar = Calendar(week, (), (SpecialDays(day, day, (SHORT,)),))
        assert (calendar.opening(now).next_opening is not None) == found


def test_an_exception_on_the_night_of_a_clock_change_opens_and_closes_once() -> None:
    night = Span(time(2, 15), time(2, 45))
    autumn, spring = date(2026, 10, 25), date(2027, 3, 28)
    exceptions = tuple(SpecialDays(day, day, (night,)) for day in (autumn, spring))
    calendar = Calendar(((),) * 7, (), exceptions)
    first = rome("2026-10-25T02:30")
    assert calendar.opening(first).is_open
    second = calendar.opening(first.replace(fold=1))
    assert not second.is_open
    # The hour does not exist on the night in spring: what is left of it is no time at all.
    assert second.next_opening is None or second.next_opening.date() == spring


# --- the week ahead --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 29), []),  # the bridge is eight days ahead
        (date(2026, 11, 30), [date(2026, 12, 7)]),
        (date(2026, 12, 1), [date(2026, 12, 7), IMMACULATE]),
        (date(2026, 12, 7), [IMMACULATE]),  # of today the caller hears anyway
        (IMMACULATE, []),
        (date(2026, 12, 24), [date(2026, 12, 24), date(2026, 12, 25)]),  # the 26th is a Saturday
        (date(2027, 8, 2), [date(2027, 8, 9)]),
        (date(2027, 8, 6), [date(2027, 8, 9)]),  # two weeks in a row are told once
        (date(2027, 8, 10), []),
    ],
)
def test_what_differs_in_the_seven_days_to_come(today: date, told: list[date]) -> None:
    ahead = CALENDAR.week_ahead(today)
    assert ahead.week == WEEK
    assert [day.day for day in ahead.changed] == told


def test_the_week_is_that_of_the_season_and_the_next_one_is_announced() -> None:
    calendar = Calendar(WEEK, (SUMMER,))
    far, near = calendar.week_ahead(date(2026, 6, 7)), calendar.week_ahead(date(2026, 6, 8))
    assert (far.week, far.next_week) == (WEEK, None)
    assert (near.next_week, near.next_from) == (SUMMER_WEEK, date(2026, 6, 15))
    ending = calendar.week_ahead(date(2026, 9, 15))
    assert (ending.week, ending.next_week, ending.next_from) == (
        SUMMER_WEEK,
        WEEK,
        date(2026, 9, 16),
    )


# --- whatever the calendar -------------------------------------------------------------

FIRST_DAY = date(2026, 1, 1)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    minutes = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), max_size=6)))
    times = [time(*divmod(minute, 60)) for minute in minutes]
    return tuple(Span(*times[i : i + 2]) for i in range(0, len(times) - 1, 2))


@st.composite
def days_in_a_row(draw: st.DrawFn, closed: bool = False) -> SpecialDays:
    first = FIRST_DAY + timedelta(days=draw(st.integers(0, 800)))
    last = first + timedelta(days=draw(st.integers(0, 20)))
    return SpecialDays(first, last, () if closed else draw(spans()))


weeks = st.tuples(*[spans()] * 7)
days_of_year = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
calendars = st.builds(
    Calendar,
    weeks,
    st.lists(st.builds(Season, days_of_year, days_of_year, weeks), max_size=2),
    st.lists(days_in_a_row(), max_size=4),
    st.lists(days_in_a_row(closed=True), max_size=3),
    st.dictionaries(st.dates(FIRST_DAY, date(2028, 4, 1)), st.sampled_from(Holiday), max_size=10),
)
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 3, 1)),
    *(
        st.datetimes(
            datetime.combine(day, time(20)) - timedelta(days=1), datetime.combine(day, time(8))
        )
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))
    ),
).map(lambda moment: moment.replace(tzinfo=UTC).astimezone(ROME))


def just_before(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ROME)


@settings(deadline=None)
@given(calendars, moments)
def test_the_next_opening_is_later_and_finds_the_office_open(
    calendar: Calendar, now: datetime
) -> None:
    opening = calendar.opening(now)
    opens = opening.next_opening
    if opens is None:
        year = range(1, 366)
        assert not any(calendar.spans_on(now.date() + timedelta(days=ahead)) for ahead in year)
        return
    assert opens.astimezone(UTC) > now.astimezone(UTC)
    assert calendar.opening(opens).is_open
    if not opening.is_open:
        assert not calendar.opening(just_before(opens)).is_open


@settings(deadline=None)
@given(calendars, moments)
def test_open_until_is_the_first_moment_at_which_it_is_closed(
    calendar: Calendar, now: datetime
) -> None:
    until = calendar.opening(now).open_until
    if until is not None:
        assert until.astimezone(UTC) > now.astimezone(UTC)
        assert not calendar.opening(until).is_open
        assert calendar.opening(just_before(until)).open_until == until


@given(calendars, st.dates(FIRST_DAY, date(2028, 3, 1)))
def test_whoever_knows_the_week_and_the_changes_knows_every_day(
    calendar: Calendar, today: date
) -> None:
    """A day differs from the week told only where a change is told, or today's closing is."""
    ahead = calendar.week_ahead(today)
    told = [day.special for day in ahead.changed] + [calendar.on(today).special]
    for days in range(SOON + 1):
        at = calendar.on(today + timedelta(days=days))
        if ahead.next_from is not None and at.day >= ahead.next_from:
            break
        assert at.spans == ahead.week[at.day.weekday()] or at.special in told
