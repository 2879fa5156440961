"""Zips that mean well, and zips that do not."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from tests.weights.build import make_zip, some_bytes
from voicebot.errors import WeightsError
from voicebot.weights.unpack import unpack

BODY = some_bytes(50_000)


def _try(tmp_path: Path, content: bytes) -> set[str]:
    archive = tmp_path / "model.zip"
    archive.write_bytes(content)
    folder = tmp_path / "in" / "model"
    folder.mkdir(parents=True)
    return set(unpack(archive, folder))


def test_the_folder_around_everything_is_left_out(tmp_path: Path) -> None:
    marks = _try(tmp_path, make_zip({"vosk-it/am/final.mdl": BODY, "vosk-it/README": b"x"}))
    assert marks == {"am/final.mdl", "README"}
    assert (tmp_path / "in/model/am/final.mdl").read_bytes() == BODY


def test_without_a_folder_around_everything_paths_stay(tmp_path: Path) -> None:
    assert _try(tmp_path, make_zip({"am/final.mdl": BODY, "README": b"x"})) == {
        "am/final.mdl",
        "README",
    }


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "/evil",
        "a/../../../../evil",
        "..\\evil",
        "C:\\evil",
        "C:/evil",
        "a/..",
    ],
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsError, match="outside of the model's folder"):
        _try(tmp_path, make_zip({"good": BODY, name: b"evil"}))
    assert not list(tmp_path.rglob("evil*"))
    assert not list((tmp_path / "in" / "model").iterdir())


def test_links_are_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("model/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    with pytest.raises(WeightsError, match="a link or a device"):
        _try(tmp_path, target.getvalue())


def test_a_zip_that_swells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="far more"):
        _try(tmp_path, make_zip({"model/zeros": bytes(5_000_000)}))


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(make_zip({"model/a": BODY}))
    content[2000] ^= 1
    with pytest.raises(WeightsError, match="damaged"):
        _try(tmp_path, bytes(content))


@pytest.mark.parametrize("content", [b"", b"<html>", make_zip({})])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WeightsError, match=r"model\.zip: this zip is refused"):
        _try(tmp_path, content)


def test_a_file_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="a file twice"):
        _try(tmp_path, make_zip({"m/a": b"1", "m/./a": b"2"}))
