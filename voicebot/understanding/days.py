"""Finds the day that a sentence is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TypeAlias

from voicebot.model import DayPart, Language
from voicebot.understanding.normalise import words

WordSpan: TypeAlias = tuple[int, int]
"""First word and the one after the last, among the words of the normalised text."""

_WEEK = 7


@dataclass(frozen=True, slots=True)
class _DayWords:
    """How one language names days."""

    offsets: Mapping[str, int]
    """Days from today."""
    weekdays: tuple[tuple[str, ...], ...]
    """Monday first, each with its spellings."""
    next: tuple[str, ...]
    """What makes a weekday a later one than today, before or after it."""
    next_week: tuple[str, ...]
    parts: tuple[str, ...]
    """Parts of a day, which go with the day they are named with."""
    mornings: tuple[str, ...]
    """What says, within the words for a day, that its first half is meant."""
    afternoons: tuple[str, ...]
    evenings: tuple[str, ...]
    links: tuple[str, ...] = ()
    """Small words that may lead to a day and belong to it."""


_DAYS: Mapping[Language, _DayWords] = {
    "it": _DayWords(
        offsets={
            "dopo domani": 2,
            "dopodomani": 2,
            "domani": 1,
            "oggi": 0,
            "stamattina": 0,
            "stamani": 0,
            "stasera": 0,
            "questa mattina": 0,
            "questo pomeriggio": 0,
        },
        weekdays=(
            ("lunedì",),
            ("martedì",),
            ("mercoledì",),
            ("giovedì",),
            ("venerdì",),
            ("sabato",),
            ("domenica",),
        ),
        next=("prossimo", "prossima"),
        next_week=("settimana prossima", "prossima settimana"),
        parts=("mattina", "mattino", "pomeriggio", "sera"),
        mornings=("mattina", "mattino", "stamattina", "stamani"),
        afternoons=("pomeriggio",),
        evenings=("sera", "stasera", "serata"),
        links=("di", "il", "la", "al", "della", "per", "nel", "alla"),
    ),
    "en": _DayWords(
        offsets={
            "the day after tomorrow": 2,
            "day after tomorrow": 2,
            "tomorrow": 1,
            "today": 0,
            "tonight": 0,
            "this morning": 0,
            "this afternoon": 0,
            "this evening": 0,
        },
        weekdays=tuple(
            (f"{day}day", f"{day}days")
            for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
        ),
        next=("next",),
        next_week=("next week",),
        parts=("morning", "afternoon", "evening"),
        mornings=("morning",),
        afternoons=("afternoon",),
        evenings=("evening", "tonight"),
        links=("on", "in", "the", "this", "for", "of"),
    ),
    "fr": _DayWords(
        offsets={
            "après-demain": 2,
            "demain": 1,
            "aujourd'hui": 0,
            "ce matin": 0,
            "ce soir": 0,
            "cet après-midi": 0,
        },
        weekdays=tuple(
            (day, f"{day}s")
            for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
        ),
        next=("prochain", "prochaine"),
        next_week=("semaine prochaine",),
        parts=("matin", "matinée", "après-midi", "soir"),
        mornings=("matin", "matinée"),
        afternoons=("après-midi",),
        evenings=("soir", "soirée"),
        links=("le", "la", "de", "du", "pour", "ce", "l"),
    ),
    "ar": _DayWords(
        offsets={
            "بعد غد": 2,
            "بعد غدا": 2,
            "بعد الغد": 2,
            "غدا": 1,
            "غد": 1,
            "الغد": 1,
            "بكرة": 1,
            "اليوم": 0,
        },
        weekdays=(
            ("الاثنين", "يوم الاثنين", "يوم اثنين"),
            ("الثلاثاء", "يوم الثلاثاء", "يوم ثلاثاء"),
            ("الأربعاء", "يوم الأربعاء", "يوم أربعاء"),
            ("الخميس", "يوم الخميس", "يوم خميس"),
            ("الجمعة", "يوم الجمعة", "يوم جمعة"),
            ("السبت", "يوم السبت", "يوم سبت"),
            ("الأحد", "يوم الأحد", "يوم أحد"),
        ),
        next=("القادم", "المقبل", "الجاي"),
        next_week=("الأسبوع القادم", "الأسبوع المقبل"),
        parts=("بعد الظهر", "صباحا", "صباح", "مساء", "ظهر", "الظهر", "الصباح", "المساء"),
        mornings=("صباحا", "صباح", "الصباح"),
        afternoons=("بعد الظهر", "ظهر", "الظهر"),
        evenings=("مساء", "المساء"),
        links=("يوم", "في", "من"),
    ),
}

_Pattern: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The day words as normalised words, the longest first."""

    offsets: tuple[tuple[_Pattern, int], ...]
    weekdays: tuple[tuple[_Pattern, int], ...]
    next: frozenset[str]
    next_week: tuple[_Pattern, ...]
    parts: tuple[_Pattern, ...]
    mornings: tuple[_Pattern, ...]
    afternoons: tuple[_Pattern, ...]
    evenings: tuple[_Pattern, ...]
    links: frozenset[str]


def find_day(
    text: str, language: Language, today: date
) -> tuple[date | None, tuple[WordSpan, ...]]:
    """The first day named in `text`, and every group of words that names a day.

    A weekday is the coming one, today included; "next Friday" said on a Friday is a week on.
    """
    return day_among(words(text, language), language, today)


def day_among(
    spoken: tuple[str, ...], language: Language, today: date
) -> tuple[date | None, tuple[WordSpan, ...]]:
    """As `find_day`, for words that are normalised already."""
    patterns = _patterns(language)
    found: date | None = None
    spans: list[WordSpan] = []
    weeks_later = any(_at(spoken, index, patterns.next_week) for index in range(len(spoken)))
    index = 0
    while index < len(spoken):
        named = _day_at(spoken, index, patterns, today, weeks_later)
        if named is None:
            index += 1
            continue
        day, end = named
        found = found or day
        spans.append((index, end))
        index = end
    if not spans:
        return None, ()
    return found, _with_company(spoken, tuple(spans), patterns)


def part_among(
    spoken: tuple[str, ...], language: Language, spans: tuple[WordSpan, ...]
) -> DayPart | None:
    """The half of the first day named; `spans` are the words for days, as `day_among` has them.

    Only there: "good morning" is no question about the morning.
    """
    patterns = _patterns(language)
    for start, end in spans[:1]:
        named = spoken[start:end]
        for index in range(len(named)):
            if _at(named, index, patterns.mornings):
                return DayPart.MORNING
            if _at(named, index, patterns.afternoons):
                return DayPart.AFTERNOON
            if _at(named, index, patterns.evenings):
                return DayPart.EVENING
    return None


def _day_at(
    spoken: tuple[str, ...], index: int, patterns: _Patterns, today: date, next_week: bool
) -> tuple[date, int] | None:
    """The day named from `index` on and where its words end."""
    for pattern, offset in patterns.offsets:
        if spoken[index : index + len(pattern)] == pattern:
            return today + timedelta(days=offset), index + len(pattern)
    for pattern, weekday in patterns.weekdays:
        if spoken[index : index + len(pattern)] == pattern:
            end = index + len(pattern)
            ahead = (weekday - today.weekday()) % _WEEK
            if next_week:
                ahead = _WEEK - today.weekday() + weekday
            elif ahead == 0 and _is_next(spoken, index, end, patterns):
                ahead = _WEEK
            return today + timedelta(days=ahead), end
    return None


def _is_next(spoken: tuple[str, ...], start: int, end: int, patterns: _Patterns) -> bool:
    beside = spoken[max(start - 1, 0) : start] + spoken[end : end + 1]
    return any(word in patterns.next for word in beside)


def _with_company(
    spoken: tuple[str, ...], spans: tuple[WordSpan, ...], patterns: _Patterns
) -> tuple[WordSpan, ...]:
    """The spans grown by the words that only say more about the day beside them."""
    taken = {position for start, end in spans for position in range(start, end)}
    grown = True
    while grown:
        grown = False
        for index in range(len(spoken)):
            size = _companion(spoken, index, patterns)
            if not size or index in taken:
                continue
            through = index + size
            while through < len(spoken) and spoken[through] in patterns.links:
                through += 1
            before = index
            while before > 0 and spoken[before - 1] in patterns.links:
                before -= 1
            if through in taken or before - 1 in taken:
                taken.update(range(before if before - 1 in taken else index, index + size))
                taken.update(range(index + size, through) if through in taken else ())
                grown = True
    return _spans(taken)


def _companion(spoken: tuple[str, ...], index: int, patterns: _Patterns) -> int:
    """How many words at `index` are a part of a day, "next", or "next week"."""
    size = max(_at(spoken, index, patterns.next_week), _at(spoken, index, patterns.parts))
    return size or int(spoken[index] in patterns.next)


def _spans(positions: set[int]) -> tuple[WordSpan, ...]:
    spans: list[WordSpan] = []
    for position in sorted(positions):
        if spans and spans[-1][1] == position:
            spans[-1] = (spans[-1][0], position + 1)
        else:
            spans.append((position, position + 1))
    return tuple(spans)


def _at(spoken: tuple[str, ...], index: int, patterns: tuple[_Pattern, ...]) -> int:
    for pattern in patterns:
        if spoken[index : index + len(pattern)] == pattern:
            return len(pattern)
    return 0


@cache
def _patterns(language: Language) -> _Patterns:
    day_words = _DAYS[language]

    def longest_first(pairs: list[tuple[str, int]]) -> tuple[tuple[_Pattern, int], ...]:
        plain = [(words(text, language), value) for text, value in pairs]
        return tuple(sorted(plain, key=lambda pair: -len(pair[0])))

    return _Patterns(
        offsets=longest_first(list(day_words.offsets.items())),
        weekdays=longest_first(
            [(text, day) for day, texts in enumerate(day_words.weekdays) for text in texts]
        ),
        next=frozenset(words(text, language)[0] for text in day_words.next),
        next_week=tuple(words(text, language) for text in day_words.next_week),
        parts=tuple(words(text, language) for text in day_words.parts),
        mornings=tuple(words(text, language) for text in day_words.mornings),
        afternoons=tuple(words(text, language) for text in day_words.afternoons),
        evenings=tuple(words(text, language) for text in day_words.evenings),
        links=frozenset(word for text in day_words.links for word in words(text, language)),
    )
