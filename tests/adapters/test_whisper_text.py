"""Texts of a decoder that lost its way, and texts that only look like it."""

from __future__ import annotations

import pytest

from voicebot.adapters.whisper_text import alike, collapse, repeats


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Go ahead, try. Go ahead, try. Go ahead", "Go ahead, try."),
        ("Firefox " * 30, "Firefox"),
        ("Then who's is it? Then who's is it?", "Then who's is it?"),
        ("Gli orari dell'ufficio casa? Gli orari dell'", "Gli orari dell'ufficio casa?"),
        ("sì, sì", "sì,"),
        ("nonno no", "nonno no"),
        ("orari del polo uno", "orari del polo uno"),
        ("il polo uno, sì il polo", "il polo uno, sì il polo"),
        ("", ""),
    ],
)
def test_what_is_said_over_and_over_is_meant_once(said: str, meant: str) -> None:
    assert collapse(said) == meant


def test_a_text_that_goes_round_in_circles_is_known() -> None:
    assert repeats("so I said to go to go to go to go to the")
    assert repeats("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    assert not repeats("zero cinque nove, due zero tre, quattro quattro quattro quattro"[:-8])
    assert not repeats("Quali sono gli orari dell'ufficio casa, e quelli del polo uno?")


def test_the_same_words_are_known_in_another_spelling() -> None:
    assert alike("Mi passa il pollo territoriale, uno?", "mi passa il Polo territoriale uno")
    assert not alike("Hub one, hub two, Secretariat.", "I don't know what to do.")
    assert not alike("Hub,", "")
