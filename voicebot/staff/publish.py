"""Saving publishes: the staff files as saved become what callers hear, if the check passes.

`Publisher` is what the running switchboard, the commands and the staff page share. Whatever is
wrong with a save, the content in use stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from voicebot.content.files import fingerprint, staff_files
from voicebot.content.problems import Problem
from voicebot.errors import ContentError
from voicebot.model import Content
from voicebot.staff.archive import Archive, Occasion, Published
from voicebot.staff.check import CheckReport

logger = logging.getLogger(__name__)

Examine: TypeAlias = Callable[[Path], Awaitable[CheckReport]]
"""The whole check of a folder of staff files."""

GoLive: TypeAlias = Callable[[Content, Published], Awaitable[None]]
"""From now on new calls go by this content. What it raises leaves the old one in use."""

MAX_LOGGED = 20
"""Problems of one bad save that are logged; `voicebot check` shows all."""


class State(StrEnum):
    """How the staff files stand to what callers hear."""

    LIVE = "live"
    """Callers hear the files as saved."""
    REFUSED = "refused"
    """The files as saved have errors; callers hear the version before."""


@dataclass(frozen=True, slots=True)
class Status:
    """What was published last, and what became of the last save."""

    state: State
    live: Published | None
    """None while the content in use was never kept, because nothing could be written."""
    problems: tuple[Problem, ...] = ()
    """Of the last save: its warnings, and its errors where it was refused."""
    saved: str = ""
    """`Content.version` of the files examined last."""
    at: datetime | None = None
    """When they were examined, UTC."""
    published: int = 0
    """Versions that went live since the start."""
    refused: int = 0
    """Saves that were refused since the start."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where staff work: their files, what was published, and the check."""

    intents: Path
    archive: Archive
    examine: Examine


class Publisher:
    """Publishes, rolls back, and tells how things stand."""

    def __init__(self, desk: Desk, go_live: GoLive, status: Status) -> None:
        """`status` tells what is live already."""
        self._desk = desk
        self._go_live = go_live
        self._status = status
        self._lock = asyncio.Lock()

    @property
    def status(self) -> Status:
        """How things stand now."""
        return self._status

    async def history(self) -> tuple[Published, ...]:
        """Every published version, the newest first."""
        return await asyncio.to_thread(self._desk.archive.versions)

    async def check(self) -> CheckReport:
        """What the files as they are would give; nothing is published.

        Raises:
            ContentError: they are being written just now, or cannot be read.
        """
        with ExitStack() as stack:
            draft = await asyncio.to_thread(self._draft, stack)
            return await self._desk.examine(draft)

    async def publish(
        self,
        author: str | None = None,
        occasion: Occasion = Occasion.SAVED,
        of: int | None = None,
        write: Callable[[], None] | None = None,
    ) -> Status:
        """Publish the files as they are, if they are good; tells what came of it.

        Files that were examined before are not examined again. `author` is by default the owner
        of the file that changed last. `write` changes the files first, in a thread, while nobody
        else publishes.

        Raises:
            Unsettled: they are being written just now.
            ContentError: they cannot be read, or the version cannot be kept.
        """
        async with self._lock:
            if write is not None:
                await asyncio.to_thread(write)
            with ExitStack() as stack:
                draft = await asyncio.to_thread(self._draft, stack)
                saved = await asyncio.to_thread(fingerprint, draft)
                if saved == self._status.saved:
                    return self._status
                report = await self._desk.examine(draft)
                now = datetime.now(UTC)
                if report.content is None or not report.ok:
                    self._refuse(report, saved, now)
                else:
                    who = author or owner(self._desk.intents)
                    keep = self._desk.archive.keep
                    kept = await asyncio.to_thread(keep, draft, who, occasion, of)
                    if kept != self._status.live:
                        await self._go_live(report.content, kept)
                    self._accept(report, kept, now)
        return self._status

    async def rollback(self, number: int | None, author: str) -> tuple[Status, Path | None]:
        """Take up a version again, by default the one before the newest; and where the files
        lie that it replaced.

        Raises:
            ContentError: there is no such version, or it cannot be put back.
        """
        archive = self._desk.archive
        wanted = await asyncio.to_thread(before_last, archive, number)
        aside = await asyncio.to_thread(archive.restore, wanted, self._desk.intents)
        status = await self.publish(author, Occasion.ROLLBACK, wanted)
        return status, aside

    def _draft(self, stack: ExitStack) -> Path:
        return stack.enter_context(self._desk.archive.draft(self._desk.intents))

    def _refuse(self, report: CheckReport, saved: str, now: datetime) -> None:
        self._status = replace(
            self._status,
            state=State.REFUSED,
            problems=report.problems,
            saved=saved,
            at=now,
            refused=self._status.refused + 1,
        )
        log_refusal(report)

    def _accept(self, report: CheckReport, kept: Published, now: datetime) -> None:
        before = self._status
        is_new = kept != before.live
        self._status = replace(
            before,
            state=State.LIVE,
            live=kept,
            problems=report.problems,
            saved=kept.version,
            at=now,
            published=before.published + is_new,
        )
        if is_new:
            logger.info("published version %d (%s) of %s", kept.number, kept.version, kept.author)
        else:
            logger.info("the staff files are again as in version %d", kept.number)


def log_refusal(report: CheckReport) -> None:
    """The errors of a bad save, for whoever reads the log."""
    errors = [problem for problem in report.problems if problem.is_error]
    logger.error(
        "the staff files as saved have %d errors and are not used; callers hear the last good "
        "version",
        len(errors),
    )
    for problem in errors[:MAX_LOGGED]:
        logger.error("%s", problem)


def before_last(archive: Archive, number: int | None) -> int:
    """The number of the version to take up again.

    Without a number: the last one that differs from what is in use.

    Raises:
        ContentError: there is no such version.
    """
    if number is not None:
        return archive.version(number).number
    versions = archive.versions()
    for one in versions[1:]:
        if one.version != versions[0].version:
            return one.number
    raise ContentError("there is no version before the one in use")


def owner(intents: Path) -> str:
    """Whose the file is that was changed last; empty where that is not to be known."""
    try:
        files = [intents / name for name in staff_files(intents)]
        return max(files, key=lambda path: path.stat().st_mtime_ns).owner()
    except (OSError, KeyError, ValueError, NotImplementedError):
        return ""
