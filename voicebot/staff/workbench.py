"""What the staff page does with the files: read them, try a draft out, publish it.

A draft is a list of changes over one state of the files. It is tried in a copy; the files
themselves are written only when the whole check has passed.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from voicebot.content.files import fingerprint
from voicebot.content.load import load_content
from voicebot.dialogue import Dialogue
from voicebot.errors import ContentError
from voicebot.model import Content, Language, told
from voicebot.staff.archive import Occasion
from voicebot.staff.check import CheckReport
from voicebot.staff.diff import diff
from voicebot.staff.edit import Change, edit, read
from voicebot.staff.preview import Asked, Preview, preview
from voicebot.staff.publish import Desk, Publisher, State
from voicebot.staff.words import StaffWords

OFFICES = "offices.yaml"


class Clash(ContentError):
    """The files have changed since the draft was begun."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The files as they are."""

    version: str
    """`fingerprint` of them: a draft says which state it is of."""
    files: Mapping[str, Any]
    """By name, such as `offices.yaml` and `it.yaml`, as plain values."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes that staff are making."""

    base: str
    """The version of the sheet that they began with."""
    changes: Mapping[str, Sequence[Change]]
    """By file."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would give."""

    report: CheckReport
    affects: tuple[str, ...]
    """Who is affected, in words; empty where it cannot be told, because of errors."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the workbench needs of the house."""

    languages: tuple[Language, ...]
    dialogue: Callable[[Content], Dialogue]
    """A conversation over a draft's content; takes a second, without the event loop."""
    now: Callable[[], datetime]
    """In the town's time zone."""


class Workbench:
    """One for the house: drafts belong to the pages that make them."""

    def __init__(self, desk: Desk, publisher: Publisher, bench: Bench) -> None:
        self.publisher = publisher
        self._desk = desk
        self._bench = bench

    async def sheet(self) -> Sheet:
        """The files as they are.

        Raises:
            ContentError: they cannot be read, or are no YAML.
        """
        with ExitStack() as stack:
            folder = await asyncio.to_thread(self._copy, stack)
            return await asyncio.to_thread(self._read, folder)

    async def try_out(self, draft: Draft, words: StaffWords) -> Trial:
        """What the draft would give; nothing is written.

        Raises:
            Clash: the files have changed since.
            ContentError: a change cannot be made.
        """
        with ExitStack() as stack:
            folder = await self._drafted(draft, stack)
            report = await self._desk.examine(folder)
            affects = await asyncio.to_thread(self._affects, report, words)
            return Trial(report, affects)

    async def preview(self, draft: Draft, asked: Asked) -> list[Preview]:
        """What callers would hear by the draft.

        Raises:
            ContentError: the draft cannot be used yet, or there is no such office.
        """
        with ExitStack() as stack:
            folder = await self._drafted(draft, stack)
            return await asyncio.to_thread(self._preview, folder, asked)

    async def publish(self, draft: Draft, author: str, words: StaffWords) -> Trial:
        """Write the files and publish them, if the check passes; else nothing is written.

        Raises:
            Clash: the files have changed since.
            ContentError: a change cannot be made, or the files cannot be written.
        """
        with ExitStack() as stack:
            folder = await self._drafted(draft, stack)
            report = await self._desk.examine(folder)
            trial = Trial(report, await asyncio.to_thread(self._affects, report, words))
            if not report.ok or report.content is None:
                return trial
            new = {name: (folder / name).read_text("utf-8") for name in draft.changes}

            def write() -> None:
                self._check_base(self._desk.intents, draft)
                for name, text in new.items():
                    _replace(self._desk.intents / name, text)

            status = await self.publisher.publish(author, Occasion.PAGE, write=write)
        if status.state is not State.LIVE:
            raise ContentError(told("the files were changed by somebody else while this was saved"))
        return trial

    # blocking, in a thread

    def _copy(self, stack: ExitStack) -> Path:
        return stack.enter_context(self._desk.archive.draft(self._desk.intents))

    async def _drafted(self, draft: Draft, stack: ExitStack) -> Path:
        folder = await asyncio.to_thread(self._copy, stack)
        await asyncio.to_thread(self._apply, folder, draft)
        return folder

    def _apply(self, folder: Path, draft: Draft) -> None:
        self._check_base(folder, draft)
        for name, changes in draft.changes.items():
            if name not in self._names():
                raise ContentError(told("{name} is none of the files changed here", name=name))
            file = folder / name
            # in place of the file, which may be one with that of a version in the archive
            _replace(file, edit(file.read_text("utf-8"), changes))

    def _check_base(self, folder: Path, draft: Draft) -> None:
        if fingerprint(folder) != draft.base:
            raise Clash(
                told("the files have been changed since this page was loaded: load it again")
            )

    def _names(self) -> list[str]:
        return [OFFICES, *(f"{code}.yaml" for code in self._bench.languages)]

    def _read(self, folder: Path) -> Sheet:
        files = {
            name: read((folder / name).read_text("utf-8"))
            for name in self._names()
            if (folder / name).is_file()
        }
        return Sheet(fingerprint(folder), files)

    def _affects(self, report: CheckReport, words: StaffWords) -> tuple[str, ...]:
        live = self.publisher.status.live
        if report.content is None or live is None:
            return ()
        before = load_content(live.folder, self._bench.languages)
        return tuple(diff(before, report.content, self._bench.now().date(), words))

    def _preview(self, folder: Path, asked: Asked) -> list[Preview]:
        content = load_content(folder, self._bench.languages)
        return list(preview(self._bench.dialogue(content), asked))


def _replace(file: Path, text: str) -> None:
    """Write it beside and move it there whole, with the rights of the one before."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as new:
            new.write(text)
        os.chmod(name, file.stat().st_mode & 0o777)
        os.replace(name, file)
    except OSError as error:
        raise ContentError(
            told("{file} cannot be written: {reason}", file=file.name, reason=error.strerror or "")
        ) from error
