"""Dates as staff write them, and the public holidays of Modena."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot.content.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    PROVINCES,
    DateError,
    parse_date,
    parse_month_day,
    public_holidays,
)
from voicebot.model import Holiday

MODENA = {
    2026: {
        "01-01": Holiday.NEW_YEAR,
        "01-06": Holiday.EPIPHANY,
        "01-31": Holiday.SAN_GEMINIANO,
        "04-05": Holiday.EASTER,
        "04-06": Holiday.EASTER_MONDAY,
        "04-25": Holiday.LIBERATION,
        "05-01": Holiday.LABOUR,
        "06-02": Holiday.REPUBLIC,
        "08-15": Holiday.ASSUMPTION,
        "10-04": Holiday.SAINT_FRANCIS,
        "11-01": Holiday.ALL_SAINTS,
        "12-08": Holiday.IMMACULATE_CONCEPTION,
        "12-25": Holiday.CHRISTMAS,
        "12-26": Holiday.SAINT_STEPHEN,
    },
    2027: {
        "01-01": Holiday.NEW_YEAR,
        "01-06": Holiday.EPIPHANY,
        "01-31": Holiday.SAN_GEMINIANO,
        "03-28": Holiday.EASTER,
        "03-29": Holiday.EASTER_MONDAY,
        "04-25": Holiday.LIBERATION,
        "05-01": Holiday.LABOUR,
        "06-02": Holiday.REPUBLIC,
        "08-15": Holiday.ASSUMPTION,
        "10-04": Holiday.SAINT_FRANCIS,
        "11-01": Holiday.ALL_SAINTS,
        "11-07": Holiday.NATIONAL_UNITY,
        "12-08": Holiday.IMMACULATE_CONCEPTION,
        "12-25": Holiday.CHRISTMAS,
        "12-26": Holiday.SAINT_STEPHEN,
    },
}


@pytest.mark.parametrize("year", MODENA)
def test_the_holidays_of_modena(year: int) -> None:
    found = public_holidays("MO")
    this_year = {f"{day:%m-%d}": holiday for day, holiday in found.items() if day.year == year}
    assert this_year == MODENA[year]


def test_without_a_province_the_national_ones_alone() -> None:
    assert date(2026, 1, 31) not in public_holidays(None)
    assert date(2026, 10, 4) in public_holidays(None)
    assert date(2025, 10, 4) not in public_holidays(None)


def test_a_patron_saint_who_has_no_name_here_is_a_holiday_all_the_same() -> None:
    assert public_holidays("MI")[date(2026, 12, 7)] is Holiday.OTHER


def test_two_holidays_on_one_day_are_the_first_that_has_a_name() -> None:
    assert public_holidays("MO")[date(2026, 11, 1)] is Holiday.ALL_SAINTS
    assert public_holidays("MO")[date(2038, 4, 25)] in (Holiday.EASTER, Holiday.LIBERATION)


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_every_year_that_may_be_written_has_its_holidays_and_each_has_its_name(year: int) -> None:
    holidays = public_holidays("MO")
    assert holidays[date(year, 1, 31)] is Holiday.SAN_GEMINIANO
    assert holidays[date(year, 12, 25)] is Holiday.CHRISTMAS
    assert Holiday.OTHER not in holidays.values()


def test_the_provinces() -> None:
    assert len(PROVINCES) == 107
    assert {"MO", "RE", "BO", "NO", "SU"} <= set(PROVINCES)


def test_dates() -> None:
    assert parse_date("2026-12-07") == date(2026, 12, 7)
    assert parse_date("2028-02-29") == date(2028, 2, 29)
    assert parse_month_day("06-15") == (6, 15)
    assert parse_month_day("02-29") == (2, 29)


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("2026-12-7", "not a date", '"2026-12-07"'),
        ("7/12/2026", "not a date", '"2026-12-07"'),
        ("07.12.2026", "not a date", '"2026-12-07"'),
        ("2026/12/07", "not a date", '"2026-12-07"'),
        ("12-07", "not a date", '"2026-12-07"'),
        ("tomorrow", "not a date", '"2026-12-07"'),
        ("٢٠٢٦-١٢-٠٧", "not a date", '"2026-12-07"'),
        ("2026-02-30", "no day 30 in month 02", "01 to 28"),
        ("2027-02-29", "no day 29 in month 02", "01 to 28"),
        ("2026-13-01", "no month 13", "01 to 12"),
        ("2026-00-01", "no month 00", "01 to 12"),
        ("2026-11-00", "no day 00", "01 to 30"),
        ("2206-12-07", "the year 2206", "the year"),
    ],
)
def test_what_is_no_date(text: str, message: str, remedy: str) -> None:
    with pytest.raises(DateError, match=message) as caught:
        parse_date(text)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("2026-06-15", "not a month and a day", '"06-15"'),
        ("15/6", "not a month and a day", '"06-15"'),
        ("15 giugno", "not a month and a day", '"06-15"'),
        ("06-31", "no day 31 in month 06", "01 to 30"),
        ("02-30", "no day 30 in month 02", "01 to 29"),
        ("15-06", "no month 15", "before the day"),
    ],
)
def test_what_is_no_day_of_the_year(text: str, message: str, remedy: str) -> None:
    with pytest.raises(DateError, match=message) as caught:
        parse_month_day(text)
    assert remedy in caught.value.remedy
