"""The week as few lines as it can be told in, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voicebot.model import Span, Week


@dataclass(frozen=True, slots=True)
class WeekLine:
    """Some days and the openings they have in common."""

    days: tuple[int, ...]
    """0 is Monday; ascending."""
    spans: tuple[Span, ...]
    """In order; empty for the days that are closed."""
    also: bool = False
    """Whether an earlier line has told other openings of the same days."""


def group_week(week: Week) -> tuple[WeekLine, ...]:
    """The week as lines to be read out, the closed days last.

    An opening that several days share is told once ("Monday to Friday from nine to one, Tuesday
    also from three to five"). Where such lines would cut across one another, days are grouped by
    their whole timetable instead, which is longer and cannot be misheard.
    """
    lines = _by_opening(week)
    if not _nested(lines):
        lines = _by_day(week)
    told: set[int] = set()
    result = []
    for days, spans in lines:
        result.append(WeekLine(days, spans, also=told.issuperset(days)))
        told.update(days)
    closed = tuple(day for day in range(7) if not week[day])
    if closed:
        result.append(WeekLine(closed, ()))
    return tuple(result)


def day_runs(days: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Days as they are said: three or more in a row are one run, the others stand alone."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said: list[tuple[int, ...]] = []
    for run in runs:
        said.extend([tuple(run)] if len(run) > 2 else [(day,) for day in run])
    return tuple(said)


_Line = tuple[tuple[int, ...], tuple[Span, ...]]


def _by_opening(week: Week) -> list[_Line]:
    """Each opening with all of its days; openings of the same days share a line."""
    days_of: dict[Span, list[int]] = {}
    for day, spans in enumerate(week):
        for span in spans:
            days_of.setdefault(span, []).append(day)
    spans_of: dict[tuple[int, ...], list[Span]] = {}
    for span, days in days_of.items():
        spans_of.setdefault(tuple(days), []).append(span)
    return _ordered((days, tuple(sorted(spans))) for days, spans in spans_of.items())


def _by_day(week: Week) -> list[_Line]:
    """Days of the same timetable together."""
    days_of: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(week):
        if spans:
            days_of.setdefault(spans, []).append(day)
    return _ordered((tuple(days), spans) for spans, days in days_of.items())


def _ordered(lines: Iterable[_Line]) -> list[_Line]:
    return sorted(lines, key=lambda line: (line[0][0], -len(line[0]), line[1]))


def _nested(lines: Sequence[_Line]) -> bool:
    """Whether each line is about days not yet told, or all told together before."""
    told: list[set[int]] = []
    for days, _ in lines:
        new = set(days)
        if not all(new <= earlier or new.isdisjoint(earlier) for earlier in told):
            return False
        told.append(new)
    return True
