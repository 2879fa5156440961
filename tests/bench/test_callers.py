"""Folders of recorded callers: read whole, or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.bench.callers import read_callers
from voicebot.errors import ContentError

HEADER = "file\tlanguage\ttarget\taction\ttext\tvoice\n"


def folder(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "a.wav").touch()
    (tmp_path / "callers.tsv").write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return tmp_path


def test_callers_are_read_in_order(tmp_path: Path) -> None:
    there = folder(
        tmp_path, "a.wav\tit\tpolo-2\ttalk\tIl polo due?\tx", "a.wav\tother\t-\tnone\t\t"
    )
    first, second = read_callers(there)
    assert (first.file, first.language, first.target) == (tmp_path / "a.wav", "it", "polo-2")
    assert (first.action, first.text, first.wants_office) == ("talk", "Il polo due?", True)
    assert not second.wants_office


@pytest.mark.parametrize("target", ["command", "ood", "-"])
def test_not_every_caller_wants_an_office(tmp_path: Path, target: str) -> None:
    (caller,) = read_callers(folder(tmp_path, f"a.wav\tit\t{target}\tnone\tCiao\tx"))
    assert not caller.wants_office


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"callers\.tsv: cannot be read"):
        read_callers(tmp_path)


def test_a_line_that_lacks_something_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"callers\.tsv:3: no action, text"):
        read_callers(folder(tmp_path, "a.wav\tit\t-\tnone\tCiao\tx", "a.wav\tit\t-"))


def test_a_sound_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"callers\.tsv:2: .*b\.wav is not there"):
        read_callers(folder(tmp_path, "b.wav\tit\t-\tnone\tCiao\tx"))
