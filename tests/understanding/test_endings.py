"""Sentences that stop in the middle, and those that do not."""

from __future__ import annotations

import pytest

from voicebot.understanding.endings import unfinished


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Buongiorno, vorrei parlare con l'ufficio"),
        ("it", "Vorrei gli orari dell'"),
        ("it", "Chiamo per"),
        ("it", "Senta, io ho..."),
        ("en", "I would like to speak to the"),
        ("en", "Can you tell me when"),
        ("en", "Hello, I'm calling about my,"),
        ("fr", "Je voudrais parler au bureau"),
        ("fr", "C'est pour"),
        ("ar", "أريد التحدث مع مكتب"),
        ("ar", "أريد أن"),
    ],
)
def test_more_is_to_come(language: str, text: str) -> None:
    assert unfinished(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Vorrei parlare con l'ufficio casa."),
        ("it", "Quando siete aperti?"),
        ("it", "Sì."),
        ("it", ""),
        ("en", "What are the opening hours of the housing office?"),
        ("en", "Yes please."),
        ("fr", "Je voudrais parler au bureau du logement."),
        ("ar", "أريد التحدث مع مكتب السكن"),
    ],
)
def test_nothing_is_missing(language: str, text: str) -> None:
    assert not unfinished(text, language, understood=True)


def test_a_word_that_wants_a_name_does_so_only_where_nothing_was_understood() -> None:
    assert unfinished("I am calling the housing office", "en")
    assert not unfinished("I am calling the housing office", "en", understood=True)
