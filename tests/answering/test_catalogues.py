"""The catalogues: complete, alike in their placeholders, and refused in plain words when not."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import voicebot.answering
from tests.answering.town import CATALOGUES, LOCALES
from voicebot.answering.catalogue import load_catalogues, placeholders
from voicebot.errors import ContentError
from voicebot.model import LANGUAGES

SOURCE = Path(voicebot.answering.__file__).parent


def msgids() -> Iterator[str]:
    """What the code says: the second argument of every `_say` and `_text`."""
    for file in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ("_say", "_text"):
                argument = node.args[1]
                if isinstance(argument, ast.Name) and argument.id == "msgid":
                    continue  # `_say` handing on to `_text`
                assert isinstance(argument, ast.Constant), f"{file.name}:{node.lineno}: not literal"
                assert isinstance(argument.value, str)
                yield argument.value


USED = sorted(set(msgids()))


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOCALES, tmp_path / "locales"))


def edit(locales: Path, language: str, old: str, new: str) -> None:
    file = locales / language / "LC_MESSAGES" / "voicebot.po"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_code_says_something() -> None:
    assert len(USED) > 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_code_is_in_every_catalogue_and_no_other(language: str) -> None:
    assert sorted(CATALOGUES.texts[language]) == USED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("msgid", USED)
def test_texts_are_translated_with_the_same_placeholders_and_no_digits(
    language: str, msgid: str
) -> None:
    text = CATALOGUES.texts[language][msgid]
    assert text or language == "en"
    spoken = CATALOGUES.text(language, msgid)
    assert placeholders(spoken) == placeholders(msgid)
    assert not re.search(r"\d", spoken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_comment_for_translators(language: str) -> None:
    file = LOCALES / language / "LC_MESSAGES" / "voicebot.po"
    text = file.read_text(encoding="utf-8")
    entries = text.split("\n\n")[1:]
    for entry in entries:
        assert "msgid" not in entry or entry.lstrip("\n").startswith("#. "), entry


def test_english_falls_back_to_the_msgid() -> None:
    assert CATALOGUES.text("en", "Goodbye.") == "Goodbye."
    assert CATALOGUES.text("it", "Goodbye.") == "Arrivederci."


def test_only_the_languages_asked_for_in_their_order() -> None:
    assert list(load_catalogues(LOCALES, ("fr", "it")).texts) == ["fr", "it"]


def test_a_missing_file_is_named(locales: Path) -> None:
    (locales / "fr" / "LC_MESSAGES" / "voicebot.po").unlink()
    with pytest.raises(ContentError, match=r"fr.*there is no such file"):
        load_catalogues(locales, LANGUAGES)


def test_a_file_that_is_no_catalogue(locales: Path) -> None:
    edit(locales, "it", 'msgstr "Arrivederci."', 'msgstr Arrivederci"')
    with pytest.raises(ContentError, match=r"it.*voicebot.po:\d+: write the text between quotes"):
        load_catalogues(locales, LANGUAGES)


def test_an_entry_without_its_text(locales: Path) -> None:
    edit(locales, "it", 'msgstr "Arrivederci."', "")
    with pytest.raises(ContentError, match=r"it.*not a valid gettext catalogue: missing msgstr"):
        load_catalogues(locales, LANGUAGES)


def test_plural_forms_are_refused(locales: Path) -> None:
    plural = 'msgid_plural "Goodbyes."\nmsgstr[0] "Arrivederci."\nmsgstr[1] "Arrivederci."'
    edit(locales, "it", 'msgstr "Arrivederci."', plural)
    with pytest.raises(ContentError, match=r"it.*plural forms are not used here"):
        load_catalogues(locales, LANGUAGES)


def test_a_file_that_is_not_text(locales: Path) -> None:
    (locales / "it" / "LC_MESSAGES" / "voicebot.po").write_bytes(b'msgid "a"\nmsgstr "\xff\xfe"\n')
    with pytest.raises(ContentError, match=r"it.*not UTF-8"):
        load_catalogues(locales, LANGUAGES)


def test_an_empty_file(locales: Path) -> None:
    (locales / "ar" / "LC_MESSAGES" / "voicebot.po").write_text("", encoding="utf-8")
    with pytest.raises(ContentError, match=r"ar.*no texts"):
        load_catalogues(locales, LANGUAGES)


def test_all_problems_at_once(locales: Path) -> None:
    edit(locales, "it", 'msgstr "Arrivederci."', 'msgstr ""')
    edit(locales, "fr", 'msgstr "{office} : tapez {key}."', 'msgstr "{office} : tapez {touche}."')
    edit(locales, "ar", 'msgstr "{office}."', 'msgstr "{office."')
    with pytest.raises(ContentError) as raised:
        load_catalogues(locales, LANGUAGES)
    problems = str(raised.value).splitlines()
    assert len(problems) == 3
    assert '"Goodbye." has no translation' in problems[0]
    assert "needs exactly these placeholders: {key}, {office}" in problems[1]
    assert "a brace is not closed" in problems[2]


def test_a_translation_marked_fuzzy_is_not_spoken(locales: Path) -> None:
    edit(locales, "it", 'msgid "Goodbye."', '#, fuzzy\nmsgid "Goodbye."')
    with pytest.raises(ContentError, match=r'"Goodbye\." has no translation'):
        load_catalogues(locales, LANGUAGES)


def test_a_placeholder_cannot_reach_into_the_program(locales: Path) -> None:
    edit(locales, "it", 'msgstr "{office}."', 'msgstr "{office.__class__}."')
    with pytest.raises(ContentError, match=r"needs exactly these placeholders: \{office\}"):
        load_catalogues(locales, LANGUAGES)
