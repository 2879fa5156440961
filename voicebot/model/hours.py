"""When an office is open, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeAlias

from voicebot.model.basics import Language, OfficeId


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One opening, local time, within one day."""

    opens: time
    closes: time


Week: TypeAlias = tuple[tuple[Span, ...], ...]
"""Seven days, Monday first, each with its openings in order."""


class Holiday(StrEnum):
    """Why a public holiday is one; those without a name of their own here are `OTHER`."""

    NEW_YEAR = "new_year"
    EPIPHANY = "epiphany"
    EASTER = "easter"
    EASTER_MONDAY = "easter_monday"
    LIBERATION = "liberation"
    LABOUR = "labour"
    REPUBLIC = "republic"
    ASSUMPTION = "assumption"
    SAINT_FRANCIS = "saint_francis"
    ALL_SAINTS = "all_saints"
    NATIONAL_UNITY = "national_unity"
    IMMACULATE_CONCEPTION = "immaculate_conception"
    CHRISTMAS = "christmas"
    SAINT_STEPHEN = "saint_stephen"
    SAN_GEMINIANO = "san_geminiano"
    OTHER = "other"


MonthDay: TypeAlias = tuple[int, int]
"""A day of every year: month 1-12, day 1-31."""


@dataclass(frozen=True, slots=True)
class Season:
    """Weekly hours that hold for a part of every year, in place of the office's usual ones."""

    first: MonthDay
    last: MonthDay
    """Included; earlier in the year than `first` where the season goes past the year's end."""
    week: Week


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """A day, or days in a row, on which other hours hold than on any other such day."""

    first: date
    last: date
    """Included."""
    spans: tuple[Span, ...]
    """The openings of each of these days; empty when closed."""
    reason: Mapping[Language, str] = field(default_factory=dict)
    """As spoken after a colon, in the staff's own words; empty where they gave none."""
    holiday: Holiday | None = None
    """The public holiday that it is, where it is one."""
    closed_for: tuple[Span, ...] = ()
    """Hours that are taken out of the usual ones, in order; then `spans` is empty and says
    nothing."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """A closing that was switched on while callers ring."""

    office: OfficeId | None
    """None for all offices."""
    since: datetime
    until: datetime | None = None
    """None until it is switched off."""
    message: Mapping[Language, str] = field(default_factory=dict)
    """What callers are told, as whole sentences; where there is none, a standard one."""

    def holds(self, now: datetime) -> bool:
        """Whether the office is closed by it at that moment. All moments are aware."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """One day of one office as it really is."""

    day: date
    spans: tuple[Span, ...]
    """The openings, in order; empty when closed."""
    usual: tuple[Span, ...]
    """What the weekly hours alone would give."""
    special: SpecialDays | None
    """What sets the weekly hours aside; None on an ordinary day."""

    @property
    def is_changed(self) -> bool:
        """Whether a caller who knows the weekly hours would be wrong about this day."""
        return self.spans != self.usual


@dataclass(frozen=True, slots=True)
class Opening:
    """How an office stands at one moment; every moment is aware, in the town's time zone."""

    open_until: datetime | None
    """When it closes; None while it is closed."""
    next_opening: datetime | None
    """When it next opens, later than the moment; None when it does not within a year."""
    today: OfficeDay
    emergency: Emergency | None = None
    """What closes it now, against all hours."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is there now."""
        return self.open_until is not None


@dataclass(frozen=True, slots=True)
class WeekAhead:
    """The weekly hours as they hold now, and what differs from them soon."""

    week: Week
    changed: tuple[OfficeDay, ...] = ()
    """Days to come that differ; of special days in a row only the first that does."""
    next_week: Week | None = None
    """The weekly hours of the season that begins next; None where none begins soon."""
    next_from: date | None = None
    """The first day of that season."""
