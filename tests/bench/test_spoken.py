"""How much of what the bot says comes back."""

from __future__ import annotations

import pytest

from voicebot.bench.spoken import kept, read_back, sample, summary
from voicebot.model import Sentence


@pytest.mark.parametrize(
    ("language", "said", "heard", "share"),
    [
        ("it", "Siamo aperti, fino alle tredici.", "siamo aperti fino alle 13", 1.0),
        ("it", "Polo uno: prema uno.", "pollo 1, prima 1", 0.5),
        ("en", "I am sorry, nobody answers.", "I'm sorry, nobody answers.", 1.0),
        ("en", "Zero five nine.", "0 5 9", 1.0),
        ("fr", "Nous rouvrons à huit heures quinze.", "Nous rouvrons à 8h15.", 1.0),
        ("fr", "Nous sommes ouverts.", "nous sommes ouvert", 1.0),
        ("it", "Prema zero.", "", 0.0),
    ],
)
def test_the_share_of_the_words_that_come_back(
    language: str, said: str, heard: str, share: float
) -> None:
    assert kept(said, heard, language) == pytest.approx(share)


def test_each_text_is_said_once_and_the_same_are_drawn_every_time() -> None:
    sentences = [Sentence("it", f"frase {n}") for n in range(30)] * 2 + [Sentence("fr", "une")]
    drawn = sample(sentences, ["it", "fr"], 10)
    assert len(drawn) == 11
    assert drawn == sample(sentences, ["it", "fr"], 10)
    assert len(sample(sentences, ["it"], None)) == 30


def test_the_figures_are_by_language() -> None:
    sentences = [Sentence("it", "ciao a tutti"), Sentence("it", "prema zero")]
    results = list(read_back(sentences, lambda one: "ciao a tutti"))
    figures = summary(results)
    assert figures["it"]["sentences"]["percent"] == 50.0
    assert figures["it"]["words_percent"] == 60.0
