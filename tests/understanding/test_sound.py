"""Words known by what they sound like."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.understanding.phrases import books, offices
from voicebot.adapters.espeak import Espeak
from voicebot.model import Decision
from voicebot.understanding.matcher import Matcher
from voicebot.understanding.sound import coarse

TODAY = date(2026, 11, 23)
VOICES = {"it": "it", "en": "en-gb", "fr": "fr-fr", "ar": "ar"}


@pytest.fixture(scope="module")
def by_sound() -> Matcher:
    espeak = Espeak()
    return Matcher(
        books(), offices(), lambda word, language: espeak.phonemes(word, VOICES[language])
    )


@pytest.mark.parametrize(
    ("language", "text", "office"),
    [
        ("fr", "je voudrais le Paul numéro deux", "polo-2"),
        ("fr", "les horaires du Paul territorial trois", "polo-3"),
    ],
)
def test_what_sounds_the_same_is_understood(
    by_sound: Matcher, language: str, text: str, office: str
) -> None:
    by_letters = Matcher(books(), offices()).understand(text, language, TODAY)
    assert by_letters.decision is Decision.REJECT
    request = by_sound.understand(text, language, TODAY).request
    assert request is not None
    assert request.office == office


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "je m'appelle Paul"), ("en", "it is a quarter past two"), ("it", "che pala grande")],
)
def test_a_sound_alone_makes_no_sure_request(by_sound: Matcher, language: str, text: str) -> None:
    assert by_sound.understand(text, language, TODAY).decision is not Decision.ACCEPT


def test_what_is_hardly_heard_makes_no_difference() -> None:
    assert coarse("pˈɔl") == coarse("pol")
    assert coarse("pˈollo") == coarse("pɔlo")
    assert coarse("dˈue") != coarse("trˈe")


@given(st.text())
def test_a_coarse_sound_stays_as_it_is(pronunciation: str) -> None:
    once = coarse(pronunciation)
    assert coarse(once) == once
