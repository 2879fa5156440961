"""Closures out of calendar files: whole days, hours, series; and what is refused."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from voicebot.content.ics import MAX_TIMES, closures_of
from voicebot.content.load import load_content, read_content
from voicebot.content.problems import Problem
from voicebot.model import Span, SpecialDays
from voicebot.offices.calendar import calendar_of

TOWN = Path(__file__).parent / "town"
LANGUAGES = ("it", "en")


def calendar(*events: str) -> bytes:
    """A file as calendar programs write it: CRLF, a zone of its own, and these events."""
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for number, event in enumerate(events):
        stamp = ("BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z")
        rows += [*stamp, *event.split("|"), "END:VEVENT"]
    return "\r\n".join([*rows, "END:VCALENDAR", ""]).encode()


def closed(*events: str) -> tuple[SpecialDays, ...]:
    days, problems = closures_of(calendar(*events), "intents/a.ics", "it")
    assert problems == []
    return days


def refused(*events: str) -> Problem:
    _, problems = closures_of(calendar(*events), "intents/a.ics", "it")
    (problem,) = problems
    return problem


def whole(first: date, last: date | None = None, **reason: str) -> SpecialDays:
    return SpecialDays(first, last or first, (), reason)


def part(day: date, *hours: tuple[int, int], **reason: str) -> SpecialDays:
    spans = tuple(Span(time(a), time(b)) for a, b in hours)
    return SpecialDays(day, day, (), reason, closed_for=spans)


DEC_7 = date(2026, 12, 7)


@pytest.mark.parametrize(
    ("event", "days"),
    [
        ("DTSTART;VALUE=DATE:20261207|DTEND;VALUE=DATE:20261208|SUMMARY:Ponte.",
         (whole(DEC_7, it="Ponte"),)),
        ("DTSTART;VALUE=DATE:20261207|SUMMARY;LANGUAGE=en:Bridge", (whole(DEC_7, en="Bridge"),)),
        ("DTSTART;VALUE=DATE:20261207|DURATION:P2D", (whole(DEC_7, date(2026, 12, 8)),)),
        ("DTSTART;VALUE=DATE:20270809|DTEND;VALUE=DATE:20270821",
         (whole(date(2027, 8, 9), date(2027, 8, 20)),)),
        ("DTSTART:20261207T100000|DTEND:20261207T120000|SUMMARY:Riunione",
         (part(DEC_7, (10, 12), it="Riunione"),)),
        ("DTSTART:20261207T090000Z|DTEND:20261207T110000Z", (part(DEC_7, (10, 12)),)),
        ("DTSTART;TZID=America/New_York:20261207T040000|DURATION:PT2H", (part(DEC_7, (10, 12)),)),
        ("DTSTART:20261207T000000|DTEND:20261208T000000", (whole(DEC_7),)),
        ("DTSTART:20261207T100000|DTEND:20261207T120000|STATUS:CANCELLED", ()),
        ("DTSTART;VALUE=DATE:19990101", ()),
    ],
)  # fmt: skip
def test_one_event(event: str, days: tuple[SpecialDays, ...]) -> None:
    assert closed(event) == days


def test_an_event_over_a_night_closes_the_rest_of_each_day() -> None:
    first, second, third = closed("DTSTART:20261207T150000|DTEND:20261209T100000")
    assert first == whole(date(2026, 12, 8))
    assert second.closed_for == (Span(time(15), time(23, 59)),)
    assert third == part(date(2026, 12, 9), (0, 10))


def test_a_series_is_written_out_without_what_is_taken_out_or_moved() -> None:
    days = closed(
        "DTSTART:20261201T140000|DTEND:20261201T160000|RRULE:FREQ=WEEKLY;COUNT=4"
        "|EXDATE:20261208T140000",
    )
    assert [day.first for day in days] == [date(2026, 12, d) for d in (1, 15, 22)]
    yearly = closed("DTSTART;VALUE=DATE:20260131|RRULE:FREQ=YEARLY;UNTIL=20280131")
    assert [day.first.year for day in yearly] == [2026, 2027, 2028]
    series = "UID:s|DTSTART;VALUE=DATE:20261201|RRULE:FREQ=DAILY;COUNT=2"
    moved = "UID:s|RECURRENCE-ID;VALUE=DATE:20261202|DTSTART;VALUE=DATE:20261210"
    rows = calendar(series, moved).replace(b"UID:0\r\n", b"").replace(b"UID:1\r\n", b"")
    days, problems = closures_of(rows, "a.ics", "it")
    assert problems == []
    assert [day.first.day for day in days] == [1, 10]


def test_two_events_of_one_day_both_close() -> None:
    (day,) = closed(
        "DTSTART:20261207T150000|DTEND:20261207T160000",
        "DTSTART:20261207T090000|DTEND:20261207T100000",
    )
    assert day == part(DEC_7, (9, 10), (15, 16))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("SUMMARY:Quando?", "has no beginning"),
        ("DTSTART:20261207T120000|DTEND:20261207T100000", "ends before it begins"),
        ("DTSTART:20261207T120000|SUMMARY:Un momento", "ends before it begins"),
        ("DTSTART;VALUE=DATE:20261207|RRULE:FREQ=DAILY", f"more than {MAX_TIMES} times"),
        ("DTSTART;VALUE=DATE:20261207|RRULE:FREQ=NEVER", "cannot be read"),
        ("DTSTART:domani", "cannot be read"),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_line(event: str, message: str) -> None:
    good = "DTSTART;VALUE=DATE:20261207|DTEND;VALUE=DATE:20261208"
    problem = refused(good, event)
    assert message in problem.message
    assert problem.line == 10
    assert problem.remedy


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", b"<html>"])
def test_what_is_no_calendar_is_told(data: bytes) -> None:
    days, problems = closures_of(data, "intents/a.ics", "it")
    assert days == ()
    assert [problem.file for problem in problems] in (["intents/a.ics"], [])


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


def name_it(town: Path, old: str, new: str) -> None:
    file = town / "offices.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_calendar_of_all_offices_and_one_of_one(town: Path) -> None:
    name_it(town, "sample: true", 'sample: true\ncalendar: "tutti.ics"')
    name_it(town, '    key: "1"', '    key: "1"\n    calendar: "nord.ics"')
    (town / "tutti.ics").write_bytes(calendar("DTSTART;VALUE=DATE:20261207|SUMMARY:Ponte"))
    (town / "nord.ics").write_bytes(calendar("DTSTART:20261214T080000|DTEND:20261214T100000"))
    content = load_content(town, LANGUAGES)
    nord, sud = (calendar_of(content.office(name), content) for name in ("nord", "sud"))
    assert nord.spans_on(DEC_7) == sud.spans_on(DEC_7) == ()
    monday = date(2026, 12, 14)
    assert nord.spans_on(monday)[0] == Span(time(10), time(12, 30))
    assert nord.on(monday).is_changed
    at = datetime(2026, 12, 14, 9, tzinfo=ZoneInfo("Europe/Rome"))
    assert nord.opening(at).next_opening == at.replace(hour=10)
    before = content.version
    (town / "nord.ics").write_bytes(calendar())
    assert load_content(town, LANGUAGES).version != before


def test_a_calendar_that_is_missing_is_told_at_its_line(town: Path) -> None:
    name_it(town, "sample: true", 'sample: true\ncalendar: "manca.ics"')
    (problem,) = read_content(town, LANGUAGES).problems
    assert (problem.line, problem.key) == (3, "calendar")
    assert "there is no file manca.ics" in problem.message


def test_a_path_is_no_name(town: Path) -> None:
    name_it(town, "sample: true", 'sample: true\ncalendar: "../altro.ics"')
    assert "not the name of a calendar file" in read_content(town, LANGUAGES).problems[0].message
