"""A staff page's workshop over a copy of the town's own files."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from voicebot import build
from voicebot.model import LANGUAGES, RATE, Audio, Content, Sentence
from voicebot.settings import HOME, Settings
from voicebot.staff.archive import Archive, Published
from voicebot.staff.check import CheckReport
from voicebot.staff.emergency import EmergencyBoard
from voicebot.staff.opening import start
from voicebot.staff.publish import Desk, Publisher
from voicebot.staff.words import load_words
from voicebot.staff.workbench import Bench, Workbench
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.workshop import Workshop

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Rome"))
"""A Monday."""


def workshop(folder: Path, went_live: list[Content]) -> Workshop:
    """Files under `folder`; what is published is put into the list."""
    intents = folder / "intents"
    shutil.copytree(HOME / "intents", intents)
    settings = Settings()
    examiner = build.examiner(settings)
    archive = Archive(folder / "published")
    begun = start(intents, LANGUAGES, archive, examiner.examine)

    async def examine(draft: Path) -> CheckReport:
        return await asyncio.to_thread(examiner.examine, draft)

    async def go_live(content: Content, kept: Published) -> None:
        went_live.append(content)

    async def speak(sentences: Sequence[Sentence]) -> Audio:
        return Audio(np.zeros(RATE * len(sentences) // 2, np.int16))

    desk = Desk(intents, archive, examine)
    tools = Bench(LANGUAGES, partial(build.dialogue, settings), lambda: NOW)
    return Workshop(
        Workbench(desk, Publisher(desk, go_live, begun.status), tools),
        EmergencyBoard(folder / "emergency"),
        {code: load_words(HOME / "locales", code) for code in STAFF_LANGUAGES},
        LANGUAGES,
        speak,
        lambda: NOW,
    )
