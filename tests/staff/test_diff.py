"""The change in words: who is affected, and how."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from voicebot.content.load import load_content
from voicebot.dialogue import Dialogue
from voicebot.errors import ContentError
from voicebot.model import Content
from voicebot.settings import HOME
from voicebot.staff.diff import diff
from voicebot.staff.preview import Asked, preview
from voicebot.staff.words import ENGLISH, load_words

TODAY = date(2026, 11, 23)
LANGUAGES = ("it", "en")
ITALIAN = load_words(HOME / "locales", "it")

Edit = Callable[..., list[str]]


@pytest.fixture(scope="module")
def before() -> Content:
    return load_content(HOME / "intents", LANGUAGES)


@pytest.fixture
def edited(before: Content, tmp_path: Path) -> Edit:
    """The lines of the difference that an edit of `offices.yaml`, or of another file, makes."""
    intents = Path(shutil.copytree(HOME / "intents", tmp_path / "intents"))

    def edit(old: str, new: str, file: str = "offices.yaml", italian: bool = False) -> list[str]:
        path = intents / file
        text = path.read_text("utf-8")
        start = text.index("\nsample:") if file == "offices.yaml" else 0
        assert old in text[start:]
        path.write_text(text[:start] + text[start:].replace(old, new, 1), "utf-8")
        after = load_content(intents, LANGUAGES)
        return diff(before, after, TODAY, ITALIAN if italian else ENGLISH)

    return edit


def test_the_same_files_affect_nobody(before: Content) -> None:
    assert diff(before, before, TODAY, ENGLISH) == []


CASA = '    key: "5"'
CLOSED = f'{CASA}\n    exceptions: [{{date: "2026-12-09", closed: true}}]'
BRIDGE = '      - date: "2026-12-07"\n        closed: true'


def test_a_day_that_is_closed(edited: Edit) -> None:
    assert edited(CASA, CLOSED) == [
        "Housing office: closed on Wednesday 9 December 2026, "
        "was open 9:00\u201312:30 and 14:30\u201317:30"
    ]


def test_the_same_in_italian(edited: Edit) -> None:
    assert edited(CASA, CLOSED, italian=True) == [
        "Ufficio casa: mercoledì 9 dicembre 2026 chiuso, "
        "era aperto 9:00\u201312:30 e 14:30\u201317:30"
    ]


def test_an_exception_that_goes(edited: Edit) -> None:
    (line,) = edited(
        '      - date: "2026-12-07"\n        closed: true',
        '      - date: "2025-12-07"\n        closed: true',
    )
    assert line == (
        "Territorial hub one: open 8:30\u201313:00 on Monday 7 December 2026, was closed"
    )


def test_a_closure_of_all_is_told_once(edited: Edit) -> None:
    lines = edited(
        '  - date: "2027-01-04"',
        '  - {from: "2026-11-30", to: "2026-12-04"}\n  - date: "2027-01-04"',
    )
    assert any(line.startswith("Territorial hub one: closed from") for line in lines)
    assert all("was" in line for line in lines)
    lines = edited("open_anyway: []", 'open_anyway: ["2026-12-26"]')
    assert any("26 December 2026" in line for line in lines)


def test_weekly_hours_are_told_as_such_and_not_day_by_day(edited: Edit) -> None:
    lines = edited('      friday: ["08:30-12:30"]', '      friday: ["08:30-12:00"]')
    assert lines == [
        "Territorial hub one: open 8:30\u201312:00 every week on Friday, was open 8:30\u201312:30"
    ]


def test_a_new_season(edited: Edit) -> None:
    season = '    seasons: [{from: "07-01", to: "08-31", hours: {thursday: ["09:00-12:00"]}}]'
    lines = edited(CASA, f"{CASA}\n{season}")
    assert all(
        line.startswith("Housing office: every year from 1 July to 31 August") for line in lines
    )
    assert any("open 9:00\u201312:00 every week on Thursday" in line for line in lines)


def test_numbers_keys_and_places(edited: Edit) -> None:
    edited('telephone: "059 203 4405"', 'telephone: "059 203 9999"')
    edited('    key: "5"', '    key: "7"')
    edited('        - "Crocetta"\n', "")
    lines = edited('en: "Housing office"', 'en: "House office"')
    assert lines == [
        "Territorial hub two: no longer for Crocetta",
        "House office: the key is 7, was 5",
        "House office: the telephone is 059 203 9999, was 059 203 4405",
        'House office: the name is "House office" (en)',
    ]


def test_phrases(edited: Edit) -> None:
    phrase = '\n  ufficio-casa:\n    - "muffa [in casa|sui muri]"'
    (line,) = edited("\n  ufficio-casa:", phrase, "it.yaml")
    assert line == (
        'it: Housing office: understood from now on: "muffa in casa", "muffa sui muri" and "muffa"'
    )


# --- preview ---------------------------------------------------------------------------


NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Rome"))


def test_every_office_in_every_language(dialogue: Dialogue) -> None:
    answers = list(preview(dialogue, Asked((), (), [NOON])))
    assert len(answers) == 5 * 4
    assert len({answer.file_name for answer in answers}) == len(answers)
    first = answers[0]
    assert (first.office, first.language) == ("polo-1", "it")
    assert first.words[0].text == "Polo territoriale uno."


def test_an_office_or_language_that_is_none(dialogue: Dialogue) -> None:
    with pytest.raises(ContentError, match="'casa' is no office; write one of polo-1"):
        list(preview(dialogue, Asked(["casa"], (), [NOON])))
    with pytest.raises(ContentError, match="'de' is not spoken here"):
        list(preview(dialogue, Asked((), ["de"], [NOON])))
