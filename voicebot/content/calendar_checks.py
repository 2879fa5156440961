"""What must agree between the dates of `offices.yaml`: seasons, exceptions, closures, holidays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from voicebot.content.checks import StaffFile, check_day, check_words
from voicebot.content.dates import (
    PROVINCES,
    DateError,
    parse_date,
    parse_month_day,
    public_holidays,
)
from voicebot.content.problems import Path, Problem, Severity
from voicebot.content.schema import DAYS
from voicebot.content.tree import Scalar, Table, find, line_of
from voicebot.model import Language, MonthDay, told

_LONG = timedelta(days=366)

_LEAP_YEAR = tuple(date(2024, 1, 1) + timedelta(days=ahead) for ahead in range(366))


@dataclass(frozen=True, slots=True)
class _Days:
    """Some days in a row, and where they are written."""

    path: Path
    first: date
    last: date

    def __str__(self) -> str:
        return (
            str(self.first)
            if self.first == self.last
            else told("{first} to {last}", first=self.first, last=self.last)
        )


def check_calendar(file: StaffFile, languages: Sequence[Language]) -> Iterator[Problem]:
    """All that must agree between the dates of the town and of its offices."""
    yield from _holidays(file)
    yield from _list_of_days(file, ("closures",), languages)
    for office in file.table("offices"):
        yield from _seasons(file, ("offices", office, "seasons"))
        exceptions: Path = ("offices", office, "exceptions")
        yield from _list_of_days(file, exceptions, languages)
        for index in range(len(file.items(*exceptions))):
            yield from _openings(file, (*exceptions, index))


def _holidays(file: StaffFile) -> Iterator[Problem]:
    """A day on which the offices are open anyway must be a holiday."""
    node = find(file.tree, ("holidays",))
    if isinstance(node, Scalar) and node.value is None:
        remedy = told("write country: IT below it, indented by two spaces, or remove it")
        yield file.problem(("holidays",), told("nothing is written here"), remedy)
    province = file.text("holidays", "province")
    if province is not None and province not in PROVINCES:
        return
    holidays = public_holidays(province)
    seen: set[date] = set()
    for path, text in file.texts("holidays", "open_anyway"):
        day = _date(text)
        if day is None:
            continue
        if day in seen:
            yield file.problem(
                path, told("{text} is in the list twice", text=text), told("write it once")
            )
        elif day not in holidays:
            message = told("{text} is no public holiday, so the offices are open anyway", text=text)
            remedy = told("remove it, or write the date of the holiday that is meant")
            yield file.problem(path, message, remedy)
        seen.add(day)


def _list_of_days(file: StaffFile, path: Path, languages: Sequence[Language]) -> Iterator[Problem]:
    """Each entry names its days in one way, and no two of them name the same day."""
    before: list[_Days] = []
    for index in range(len(file.items(*path))):
        here = (*path, index)
        if not isinstance(find(file.tree, here), Table):
            continue
        yield from check_words(file, (*here, "reason"), languages)
        problem = _which_days(file, here)
        if problem is not None:
            yield problem
            continue
        days = _days(file, here)
        if days is None:
            continue
        if days.last < days.first:
            yield file.problem(
                (*here, "to"),
                told("{last} is before {first}, where it begins", last=days.last, first=days.first),
                told("write the first day under from and the last one under to"),
            )
            continue
        if days.last - days.first > _LONG:
            message = told("{days} is more than a year", days=str(days))
            remedy = told("look at the year of each date")
            yield file.problem((*here, "to"), message, remedy, Severity.WARNING)
        for other in before:
            if days.first <= other.last and other.first <= days.last:
                where = told("line {line}", line=line_of(file.tree, other.path))
                message = told(
                    "{days} is already among the days of {other} ({where})",
                    days=str(days),
                    other=str(other),
                    where=where,
                )
                yield file.problem(here, message, told("write each day in one entry only"))
                break
        before.append(days)


def _which_days(file: StaffFile, path: Path) -> Problem | None:
    """`date`, or `from` and `to`."""
    present = file.table(*path)
    ends = [key for key in ("from", "to") if key in present]
    if "date" in present and ends:
        message = told("date and {ends} cannot both be there", ends=" and ".join(ends))
        return file.problem(
            (*path, ends[0]), message, told("keep date for one day, from and to for more")
        )
    if "date" in present or len(ends) == 2:
        return None
    if not ends:
        message, remedy = told("it does not say on which day"), told('add date: "2026-12-07"')
        return file.problem(path, message, remedy)
    missing = "to" if ends == ["from"] else "from"
    message = told("{missing} is missing", missing=missing)
    return file.problem(
        path,
        message,
        told('add {missing}: "2026-12-07", or write date for one day', missing=missing),
    )


def _days(file: StaffFile, path: Path) -> _Days | None:
    """The days of an entry; None where they are no dates, which the schema tells."""
    first = _date(file.text(*path, "date") or file.text(*path, "from"))
    last = _date(file.text(*path, "date") or file.text(*path, "to"))
    return _Days(path, first, last) if first is not None and last is not None else None


def _date(text: str | None) -> date | None:
    try:
        return parse_date(text) if text is not None else None
    except DateError:
        return None


def _openings(file: StaffFile, path: Path) -> Iterator[Problem]:
    """An exception is closed, or has hours that follow one another."""
    present = file.table(*path)
    closed = present.get("closed")
    is_closed = isinstance(closed, Scalar) and closed.value is True
    if isinstance(closed, Scalar) and closed.value is False:
        remedy = told("write closed: true, or hours: and no closed")
        yield file.problem((*path, "closed"), told("closed: false says nothing"), remedy)
    elif is_closed and "hours" in present:
        remedy = told("keep closed for days without any opening, hours for the others")
        yield file.problem((*path, "hours"), told("closed and hours cannot both be there"), remedy)
    elif "closed" not in present and not file.items(*path, "hours"):
        message = told("it does not say what is different on these days")
        remedy = told('add closed: true, or hours: ["09:00-12:00"]')
        yield file.problem(path, message, remedy)
    yield from check_day(file, (*path, "hours"))


def _seasons(file: StaffFile, path: Path) -> Iterator[Problem]:
    """Seasons have hours that follow one another, and no day lies in two of them."""
    taken: dict[MonthDay, Path] = {}
    for index in range(len(file.items(*path))):
        here = (*path, index)
        for end in ("from", "to"):
            yield from _in_quotes(file, (*here, end))
        for day in DAYS:
            yield from check_day(file, (*here, "hours", day))
        days = _days_of_season(file, here)
        both = next((taken[day] for day in days if day in taken), None)
        if both is not None:
            message = told(
                "part of it lies in the season of line {line}", line=line_of(file.tree, both)
            )
            remedy = told("let each season begin on the day after the one before it ends")
            yield file.problem(here, message, remedy)
        for day_of_year in days:
            taken.setdefault(day_of_year, here)


def _in_quotes(file: StaffFile, path: Path) -> Iterator[Problem]:
    node = find(file.tree, path)
    if isinstance(node, Scalar) and isinstance(node.value, str) and not node.quoted:
        message = told("{text} has no quotes, and dates always stand in quotes", text=node.text)
        yield file.problem(path, message, told('put it in quotes: "{text}"', text=node.text))


def _days_of_season(file: StaffFile, path: Path) -> tuple[MonthDay, ...]:
    """Every day of the season, in a leap year; none where it has no two good ends."""
    texts = file.text(*path, "from"), file.text(*path, "to")
    try:
        first, last = (parse_month_day(text) for text in texts if text is not None)
    except ValueError:  # a DateError, or one of the two is missing
        return ()
    all_days = [(day.month, day.day) for day in _LEAP_YEAR]
    if first <= last:
        return tuple(day for day in all_days if first <= day <= last)
    return tuple(day for day in all_days if day >= first or day <= last)
