from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.model import LANGUAGES, DayPart, Language
from voicebot.understanding.days import WordSpan, find_day, part_among
from voicebot.understanding.normalise import words

FRIDAY = date(2025, 6, 6)
_DATES = st.dates(date(2020, 1, 1), date(2050, 1, 1))


@pytest.mark.parametrize(
    ("language", "text", "day", "spans"),
    [
        ("it", "siete aperti oggi?", date(2025, 6, 6), ((2, 3),)),
        ("it", "domani", date(2025, 6, 7), ((0, 1),)),
        ("it", "dopodomani mattina", date(2025, 6, 8), ((0, 2),)),
        ("it", "dopo domani", date(2025, 6, 8), ((0, 2),)),
        ("it", "Venerdì?", date(2025, 6, 6), ((0, 1),)),
        ("it", "venerdì prossimo", date(2025, 6, 13), ((0, 2),)),
        ("it", "lunedì", date(2025, 6, 9), ((0, 1),)),
        ("it", "lunedì prossimo", date(2025, 6, 9), ((0, 2),)),
        ("it", "venerdì della settimana prossima", date(2025, 6, 13), ((0, 4),)),
        ("it", "lunedì o martedì", date(2025, 6, 9), ((0, 1), (2, 3))),
        ("it", "l'ufficio casa", None, ()),
        ("it", "la settimana prossima", None, ()),
        ("en", "open on the day after tomorrow?", date(2025, 6, 8), ((2, 6),)),
        ("en", "tomorrow in the morning", date(2025, 6, 7), ((0, 4),)),
        ("en", "next Friday", date(2025, 6, 13), ((0, 2),)),
        ("en", "on Fridays", date(2025, 6, 6), ((1, 2),)),
        ("fr", "après-demain", date(2025, 6, 8), ((0, 2),)),
        ("fr", "ouvert aujourd'hui ?", date(2025, 6, 6), ((1, 2),)),
        ("fr", "vendredi prochain", date(2025, 6, 13), ((0, 2),)),
        ("ar", "هل المكتب مفتوح اليوم؟", date(2025, 6, 6), ((3, 4),)),
        ("ar", "يوم الاثنين", date(2025, 6, 9), ((0, 2),)),
        ("ar", "بعد غد", date(2025, 6, 8), ((0, 2),)),
        ("ar", "غداً", date(2025, 6, 7), ((0, 1),)),
        ("ar", "يوم الجمعة القادم", date(2025, 6, 13), ((0, 3),)),
        ("ar", "المركز رقم اثنين", None, ()),
    ],
)
def test_days(language: Language, text: str, day: date | None, spans: tuple[WordSpan, ...]) -> None:
    assert find_day(text, language, FRIDAY) == (day, spans)


MORNING, AFTERNOON, EVENING = DayPart.MORNING, DayPart.AFTERNOON, DayPart.EVENING


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("it", "siete aperti giovedì pomeriggio?", AFTERNOON),
        ("it", "sabato mattina", MORNING),
        ("it", "domani di pomeriggio", AFTERNOON),
        ("it", "lunedì prossimo nel pomeriggio", AFTERNOON),
        ("it", "siete aperti stamattina?", MORNING),
        ("it", "questo pomeriggio", AFTERNOON),
        ("it", "giovedì sera", EVENING),
        ("it", "siete aperti stasera?", EVENING),
        ("en", "tomorrow evening", EVENING),
        ("fr", "demain soir", EVENING),
        ("ar", "غدا مساء", EVENING),
        ("it", "stasera", EVENING),
        ("it", "giovedì", None),
        ("it", "lunedì o martedì mattina", None),
        ("it", "di pomeriggio", None),
        ("en", "are you open on Thursday afternoon?", AFTERNOON),
        ("en", "tomorrow in the morning", MORNING),
        ("en", "this morning", MORNING),
        ("en", "good morning, are you open on Thursday?", None),
        ("fr", "demain matin", MORNING),
        ("fr", "jeudi après-midi", AFTERNOON),
        ("fr", "ouvert cet après-midi ?", AFTERNOON),
        ("fr", "après-demain", None),
        ("fr", "après-demain matin", MORNING),
        ("ar", "غدا صباحا", MORNING),
        ("ar", "غداً صباحاً", MORNING),
        ("ar", "يوم الخميس بعد الظهر", AFTERNOON),
        ("ar", "صباح الخير هل المكتب مفتوح يوم الخميس", None),
        ("ar", "بعد غد", None),
    ],
)
def test_half_of_the_day_that_was_named(
    language: Language, text: str, part: DayPart | None
) -> None:
    _, spans = find_day(text, language, FRIDAY)
    assert part_among(words(text, language), language, spans) is part


@given(
    text=st.text(),
    language=st.sampled_from(LANGUAGES),
    today=_DATES,
)
def test_spans_lie_within_the_words(text: str, language: Language, today: date) -> None:
    day, spans = find_day(text, language, today)

    assert (day is None) == (spans == ())
    assert all(0 <= start < end <= len(words(text, language)) for start, end in spans)


@given(today=_DATES)
def test_a_weekday_is_the_coming_one_today_included(today: date) -> None:
    day, _ = find_day("giovedì", "it", today)

    assert day is not None
    assert day.weekday() == 3
    assert 0 <= (day - today).days <= 6
