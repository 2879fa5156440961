"""Which files of the folder are the staff's, and what tells one state of them from another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

TEXTS = (".yaml", ".ics")
SOUNDS = (".wav", ".mp3", ".ogg", ".flac")
RECORDINGS = "recordings"
"""The folder of the staff's own recordings, one folder a language in it."""

_FOLDERS = ("tests", RECORDINGS)


def staff_files(folder: Path) -> tuple[Path, ...]:
    """Every staff file below the folder, relative to it, in order.

    What editors leave beside them while they work (hidden files, `offices.yaml~`) is none. A
    folder that is missing has no files.
    """
    return tuple(sorted(path.relative_to(folder) for path in _walk(folder, ())))


def fingerprint(folder: Path) -> str:
    """12 hex digits that change with any byte, and any name, of any staff file.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for name in staff_files(folder):
        data = (folder / name).read_bytes()
        digest.update(f"{name.as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:12]


def state_on_disk(folder: Path) -> tuple[tuple[str, int, int, int], ...] | None:
    """Name, size, time of change and inode of every staff file, without reading any.

    None where there is no folder, or where it changes while it is being looked at.
    """
    try:
        stats = [(name, (folder / name).stat()) for name in staff_files(folder)]
    except OSError:
        return None
    if not stats:
        return None
    return tuple((n.as_posix(), s.st_size, s.st_mtime_ns, s.st_ino) for n, s in stats)


def _walk(folder: Path, inside: tuple[str, ...]) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "#")):
            continue
        wanted = TEXTS + SOUNDS if RECORDINGS in inside else TEXTS
        if entry.suffix.lower() in wanted and entry.is_file():
            yield entry
        elif entry.is_dir() and (inside[:1] == (RECORDINGS,) or entry.name in _FOLDERS):
            if len(inside) < 2:
                yield from _walk(entry, (*inside, entry.name))
