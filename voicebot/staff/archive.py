"""Every published version of the staff files, kept as plain files.

    published/
      000001/
        version.json     number, version, when, who, how
        intents/         the files as they were
      set-aside/…        what a roll-back replaced

A version is written beside its place and moved there whole, so that whoever reads meets no half of
one, and two programs that publish at once get two numbers.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from voicebot.content.files import fingerprint, staff_files, state_on_disk
from voicebot.errors import ContentError

logger = logging.getLogger(__name__)

_ABOUT = "version.json"
_DRAFT = ".draft-"
_ASIDE = "set-aside"


class Occasion(StrEnum):
    """How a version came to be published."""

    START = "start"
    SAVED = "saved"
    PAGE = "page"
    ROLLBACK = "rollback"


class Unsettled(ContentError):
    """The staff files are being written just now; nothing is wrong with them for that."""


@dataclass(frozen=True, slots=True)
class Published:
    """One version that callers heard."""

    number: int
    """From 1; the highest is the one in use."""
    version: str
    """`Content.version`: the same for the same files."""
    at: datetime
    """UTC."""
    author: str
    """Who saved, rolled back or signed in."""
    occasion: Occasion
    folder: Path
    """The files as they were."""
    of: int | None = None
    """With `ROLLBACK`, the number of the version that was taken up again."""


class Archive:
    """The published versions under one folder. Blocking; safe for several processes."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first version is kept."""
        self._folder = folder

    def versions(self) -> tuple[Published, ...]:
        """All of them, the newest first. One that is damaged is left out with a warning."""
        try:
            entries = [path for path in self._folder.iterdir() if path.name.isdigit()]
        except OSError:
            return ()
        found = [one for path in entries if (one := _read(path)) is not None]
        return tuple(sorted(found, key=lambda one: -one.number))

    def latest(self) -> Published | None:
        """The version in use; None before the first."""
        return next(iter(self.versions()), None)

    def version(self, number: int) -> Published:
        """The version of that number.

        Raises:
            ContentError: there is none.
        """
        for one in self.versions():
            if one.number == number:
                return one
        known = ", ".join(str(one.number) for one in self.versions()[:10]) or "none yet"
        raise ContentError(f"there is no published version {number}; there are: {known}")

    @contextmanager
    def draft(self, intents: Path) -> Iterator[Path]:
        """A copy of the staff files as they are now, removed in the end unless it is kept.

        The folder of the copy bears the name of the original.

        Raises:
            Unsettled: the files change while they are copied, or the folder is not there.
            ContentError: they cannot be copied.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        place = Path(tempfile.mkdtemp(dir=self._folder, prefix=_DRAFT))
        copy = place / (intents.resolve().name or "intents")
        try:
            before = state_on_disk(intents)
            if before is None:
                raise Unsettled(f"{intents}: there are no staff files here")
            _copy(intents, copy, self.latest())
            if state_on_disk(intents) != before:
                raise Unsettled(f"{intents}: the files are being written; try again")
            yield copy
        except FileNotFoundError as error:
            raise Unsettled(f"{intents}: the files are being written; try again") from error
        except OSError as error:
            reason = error.strerror or error
            raise ContentError(f"{intents}: the files cannot be copied: {reason}") from error
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def keep(
        self, draft: Path, author: str, occasion: Occasion, of: int | None = None
    ) -> Published:
        """Publish a draft: it becomes the newest version. Where it is that already, nothing is
        added.

        Raises:
            ContentError: it cannot be written.
        """
        version = fingerprint(draft)
        while True:
            latest = self.latest()
            if latest is not None and latest.version == version:
                return latest
            number = self._highest() + 1
            place = self._folder / f"{number:06}"
            kept = Published(
                number, version, datetime.now(UTC), author, occasion, place / draft.name, of
            )
            try:
                _write(draft.parent / _ABOUT, kept)
                os.rename(draft.parent, place)
            except FileExistsError:
                continue  # somebody else published at the same moment
            except OSError as error:
                if place.exists():
                    continue
                raise ContentError(f"{place}: cannot be written: {error.strerror}") from error
            return kept

    def restore(self, number: int, intents: Path) -> Path | None:
        """Put the files of a version back in their place; returns where those that were there
        lie now, None where they were the same.

        Raises:
            ContentError: there is no such version, or the files cannot be written.
        """
        wanted = self.version(number).folder
        try:
            if intents.is_dir() and fingerprint(intents) == fingerprint(wanted):
                return None
            aside = self._aside(intents)
            intents.mkdir(parents=True, exist_ok=True)
            for name in staff_files(wanted):
                _put(wanted / name, intents / name)
            for name in set(staff_files(intents)) - set(staff_files(wanted)):
                (intents / name).unlink()
        except OSError as error:
            raise ContentError(f"{intents}: cannot be written: {error.strerror}") from error
        return aside

    def _aside(self, intents: Path) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        aside = self._folder / _ASIDE / stamp / intents.name
        _copy(intents, aside, None)
        return aside

    def _highest(self) -> int:
        """The highest number that is taken, by a damaged version too."""
        names = [path.name for path in self._folder.iterdir() if path.name.isdigit()]
        return max(map(int, names), default=0)

    def _sweep(self) -> None:
        """Remove drafts of programs that were killed long ago."""
        for left in self._folder.glob(f"{_DRAFT}*"):
            try:
                age = datetime.now().timestamp() - left.stat().st_mtime
            except OSError:
                continue
            if age > 3600:
                shutil.rmtree(left, ignore_errors=True)


def _copy(source: Path, target: Path, before: Published | None) -> None:
    """All staff files; one that has not changed since `before` takes no room again."""
    target.mkdir(parents=True, exist_ok=True)
    for name in staff_files(source):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        data = (source / name).read_bytes()
        old = before.folder / name if before is not None else None
        if old is not None and old.is_file() and old.read_bytes() == data:
            try:
                os.link(old, target / name)
                continue
            except OSError:
                pass  # a file system without links
        (target / name).write_bytes(data)


def _put(source: Path, target: Path) -> None:
    """A file in its place, whole at every moment."""
    data = source.read_bytes()
    if target.is_file() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(file: Path, kept: Published) -> None:
    fields = {
        "number": kept.number,
        "version": kept.version,
        "at": kept.at.isoformat(),
        "author": kept.author,
        "occasion": kept.occasion.value,
        "of": kept.of,
        "folder": kept.folder.name,
    }
    file.write_text(json.dumps(fields, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _read(place: Path) -> Published | None:
    try:
        fields = json.loads((place / _ABOUT).read_text("utf-8"))
        return Published(
            number=int(fields["number"]),
            version=str(fields["version"]),
            at=datetime.fromisoformat(fields["at"]),
            author=str(fields["author"]),
            occasion=Occasion(fields["occasion"]),
            folder=place / str(fields["folder"]),
            of=fields["of"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("the published version in %s is damaged: %s", place, error)
        return None
