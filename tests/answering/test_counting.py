"""Places in a queue and waiting times in words."""

from __future__ import annotations

import math

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from voicebot.answering.counting import (
    LAST_PLACE,
    STEPS,
    Minutes,
    all_ranges,
    lasted,
    place,
    wait,
    widened,
)
from voicebot.model import LANGUAGES


@pytest.mark.parametrize(
    ("language", "first", "second", "eighth", "last"),
    [
        ("it", "al primo posto", "al secondo posto", "all'ottavo posto", "al ventesimo posto"),
        ("en", "first", "second", "eighth", "twentieth"),
        (
            "fr",
            "en première position",
            "en deuxième position",
            "en huitième position",
            "en vingtième position",
        ),
        (
            "ar",
            "فِي المَرْتَبَةِ الأُولَى",
            "فِي المَرْتَبَةِ الثَّانِيَةِ",
            "فِي المَرْتَبَةِ الثَّامِنَةِ",
            "فِي المَرْتَبَةِ العِشْرِينَ",
        ),
    ],
)
def test_places(language: str, first: str, second: str, eighth: str, last: str) -> None:
    assert [place(language, n) for n in (1, 2, 8, 20)] == [first, second, eighth, last]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_places_sound_alike(language: str) -> None:
    assert len({place(language, n) for n in range(1, LAST_PLACE + 1)}) == LAST_PLACE


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (Minutes(0, 1), "meno di un minuto"),
        (Minutes(0, 3), "meno di tre minuti"),
        (Minutes(1, 2), "fra uno e due minuti"),
        (Minutes(5, 5), "circa cinque minuti"),
        (Minutes(30, None), "più di trenta minuti"),
        (Minutes(60, None), "più di un'ora"),
    ],
)
def test_ranges_in_italian(minutes: Minutes, words: str) -> None:
    assert wait("it", minutes) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["less than a minute", "between one and two minutes", "more than an hour"]),
        ("fr", ["moins d'une minute", "entre une et deux minutes", "plus d'une heure"]),
        ("ar", ["أَقَلُّ مِنْ دَقِيقَةٍ", "مِنْ دَقِيقَةٍ إِلَى دَقِيقَتَيْنِ", "أَكْثَرُ مِنْ سَاعَةٍ"]),
    ],
)
def test_ranges_in_the_other_languages(language: str, words: list[str]) -> None:
    ranges = (Minutes(0, 1), Minutes(1, 2), Minutes(60, None))
    assert [wait(language, minutes) for minutes in ranges] == words


NOUNS = {
    "it": {"one": "minuto", "many": "minuti", "other": "minuti"},
    "en": {"one": "minute", "other": "minutes"},
    "fr": {"one": "minute", "many": "minutes", "other": "minutes"},
    "ar": {
        "one": "دَقِيقَةٍ",
        "two": "دَقِيقَتَيْنِ",
        "few": "دَقَائِقَ",
        "many": "دَقِيقَةً",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minutes", range(1, 60))
def test_the_noun_has_the_plural_form_that_its_count_asks_for(language: str, minutes: int) -> None:
    form = Locale(language).plural_form(minutes)
    assert lasted(language, minutes * 60).split()[-1] == NOUNS[language][form]


def test_french_counts_minutes_in_the_feminine() -> None:
    assert lasted("fr", 21 * 60) == "vingt et une minutes"


def test_less_than_a_minute_and_more_than_an_hour() -> None:
    assert lasted("it", 59) == "meno di un minuto"
    assert lasted("it", 4000) == "più di un'ora"


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_what_is_told_holds_what_is_expected(one: float, other: float) -> None:
    low, high = sorted((one, other))
    told = widened(low, high)
    assert told.low * 60 <= low
    assert told.high is None or told.high * 60 >= high
    assert told in all_ranges() or told == Minutes(0, None)


def test_a_wait_of_which_nothing_is_known_is_not_told() -> None:
    assert widened(0, math.inf) == Minutes(0, None)
    assert all(wait(language, Minutes(0, None)) is None for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_range_has_words_of_its_own(language: str) -> None:
    words = [wait(language, minutes) for minutes in all_ranges()]
    assert None not in words
    assert len(set(words)) == len(words)
    assert len(words) < 10 * len(STEPS)
