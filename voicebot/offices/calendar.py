"""Which hours hold on which day: weekly hours, seasons, exceptions, closures, public holidays.

What is nearer to the office goes first: its own exception, then the closing of the whole town,
then a public holiday, then the season's weekly hours, then the usual ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from voicebot.model import (
    Content,
    Emergency,
    Holiday,
    Office,
    OfficeDay,
    Opening,
    Season,
    Span,
    SpecialDays,
    Week,
    WeekAhead,
)
from voicebot.offices.hours import next_opening, open_until

SOON = 7
"""Days ahead of today in which a caller is told of what differs from the weekly hours."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one office is open."""

    week: Week
    seasons: Sequence[Season] = ()
    exceptions: Sequence[SpecialDays] = ()
    closures: Sequence[SpecialDays] = ()
    holidays: Mapping[date, Holiday] = field(default_factory=dict)
    emergencies: Sequence[Emergency] = ()

    def on(self, day: date) -> OfficeDay:
        """The openings of that day, and what makes them other than usual."""
        usual = self.week_of(day)[day.weekday()]
        special = self._special(day)
        if special is None:
            return OfficeDay(day, usual, usual, None)
        spans = _without(usual, special.closed_for) if special.closed_for else special.spans
        return OfficeDay(day, spans, usual, special)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The openings of that day, in order; empty when it is closed."""
        return self.on(day).spans

    def week_of(self, day: date) -> Week:
        """The weekly hours of the season in which that day lies."""
        at = (day.month, day.day)
        for season in self.seasons:
            if season.first <= season.last:
                in_force = season.first <= at <= season.last
            else:  # past the end of the year
                in_force = at >= season.first or at <= season.last
            if in_force:
                return season.week
        return self.week

    def opening(self, now: datetime) -> Opening:
        """Open or closed, and what comes next; `now` is aware, in the town's time zone."""
        emergency = next((one for one in self.emergencies if one.holds(now)), None)
        if emergency is not None:
            return Opening(None, self._open_after(emergency), self.on(now.date()), emergency)
        return Opening(
            open_until(self.spans_on, now), next_opening(self.spans_on, now), self.on(now.date())
        )

    def _open_after(self, emergency: Emergency) -> datetime | None:
        """When an office opens after an emergency; None while its end is not known."""
        until = emergency.until
        if until is None:
            return None
        return until if open_until(self.spans_on, until) else next_opening(self.spans_on, until)

    def week_ahead(self, today: date) -> WeekAhead:
        """The weekly hours of today's season, and what differs from them soon.

        Left out are the special days that today is one of, where it is closed: whoever asks
        hears of them first of all.
        """
        week = self.week_of(today)
        for ahead in range(1, SOON + 1):
            day = today + timedelta(days=ahead)
            if self.week_of(day) != week:
                return WeekAhead(week, tuple(self._changed(today)), self.week_of(day), day)
        return WeekAhead(week, tuple(self._changed(today)))

    def _changed(self, today: date) -> Iterator[OfficeDay]:
        at = self.on(today)
        told = [at.special] if at.special is not None and not at.spans else []
        for ahead in range(SOON + 1):
            at = self.on(today + timedelta(days=ahead))
            if at.is_changed and at.special is not None and at.special not in told:
                told.append(at.special)
                yield at

    def _special(self, day: date) -> SpecialDays | None:
        for special in (*self.exceptions, *self.closures):
            if special.first <= day <= special.last:
                return special
        if day in self.holidays:
            return SpecialDays(day, day, (), holiday=self.holidays[day])
        return None


def _without(spans: Sequence[Span], closed: Sequence[Span]) -> tuple[Span, ...]:
    """What is left of the openings when those hours are taken out."""
    for away in closed:
        spans = [
            left
            for span in spans
            for left in (
                Span(span.opens, min(span.closes, away.opens)),
                Span(max(span.opens, away.closes), span.closes),
            )
            if left.opens < left.closes
        ]
    return tuple(spans)


def calendar_of(office: Office, content: Content) -> Calendar:
    """The calendar of an office, with what holds for the whole town."""
    emergencies = [one for one in content.emergencies if one.office in (None, office.id)]
    return Calendar(
        office.week,
        office.seasons,
        office.exceptions,
        content.closures,
        content.holidays,
        emergencies,
    )
