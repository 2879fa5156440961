"""When an office is open: pure arithmetic on its weekly hours, right across clock changes.

Wall times are compared as instants in UTC, since Python compares two datetimes of one zone by
their clock faces, which are wrong by an hour on the two nights of a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from voicebot.model import Span, Week

_LOOK_AHEAD = 15
"""Days searched for an opening: two weeks and today, so that a lost hour hides none."""


@dataclass(frozen=True, slots=True)
class OpeningState:
    """How an office stands at one moment."""

    open_until: datetime | None
    """When it closes, aware; None while it is closed."""
    next_opening: datetime | None
    """When it next opens, aware and later than the moment; None when it never does."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is there now."""
        return self.open_until is not None


def spans_on(week: Week, day: date) -> tuple[Span, ...]:
    """The openings of that day, in order; empty when it is closed."""
    return week[day.weekday()]


def opening_state(week: Week, now: datetime) -> OpeningState:
    """Open or closed, and what comes next; `now` is aware, in the town's time zone."""
    return OpeningState(open_until(week, now), next_opening(week, now))


def open_until(week: Week, now: datetime) -> datetime | None:
    """When the opening of this moment ends, in the zone of `now`; None while closed.

    Raises:
        ValueError: `now` has no time zone.
    """
    zone = _zone(now)
    moment = now.astimezone(UTC)
    for opens, closes in _openings(week, now.date(), zone):
        if opens <= moment < closes:
            return closes.astimezone(zone)
    return None


def next_opening(week: Week, now: datetime) -> datetime | None:
    """The first opening after this moment, in the zone of `now`; None when there is none.

    Raises:
        ValueError: `now` has no time zone.
    """
    zone = _zone(now)
    moment = now.astimezone(UTC)
    for ahead in range(_LOOK_AHEAD):
        for opens, _ in _openings(week, now.date() + timedelta(days=ahead), zone):
            if opens > moment:
                return opens.astimezone(zone)
    return None


def _zone(now: datetime) -> tzinfo:
    if now.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    return now.tzinfo


def _openings(week: Week, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The day's openings as UTC instants; spans that touch are one opening."""
    pending: tuple[datetime, datetime] | None = None
    for span in spans_on(week, day):
        opens, closes = _instant(day, span.opens, zone), _instant(day, span.closes, zone)
        if opens >= closes:  # swallowed by the hour that spring takes away
            continue
        if pending is not None and opens <= pending[1]:
            pending = (pending[0], max(pending[1], closes))
            continue
        if pending is not None:
            yield pending
        pending = (opens, closes)
    if pending is not None:
        yield pending


def _instant(day: date, wall: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
