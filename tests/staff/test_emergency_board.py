"""The emergency closing: kept in a small file, read by whoever runs, harmless when damaged."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from voicebot.errors import ContentError
from voicebot.model import Emergency
from voicebot.staff.emergency import Alarm, EmergencyBoard

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Rome"))
SNOW = Emergency(None, NOW, NOW + timedelta(hours=4), {"it": "Nevica.", "ar": "ثَلْج"})
LEAK = Emergency("ufficio-casa", NOW)


@pytest.fixture
def board(tmp_path: Path) -> EmergencyBoard:
    return EmergencyBoard(tmp_path / "emergency")


def test_nothing_is_closed_at_first(board: EmergencyBoard) -> None:
    assert board.read() == ()
    assert board.stamp() is None
    assert board.open() == 0


def test_what_is_closed_is_read_by_others_as_it_was_written(board: EmergencyBoard) -> None:
    board.close(Alarm(SNOW, "anna", {"it": "it-1.wav"}))
    board.close(Alarm(LEAK, "bruno"))
    other = EmergencyBoard(board.folder)
    assert [(a.emergency, a.author) for a in other.read()] == [(SNOW, "anna"), (LEAK, "bruno")]
    assert other.read()[0].recordings == {"it": "it-1.wav"}
    assert other.open("ufficio-casa") == 1
    assert [a.emergency for a in board.read()] == [SNOW]
    assert other.open() == 1
    assert board.read() == ()


def test_closing_again_takes_the_place_of_the_first(board: EmergencyBoard) -> None:
    board.close(Alarm(LEAK, "anna"))
    board.close(Alarm(Emergency("ufficio-casa", NOW, None, {"it": "Torniamo domani."}), "anna"))
    (alarm,) = board.read()
    assert alarm.emergency.message == {"it": "Torniamo domani."}


def test_every_switching_changes_the_stamp(board: EmergencyBoard) -> None:
    stamps = {board.stamp()}
    for _ in range(3):
        board.close(Alarm(SNOW, "anna"))
        stamps.add(board.stamp())
        board.open()
        stamps.add(board.stamp())
    assert len(stamps) == 7


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"office": null}]', "null", "\x00"])
def test_a_damaged_file_counts_as_off_and_is_logged(
    board: EmergencyBoard, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    board.folder.mkdir()
    (board.folder / "state.json").write_text(text)
    assert board.read() == ()
    assert "counts as off" in caplog.text
    board.close(Alarm(SNOW, "anna"))
    assert len(board.read()) == 1


def test_a_recording_outside_the_folder_is_not_reached(board: EmergencyBoard) -> None:
    board.close(Alarm(SNOW, "anna", {"it": "../../etc/passwd"}))
    assert board.read()[0].recordings == {"it": "passwd"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ContentError, match="cannot be written"):
        EmergencyBoard(tmp_path / "file" / "emergency").close(Alarm(SNOW, "anna"))


def test_it_holds_from_its_beginning_to_its_end() -> None:
    assert not SNOW.holds(NOW - timedelta(seconds=1))
    assert SNOW.holds(NOW)
    assert not SNOW.holds(NOW + timedelta(hours=4))
    assert LEAK.holds(NOW + timedelta(days=30))
