"""The guides for staff: every message and answer that they show is what the program gives."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.test_docs import STAFF, read
from voicebot.answering.catalogue import load_catalogues
from voicebot.commands import staff_work, work
from voicebot.content.load import load_content
from voicebot.content.templates import MAX_EXPANSIONS
from voicebot.errors import ContentError
from voicebot.model import LANGUAGES
from voicebot.settings import HOME, Settings
from voicebot.staff.diff import diff
from voicebot.staff.words import ENGLISH, load_words
from voicebot.understanding.matcher import ACCEPT, CONFIRM

OFFICES = "intents/offices.yaml"
ITALIAN = "intents/it.yaml"
SENTENCES = "intents/tests/it.yaml"
FRIDAY = '["08:30-12:30"]'
AFTERNOON, LATE_MORNING = '"14:30-17:30"]', '"12:30-17:30"]'
NUMBER, BARE = "059 203 4401", "0592034401"
SERVICE = '(sui|sul) [vostri|vostro] (servizi|servizio) [sociali|sociale]"'
TELLING = '(sui|sul) (vostri servizi|servizi sociali|vostro servizio|servizio sociale)"'
CIVIL = '  - {text: "Volevo informazioni sul servizio civile", action: none}\n'
MOULD = '  - {text: "Ho la muffa sui muri di casa", office: ufficio-casa, action: talk}\n'
RELATIONS = '  - {text: "Mi passa l\'ufficio relazioni?", office: segreteria, action: talk}\n'

TOLD = dict(zip(STAFF, (load_words(HOME / "locales", "it"), ENGLISH), strict=True))
"""In which language each guide shows what staff are told."""

BROKEN = {
    "hours in the Italian way": (OFFICES, FRIDAY, '["8.30-12.30"]'),
    "a day in Italian": (OFFICES, f"      friday: {FRIDAY}", f"      venerdi: {FRIDAY}"),
    "overlapping hours": (OFFICES, f"{AFTERNOON}\n      thu", f"{LATE_MORNING}\n      thu"),
    "a bare number": (OFFICES, f'telephone: "{NUMBER}"\n    o', f"telephone: {BARE}\n    o"),
    "one key twice": (OFFICES, '    key: "2"', '    key: "1"'),
    "a word nearly right": (OFFICES, "    appointment: preferred", "    appointment: prefered"),
    "a language left out": (OFFICES, '      fr: "Bureau du logement"\n', ""),
    "a tab": (OFFICES, "      tuesday: [", "\ttuesday: ["),
    "wrong spaces": (OFFICES, "      tuesday: [", "     tuesday: ["),
    "an open bracket": (ITALIAN, '"[ufficio] segreteria"', '"[ufficio segreteria"'),
    "a street in two areas": (OFFICES, '- "Via Nonantolana"', '- "Via Emilia Ovest"'),
    "a greedy word": (ITALIAN, "\n  ufficio-casa:\n", '\n  ufficio-casa:\n    - "casa"\n'),
    "a sentence before its phrase": (SENTENCES, "", MOULD),
}
"""Slips that the guides show, each as file, what stands there, and what is written instead."""

MENDED = {
    "mould": (MOULD, "\n  ufficio-casa:\n", '    - "muffa [in casa|sui muri|alle pareti]"\n'),
    "relations": (
        RELATIONS,
        "\n  segreteria:\n",
        '    - "ufficio (relazioni|relazioni con il pubblico)"\n',
    ),
}
"""What the guides have added: a test sentence, and below which line the phrase that mends it."""


@pytest.fixture
def copies(tmp_path: Path) -> Settings:
    """The staff files, to be broken; read in one language, which takes less time."""
    for folder in ("intents", "locales"):
        shutil.copytree(HOME / folder, tmp_path / folder)
    default = Settings(languages=("it",))
    paths = {"intents": tmp_path / "intents", "locales": tmp_path / "locales"}
    return default.model_copy(update={"paths": default.paths.model_copy(update=paths)})


def change(settings: Settings, file: str, old: str, new: str) -> None:
    """Replace the first `old` past the comments at the top; "" stands for the end of the file."""
    path = settings.paths.intents.parent / file
    text = path.read_text("utf-8")
    start = re.search(r"^\w", text, re.M)
    assert start is not None
    at = text.find(old, start.start()) if old else len(text)
    assert at >= 0, f"{file} has no {old}"
    path.write_text(text[:at] + new + text[at + len(old) :], "utf-8")


def without_lines(text: str) -> str:
    """Line numbers change with every line that staff add."""
    return re.sub(r"(?<=\(line )\d+|(?<=\(riga )\d+|(?<=yaml:)\d+|(?<=po:)\d+", "N", text)


@pytest.mark.parametrize("slip", BROKEN)
def test_the_guides_show_what_check_says_of_a_slip(slip: str, copies: Settings) -> None:
    change(copies, *BROKEN[slip])
    if slip == "a language left out":
        copies = copies.model_copy(update={"languages": LANGUAGES})
    for page, words in TOLD.items():
        _, said = staff_work.check_files(copies, words)
        assert len(said) > 1
        assert without_lines(said[0]) in without_lines(read(page))


def test_every_message_in_the_guides_is_of_a_slip_that_is_tried() -> None:
    for page in STAFF:
        messages = {line.strip() for line in read(page).splitlines() if " → " in line}
        assert len(messages) == len(BROKEN)


@pytest.mark.parametrize("need", MENDED)
def test_what_the_guides_have_staff_add_works(need: str, copies: Settings) -> None:
    sentence, below, phrase = MENDED[need]
    change(copies, SENTENCES, "", sentence)
    assert not staff_work.check_files(copies)[0]
    change(copies, ITALIAN, below, below + phrase)
    assert staff_work.check_files(copies)[0]
    for page in STAFF:
        assert sentence.strip() in read(page)
        assert phrase.strip() in read(page)


def test_the_misunderstanding_of_the_guides_is_one_and_is_put_right(copies: Settings) -> None:
    change(copies, SENTENCES, "", CIVIL)
    assert not staff_work.check_files(copies)[0]
    change(copies, ITALIAN, SERVICE, TELLING)
    assert staff_work.check_files(copies)[0]
    for page in STAFF:
        assert all(piece.strip() in read(page) for piece in (CIVIL, SERVICE, TELLING))


def test_the_sum_of_a_good_check_is_as_shown() -> None:
    for page, words in TOLD.items():
        good, said = staff_work.check_files(Settings(), words)
        assert good
        assert said[-1] in read(page)


def test_the_difference_is_told_as_shown(copies: Settings) -> None:
    copies = copies.model_copy(update={"languages": LANGUAGES})
    before = load_content(copies.paths.intents, LANGUAGES)
    closing = 'exceptions: [{date: "2026-12-09", closed: true}]'
    change(copies, OFFICES, '    key: "5"', f'    key: "5"\n    {closing}')
    after = load_content(copies.paths.intents, LANGUAGES)
    for page, words in TOLD.items():
        (line,) = diff(before, after, date(2026, 11, 23), words)
        assert line in read(page)


def test_the_recording_that_is_shown_is_of_a_sentence() -> None:
    names = {sentence.name for sentence, _ in staff_work.prompts(Settings(), "it")}
    for page in STAFF:
        (name,) = re.findall(r"`([\w-]+)\.mp3`", read(page))
        assert name in names


TUESDAY = datetime(2026, 3, 17, 10, 0)


def test_the_hours_read_as_shown_before_and_after_the_change(copies: Settings) -> None:
    before = "\n".join(staff_work.hours(copies, "ufficio-casa", "it", TUESDAY))
    thursday = '      thursday: ["14:30-18:00"]'
    change(copies, OFFICES, thursday, f'      tuesday: ["09:00-12:30"]\n{thursday}')
    after = list(staff_work.hours(copies, "ufficio-casa", "it", TUESDAY))
    for page in STAFF:
        assert before in read(page)
        assert "\n".join(f"   {line}" for line in after) in read(page)


def test_an_unknown_office_is_refused_as_shown() -> None:
    with pytest.raises(ContentError) as error:
        staff_work.hours(Settings(), "casa", "it", None)
    for page in STAFF:
        assert f"voicebot: {error.value}" in read(page)


ASKED = re.compile(r'\$ voicebot ask --lang it --explain "(.+)"\n((?: *\w+: .+\n)+)')


def test_what_ask_prints_is_as_shown(copies: Settings) -> None:
    shown = ASKED.findall(read(STAFF[0]))
    assert len(shown) == 4
    assert ASKED.findall(read(STAFF[1])) == shown
    for sentence, lines in shown:
        fields = work.ask(copies, sentence, "it", explain=True)
        for line in lines.splitlines():
            name, _, value = line.strip().partition(": ")
            assert value == json.dumps(fields[name]), f"{sentence}: {name}"


@pytest.mark.parametrize(
    ("old", "new"),
    [("{office}: prema {key}.", "{ufficio}: prema {key}."), ('non ho capito."', "non ho capito.")],
)
def test_a_slip_in_a_catalogue_is_told_as_shown(old: str, new: str, copies: Settings) -> None:
    file = copies.paths.locales / "it" / "LC_MESSAGES" / "voicebot.po"
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ContentError) as error:
        load_catalogues(copies.paths.locales, LANGUAGES)
    said = str(error.value).replace(f"{copies.paths.locales.parent}/", "voicebot: ")
    for page in STAFF:
        assert without_lines(said) in without_lines(read(page))


def test_the_limits_that_the_guides_name_are_those_of_the_program() -> None:
    italian, english = map(read, STAFF)
    for limit in (ACCEPT, CONFIRM):
        assert f"{limit:.2f}".replace(".", ",") in italian
        assert f"{limit:.2f}" in english
    assert f"al massimo {MAX_EXPANSIONS} frasi" in italian
    assert f"at most {MAX_EXPANSIONS} sentences" in english
