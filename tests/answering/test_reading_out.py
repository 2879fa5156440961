"""Figures that staff wrote, read out."""

from __future__ import annotations

import pytest

from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.reading import (
    Address,
    digits_in_words,
    sentences,
    split_address,
    telephone_in_words,
)


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("it", "059 203 4401", "zero cinque nove, due zero tre, quattro quattro zero uno"),
        ("it", "0592034401", "zero cinque nove, due zero tre, quattro quattro zero uno"),
        ("it", "059-203/4401", "zero cinque nove, due zero tre, quattro quattro zero uno"),
        ("en", "+39 059", "plus three nine, zero five nine"),
        ("fr", "12345", "un deux trois, quatre cinq"),
        ("ar", "059 20", "صِفْر خَمْسَة تِسْعَة، اِثْنَان صِفْر"),
    ],
)
def test_telephone_numbers_go_in_groups(language: str, written: str, said: str) -> None:
    assert telephone_in_words(written, GRAMMARS[language]) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Autobus 4 o 11", "Autobus quattro o undici"),
        ("interno 012", "interno zero uno due"),
        ("codice 41121", "codice quattro uno uno due uno"),
        ("nulla da dire", "nulla da dire"),
        ("١٢ euro", "dodici euro"),
    ],
)
def test_figures_become_words(written: str, said: str) -> None:
    assert digits_in_words(written, GRAMMARS["it"]) == said


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Via Santi 60, Modena", Address("Via Santi, Modena", 60)),
        ("Via Santi, 60, Modena", Address("Via Santi, Modena", 60)),
        ("Via Santi 60", Address("Via Santi", 60)),
        ("Piazza Grande, Modena", Address("Piazza Grande, Modena", None)),
        ("Via Emilia 12/A, Modena", Address("Via Emilia 12/A, Modena", None)),
        ("Via 25 Aprile 3, Modena", Address("Via 25 Aprile 3, Modena", None)),
        ("Via Santi 60, 41121 Modena", Address("Via Santi 60, 41121 Modena", None)),
    ],
)
def test_the_number_of_the_house_is_told_apart_only_when_it_is_sure(
    written: str, parts: Address
) -> None:
    assert split_address(written) == parts


def test_sentences_of_staff_are_rendered_one_by_one() -> None:
    assert sentences("Al primo piano. C'è l'ascensore! Chieda.") == (
        "Al primo piano.",
        "C'è l'ascensore!",
        "Chieda.",
    )
    assert sentences("أَيْنَ؟ هُنَا.") == ("أَيْنَ؟", "هُنَا.")
    assert sentences("") == ()
