"""Italian: the twenty-four hour clock, "l'una", "mezzogiorno"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from voicebot.answering.weekly import day_runs
from voicebot.answering.words import PartWords, capital, join
from voicebot.model import DayPart, Span

COMMA = ","
TODAY = "oggi"
TOMORROW = "domani"
PARTS = {
    DayPart.MORNING: PartWords("stamattina", "{when} mattina", "la mattina di {when}"),
    DayPart.AFTERNOON: PartWords("oggi pomeriggio", "{when} pomeriggio", "il pomeriggio di {when}"),
    DayPart.EVENING: PartWords("stasera", "{when} sera", "la sera di {when}"),
}
PLUS = "più"
DIGITS = ("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")

_TEENS = (
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
)
_TENS = ("venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_WEEKDAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
_MONTHS = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)


def number(n: int) -> str:
    """0 to 9999: "ventitré", "centoquarantotto", "duemila"."""
    thousands, rest = divmod(n, 1000)
    head = "" if not thousands else "mille" if thousands == 1 else DIGITS[thousands] + "mila"
    return head + _below_thousand(rest) if rest or not thousands else head


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    head = "" if not hundreds else "cento" if hundreds == 1 else DIGITS[hundreds] + "cento"
    if hundreds and not rest:
        return head
    tail = _below_hundred(rest)
    # "ventitré" and its like keep their accent; a bare "tre" after a hundred takes one.
    return head + ("tré" if head and tail == "tre" else tail)


def _below_hundred(n: int) -> str:
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return _TEENS[n - 10]
    tens, unit = _TENS[n // 10 - 2], n % 10
    if unit == 0:
        return tens
    if unit in (1, 8):
        return tens[:-1] + DIGITS[unit]
    return tens + ("tré" if unit == 3 else DIGITS[unit])


def _clock(moment: time) -> tuple[str, str]:
    """How the hour begins with its article (for "a" and "da"), and the words after it."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "", "mezzogiorno" if moment.hour else "mezzanotte"
    minutes = f" e {number(moment.minute)}" if moment.minute else ""
    if moment.hour == 1:
        return "l'", "una" + minutes
    if moment.hour == 0:
        return "", "mezzanotte" + minutes
    return "le", number(moment.hour) + minutes


def _with(preposition: str, moment: time) -> str:
    article, words = _clock(moment)
    if article == "le":
        return f"{preposition}lle {words}"
    return f"{preposition}ll'{words}" if article else f"{preposition} {words}"


def at(moment: time) -> str:
    """ "alle otto e trenta", "all'una", "a mezzogiorno"."""
    return _with("a", moment)


def until(moment: time) -> str:
    """ "fino alle tredici"."""
    return f"fino {_with('a', moment)}"


def hours(spans: Sequence[Span]) -> str:
    """ "dalle otto e trenta alle tredici e dalle quindici alle diciassette"."""
    parts = [f"{_with('da', span.opens)} {_with('a', span.closes)}" for span in spans]
    return join(parts, " e ")


def days(days: Sequence[int]) -> str:
    """ "dal lunedì al venerdì", "martedì e giovedì"."""
    if len(days) == 7:
        return "tutti i giorni"
    runs = day_runs(days)
    mixed = any(len(run) > 1 for run in runs)
    return join([_run(run, mixed) for run in runs], " e ")


def _run(run: tuple[int, ...], mixed: bool) -> str:
    if len(run) > 1:
        to = "alla" if run[-1] == 6 else "al"
        return f"dal {_WEEKDAYS[run[0]]} {to} {_WEEKDAYS[run[-1]]}"
    article = ("la " if run[0] == 6 else "il ") if mixed else ""
    return article + _WEEKDAYS[run[0]]


def on_weekday(day: int) -> str:
    """ "lunedì"."""
    return _WEEKDAYS[day]


def on_date(day: date) -> str:
    """ "venerdì ventisette novembre"."""
    nth = "primo" if day.day == 1 else number(day.day)
    return f"{_WEEKDAYS[day.weekday()]} {nth} {_MONTHS[day.month - 1]}"


def on_dates(first: date, last: date) -> str:
    """ "da lunedì dieci agosto a venerdì ventuno agosto"."""
    return f"da {on_date(first)} a {on_date(last)}"


def finish(text: str) -> str:
    """The sentence with its capital."""
    return capital(text)
