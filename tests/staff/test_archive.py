"""The published versions: kept whole, in order, and put back as they were."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot.content.files import fingerprint, staff_files
from voicebot.errors import ContentError
from voicebot.staff.archive import Archive, Occasion, Published, Unsettled

TOWN = Path(__file__).parent.parent / "content" / "town"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data" / "published")


def publish(archive: Archive, town: Path, author: str = "anna") -> Published:
    with archive.draft(town) as draft:
        return archive.keep(draft, author, Occasion.SAVED)


def edit(town: Path, text: str) -> None:
    with (town / "offices.yaml").open("a", encoding="utf-8") as file:
        file.write(f"# {text}\n")


def test_an_empty_archive_has_nothing(archive: Archive) -> None:
    assert archive.versions() == ()
    assert archive.latest() is None
    with pytest.raises(ContentError, match="no published version 3; there are: none yet"):
        archive.version(3)


def test_each_version_is_kept_with_its_time_and_author(archive: Archive, town: Path) -> None:
    before = datetime.now(UTC)
    first = publish(archive, town)
    edit(town, "two")
    second = publish(archive, town, "bruno")
    assert archive.versions() == (second, first)
    assert (first.number, second.number) == (1, 2)
    assert (first.author, second.author) == ("anna", "bruno")
    assert before <= first.at <= second.at <= datetime.now(UTC)
    assert fingerprint(second.folder) == second.version == fingerprint(town)
    assert fingerprint(first.folder) == first.version != second.version
    assert first.folder.name == town.name


def test_the_same_files_are_not_kept_twice(archive: Archive, town: Path) -> None:
    first = publish(archive, town)
    assert publish(archive, town, "bruno") == first
    assert len(archive.versions()) == 1


def test_a_draft_that_is_not_kept_leaves_nothing(
    archive: Archive, town: Path, tmp_path: Path
) -> None:
    with archive.draft(town) as draft:
        assert fingerprint(draft) == fingerprint(town)
    assert list((tmp_path / "data" / "published").iterdir()) == []


def test_what_editors_leave_behind_is_no_staff_file(archive: Archive, town: Path) -> None:
    good = fingerprint(town)
    for name in (".offices.yaml.swp", "offices.yaml~", "#it.yaml#", "4913", "notes.txt"):
        (town / name).write_text("x")
    (town / "tests" / ".it.yaml.kate-swp").write_text("x")
    assert fingerprint(town) == good
    kept = publish(archive, town)
    assert {path.name for path in kept.folder.rglob("*") if path.is_file()} == {
        "offices.yaml",
        "it.yaml",
        "en.yaml",
    }


def test_a_folder_that_is_not_there_is_unsettled(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(Unsettled), archive.draft(tmp_path / "gone"):
        pass


def test_restoring_puts_every_file_back_and_the_others_aside(archive: Archive, town: Path) -> None:
    first = publish(archive, town)
    edit(town, "two")
    (town / "recordings" / "it").mkdir(parents=True)
    (town / "recordings" / "it" / "ciao.wav").write_bytes(b"RIFF")
    publish(archive, town)
    edit(town, "not published")
    now = fingerprint(town)
    aside = archive.restore(1, town)
    assert fingerprint(town) == first.version
    assert aside is not None
    assert fingerprint(aside) == now
    assert archive.restore(1, town) is None


def test_restoring_into_a_folder_that_has_gone(archive: Archive, town: Path) -> None:
    first = publish(archive, town)
    shutil.rmtree(town)
    archive.restore(1, town)
    assert fingerprint(town) == first.version


def test_a_damaged_version_is_passed_over_and_its_number_not_used_again(
    archive: Archive, town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = publish(archive, town)
    edit(town, "two")
    second = publish(archive, town)
    (second.folder.parent / "version.json").write_text("{")
    assert archive.latest() == first
    assert "damaged" in caplog.text
    edit(town, "three")
    assert publish(archive, town).number == 3


def test_many_who_publish_at_once_get_numbers_of_their_own(
    archive: Archive, tmp_path: Path
) -> None:
    def work(name: str) -> None:
        town = Path(shutil.copytree(TOWN, tmp_path / name / "intents"))
        edit(town, name)
        publish(archive, town, name)

    threads = [threading.Thread(target=work, args=(f"clerk{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = archive.versions()
    assert [one.number for one in versions] == list(range(8, 0, -1))
    assert {one.author for one in versions} == {f"clerk{i}" for i in range(8)}
    assert all(fingerprint(one.folder) == one.version for one in versions)


def test_files_in_order_and_relative(town: Path) -> None:
    names = [path.as_posix() for path in staff_files(town)]
    assert names == ["en.yaml", "it.yaml", "offices.yaml", "tests/en.yaml", "tests/it.yaml"]
