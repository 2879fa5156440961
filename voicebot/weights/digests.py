"""What a file is, to the byte, and the stamp that spares hashing it again at the next start."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from voicebot.weights.manifest import ModelFile

CHUNK = 1024 * 1024
"""Bytes read at a time: large enough to be quick, small enough for any machine."""

STAMP = ".stamp.json"


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class Digester:
    """Counts and hashes bytes as they pass."""

    def __init__(self) -> None:
        self.size = 0
        self._sha256: _Hash = hashlib.sha256()
        # MD5 guards against accidents here, not against an attacker; the flag lets it run
        # on machines that forbid it for security.
        self._md5: _Hash = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        self.size += len(data)
        self._sha256.update(data)
        self._md5.update(data)

    def seen(self) -> Seen:
        """What has passed so far."""
        return Seen(self.size, self._sha256.hexdigest(), self._md5.hexdigest())


@dataclass(frozen=True, slots=True)
class Seen:
    """The content of a file, as found."""

    size: int
    """Bytes."""
    sha256: str
    md5: str

    def fault(self, file: ModelFile) -> str | None:
        """How it differs from what the manifest says, in words; None when it does not."""
        if file.size is not None and self.size != file.size:
            return f"it is {self.size} bytes, not {file.size}"
        for kind, found, wanted in (
            ("sha256", self.sha256, file.sha256),
            ("md5", self.md5, file.md5),
        ):
            if wanted is not None and found != wanted:
                return f"its {kind} is {found}, not {wanted}"
        return None


@dataclass(frozen=True, slots=True)
class Mark:
    """A file that was found whole, and how it looked then."""

    size: int
    """Bytes."""
    mtime_ns: int
    """Nanoseconds since 1970."""
    sha256: str
    md5: str

    def still(self, path: Path) -> bool:
        """Whether the file looks untouched since; False when it is not there."""
        try:
            now = path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)

    @property
    def seen(self) -> Seen:
        """The content that was found."""
        return Seen(self.size, self.sha256, self.md5)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is known of the files in one model's folder."""

    files: Mapping[str, Mark]
    """By path in the folder, with slashes."""
    archive: Seen | None = None
    """The zip that they were unpacked from."""


def mark(path: Path, seen: Seen) -> Mark:
    """The mark of a file just found whole."""
    return Mark(seen.size, path.stat().st_mtime_ns, seen.sha256, seen.md5)


def look(path: Path) -> Seen:
    """Read the whole file.

    Raises:
        OSError: it cannot be read.
    """
    digester = Digester()
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            digester.update(data)
    return digester.seen()


def read_stamp(folder: Path) -> Stamp:
    """The folder's stamp; an empty one when there is none or it cannot be understood."""
    try:
        content = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        files = {str(name): Mark(**entry) for name, entry in content["files"].items()}
        archive = content.get("archive")
        return Stamp(files, Seen(**archive) if archive else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Stamp({})


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Put the stamp in place, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    content = {
        "files": {name: asdict(entry) for name, entry in sorted(stamp.files.items())},
        "archive": asdict(stamp.archive) if stamp.archive else None,
    }
    handle, name = tempfile.mkstemp(prefix=".stamp-", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
        os.replace(name, folder / STAMP)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def settle(temporary: Path, target: Path) -> None:
    """Rename a finished file into place so that a power cut leaves either the old or the new.

    Raises:
        OSError: it cannot be done.
    """
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(temporary, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
