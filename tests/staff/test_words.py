"""What staff are told is there in Italian, whole, with the same values."""

from __future__ import annotations

import ast
import pickle
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from voicebot.content.load import read_content
from voicebot.errors import ContentError
from voicebot.model import tell, told
from voicebot.settings import HOME
from voicebot.staff.words import ENGLISH, load_words

ITALIAN = load_words(HOME / "locales", "it")
ROOMS = ("content", "staff")
BESIDE = ("commands/staff_work.py", "web/workshop.py")


def templates() -> Iterator[str]:
    """Every text that `told` and `say` are given in the rooms of staff."""
    files = [path for room in ROOMS for path in (HOME / "voicebot" / room).glob("*.py")]
    for path in [*files, *(HOME / "voicebot" / name for name in BESIDE)]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            arguments = list(node.args)
            called = ast.unparse(node.func)
            if called == "partial" and ast.unparse(arguments[0]) == "words.say":
                called = ast.unparse(arguments.pop(0))
            if called in ("told", "say", "words.say") and arguments:
                first = arguments[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def placeholders(text: str) -> set[tuple[str, str | None]]:
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_every_text_is_translated_and_no_other() -> None:
    there = set(templates())
    assert len(there) > 200
    assert there == set(ITALIAN.texts)


def test_every_translation_has_the_same_values() -> None:
    for template, text in ITALIAN.texts.items():
        assert placeholders(text) == placeholders(template), template


def test_a_sentence_is_its_english_text_and_knows_its_parts() -> None:
    where = told("line {line}", line=3)
    text = told(
        "{days} is already among the days of {other} ({where})", days=1, other=2, where=where
    )
    assert text == "1 is already among the days of 2 (line 3)"
    assert ITALIAN.tell(text) == "1 è già fra i giorni di 2 (riga 3)"
    assert ITALIAN.tell(pickle.loads(pickle.dumps(text))) == ITALIAN.tell(text)
    assert tell(text, {}) == text
    assert ITALIAN.tell("no template") == "no template"


def test_braces_in_a_value_stay() -> None:
    assert ITALIAN.say('write "{likely}"', likely="{office}") == 'scriva "{office}"'


def test_days_and_hours_in_both_languages() -> None:
    day = date(2026, 12, 7)
    assert ENGLISH.day(day) == "Monday 7 December 2026"
    assert ITALIAN.day(day) == "lunedì 7 dicembre 2026"
    assert ITALIAN.weekdays([0, 2]) == "lunedì e mercoledì"


def test_another_language_is_english(tmp_path: Path) -> None:
    assert load_words(tmp_path, "fr") is ENGLISH
    with pytest.raises(ContentError, match="check.po"):
        load_words(tmp_path, "it")


def test_a_mistake_is_told_in_italian_throughout(tmp_path: Path) -> None:
    intents = Path(shutil.copytree(HOME / "intents", tmp_path / "intents"))
    file = intents / "offices.yaml"
    text = (
        file.read_text("utf-8")
        .replace('key: "5"', "key: 5")
        .replace('province: "MO"  ', 'province: "XX"  ')
    )
    file.write_text(text.replace('"08:30-12:30"', '"8.30-12.30"'), "utf-8")
    problems = read_content(intents, ("it",)).problems
    lines = [problem.line_in(ITALIAN.texts) for problem in problems]
    assert len(lines) == 3
    assert all(": errore: " in line for line in lines)
    assert any("senza virgolette YAML legge 5 come un numero → lo metta" in line for line in lines)
    assert any("non è un'apertura" in line and 'scriva "08:30-12:30"' in line for line in lines)
