"""The emergency closing: switched on and off while callers ring, by a small file of its own.

    emergency/
      state.json      what is closed, since when, until when, what callers are told, by whom
      it-1a2b.wav     recorded messages

The file is written whole; the running switchboard looks at it all the time.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.model import Emergency, Language, OfficeId

logger = logging.getLogger(__name__)

_STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One closing as it was switched on."""

    emergency: Emergency
    author: str
    recordings: Mapping[Language, str] = field(default_factory=dict)
    """Names of files beside the state: sound that takes the place of the message."""


class EmergencyBoard:
    """What is closed now. Blocking; safe for several processes, of which the last one wins."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when something is closed."""
        self.folder = folder

    def stamp(self) -> tuple[int, int] | None:
        """What changes with every switching; None while nothing was ever switched."""
        try:
            stat = (self.folder / _STATE).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    def read(self) -> tuple[Alarm, ...]:
        """What is switched on, over or not; nothing where the file is damaged, which is logged."""
        try:
            entries = json.loads((self.folder / _STATE).read_text("utf-8"))
            return tuple(_alarm(entry) for entry in entries)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.error("the emergency closing cannot be read, and counts as off: %s", error)
            return ()

    def close(self, alarm: Alarm) -> None:
        """Switch a closing on, in place of one of the same office.

        Raises:
            ContentError: it cannot be written.
        """
        office = alarm.emergency.office
        kept = [one for one in self.read() if one.emergency.office != office]
        self._write([*kept, alarm])

    def open(self, office: OfficeId | None = None) -> int:
        """Switch off the closing of an office, or every one; returns how many there were.

        Raises:
            ContentError: it cannot be written.
        """
        before = self.read()
        kept = [one for one in before if office is not None and one.emergency.office != office]
        if len(kept) < len(before):
            self._write(kept)
        return len(before) - len(kept)

    def add_recording(self, language: Language, wave: bytes) -> str:
        """Keep a WAV file for an alarm to come; returns its name.

        Raises:
            ContentError: it cannot be written.
        """
        name = f"{language}-{secrets.token_hex(4)}.wav"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(wave)
        except OSError as error:
            raise ContentError(f"{self.folder}: cannot be written: {error.strerror}") from error
        return name

    def _write(self, alarms: Sequence[Alarm]) -> None:
        text = json.dumps([_fields(alarm) for alarm in alarms], ensure_ascii=False, indent=2)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            os.replace(name, self.folder / _STATE)
        except OSError as error:
            raise ContentError(f"{self.folder}: cannot be written: {error.strerror}") from error


def _fields(alarm: Alarm) -> dict[str, object]:
    emergency = alarm.emergency
    return {
        "office": emergency.office,
        "since": emergency.since.isoformat(),
        "until": emergency.until.isoformat() if emergency.until else None,
        "message": dict(emergency.message),
        "recordings": dict(alarm.recordings),
        "author": alarm.author,
    }


def _alarm(entry: Mapping[str, object]) -> Alarm:
    until = entry["until"]
    message, recordings = entry["message"], entry["recordings"]
    if not isinstance(message, dict) or not isinstance(recordings, dict):
        raise ValueError("message and recordings go by language")
    emergency = Emergency(
        office=str(entry["office"]) if entry["office"] else None,
        since=_moment(entry["since"]),
        until=_moment(until) if until else None,
        message={str(code): str(text) for code, text in message.items()},
    )
    names = {str(code): Path(str(name)).name for code, name in recordings.items()}
    return Alarm(emergency, str(entry["author"]), names)


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
