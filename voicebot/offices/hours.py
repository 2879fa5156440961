"""When an office is open: pure arithmetic on its openings, right across clock changes.

Wall times are compared as instants in UTC, since Python compares two datetimes of one zone by
their clock faces, which are wrong by an hour on the two nights of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from voicebot.model import Span

SpansOn: TypeAlias = Callable[[date], tuple[Span, ...]]
"""The openings of a day, in order; none when it is closed."""

_LOOK_AHEAD = 367
"""Days searched for an opening: today, a year, and one more for a leap day."""


def open_until(spans_on: SpansOn, now: datetime) -> datetime | None:
    """When the opening of this moment ends, in the zone of `now`; None while closed.

    Raises:
        ValueError: `now` has no time zone.
    """
    zone = _zone(now)
    moment = now.astimezone(UTC)
    for opens, closes in _openings(spans_on, now.date(), zone):
        if opens <= moment < closes:
            return closes.astimezone(zone)
    return None


def next_opening(spans_on: SpansOn, now: datetime) -> datetime | None:
    """The first opening after this moment, in the zone of `now`; None when there is none
    within a year.

    Raises:
        ValueError: `now` has no time zone.
    """
    zone = _zone(now)
    moment = now.astimezone(UTC)
    for ahead in range(_LOOK_AHEAD):
        for opens, _ in _openings(spans_on, now.date() + timedelta(days=ahead), zone):
            if opens > moment:
                return opens.astimezone(zone)
    return None


def _zone(now: datetime) -> tzinfo:
    if now.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    return now.tzinfo


def _openings(spans_on: SpansOn, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The day's openings as UTC instants; spans that touch are one opening."""
    pending: tuple[datetime, datetime] | None = None
    for span in spans_on(day):
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
