"""Letters that only look right."""

from __future__ import annotations

import pytest

from voicebot.content.letters import fold, look_alikes


@pytest.mark.parametrize(
    ("text", "letter", "remedy"),
    [
        ("ufficio c\u0430sa", "U+0430", "type the word again"),
        ("\u043e\u0440\u0435", "Cyrillic", "type the word again"),
        ("\u039frari", "Greek", "type the word again"),
        ("casa مكتبa", "Latin", "type the word again"),
        ("\u06a9تاب", "Persian", "U+0643"),
        ("ufficio\u200b casa", "U+200B", "delete"),
    ],
)
def test_found(text: str, letter: str, remedy: str) -> None:
    found = look_alikes(text)
    assert found is not None
    assert letter in found[0]
    assert remedy in found[1]


@pytest.mark.parametrize(
    "text", ["l'identità", "où êtes-vous, cœur", "1º piano", "أين مكتب السكن؟", "مكتب ISEE", "مَكتَب"]
)
def test_usual_letters_pass(text: str) -> None:
    assert look_alikes(text) is None


def test_fold_leaves_case_and_accents_out() -> None:
    assert fold("  Città   ALTA ") == fold("citta alta")
