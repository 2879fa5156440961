"""English: the twelve-hour clock as it is spoken in Britain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from voicebot.answering.weekly import day_runs
from voicebot.answering.words import PartWords, capital, join
from voicebot.model import DayPart, Span

COMMA = ","
TODAY = "today"
TOMORROW = "tomorrow"
PARTS = {
    DayPart.MORNING: PartWords("this morning", "{when} morning", "{when} in the morning"),
    DayPart.AFTERNOON: PartWords("this afternoon", "{when} afternoon", "{when} in the afternoon"),
    DayPart.EVENING: PartWords("this evening", "{when} evening", "{when} in the evening"),
}
PLUS = "plus"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def number(n: int) -> str:
    """0 to 9999: "one hundred and twenty-three"."""
    thousands, rest = divmod(n, 1000)
    if not thousands:
        return _below_thousand(rest)
    head = f"{DIGITS[thousands]} thousand"
    if not rest:
        return head
    return f"{head} {'and ' if rest < 100 else ''}{_below_thousand(rest)}"


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = f"{DIGITS[hundreds]} hundred"
    return f"{head} and {_below_hundred(rest)}" if rest else head


def _below_hundred(n: int) -> str:
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return _TEENS[n - 10]
    tens, unit = _TENS[n // 10 - 2], n % 10
    return f"{tens}-{DIGITS[unit]}" if unit else tens


def ordinal(n: int) -> str:
    """ "first", "twenty-first"."""
    head, dash, last = number(n).rpartition("-")
    return head + dash + _ORDINALS.get(last, last + "th")


def _hour(hour: int) -> str:
    if hour % 24 == 0:
        return "midnight"
    return number((hour - 1) % 12 + 1)


def _clock(moment: time) -> str:
    hour, minute = moment.hour, moment.minute
    if minute == 0 and hour in (0, 12):
        return "midday" if hour else "midnight"
    if minute == 0:
        words = f"{_hour(hour)} o'clock"
    elif minute <= 30:
        words = f"{_minutes(minute)} past {_hour(hour)}"
    else:
        words = f"{_minutes(60 - minute)} to {_hour(hour + 1)}"
    return words if "midnight" in words else words + _part_of_day(hour)


def _minutes(n: int) -> str:
    if n in (15, 30):
        return "half" if n == 30 else "a quarter"
    plain = number(n)
    return plain if n % 5 == 0 else f"{plain} minute{'s' if n > 1 else ''}"


def _part_of_day(hour: int) -> str:
    """Said only where it is needed: by day, from eight to seven, a time has one meaning."""
    if 8 <= hour < 19:
        return ""
    if hour < 12:
        return " in the morning"
    return " in the evening" if hour < 22 else " at night"


def at(moment: time) -> str:
    """ "at half past eight", "at midday"."""
    return f"at {_clock(moment)}"


def until(moment: time) -> str:
    """ "until one o'clock"."""
    return f"until {_clock(moment)}"


def hours(spans: Sequence[Span]) -> str:
    """ "from half past eight to one o'clock and from three o'clock to five o'clock"."""
    return join([f"from {_clock(span.opens)} to {_clock(span.closes)}" for span in spans], " and ")


def days(days: Sequence[int]) -> str:
    """ "Monday to Friday", "Tuesday and Thursday"."""
    if len(days) == 7:
        return "every day"
    names = [
        _WEEKDAYS[run[0]] + (f" to {_WEEKDAYS[run[-1]]}" * (len(run) > 1)) for run in day_runs(days)
    ]
    return join(names, " and ")


def on_weekday(day: int) -> str:
    """ "on Monday"."""
    return f"on {_WEEKDAYS[day]}"


def on_date(day: date) -> str:
    """ "on Friday the twenty-seventh of November"."""
    return f"on {_date(day)}"


def on_dates(first: date, last: date) -> str:
    """ "from Monday the tenth of August to Friday the twenty-first of August"."""
    return f"from {_date(first)} to {_date(last)}"


def _date(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} the {ordinal(day.day)} of {_MONTHS[day.month - 1]}"


def finish(text: str) -> str:
    """The sentence with its capital."""
    return capital(text)
