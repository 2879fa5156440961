"""A model's zip unpacked into a folder, with no way out of it."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voicebot.errors import WeightsError
from voicebot.weights.digests import CHUNK, Digester, Mark, mark
from voicebot.weights.disk import need_room, trouble

MAX_RATIO = 20
"""Speech models shrink to a half or a third; what swells more than this is no model."""


def unpack(archive: Path, folder: Path) -> dict[str, Mark]:
    """Unpack into `folder`, which is empty; the mark of every file by its path there.

    A folder that holds everything else in the zip is left out of the paths.

    Raises:
        WeightsError: not a zip, damaged, it reaches outside of the folder, or no room.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            entries = [entry for entry in source.infolist() if not entry.is_dir()]
            paths = _paths(archive, entries)
            total = sum(entry.file_size for entry in entries)
            if total > MAX_RATIO * archive.stat().st_size:
                raise _refused(archive, "it unpacks to far more than a model would")
            need_room(folder, total)
            return {
                str(path): _extract(source, entry, folder / path)
                for entry, path in zip(entries, paths, strict=True)
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(archive, f"it is damaged ({error})") from error
    except OSError as error:
        raise trouble(folder, error) from error


def _paths(archive: Path, entries: list[zipfile.ZipInfo]) -> list[PurePosixPath]:
    """Where each entry goes, below the folder."""
    paths = []
    for entry in entries:
        name = entry.orig_filename
        path = PurePosixPath(name)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
            raise _refused(archive, f"it would write outside of the model's folder: {name!r}")
        if kind not in (0, stat.S_IFREG):
            raise _refused(archive, f"it holds a link or a device: {name!r}")
        paths.append(path)
    if not paths:
        raise _refused(archive, "it is empty")
    if len({path.parts[0] for path in paths}) == 1 and all(len(path.parts) > 1 for path in paths):
        paths = [PurePosixPath(*path.parts[1:]) for path in paths]
    if len(set(paths)) < len(paths):
        raise _refused(archive, "it holds a file twice")
    return paths


def _extract(source: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> Mark:
    target.parent.mkdir(parents=True, exist_ok=True)
    digester = Digester()
    # The reader stops at the size that the zip declares and checks the sum it declares.
    with source.open(entry) as packed, target.open("xb") as stream:
        while data := packed.read(CHUNK):
            stream.write(data)
            digester.update(data)
    return mark(target, digester.seen())


def _refused(archive: Path, why: str) -> WeightsError:
    return WeightsError(
        f"{archive.name}: this zip is refused: {why}; fetch it again from its maker"
    )
