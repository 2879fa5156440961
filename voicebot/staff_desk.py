"""What the commands of staff do; `staff_cli` reads their arguments and prints."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from voicebot import build
from voicebot.adapters.clock import TownClock
from voicebot.answering.wording import load_catalogues
from voicebot.content.load import load_content
from voicebot.errors import ContentError, SettingsError
from voicebot.model import Action, Content, Language, Request
from voicebot.settings import Settings
from voicebot.staff.archive import Archive, Published
from voicebot.staff.check import CheckReport, report_lines
from voicebot.staff.publish import Desk, Publisher, State, Status
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.texts import load_page_texts


def check_files(settings: Settings) -> tuple[bool, list[str]]:
    """Whether the staff files are good, and all that is to be said about them."""
    report = build.examiner(settings).examine(settings.paths.intents)
    lines = report_lines(report)
    loads = (load_catalogues, load_page_texts, _load_staff_texts)
    faults = [_fault(load, settings) for load in loads]
    texts = [fault for fault in faults if fault is not None]
    return report.ok and not texts, [*texts, *lines]


def _load_staff_texts(locales: Path, _: Sequence[Language]) -> object:
    return load_page_texts(locales, STAFF_LANGUAGES, "staff")


def _fault(load: Callable[[Path, Sequence[Language]], object], settings: Settings) -> str | None:
    """What is wrong with the texts that the bot says or the pages show; None when they are good."""
    try:
        load(settings.paths.locales, settings.languages)
    except ContentError as error:
        return str(error)
    return None


def hours(
    settings: Settings, office_id: str, language: Language, at: datetime | None
) -> Iterable[str]:
    """What a caller would be told, sentence by sentence."""
    spoken_here(settings, language)
    content = load_content(settings.paths.intents, settings.languages)
    known = [office.id for office in content.offices]
    if office_id not in known:
        raise ContentError(f"{office_id!r} is no office; write one of {', '.join(known)}")
    now = TownClock(settings.time_zone).now()
    if at is not None:
        now = at.astimezone(now.tzinfo) if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    dialogue = build.dialogue(settings, content)
    facts = dialogue.replies.facts(Request(Action.HOURS, office_id), language, now)
    return [sentence.shown for sentence in facts]


def spoken_here(settings: Settings, language: Language) -> None:
    if language not in settings.languages:
        known = ", ".join(settings.languages)
        raise SettingsError(f"languages: {language} is not among those configured ({known})")


def history(settings: Settings) -> list[dict[str, Any]]:
    """Every published version, the newest first, and how the files stand to it."""
    clock = TownClock(settings.time_zone).now()
    return [
        {
            "number": one.number,
            "at": one.at.astimezone(clock.tzinfo).isoformat(timespec="seconds"),
            "author": one.author,
            "occasion": one.occasion.value if one.of is None else f"{one.occasion} to {one.of}",
            "version": one.version,
        }
        for one in _archive(settings).versions()
    ]


def rollback(settings: Settings, number: int | None) -> tuple[Status, Path | None]:
    """Take up a published version again; a switchboard that runs follows by itself.

    Raises:
        ContentError: there is no such version, or it cannot be put back.
    """
    archive = _archive(settings)
    examiner = build.examiner(settings)

    async def examine(folder: Path) -> CheckReport:
        return examiner.examine(folder)

    async def nobody_listens(content: Content, kept: Published) -> None:
        """The running switchboard sees the files change."""

    desk = Desk(settings.paths.intents, archive, examine)
    publisher = Publisher(desk, nobody_listens, Status(State.LIVE, archive.latest()))
    return asyncio.run(publisher.rollback(number, whoami()))


def whoami() -> str:
    """Who gave the command, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _archive(settings: Settings) -> Archive:
    return Archive(settings.paths.data / "published")
