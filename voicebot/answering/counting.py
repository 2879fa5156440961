"""Places in a queue and lengths of time, in words.

A place and a range stand after a colon or a verb of their sentence, so each language gives them
whole: with its preposition, and its noun in the number that the count asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.answering import arabic, english, french, italian
from voicebot.model import Language

STEPS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60)
"""Minutes that an expected wait is told in: finer would pretend to know more."""

LAST_PLACE = 20
"""Beyond this a place is told as "more than twenty people"."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """An expected wait, widened to whole steps."""

    low: int
    """0 where it may be no wait at all."""
    high: int | None
    """None where it may be longer than the longest step."""


def widened(low: float, high: float) -> Minutes:
    """The narrowest range of steps that holds `low` to `high` seconds."""
    below = [step for step in STEPS if step * 60 <= low]
    above = [step for step in STEPS if step * 60 >= high]
    return Minutes(below[-1] if below else 0, above[0] if above else None)


def all_ranges() -> tuple[Minutes, ...]:
    """Every range that `wait` has words for."""
    lows = (0, *STEPS)
    within = [Minutes(low, high) for low in lows for high in STEPS if high >= low]
    return (*within, *(Minutes(low, None) for low in STEPS))


def wait(language: Language, minutes: Minutes) -> str | None:
    """The range in words: "fra due e quattro minuti"; None where it says nothing."""
    frames, count = _FRAMES[language], _COUNTS[language]
    if minutes.high is None:
        return frames.more.format(_after_more(language, minutes.low)) if minutes.low else None
    if minutes.low == 0:
        return frames.less.format(_after_more(language, minutes.high))
    if minutes.low == minutes.high:
        return frames.about.format(count(minutes.high))
    return frames.between.format(_bare(language, minutes.low), count(minutes.high))


def lasted(language: Language, seconds: float) -> str:
    """How long something took: "quattro minuti", "meno di un minuto"."""
    whole = int(seconds // 60)
    if whole == 0:
        return _FRAMES[language].less.format(_after_more(language, 1))
    if whole >= 60:
        return _FRAMES[language].more.format(_after_more(language, 60))
    return _COUNTS[language](whole)


def place(language: Language, position: int) -> str:
    """The place in a queue, 1 to `LAST_PLACE`: "al secondo posto", "second"."""
    return _PLACES[language](position)


@dataclass(frozen=True, slots=True)
class _Frames:
    less: str
    about: str
    between: str
    more: str


_FRAMES: Mapping[Language, _Frames] = {
    "it": _Frames("meno di {}", "circa {}", "fra {} e {}", "più di {}"),
    "en": _Frames("less than {}", "about {}", "between {} and {}", "more than {}"),
    "fr": _Frames("moins {}", "environ {}", "entre {} et {}", "plus {}"),
    "ar": _Frames("أَقَلُّ مِنْ {}", "نَحْوَ {}", "مِنْ {} إِلَى {}", "أَكْثَرُ مِنْ {}"),
}


def _italian(n: int) -> str:
    return "un minuto" if n == 1 else f"{italian.number(n)} minuti"


def _english(n: int) -> str:
    return "one minute" if n == 1 else f"{english.number(n)} minutes"


def _french(n: int) -> str:
    """Minutes are feminine: "vingt et une minutes"."""
    return f"{_feminine(n)} minute{'s' if n > 1 else ''}"


def _feminine(n: int) -> str:
    words = french.number(n)
    return words + "e" if words.endswith("un") else words


_COUNTS: Mapping[Language, Callable[[int], str]] = {
    "it": _italian,
    "en": _english,
    "fr": _french,
    "ar": arabic.minutes,
}
"""A count of minutes with its noun; in Arabic in the genitive, which every frame asks for."""

_ONE_AND_HOUR = {
    "it": ("un minuto", "un'ora"),
    "en": ("a minute", "an hour"),
    "fr": ("d'une minute", "d'une heure"),
    "ar": ("دَقِيقَةٍ", "سَاعَةٍ"),
}


def _after_more(language: Language, n: int) -> str:
    """What follows "less than" and "more than"."""
    one, hour = _ONE_AND_HOUR[language]
    if n in (1, 60):
        return one if n == 1 else hour
    return f"de {_french(n)}" if language == "fr" else _COUNTS[language](n)


def _bare(language: Language, n: int) -> str:
    """The first number of a range: its noun is said with the second one, but in Arabic."""
    if language == "ar":
        return arabic.minutes(n)
    if language == "fr":
        return _feminine(n)
    return italian.number(n) if language == "it" else english.number(n)


_ITALIAN_PLACES = (
    *"primo secondo terzo quarto quinto sesto settimo ottavo nono decimo".split(),
    *"undicesimo dodicesimo tredicesimo quattordicesimo quindicesimo".split(),
    *"sedicesimo diciassettesimo diciottesimo diciannovesimo ventesimo".split(),
)
_FRENCH_ODD_PLACES = {
    1: "première",
    5: "cinquième",
    9: "neuvième",
    19: "dix-neuvième",
}
_ARABIC_PLACES = (
    *"الأُولَى الثَّانِيَةِ الثَّالِثَةِ الرَّابِعَةِ الخَامِسَةِ السَّادِسَةِ السَّابِعَةِ الثَّامِنَةِ التَّاسِعَةِ العَاشِرَةِ".split(),
)
_ARABIC_TEENS = "الحَادِيَةَ الثَّانِيَةَ الثَّالِثَةَ الرَّابِعَةَ الخَامِسَةَ السَّادِسَةَ السَّابِعَةَ الثَّامِنَةَ التَّاسِعَةَ".split()


def _italian_place(n: int) -> str:
    word = _ITALIAN_PLACES[n - 1]
    return ("all'" if word[0] in "aeiou" else "al ") + f"{word} posto"


def _french_place(n: int) -> str:
    return f"en {_FRENCH_ODD_PLACES.get(n) or french.number(n).rstrip('e') + 'ième'} position"


def _arabic_place(n: int) -> str:
    if n <= 10:
        return f"فِي المَرْتَبَةِ {_ARABIC_PLACES[n - 1]}"
    if n < 20:
        return f"فِي المَرْتَبَةِ {_ARABIC_TEENS[n - 11]} عَشْرَةَ"
    return "فِي المَرْتَبَةِ العِشْرِينَ"


_PLACES: Mapping[Language, Callable[[int], str]] = {
    "it": _italian_place,
    "en": english.ordinal,
    "fr": _french_place,
    "ar": _arabic_place,
}
