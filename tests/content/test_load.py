"""The folder of staff files: what it becomes, and how every mistake is told."""

from __future__ import annotations

import logging
import shutil
import time as clock
from datetime import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicebot.content.load import load_content, read_content
from voicebot.content.problems import Problem, StaffFilesError
from voicebot.errors import ContentError
from voicebot.model import Action, Appointment, CommandPhrase, OfficePhrase, Span

TOWN = Path(__file__).parent / "town"
LANGUAGES = ("it", "en")
FILES = ("offices.yaml", "it.yaml", "en.yaml", "tests/it.yaml", "tests/en.yaml")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder of good files that a test may spoil."""
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


def spoil(town: Path, file: str, old: str, new: str) -> None:
    text = (town / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (town / file).write_text(text.replace(old, new, 1), "utf-8")


def problems_of(town: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        load_content(town, LANGUAGES)
    assert isinstance(caught.value, StaffFilesError)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return caught.value.problems


# --- good files ------------------------------------------------------------------------


def test_the_town_as_values(town: Path) -> None:
    reading = read_content(town, LANGUAGES)
    assert reading.problems == ()
    content = load_content(town, LANGUAGES)
    assert content == reading.content
    assert content.telephone == "0522 100 200"
    assert content.town == {"it": "Servizi sociali di Borgo", "en": "Borgo social services"}
    assert [office.id for office in content.offices] == ["nord", "sud", "anagrafe"]
    nord = content.office("nord")
    assert nord.key == "1"
    assert nord.appointment is Appointment.REQUIRED
    assert nord.quarters == ("Mulino", "Città alta")
    assert nord.old_numbers == ("0522 300 401", "+39 0522 300 402")
    morning, afternoon = Span(time(8, 30), time(12, 30)), Span(time(14), time(17))
    assert nord.week == ((morning, afternoon), (), (), (), (), (), ())
    assert content.office("anagrafe").quarters == ()


def test_the_phrases_as_values(town: Path) -> None:
    book = load_content(town, LANGUAGES).books["it"]
    assert OfficePhrase("carta d'identità molto vecchia", ("anagrafe",)) in book.offices
    assert OfficePhrase("assistente sociale", ("nord", "sud")) in book.offices
    assert [phrase.text for phrase in book.actions if phrase.action is Action.HOURS] == [
        "quando apre {office}",
        "quando chiude {office}",
        "quando siete aperti",
    ]
    assert CommandPhrase("può ripetere", Action.REPEAT) in book.commands
    assert CommandPhrase("sì", Action.YES) in book.commands
    assert CommandPhrase("inglese", Action.LANGUAGE, "en") in book.commands
    assert CommandPhrase("cambiare lingua", Action.LANGUAGE) in book.commands


def test_a_language_that_is_not_served_is_asked_for_as_another_language(town: Path) -> None:
    content = load_content(town, LANGUAGES)
    assert CommandPhrase("arabo", Action.LANGUAGE, None) in content.books["it"].commands
    (arabic,) = [example for example in content.examples if "arabo" in example.text]
    assert arabic.to_language is None


def test_examples_know_their_line(town: Path) -> None:
    examples = load_content(town, LANGUAGES).examples
    asked = {example.text: example for example in examples}
    social_worker = asked["Mi serve l'assistente sociale"]
    assert social_worker.offices == ("nord", "sud")
    assert (social_worker.file, social_worker.line) == ("intents/tests/it.yaml", 5)
    assert asked["Can I speak to the south desk?"].line == 4
    assert asked["Che tempo fa?"].action is Action.NONE


def test_version_follows_every_byte_of_every_file(town: Path) -> None:
    versions = {load_content(town, LANGUAGES).version}
    for file in FILES:
        with (town / file).open("ab") as stream:
            stream.write(b"# one more remark\n")
        versions.add(load_content(town, LANGUAGES).version)
    assert len(versions) == len(FILES) + 1
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in versions)
    assert load_content(town, LANGUAGES).version in versions


def test_only_the_languages_asked_for_are_needed(town: Path) -> None:
    (town / "en.yaml").unlink()
    (town / "tests/en.yaml").unlink()
    assert list(load_content(town, ("it",)).books) == ["it"]


def test_warnings_do_not_stop_and_are_logged(town: Path, caplog: pytest.LogCaptureFixture) -> None:
    spoil(town, "it.yaml", '"sportello sud"', '"SPORTELLO nòrd"')
    with caplog.at_level(logging.WARNING):
        load_content(town, LANGUAGES)
    assert "intents/it.yaml:7: warning: offices.sud[0]" in caplog.text


def test_a_big_town_is_read_in_well_under_a_second(town: Path) -> None:
    lines = "\n".join(f'    - "pratica (a|b) numero {i} [c] [d] [e]"' for i in range(1000))
    spoil(town, "it.yaml", '    - "sportello nord"', lines)
    before = clock.perf_counter()
    content = load_content(town, LANGUAGES)
    assert clock.perf_counter() - before < 3.0  # Generous: the machine may be busy.
    assert len(content.books["it"].offices) > 16_000


# --- files and folders -----------------------------------------------------------------


def test_missing_folder(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "nowhere")
    assert "no such folder" in problem.message
    assert str(problem).startswith(f"{tmp_path / 'nowhere'}: error: ")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "intents").write_text("language: it")
    (problem,) = problems_of(tmp_path / "intents")
    assert "not a folder" in problem.message


def test_missing_files_are_all_told_with_what_to_rename(town: Path) -> None:
    (town / "en.yaml").rename(town / "en.yml")
    shutil.rmtree(town / "tests")
    problems = {problem.file: problem for problem in problems_of(town)}
    assert list(problems) == ["intents/en.yaml", "intents/tests/en.yaml", "intents/tests/it.yaml"]
    assert problems["intents/en.yaml"].remedy == "rename en.yml to en.yaml"
    assert "make the folder" in problems["intents/tests/it.yaml"].remedy


def test_a_folder_in_place_of_a_file(town: Path) -> None:
    (town / "it.yaml").unlink()
    (town / "it.yaml").mkdir()
    (problem,) = problems_of(town)
    assert "cannot be read" in problem.message


@pytest.mark.parametrize(
    ("data", "line", "message", "remedy"),
    [
        ('language: it\nexample: "così"\n'.encode("latin-1"), 2, "not UTF-8", '"UTF-8"'),
        ("language: it\n".encode("utf-16"), 1, "not UTF-8", '"UTF-8"'),
        (b"", 0, "empty", "copy"),
        (b"# nothing but a remark\n", 0, "empty", "copy"),
        (b"- language: it\n", 1, "a list stands where a mapping is needed", "key: value"),
        (b"just words\n", 1, '"just words" stands where a mapping', "key: value"),
        (b"[" * 3000, 1, "levels deep", "around it"),
        (b"? [a, b]\n: c\n", 1, "where a key must be", "double quotes"),
        (b'language: "it\nexample: x\n', 1, "never closed", "close them"),
        (b"language it\nexample: x\n", 2, "colon", "line before"),
    ],
)
def test_a_file_of_anything(town: Path, data: bytes, line: int, message: str, remedy: str) -> None:
    (town / "it.yaml").write_bytes(data)
    told = [problem for problem in problems_of(town) if message in problem.message]
    assert [(problem.file, problem.line) for problem in told] == [("intents/it.yaml", line)]
    assert remedy in told[0].remedy


def test_a_byte_order_mark_does_no_harm(town: Path) -> None:
    data = (town / "it.yaml").read_bytes()
    (town / "it.yaml").write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert read_content(town, LANGUAGES).problems == ()


def test_all_mistakes_of_all_files_at_once_in_order(town: Path) -> None:
    spoil(town, "offices.yaml", 'key: "1"', "key: 1")
    spoil(town, "offices.yaml", '"14:00-17:00"', '"12:00-17:00"')
    spoil(town, "offices.yaml", "appointment: preferred", "appointment: often")
    spoil(town, "it.yaml", '"sportello nord"', '"sportello (nord"')
    spoil(town, "it.yaml", "[nord, sud]", "[nord, est]")
    spoil(town, "tests/en.yaml", "office: anagrafe", "office: anagraf")
    (town / "en.yaml").write_text("language: [en\n")
    assert [(problem.file, problem.line) for problem in problems_of(town)] == [
        ("intents/en.yaml", 2),
        ("intents/it.yaml", 5),
        ("intents/it.yaml", 12),
        ("intents/offices.yaml", 7),
        ("intents/offices.yaml", 22),
        ("intents/offices.yaml", 30),
        ("intents/tests/en.yaml", 3),
    ]


def test_a_problem_as_a_line() -> None:
    problem = Problem("intents/it.yaml", 5, "offices.nord[0]", "wrong", "write it right")
    assert str(problem) == "intents/it.yaml:5: error: offices.nord[0]: wrong → write it right"


def test_a_problem_is_one_line_that_any_terminal_can_show(town: Path) -> None:
    spoil(town, "offices.yaml", '"Anagrafe"', '"\\e[31m"')
    spoil(town, "offices.yaml", "appointment: never", 'appointment: "a\\nb\\ud800"')
    spoil(town, "offices.yaml", 'key: "9"', 'key: "' + "9" * 5000 + '"')
    told = [str(problem) for problem in problems_of(town)]
    assert len(told) == 4
    assert all(line.isprintable() and len(line) < 300 for line in told)


# --- whatever the bytes ----------------------------------------------------------------

whatever = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
in_files = st.sampled_from(FILES)


def never_but_problems(town: Path, file: str, data: bytes) -> None:
    good = (TOWN / file).read_bytes()
    (town / file).write_bytes(data)
    try:
        load_content(town, LANGUAGES)
    except StaffFilesError as error:
        assert error.problems
        assert all(problem.message and problem.remedy for problem in error.problems)
        assert all(str(problem).isprintable() for problem in error.problems)
    finally:
        (town / file).write_bytes(good)


@whatever
@given(file=in_files, data=st.binary(max_size=200))
def test_any_bytes(town: Path, file: str, data: bytes) -> None:
    never_but_problems(town, file, data)


@whatever
@given(file=in_files, text=st.text("ab:-[]{}()|\"'#&*!%@>?,~<=. \n\t01é", max_size=80))
def test_any_signs_of_yaml(town: Path, file: str, text: str) -> None:
    never_but_problems(town, file, text.encode())


@settings(whatever, max_examples=150)
@given(
    file=in_files,
    place=st.integers(min_value=0),
    removed=st.integers(min_value=0, max_value=30),
    added=st.text("ab:-[]{}()|\"'#&*!, \n\t01\u0430\x00", max_size=6),
)
def test_any_slip_of_the_hand(town: Path, file: str, place: int, removed: int, added: str) -> None:
    text = (TOWN / file).read_text("utf-8")
    at = place % len(text)
    never_but_problems(town, file, (text[:at] + added + text[at + removed :]).encode())
