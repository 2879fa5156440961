"""The models on this machine: where each lies, whether it is whole, how it is made so.

Nothing here uses the network: what comes from a hub is fetched by `fetch.py`, when asked.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from voicebot.errors import WeightsError
from voicebot.weights.digests import Seen, Stamp, look, mark, read_stamp, settle, write_stamp
from voicebot.weights.disk import locked, make_folder, trouble
from voicebot.weights.examine import Findings, State, examine
from voicebot.weights.manifest import Manifest, Model, ModelFile, Source
from voicebot.weights.packages import assemble, missing_package
from voicebot.weights.unpack import unpack

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model and how it stands."""

    model: Model
    state: State
    folder: Path
    """Where its files are or will be."""
    problem: str
    """What is wrong and what to do; empty when it is present."""


class WeightStore:
    """The models of a manifest, in two places: beside it, and under the data folder.

    Every method that takes a model's id raises WeightsError when there is none of that id.
    """

    def __init__(self, manifest: Manifest, models_dir: Path, data_dir: Path) -> None:
        self.manifest = manifest
        self._models_dir = models_dir
        self._root = data_dir / "models"

    def folder(self, model_id: str) -> Path:
        """Where the model's files are or will be."""
        model = self.manifest.model(model_id)
        parent = self._models_dir if model.source is Source.REPOSITORY else self._root
        return parent / model.folder

    def inbox(self, model_id: str, file: ModelFile) -> Path:
        """Where the file may be put by hand; a download grows beside it."""
        folder = self.folder(model_id)
        return folder.parent / file.name if file.unpack else folder / file.name

    def lock(self, model_id: str, *, wait: bool) -> AbstractContextManager[None]:
        """Hold the model against other processes while its files are written.

        Raises:
            WeightsError: another holds it and `wait` is false.
        """
        return locked(self.folder(model_id), wait=wait)

    def status(self, model_id: str) -> ModelStatus:
        """How the model stands. Hashes only what has changed since it was last found whole."""
        return self._status(self.manifest.model(model_id), full=False)

    def path(self, model_id: str) -> Path:
        """The folder that holds the model's files.

        Raises:
            WeightsError: the model is not ready; says what to do.
        """
        status = self.status(model_id)
        if status.state is not State.PRESENT:
            raise WeightsError(status.problem)
        return status.folder

    def ensure(self, model_id: str) -> Path:
        """The folder that holds the model's files, put together from packages if need be.

        Raises:
            WeightsError: the model cannot be had without the network, or is damaged (and moved
                aside), or its packages are missing; says what to do.
        """
        model = self.manifest.model(model_id)
        status = self.status(model_id)
        if status.state is State.PRESENT:
            return status.folder
        if model.source is Source.PACKAGE:
            with self.lock(model_id, wait=True):
                self._assemble(model)
            return self.path(model_id)
        if status.state is State.CORRUPT and model.source is Source.HUB:
            moved = self.set_aside(model_id)
            raise WeightsError(f"{status.problem}; the damaged files are kept as {moved}")
        raise WeightsError(status.problem)

    def verify(self, model_id: str) -> ModelStatus:
        """How the model stands, every byte read; takes in what was put there by hand.

        Raises:
            WeightsError: a zip that was put there by hand cannot be read or unpacked.
        """
        model = self.manifest.model(model_id)
        archive = model.archive
        inbox = self.inbox(model_id, archive) if archive else None
        if archive is not None and inbox is not None and inbox.is_file():
            with self.lock(model_id, wait=False):
                try:
                    seen = look(inbox)
                except OSError as error:
                    raise trouble(inbox, error) from error
                fault = seen.fault(archive)
                if fault:
                    aside = _aside(inbox)
                    fault = f"{fault}; it was moved to {aside}"
                    return self._report(model, Findings(faults={str(inbox): fault}))
                self.install(model_id, archive, inbox, seen)
        return self._status(model, full=True)

    def install(self, model_id: str, file: ModelFile, candidate: Path, seen: Seen) -> None:
        """Put a file that has been found right into its place; `candidate` is used up.

        To be called with the model's lock held.

        Raises:
            WeightsError: it cannot be put there.
        """
        folder = self.folder(model_id)
        try:
            if file.unpack:
                _unpack(candidate, folder, seen)
                return
            make_folder(folder)
            settle(candidate, folder / file.name)
            _record(folder, file, seen)
        except OSError as error:
            raise trouble(folder, error) from error

    def set_aside(self, model_id: str) -> str:
        """Keep a damaged hub model out of the way; the names it is kept under.

        Raises:
            WeightsError: it cannot be moved.
        """
        model = self.manifest.model(model_id)
        folder = self.folder(model_id)
        findings = examine(model, folder, read_stamp(folder), full=False)
        damaged = [folder] if model.archive else [folder / name for name in findings.faults]
        return ", ".join(str(_aside(path)) for path in damaged)

    def by_hand(self, model_id: str) -> str:
        """How to do without the network, in words."""
        model = self.manifest.model(model_id)
        places = " and ".join(str(self.inbox(model_id, file)) for file in model.files)
        return f"put {places} in place by hand and run: voicebot models verify {model_id}"

    def _assemble(self, model: Model) -> None:
        folder = self.folder(model.id)
        make_folder(folder)
        # Looked at anew under the lock: another start may have just done the work.
        findings = examine(model, folder, read_stamp(folder), full=False)
        for file in model.files:
            if file.name in findings.whole:
                continue
            log.info("%s: putting %s together", model.id, file.name)
            seen = assemble(model, file, folder)
            try:
                _record(folder, file, seen)
            except OSError as error:
                raise trouble(folder, error) from error

    def _status(self, model: Model, *, full: bool) -> ModelStatus:
        folder = self.folder(model.id)
        stamped = model.source is not Source.REPOSITORY
        stamp = read_stamp(folder) if stamped else Stamp({})
        findings = examine(model, folder, stamp, full=full)
        fresh = replace(stamp, files={**stamp.files, **findings.whole})
        if stamped and fresh != stamp:
            try:
                write_stamp(folder, fresh)
            except OSError as error:
                # The stamp only saves time: on a disk that cannot be written all is hashed again.
                log.debug("%s: no stamp: %s", model.id, error)
        return self._report(model, findings)

    def _report(self, model: Model, findings: Findings) -> ModelStatus:
        folder = self.folder(model.id)
        state = findings.state
        if state is State.PRESENT:
            return ModelStatus(model, state, folder, "")
        if model.source is Source.PACKAGE:
            absent = missing_package(model)
            if absent is not None:
                return ModelStatus(model, state, folder, str(absent))
            state = State.PACKED if state is State.MISSING else state
        why = findings.words
        if state is State.PACKED:
            why = "in the installed packages, to be put together on first use"
        elif state is State.MISSING and len(findings.missing) == len(model.files):
            why = "not on this machine yet"
        problem = f"{model.id}: {why}; {self._remedy(model)}"
        return ModelStatus(model, state, folder, problem)

    def _remedy(self, model: Model) -> str:
        if model.source is Source.REPOSITORY:
            return f"restore {self.folder(model.id)} as it is in the repository"
        fetch = f"run: voicebot models fetch {model.id}"
        return fetch if model.source is Source.PACKAGE else f"{fetch}; or {self.by_hand(model.id)}"


def list_models(store: WeightStore) -> list[ModelStatus]:
    """Every model of the manifest and how it stands, in the manifest's order."""
    return [store.status(model.id) for model in store.manifest.models]


def verify(store: WeightStore, ids: Sequence[str] = ()) -> list[ModelStatus]:
    """Read every byte of these models, or of all; says of each how it stands.

    Raises:
        WeightsError: an id is not in the manifest, or a zip put there by hand cannot be unpacked.
    """
    return [store.verify(model_id) for model_id in ids or [m.id for m in store.manifest.models]]


def _aside(path: Path) -> Path:
    """Move what is damaged out of the way, for whoever wants to know why; where it is then."""
    aside = path.with_name(f"{path.name}.corrupt")
    try:
        if aside.is_dir():
            shutil.rmtree(aside)
        path.replace(aside)
    except OSError as error:
        raise trouble(path, error) from error
    log.warning("%s: damaged; moved to %s", path.name, aside)
    return aside


def _record(folder: Path, file: ModelFile, seen: Seen) -> None:
    files = {**read_stamp(folder).files, file.name: mark(folder / file.name, seen)}
    write_stamp(folder, Stamp(files))


def _unpack(archive: Path, folder: Path, seen: Seen) -> None:
    """Unpack beside the folder, then change them over: at no time is half a model in place."""
    # No id holds a tilde: another model's folder can't be taken for a leftover of this one.
    prefix = f".{folder.name}~"
    for leftover in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover)
    fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        files = unpack(archive, fresh)
        write_stamp(fresh, Stamp(files, seen))
        fresh.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    archive.unlink()
