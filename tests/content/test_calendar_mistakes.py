"""Holidays, closures, seasons and exceptions: what they become, and how mistakes are told."""

from __future__ import annotations

import shutil
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicebot.content.load import load_content, read_content
from voicebot.content.problems import Severity
from voicebot.model import Holiday, Season, Span, SpecialDays

TOWN = Path(__file__).parent / "town"
LANGUAGES = ("it", "en")

TOWN_PART = """\
holidays:
  country: IT
  province: "MO"
  open_anyway: ["2026-12-08"]
closures:
  - date: "2026-12-24"
  - from: "2026-08-10"
    to: "2026-08-14"
    reason: {it: "chiusura estiva", en: "summer closing"}
offices:
"""
OFFICE_PART = """\
    hours:
      saturday: ["09:00-12:00"]
    seasons:
      - from: "06-15"
        to: "09-15"
        hours: {monday: ["08:00-12:00", "13:00-14:00"]}
      - from: "12-20"
        to: "01-06"
        hours: {}
    exceptions:
      - date: "2026-12-07"
        closed: true
        reason: {it: "assemblea", en: "staff meeting"}
      - from: "2026-12-28"
        to: "2026-12-30"
        hours: ["09:00-11:00", "15:00-16:00"]
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder of good files with a full calendar, that a test may spoil.

    The town's part begins on line 5, the part of the last office on line 51.
    """
    folder = Path(shutil.copytree(TOWN, tmp_path / "intents"))
    spoil(folder, "offices:\n", TOWN_PART)
    spoil(folder, '    hours:\n      saturday: ["09:00-12:00"]\n', OFFICE_PART)
    return folder


def spoil(folder: Path, old: str, new: str) -> None:
    file = folder / "offices.yaml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is not there just once"
    file.write_text(text.replace(old, new), "utf-8")


def test_the_calendar_as_values(town: Path) -> None:
    reading = read_content(town, LANGUAGES)
    assert reading.problems == ()
    content = load_content(town, LANGUAGES)
    assert content.holidays[date(2027, 1, 31)] is Holiday.SAN_GEMINIANO
    assert date(2026, 12, 8) not in content.holidays
    assert date(2027, 12, 8) in content.holidays
    eve, summer = date(2026, 12, 24), {"it": "chiusura estiva", "en": "summer closing"}
    assert content.closures == (
        SpecialDays(eve, eve, ()),
        SpecialDays(date(2026, 8, 10), date(2026, 8, 14), (), summer),
    )
    office = content.office("anagrafe")
    morning, noon = Span(time(8), time(12)), Span(time(13), time(14))
    assert office.seasons == (
        Season((6, 15), (9, 15), ((morning, noon), (), (), (), (), (), ())),
        Season((12, 20), (1, 6), ((),) * 7),
    )
    bridge, reason = date(2026, 12, 7), {"it": "assemblea", "en": "staff meeting"}
    spans = (Span(time(9), time(11)), Span(time(15), time(16)))
    assert office.exceptions == (
        SpecialDays(bridge, bridge, (), reason),
        SpecialDays(date(2026, 12, 28), date(2026, 12, 30), spans),
    )


def test_a_town_without_any_of_it_keeps_no_holidays(tmp_path: Path) -> None:
    content = load_content(TOWN, LANGUAGES)
    assert content.holidays == {}
    assert content.closures == ()
    assert all(not office.seasons and not office.exceptions for office in content.offices)


SEASON = "offices.anagrafe.seasons"
EXCEPTION = "offices.anagrafe.exceptions"
MISTAKES = [
    # what is replaced, by what; line, key, part of the message, of the remedy
    ("country: IT", "country: FR", 6, "holidays.country", "FR", "IT"),
    ("  country: IT\n", "", 5, "holidays.country", "country is missing", "country: IT"),
    ('"MO"', '"MODENA"', 7, "holidays.province", "not a province", '"MO"'),
    ('"MO"', '"mo"', 7, "holidays.province", "not a province", '"MO"'),
    ('"MO"', '"ZZ"', 7, "holidays.province", "not a province", "two letters"),
    ('"MO"', "NO", 7, "holidays.province", "true or false", '"NO"'),
    ("  province:", "  provice:", 7, "holidays.provice", "not a key", "did you mean province?"),
    ('["2026-12-08"]', '["2026-12-09"]', 8, "holidays.open_anyway[0]", "no public holiday",
     "remove it"),
    ('["2026-12-08"]', '["2026-12-08", "2026-12-08"]', 8, "holidays.open_anyway[1]", "twice",
     "once"),
    ('["2026-12-08"]', "[2026-12-08]", 8, "holidays.open_anyway[0]", "as a date", '"2026-12-08"'),
    ('["2026-12-08"]', '"2026-12-08"', 8, "holidays.open_anyway", "list is needed", "["),
    ('date: "2026-12-24"', "date: 2026-12-24", 10, "closures[0].date", "YAML reads 2026-12-24 as",
     '"2026-12-24"'),
    ('date: "2026-12-24"', 'date: "24/12/2026"', 10, "closures[0].date", "not a date",
     '"2026-12-24"'),
    ('date: "2026-12-24"', 'date: "2026-02-30"', 10, "closures[0].date", "no day 30", "01 to 28"),
    ('date: "2026-12-24"', 'date: "2026-08-12"', 11, "closures[1]",
     "already among the days of 2026-08-12 (line 10)", "one entry only"),
    ('date: "2026-12-24"', "reason: {it: no_quotes, en: x}", 10, "closures[0]", "on which day",
     "add date"),
    ('date: "2026-12-24"', "date:", 10, "closures[0].date", "nothing is written", "in double"),
    ('from: "2026-08-10"', "from:", 11, "closures[1].from", "nothing is written", "in double"),
    ('province: "MO"', "province:", 7, "holidays.province", "nothing is written", "in double"),
    ("holidays:\n  country: IT\n  province: \"MO\"\n  open_anyway: [\"2026-12-08\"]\n",
     "holidays:\n", 5, "holidays", "nothing is written", "country: IT"),
    ('date: "2026-12-24"', 'closed: true', 10, "closures[0].closed", "not a key", "date"),
    ('    to: "2026-08-14"\n', "", 11, "closures[1]", "to is missing", "add to:"),
    ('from: "2026-08-10"', 'date: "2026-08-10"', 12, "closures[1].to", "cannot both", "keep date"),
    ('"2026-08-14"', '"2026-08-04"', 12, "closures[1].to", "is before 2026-08-10", "first day"),
    (', en: "summer closing"', "", 13, "closures[1].reason", "en is missing", "en"),
    ('"summer closing"', '" "', 13, "closures[1].reason.en", "no words", "words"),
    ('- from: "06-15"', "- from: 06-15", 54, f"{SEASON}[0].from", "no quotes", '"06-15"'),
    ('- from: "06-15"', '- from: "2026-06-15"', 54, f"{SEASON}[0].from", "not a month and a day",
     '"06-15"'),
    ('- from: "06-15"', '- from: "02-30"', 54, f"{SEASON}[0].from", "no day 30", "01 to 29"),
    ('        to: "09-15"\n', "", 54, f"{SEASON}[0].to", "to is missing", 'to: "09-15"'),
    ('- from: "12-20"', '- from: "09-15"', 57, f"{SEASON}[1]", "the season of line 54",
     "the day after"),
    ('to: "01-06"', 'to: "06-15"', 57, f"{SEASON}[1]", "the season of line 54", "the day after"),
    ('"13:00-14:00"', '"11:00-14:00"', 56, f"{SEASON}[0].hours.monday[1]", "overlaps",
     "one opening"),
    ("        hours: {}\n", "", 57, f"{SEASON}[1].hours", "hours is missing", "add hours"),
    ("        closed: true\n", "", 61, f"{EXCEPTION}[0]", "what is different", "closed: true"),
    ("closed: true", "closed: false", 62, f"{EXCEPTION}[0].closed", "says nothing",
     "closed: true"),
    ("closed: true", 'closed: true\n        hours: ["09:00-10:00"]', 63, f"{EXCEPTION}[0].hours",
     "cannot both", "keep closed"),
    ("closed: true", 'closed: "sì"', 62, f"{EXCEPTION}[0].closed", "true or false", "true"),
    ('"15:00-16:00"', '"07:00-08:00"', 66, f"{EXCEPTION}[1].hours[1]", "earlier than",
     "morning first"),
    ('"15:00-16:00"', '"16:00-15:00"', 66, f"{EXCEPTION}[1].hours[1]", "before it begins",
     "first"),
    ('to: "2026-12-30"', 'to: "2026-11-30"', 65, f"{EXCEPTION}[1].to", "is before", "first day"),
    ('date: "2026-12-07"', 'date: "2026-12-29"', 64, f"{EXCEPTION}[1]", "(line 61)",
     "one entry only"),
    ('en: "staff meeting"', 'eng: "staff meeting"', 63, f"{EXCEPTION}[0].reason.eng",
     "not a language", "did you mean en?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message", "remedy"),
    MISTAKES,
    ids=[f"{case[2]}:{case[3]}:{case[4][:20]}" for case in MISTAKES],
)
def test_each_mistake_is_told_with_line_key_and_remedy(
    town: Path, old: str, new: str, line: int, key: str, message: str, remedy: str
) -> None:
    spoil(town, old, new)
    reading = read_content(town, LANGUAGES)
    assert reading.content is None
    told = [
        problem
        for problem in reading.problems
        if (problem.file, problem.line, problem.key) == ("intents/offices.yaml", line, key)
        and message in problem.message
        and remedy in problem.remedy
    ]
    assert len(told) == 1, "\n".join(map(str, reading.problems))


def test_more_than_a_year_is_worth_a_look(town: Path) -> None:
    spoil(town, 'to: "2026-08-14"', 'to: "2028-08-14"')
    spoil(town, '  - date: "2026-12-24"\n', "")
    reading = read_content(town, LANGUAGES)
    (problem,) = reading.problems
    assert (problem.severity, problem.key) == (Severity.WARNING, "closures[0].to")
    assert "more than a year" in problem.message


@pytest.mark.parametrize("old", TOWN_PART.splitlines()[:-1] + OFFICE_PART.splitlines())
@pytest.mark.parametrize("new", ["", "  - [", "x: {}", "- - -", "key: [{}, 1, null]"])
def test_no_line_put_wrong_makes_the_reading_fail(town: Path, old: str, new: str) -> None:
    file = town / "offices.yaml"
    lines = file.read_text("utf-8").splitlines()
    indent = old[: len(old) - len(old.lstrip())]
    lines[lines.index(old)] = indent + new
    file.write_text("\n".join(lines) + "\n", "utf-8")
    reading = read_content(town, LANGUAGES)
    assert reading.content is not None or reading.problems
    assert all(problem.message and problem.remedy for problem in reading.problems)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.integers(min_value=0),
    removed=st.integers(min_value=0, max_value=12),
    added=st.one_of(
        st.text("019-:[]{}\"', \n", max_size=6),
        st.sampled_from(["2026-02-30", "null", "02-29", "date:", "closed: true", "[]", "{}"]),
    ),
)
def test_any_slip_of_the_hand_among_the_dates(
    town: Path, place: int, removed: int, added: str
) -> None:
    """The file is read, or its mistakes are told; nothing else happens."""
    file = town / "offices.yaml"
    good = file.read_text("utf-8")
    dates = TOWN_PART if place % 2 else OFFICE_PART
    at = good.index(dates) + place // 2 % len(dates)
    file.write_text(good[:at] + added + good[at + removed :], "utf-8")
    try:
        reading = read_content(town, LANGUAGES)
    finally:
        file.write_text(good, "utf-8")
    assert reading.content is not None or reading.problems
    assert all(problem.message and problem.remedy for problem in reading.problems)
    assert all(str(problem).isprintable() for problem in reading.problems)
