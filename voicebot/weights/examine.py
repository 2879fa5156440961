"""Whether the files of a model are whole. Reads, never writes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from voicebot.weights.digests import Mark, Seen, Stamp, look, mark
from voicebot.weights.manifest import Model, ModelFile


class State(StrEnum):
    """How a model stands."""

    PRESENT = "present"
    """Whole and ready."""
    PACKED = "packed"
    """In installed packages; put together on first use."""
    MISSING = "missing"
    CORRUPT = "corrupt"
    """There, but not what the manifest says."""


@dataclass(slots=True)
class Findings:
    """What was found in a model's folder."""

    whole: dict[str, Mark] = field(default_factory=dict)
    """The files that are right, by path in the folder."""
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong with the others, in words."""
    missing: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Worst first."""
        if self.faults:
            return State.CORRUPT
        return State.MISSING if self.missing else State.PRESENT

    @property
    def words(self) -> str:
        """All that is wrong."""
        faults = [f"{name}: {fault}" for name, fault in self.faults.items()]
        return "; ".join([*faults, *(f"{name} is missing" for name in self.missing)])


def examine(model: Model, folder: Path, stamp: Stamp, *, full: bool) -> Findings:
    """Compare the folder with the manifest and the stamp; `full` trusts no stamp's times."""
    findings = Findings()
    if model.archive:
        _examine_unpacked(findings, model.archive, folder, stamp, full)
        return findings
    for file in model.files:
        path = folder / file.name
        if not path.is_file():
            findings.missing.append(file.name)
            continue
        found = _examine_file(path, file, stamp.files.get(file.name), full)
        if isinstance(found, Mark):
            findings.whole[file.name] = found
        else:
            findings.faults[file.name] = found
    return findings


def content_fault(path: Path, file: ModelFile, seen: Seen, known: Mark | None) -> str | None:
    """What is wrong with a file just read, by the manifest and by what was recorded of it."""
    fault = seen.fault(file)
    if fault is None and not file.pinned:
        fault = _json_fault(path)
    # A mark made under an older manifest says nothing about this one's file.
    recorded = known is not None and known.seen.fault(file) is None
    if fault is None and recorded and known is not None and seen.sha256 != known.sha256:
        fault = "it has changed since it was first fetched"
    return fault


def _json_fault(path: Path) -> str | None:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return f"it is not JSON ({error})"
    return None


def _examine_file(path: Path, file: ModelFile, known: Mark | None, full: bool) -> Mark | str:
    """The file's mark when it is right, else what is wrong with it."""
    if known and not full and known.still(path) and known.seen.fault(file) is None:
        return known
    try:
        seen = look(path)
        return content_fault(path, file, seen, known) or mark(path, seen)
    except OSError as error:
        return _unreadable(error)


def _examine_unpacked(
    findings: Findings, archive: ModelFile, folder: Path, stamp: Stamp, full: bool
) -> None:
    if not folder.is_dir():
        findings.missing.append(archive.name)
        return
    if stamp.archive is None or stamp.archive.fault(archive) or not stamp.files:
        findings.faults[archive.name] = "what is in its folder did not come from this zip"
        return
    for name, known in stamp.files.items():
        path = folder / name
        if not full and known.still(path):
            findings.whole[name] = known
            continue
        try:
            seen = look(path)
            if seen == known.seen:
                findings.whole[name] = mark(path, seen)
            else:
                findings.faults[name] = "it has changed since it was unpacked"
        except FileNotFoundError:
            findings.faults[name] = "it is gone"
        except OSError as error:
            findings.faults[name] = _unreadable(error)


def _unreadable(error: OSError) -> str:
    return f"it cannot be read ({error.strerror or error})"
