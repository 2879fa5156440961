"""French: the twenty-four hour clock, "midi", "minuit"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from voicebot.answering.weekly import day_runs
from voicebot.answering.words import PartWords, capital, join
from voicebot.model import DayPart, Span

COMMA = ","
TODAY = "aujourd'hui"
TOMORROW = "demain"
PARTS = {
    DayPart.MORNING: PartWords("ce matin", "{when} matin", "le matin du {when}"),
    DayPart.AFTERNOON: PartWords("cet après-midi", "{when} après-midi", "l'après-midi du {when}"),
    DayPart.EVENING: PartWords("ce soir", "{when} soir", "le soir du {when}"),
}
PLUS = "plus"
DIGITS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

_TEENS = (
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
)
_TENS = ("vingt", "trente", "quarante", "cinquante", "soixante")
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def number(n: int) -> str:
    """0 to 9999: "vingt et un", "quatre-vingt-onze", "deux cents"."""
    thousands, rest = divmod(n, 1000)
    if not thousands:
        return _below_thousand(rest)
    head = "mille" if thousands == 1 else f"{DIGITS[thousands]} mille"
    return f"{head} {_below_thousand(rest)}" if rest else head


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = "cent" if hundreds == 1 else f"{DIGITS[hundreds]} cent"
    if not rest:
        return head + ("s" if hundreds > 1 else "")
    return f"{head} {_below_hundred(rest)}"


def _below_hundred(n: int) -> str:
    if n < 20:
        return DIGITS[n] if n < 10 else _TEENS[n - 10]
    if n >= 80:
        return f"quatre-vingt-{_below_hundred(n - 80)}" if n > 80 else "quatre-vingts"
    tens, unit = (_TENS[4], n - 60) if n >= 60 else (_TENS[n // 10 - 2], n % 10)
    if unit == 0:
        return tens
    return (
        f"{tens} et {_below_hundred(unit)}" if unit in (1, 11) else f"{tens}-{_below_hundred(unit)}"
    )


def _feminine(n: int) -> str:
    words = number(n)
    return words + "e" if words.split(" ")[-1] == "un" else words


def _clock(moment: time) -> str:
    hour, minute = moment.hour, moment.minute
    if hour == 12 and minute == 0:
        return "midi"
    words = "minuit" if hour == 0 else f"{_feminine(hour)} heure{'s' if hour > 1 else ''}"
    return f"{words} {_feminine(minute)}" if minute else words


def at(moment: time) -> str:
    """ "à huit heures trente", "à midi"."""
    return f"à {_clock(moment)}"


def until(moment: time) -> str:
    """ "jusqu'à treize heures"."""
    return f"jusqu'à {_clock(moment)}"


def hours(spans: Sequence[Span]) -> str:
    """ "de huit heures trente à treize heures et de quinze heures à dix-sept heures"."""
    parts = [f"{_from(span.opens)} à {_clock(span.closes)}" for span in spans]
    return join(parts, " et ")


def _from(moment: time) -> str:
    return f"d'{_clock(moment)}" if moment.hour == 1 else f"de {_clock(moment)}"


def days(days: Sequence[int]) -> str:
    """ "du lundi au vendredi", "le mardi et le jeudi"."""
    if len(days) == 7:
        return "tous les jours"
    return join([_run(run) for run in day_runs(days)], " et ")


def _run(run: tuple[int, ...]) -> str:
    if len(run) > 1:
        return f"du {_WEEKDAYS[run[0]]} au {_WEEKDAYS[run[-1]]}"
    return f"le {_WEEKDAYS[run[0]]}"


def on_weekday(day: int) -> str:
    """ "lundi"."""
    return _WEEKDAYS[day]


def on_date(day: date) -> str:
    """ "vendredi vingt-sept novembre"."""
    nth = "premier" if day.day == 1 else number(day.day)
    return f"{_WEEKDAYS[day.weekday()]} {nth} {_MONTHS[day.month - 1]}"


def on_dates(first: date, last: date) -> str:
    """ "du lundi dix août au vendredi vingt et un août"."""
    return f"du {on_date(first)} au {on_date(last)}"


def finish(text: str) -> str:
    """The sentence with its capital."""
    return capital(text)
