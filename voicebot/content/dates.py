"""Dates as staff write them, and the public holidays by date."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from holidays import country_holidays

from voicebot.content.problems import shown
from voicebot.model import Holiday, MonthDay, told

FIRST_YEAR, LAST_YEAR = 2020, 2059
"""The years that dates may lie in: a year outside them is a slip of the hand."""

PROVINCES: tuple[str, ...] = tuple(
    sorted(
        province
        for province in country_holidays("IT").subdivisions
        if re.fullmatch("[A-Z]{2}", province)
    )
)
"""The two letters of each Italian province."""

_NAMES: Mapping[str, Holiday] = {
    "New Year's Day": Holiday.NEW_YEAR,
    "Epiphany": Holiday.EPIPHANY,
    "Easter Sunday": Holiday.EASTER,
    "Easter Monday": Holiday.EASTER_MONDAY,
    "Liberation Day": Holiday.LIBERATION,
    "Labor Day": Holiday.LABOUR,
    "Republic Day": Holiday.REPUBLIC,
    "Assumption Of Mary Day": Holiday.ASSUMPTION,
    "Saint Francis of Assisi, Patron Saint of Italy": Holiday.SAINT_FRANCIS,
    "All Saints' Day": Holiday.ALL_SAINTS,
    "National Unity Day": Holiday.NATIONAL_UNITY,
    "Immaculate Conception": Holiday.IMMACULATE_CONCEPTION,
    "Christmas Day": Holiday.CHRISTMAS,
    "Saint Stephen's Day": Holiday.SAINT_STEPHEN,
    "Saint Geminianus's Day": Holiday.SAN_GEMINIANO,
}

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_YEAR_FIRST = re.compile(r"\s*([0-9]{4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*")
_DAY_FIRST = re.compile(r"\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{4})\s*")
_DAY_FIRST_SHORT = re.compile(r"\s*([0-9]{1,2})\s*[/.]\s*([0-9]{1,2})\s*")


class DateError(ValueError):
    """The text is no date; carries what is wrong and what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def parse_date(text: str) -> date:
    """`2026-12-07` as a date.

    Raises:
        DateError: it is written otherwise, or there is no such day.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise DateError(
            told("{text} is not a date of year, month and day", text=shown(text)),
            told('write "{likely}"', likely=_likely(text)),
        )
    year, month, day = map(int, match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = told(
            "the year {year} does not lie from {first_year} to {last_year}",
            year=year,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
        raise DateError(message, told("write the year in which it is to hold"))
    _must_exist(text, year, month, day)
    return date(year, month, day)


def parse_month_day(text: str) -> MonthDay:
    """`06-15` as a day of every year; 29 February is one.

    Raises:
        DateError: it is written otherwise, or there is no such day.
    """
    match = _MONTH_DAY.fullmatch(text)
    if match is None:
        likely = "06-15"
        if whole := _DATE.fullmatch(text):
            likely = f"{whole[2]}-{whole[3]}"
        elif short := _DAY_FIRST_SHORT.fullmatch(text):
            likely = f"{int(short[2]):02}-{int(short[1]):02}"
        message = told("{text} is not a month and a day, two digits each", text=shown(text))
        raise DateError(
            message,
            told('write "{likely}": the month first; a season comes every year', likely=likely),
        )
    month, day = map(int, match.groups())
    _must_exist(text, 2024, month, day)  # a leap year
    return month, day


def public_holidays(province: str | None) -> Mapping[date, Holiday]:
    """Italy's public holidays, the patron saint of the province among them, in all the years
    that staff files may speak of; without a province the national ones alone."""
    return _public_holidays(province)


@cache
def _public_holidays(province: str | None) -> Mapping[date, Holiday]:
    found = country_holidays(
        "IT", subdiv=province, years=range(FIRST_YEAR, LAST_YEAR + 1), language="en_US"
    )
    return MappingProxyType({day: _named(names) for day, names in sorted(found.items())})


def _named(names: str) -> Holiday:
    """The holiday of a day; of two on one day the first that has a name."""
    return next(_known(names.split("; ")), Holiday.OTHER)


def _known(names: list[str]) -> Iterator[Holiday]:
    return (_NAMES[name] for name in names if name in _NAMES)


def _must_exist(text: str, year: int, month: int, day: int) -> None:
    if not 1 <= month <= 12:
        message = told("there is no month {month:02} in {text}", month=month, text=text)
        raise DateError(message, told("write the month from 01 to 12, before the day"))
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        message = told(
            "there is no day {day:02} in month {month:02} of {text}",
            day=day,
            month=month,
            text=text,
        )
        raise DateError(message, told("write a day from 01 to {last}", last=last))


def _likely(text: str) -> str:
    """How the date was meant to be written, as far as that can be seen."""
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        return "2026-12-07"
    return f"{year:04}-{month:02}-{day:02}"
