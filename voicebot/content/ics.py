"""Closures out of an iCalendar file (RFC 5545), as a calendar program exports it.

Every event closes: a whole day, days in a row, or some hours of a day. Events that recur are
written out; one that recurs without end is refused, since nobody can look it through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from voicebot.content.dates import FIRST_YEAR, LAST_YEAR
from voicebot.content.problems import Problem
from voicebot.model import LANGUAGES, Language, Span, SpecialDays, told

ZONE = ZoneInfo("Europe/Rome")
"""The zone of the offices' hours; a moment in another one is converted."""

MAX_TIMES = 400
"""How often one event may recur."""

_DAY_END = time(23, 59)


@dataclass(frozen=True, slots=True)
class Closing:
    """One occurrence of an event."""

    first: datetime
    last: datetime
    """Local, without a zone; `last` is not included."""
    reason: dict[Language, str] = field(default_factory=dict)


def closures_of(
    data: bytes, file: str, language: Language
) -> tuple[tuple[SpecialDays, ...], list[Problem]]:
    """The days on which the events of a file close, and what is wrong in it.

    Args:
        data: the file.
        file: its name, for the problems.
        language: in which events are written that do not say it themselves.
    """
    problems: list[Problem] = []
    lines = _event_lines(data)
    events: list[Any]
    try:
        events = list(Calendar.from_ical(data).walk("VEVENT"))
    except (ValueError, IndexError, KeyError) as error:
        message = told("this is not an iCalendar file: {reason}", reason=str(error)[:120])
        remedy = told("export the calendar again, as iCalendar (.ics)")
        return (), [Problem(file, 1, "", message, remedy)]
    moved = {
        (str(e.get("UID")), _stamp(e["RECURRENCE-ID"].dt)) for e in events if "RECURRENCE-ID" in e
    }
    closings: list[Closing] = []
    for index, event in enumerate(events):
        line = lines[index] if index < len(lines) else 0
        try:
            closings += _occurrences(event, language, moved)
        except _Refused as refused:
            problems.append(Problem(file, line, "", refused.message, refused.remedy))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            message = told("this event cannot be read: {reason}", reason=str(error)[:120])
            remedy = told("open it in the calendar program and save it again")
            problems.append(Problem(file, line, "", message, remedy))
    return tuple(_days(closings)), problems


class _Refused(Exception):
    """An event that is understood and not taken."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _event_lines(data: bytes) -> list[int]:
    rows = data.split(b"\n")
    return [n for n, row in enumerate(rows, 1) if row.strip().upper() == b"BEGIN:VEVENT"]


def _occurrences(
    event: Any, language: Language, moved: set[tuple[str, datetime]]
) -> Iterator[Closing]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    if "DTSTART" not in event:
        message, remedy = told("this event has no beginning"), told("give it a date, or remove it")
        raise _Refused(message, remedy)
    starts = event["DTSTART"].dt
    first = _local(starts)
    length = _length(event, starts, first)
    if length <= timedelta(0):
        raise _Refused(
            told("this event ends before it begins"),
            told("correct its end in the calendar program"),
        )
    reason = _reason(event, language)
    uid, is_moved = str(event.get("UID")), "RECURRENCE-ID" in event
    for at in _starts(event, first):
        if not is_moved and (uid, at) in moved:
            continue
        if FIRST_YEAR <= at.year <= LAST_YEAR:
            yield Closing(at, at + length, reason)


def _length(event: Any, starts: date | datetime, first: datetime) -> timedelta:
    if "DTEND" in event:
        return _local(event["DTEND"].dt) - first
    if "DURATION" in event:
        duration: timedelta = event["DURATION"].dt
        return duration
    return timedelta(0) if isinstance(starts, datetime) else timedelta(days=1)


def _starts(event: Any, first: datetime) -> Sequence[datetime]:
    """When it begins, each time, without those taken out."""
    out = {_stamp(one.dt) for each in _several(event.get("EXDATE")) for one in each.dts}
    more = [_stamp(one.dt) for each in _several(event.get("RDATE")) for one in each.dts]
    rule = event.get("RRULE")
    if rule is None:
        return [at for at in dict.fromkeys((first, *more)) if at not in out]
    if isinstance(rule, list):
        raise _Refused(
            told("this event recurs by several rules"), told("make an event of each rule")
        )
    until = rule.get("UNTIL")
    plain = {name: value for name, value in rule.items() if name != "UNTIL"}
    text = ";".join(f"{name}={_joined(value)}" for name, value in plain.items())
    end = _local(until[0]) if until else datetime(LAST_YEAR, 12, 31, 23, 59)
    found: list[datetime] = []
    for at in rrulestr(text, dtstart=first):
        if at > end + (timedelta(0) if not until or isinstance(until[0], datetime) else _ALL_DAY):
            break
        found.append(at)
        if len(found) > MAX_TIMES:
            raise _Refused(
                told("this event recurs more than {most} times", most=MAX_TIMES),
                told("give the series an end, or write the closing as weekly hours"),
            )
    return [at for at in dict.fromkeys((*found, *more)) if at not in out]


_ALL_DAY = timedelta(hours=23, minutes=59)


def _joined(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _local(moment: date | datetime) -> datetime:
    """The moment on the offices' clocks, without a zone; a day at its beginning."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(ZONE).replace(tzinfo=None)


_stamp = _local


def _reason(event: Any, language: Language) -> dict[Language, str]:
    summary = event.get("SUMMARY")
    text = " ".join(str(summary or "").split()).rstrip(".")
    if not any(sign.isalpha() for sign in text):
        return {}
    said = str(getattr(summary, "params", {}).get("LANGUAGE", language))[:2].lower()
    return {said if said in LANGUAGES else language: text}


def _days(closings: Sequence[Closing]) -> Iterator[SpecialDays]:
    """Whole days as they follow one another, then hours of the days that are left."""
    taken: set[date] = set()
    parts: dict[date, tuple[list[Span], dict[Language, str]]] = {}
    for closing in sorted(closings, key=lambda one: (one.first, one.last)):
        whole: list[date] = []
        for day, span in _by_day(closing):
            if day in taken:
                continue
            if span is None:
                whole.append(day)
            else:
                spans, _ = parts.setdefault(day, ([], closing.reason))
                spans.append(span)
        if whole:
            taken.update(whole)
            yield SpecialDays(whole[0], whole[-1], (), closing.reason)
    for day, (spans, reason) in sorted(parts.items()):
        if day not in taken:
            yield SpecialDays(day, day, (), reason, closed_for=tuple(sorted(spans)))


def _by_day(closing: Closing) -> Iterator[tuple[date, Span | None]]:
    """Each day of it with the hours that it closes; None for all of them."""
    day = closing.first.date()
    while datetime.combine(day, time()) < closing.last:
        begins = max(closing.first, datetime.combine(day, time()))
        ends = min(closing.last, datetime.combine(day + timedelta(days=1), time()))
        if ends - begins >= _ALL_DAY:
            yield day, None
        else:
            until = ends.time() if ends.date() == day else _DAY_END
            yield day, Span(begins.time(), until)
        day += timedelta(days=1)
