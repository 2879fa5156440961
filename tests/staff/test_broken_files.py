"""Two hundred ways to break the staff files: each is told with its line, and callers notice none.

Half are slips that a hand makes at a random place, drawn from a fixed seed; the others stand in the
tables of mistakes of `tests/content` and below.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.content.test_calendar_mistakes import MISTAKES as CALENDAR
from tests.content.test_mistakes import MISTAKES
from voicebot.content.load import read_content
from voicebot.content.problems import Problem
from voicebot.model import Content
from voicebot.settings import HOME
from voicebot.staff.archive import Archive, Published
from voicebot.staff.check import CheckReport
from voicebot.staff.opening import start
from voicebot.staff.publish import Desk, Publisher, State
from voicebot.staff.words import load_words

LANGUAGES = ("it", "en")
TEXTS = ("offices.yaml", "it.yaml", "en.yaml", "tests/it.yaml", "tests/en.yaml")
GENERATED = 110
ITALIAN = load_words(HOME / "locales", "it")

BY_HAND: dict[str, tuple[str, bytes]] = {
    "empty": ("offices.yaml", b""),
    "only a comment": ("it.yaml", b"# nothing yet\n"),
    "no YAML at all": ("offices.yaml", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    "another encoding": ("it.yaml", 'language: it\nexample: "perché"\n'.encode("latin-1")),
    "UTF-16": ("en.yaml", "language: en\n".encode("utf-16")),
    "a list": ("offices.yaml", b"- one\n- two\n"),
    "a text": ("tests/it.yaml", b"all is well\n"),
    "a number": ("tests/en.yaml", b"42\n"),
    "null": ("it.yaml", b"null\n"),
    "only dashes": ("en.yaml", b"---\n---\n"),
    "a conflict of versions": ("it.yaml", b"<<<<<<< mine\nlanguage: it\n=======\n>>>>>>> theirs\n"),
    "very deep": ("offices.yaml", b"[" * 5000),
    "a bomb of anchors": ("offices.yaml", b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    "a tag": ("offices.yaml", b"!!python/object/apply:os.system ['true']\n"),
    "a spreadsheet": ("offices.yaml", b"ufficio;tasto;telefono\ncasa;5;059 203 4405\n"),
    "nothing but a tab": ("offices.yaml", b"\tsample: true\n"),
    "half a file": ("it.yaml", (HOME / "intents" / "it.yaml").read_bytes()[:3000]),
    "zeros": ("en.yaml", b"\0" * 4096),
    "a page": ("it.yaml", b"<!DOCTYPE html><html><body>404</body></html>"),
    "a word document": ("en.yaml", b"PK\x03\x04\x14\x00\x06\x00"),
}


def _slips(text: str, dice: random.Random) -> str:
    """The text with one slip of the hand."""
    lines = text.split("\n")
    live = [i for i, line in enumerate(lines) if line.strip() and not line.strip().startswith("#")]
    at = dice.choice(live)
    line = lines[at]
    slip = dice.choice((0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8))
    if slip == 0 and '"' in line:
        lines[at] = line.replace('"', "", 1) + " ["
    elif slip == 1 and ":" in line:
        lines[at] = line.replace(":", "", 1)
    elif slip == 2:
        lines[at] = "\t" + line.strip()
    elif slip == 3:
        lines[at] = " " + line
    elif slip == 4 and re.search(r"[\]\[}{()]", line):
        lines[at] = re.sub(r"[\]\[}{()]", "", line, count=1)
    elif slip == 5 and re.search(r"^\s*[\w-]+:", line):
        lines[at] = re.sub(r"(\w)(\w)([\w-]*:)", r"\2\1\3", line, count=1)
    elif slip == 6 and re.search(r"\d", line):
        lines[at] = line.replace('"', "").replace("'", "")
    elif slip == 7:
        lines.insert(at, line)
    elif slip == 8:
        del lines[at]
    else:
        lines[at] = line + " {"
    return "\n".join(lines)


def generated() -> Iterator[tuple[str, str, str]]:
    """Name, file and text of each generated variant that is an error: most slips are."""
    dice = random.Random(20261123)
    count = 0
    originals = {name: (HOME / "intents" / name).read_text("utf-8") for name in TEXTS}
    while count < GENERATED:
        name = dice.choice(TEXTS)
        text = _slips(originals[name], dice)
        yield f"{count}", name, text
        count += 1


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample files, put right again after each variant."""
    return Path(shutil.copytree(HOME / "intents", tmp_path_factory.mktemp("town") / "intents"))


def told(problems: tuple[Problem, ...]) -> None:
    """Every error names its file, is told in both languages, and has a line where one can be."""
    errors = [problem for problem in problems if problem.is_error]
    assert errors
    for problem in errors:
        assert problem.file.startswith("intents/")
        assert problem.message and problem.remedy
        assert "Traceback" not in str(problem)
        assert "\n" not in str(problem)
        assert ": errore: " in problem.line_in(ITALIAN.texts)
    assert any(problem.line > 0 for problem in errors) or all(
        "file" in problem.message for problem in errors
    )


@pytest.mark.parametrize("variant", BY_HAND)
def test_a_file_that_is_none_is_told(variant: str, sample: Path) -> None:
    name, data = BY_HAND[variant]
    good = (sample / name).read_bytes()
    try:
        (sample / name).write_bytes(data)
        reading = read_content(sample, LANGUAGES)
    finally:
        (sample / name).write_bytes(good)
    assert reading.content is None
    told(reading.problems)


async def test_whatever_is_saved_the_old_content_answers(sample: Path, tmp_path: Path) -> None:
    """The publisher sees every variant one after the other; a good one is put between them."""
    live: list[Content] = []
    archive = Archive(tmp_path / "published")

    def plain(folder: Path) -> CheckReport:
        reading = read_content(folder, LANGUAGES)
        return CheckReport(reading.content, reading.problems, 0, 0)

    async def examine(folder: Path) -> CheckReport:
        return plain(folder)

    async def go_live(content: Content, kept: Published) -> None:
        live.append(content)

    begun = start(sample, LANGUAGES, archive, plain)
    publisher = Publisher(Desk(sample, archive, examine), go_live, begun.status)
    variants = [(name, text.encode()) for _, name, text in generated()]
    variants += BY_HAND.values()
    broken = 0
    for name, data in variants:
        good = (sample / name).read_bytes()
        (sample / name).write_bytes(data)
        status = await publisher.publish()
        if status.state is State.REFUSED:
            broken += 1
            told(status.problems)
            current = live[-1] if live else begun.content
            assert status.live is not None
            assert status.live.version == current.version
        else:
            # a slip that leaves a good file, such as a phrase that is gone, is published
            assert live[-1].version == status.saved
        (sample / name).write_bytes(good)
        assert (await publisher.publish()).state is State.LIVE
    by_table = len(MISTAKES) + len(CALENDAR)
    assert broken + by_table >= 200, (broken, by_table)
