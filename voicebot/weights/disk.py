"""What a disk can do to us: be full, be in use by another start of the program."""

from __future__ import annotations

import errno
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicebot.errors import WeightsError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def megabytes(size: int) -> str:
    """A number of bytes, for people."""
    return f"{size / 1e6:,.1f} MB"


def make_folder(folder: Path) -> None:
    """The folder, made if need be.

    Raises:
        WeightsError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise trouble(folder, error) from error


def need_room(folder: Path, size: int) -> None:
    """Refuse early what would not fit; `size` in bytes.

    Raises:
        WeightsError: too little is free on the folder's disk.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise WeightsError(
            f"{folder}: the disk is full: {megabytes(size)} are needed, "
            f"{megabytes(free)} are free; make room, or set paths.data to a larger disk"
        )


def trouble(path: Path, error: OSError) -> WeightsError:
    """What the operating system refused, in words that say what to do."""
    if error.errno in _FULL:
        return WeightsError(
            f"{path}: the disk is full; make room, or set paths.data to a larger disk"
        )
    if isinstance(error, PermissionError):
        return WeightsError(
            f"{path}: not permitted; let the account that runs voicebot read and write it, "
            "or set paths.data elsewhere"
        )
    return WeightsError(f"{path}: {error.strerror or error}; look at the disk and try again")


@contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold the folder against every other process; freed also when the holder dies.

    Raises:
        WeightsError: another holds it and `wait` is false.
    """
    make_folder(folder.parent)
    path = folder.parent / f".{folder.name}.lock"
    try:
        stream = path.open("w")
    except OSError as error:
        raise trouble(path, error) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WeightsError(
                f"{folder}: another voicebot is writing this model; wait for it to finish"
            ) from error
        yield
