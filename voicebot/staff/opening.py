"""What the switchboard starts with: the files as they are, or the last version that was good."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from voicebot.content.files import fingerprint
from voicebot.content.load import load_content, read_content
from voicebot.content.problems import StaffFilesError
from voicebot.errors import ContentError
from voicebot.model import Content, Language
from voicebot.staff.archive import Archive, Occasion, Published
from voicebot.staff.check import CheckReport
from voicebot.staff.publish import State, Status, log_refusal, owner

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Start:
    """What is in use from the start."""

    content: Content
    status: Status
    folder: Path
    """Where the files lie that it was read from."""


def start(
    intents: Path,
    languages: Sequence[Language],
    archive: Archive,
    examine: Callable[[Path], CheckReport],
) -> Start:
    """Read and check the files; blocking.

    Files that were published before are not checked again. Where nothing was ever published,
    files whose test sentences fail are used all the same: an answer is better than none.

    Raises:
        StaffFilesError: the files have errors, and there is no version before them.
    """
    latest = archive.latest()
    if latest is not None and _same(intents, latest):
        reading = read_content(intents, languages)
        if reading.content is not None:
            status = Status(State.LIVE, latest, reading.problems, latest.version)
            return Start(reading.content, status, latest.folder)
    report = examine(intents)
    now = datetime.now(UTC)
    if report.content is not None and report.ok:
        kept = _keep(intents, archive)
        status = Status(State.LIVE, kept, report.problems, report.content.version, now)
        return Start(report.content, status, kept.folder if kept else intents)
    old = _last_good(archive, languages)
    if old is not None:
        content, kept = old
        log_refusal(report)
        logger.error("started with version %d of %s", kept.number, kept.at.date())
        status = Status(State.REFUSED, kept, report.problems, _version(intents), now, refused=1)
        return Start(content, status, kept.folder)
    if report.content is None:
        raise StaffFilesError(report.problems)
    log_refusal(report)
    logger.error("no version was ever published: the files are used as they are")
    status = Status(State.REFUSED, None, report.problems, report.content.version, now, refused=1)
    return Start(report.content, status, intents)


def _same(intents: Path, latest: Published) -> bool:
    return bool(_version(intents) == latest.version)


def _version(intents: Path) -> str:
    try:
        return fingerprint(intents)
    except OSError:
        return ""


def _keep(intents: Path, archive: Archive) -> Published | None:
    """The files as the newest version; None where they cannot be written, which stops nothing."""
    try:
        with archive.draft(intents) as draft:
            return archive.keep(draft, owner(intents), Occasion.START)
    except (ContentError, OSError) as error:
        logger.error("what is published cannot be kept, and cannot be rolled back: %s", error)
        return None


def _last_good(archive: Archive, languages: Sequence[Language]) -> tuple[Content, Published] | None:
    """The newest version that can still be read."""
    for one in archive.versions():
        try:
            return load_content(one.folder, languages), one
        except ContentError as error:
            logger.error("version %d cannot be used any more: %s", one.number, error)
    return None
