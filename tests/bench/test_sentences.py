"""Written callers: read whole or refused, and understood by the staff's sample files."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from voicebot import build
from voicebot.bench.callers import Caller
from voicebot.bench.sentences import read_sentences
from voicebot.bench.understanding import (
    Outcome,
    Result,
    Taken,
    accepted_as_office,
    command_is_right,
    office_outcome,
)
from voicebot.content.load import load_content
from voicebot.errors import ContentError
from voicebot.model import LANGUAGES, Heard, Language
from voicebot.report import report_text
from voicebot.understanding.matcher import Matcher

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "tests" / "callers"
ENOUGH = 300
"""Sentences from which a share means something to a percent or so."""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return build.matcher(load_content(ROOT / "intents", LANGUAGES))


def test_a_heading_stands_for_the_sentences_under_it(tmp_path: Path) -> None:
    (tmp_path / "it.txt").write_text("# nota\n= polo-1 talk\nPolo uno.\n\n= ood none\nPizza.\n")
    first, second = read_sentences(tmp_path, "it")
    assert (first.target, first.action, first.text) == ("polo-1", "talk", "Polo uno.")
    assert (second.target, second.action) == ("ood", "none")


@pytest.mark.parametrize("text", ["Polo uno.\n", "= polo-1\nPolo uno.\n"])
def test_a_sentence_without_a_heading_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "it.txt").write_text(text)
    with pytest.raises(ContentError, match=r"it\.txt:1: write = TARGET ACTION"):
        read_sentences(tmp_path, "it")


def test_a_folder_without_the_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"fr\.txt: cannot be read"):
        read_sentences(tmp_path, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_written_callers_are_understood(language: Language, matcher: Matcher) -> None:
    spoken = read_sentences(WRITTEN, language)
    assert language == "ar" or len(spoken) >= ENOUGH
    results = []
    for sentence in spoken:
        report = report_text(sentence.text, language, matcher, date(2026, 11, 23))
        caller = Caller(Path(), language, sentence.target, sentence.action, sentence.text)
        results.append(Result(caller, Taken(1.0, Heard(language, {}, ()), report)))
    offices = [result for result in results if result.caller.wants_office]
    counts = Counter(map(office_outcome, offices))
    assert counts[Outcome.ACCEPTED] + counts[Outcome.ASKED] >= 0.97 * len(offices)
    assert counts[Outcome.WRONG] <= 0.01 * len(offices)
    commands = [result for result in results if result.caller.target == "command"]
    assert sum(map(command_is_right, commands)) >= 0.97 * len(commands)
    assert not any(accepted_as_office(r) for r in results if r.caller.target == "ood")
