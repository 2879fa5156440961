"""What all calls go by, and its change while they go on: published content, and its sound.

A call keeps the dialogue it began with; the next one gets the new.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from voicebot import build
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.child import Child
from voicebot.adapters.child_side import ChildSettings
from voicebot.adapters.clock import TownClock
from voicebot.adapters.folder_watch import saves
from voicebot.adapters.speech_process import Recogniser
from voicebot.answering.prerender import first_prompts, fixed_prompts
from voicebot.content.files import state_on_disk
from voicebot.dialogue import Dialogue
from voicebot.dialogue.ahead import turning_points, upcoming
from voicebot.errors import ContentError, VoicebotError
from voicebot.model import Content, Sentence
from voicebot.settings import Settings
from voicebot.speaking.prompts import Prompts
from voicebot.staff.archive import Archive, Published
from voicebot.staff.check import CheckReport, Examiner
from voicebot.staff.emergency import EmergencyBoard
from voicebot.staff.opening import start
from voicebot.staff.publish import Desk, Publisher, State
from voicebot.staff.workbench import Bench, Workbench

logger = logging.getLogger(__name__)

Bar: TypeAlias = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
"""Shows progress: from a title to what takes (done, of how many)."""

ALARM_SECONDS = 0.5
POLL_SECONDS = 5.0
SETTLE_SECONDS = 0.4
"""How long the staff files must lie still after a save before they are read."""
RETRY_SECONDS = (1, 2, 5, 15, 60, 300)
"""Before files that could not be read or checked are tried again."""
CHECK_SECONDS = 120.0
"""What a check may take before its process counts as hung."""
_DAY = 86_400


class Live:
    """The dialogue in use, the publisher that changes it, and the sound of both."""

    def __init__(self, settings: Settings, prompts: Prompts) -> None:
        """Read the staff files, or the last good version where they have errors.

        Raises:
            VoicebotError: there is none, or the texts are wrong.
        """
        self._settings = settings
        self._prompts = prompts
        self._clock = TownClock(settings.time_zone)
        archive = Archive(settings.paths.data / "published")
        begun = start(
            settings.paths.intents,
            settings.languages,
            archive,
            build.examiner(settings).examine,
        )
        self._published = build.dialogue(settings, begun.content)
        self.dialogue: Dialogue = self._published
        self._sounds = build.sounds(settings, begun.content, begun.folder)
        self.board = EmergencyBoard(settings.paths.data / "emergency")
        self._alarms: object = None
        self._checker: Child[Examiner] = Child(
            partial(build.examiner, settings),
            ChildSettings(
                "check", idle_seconds=60, niceness=10, error=ContentError, busy=ContentError
            ),
        )
        self._checker_started = False
        desk = Desk(settings.paths.intents, archive, self._examine)
        self.publisher = Publisher(desk, self._go_live, begun.status)
        tools = Bench(settings.languages, partial(build.dialogue, settings), self._clock.now)
        self.workbench = Workbench(desk, self.publisher, tools)
        self.ear: Child[Recogniser] = Child(
            partial(build.ear, settings, build.expected(begun.content)),
            ChildSettings("ear", max_waiting=settings.speech.max_waiting, max_background=4),
        )
        self._changed = asyncio.Event()
        self.on_published: list[Callable[[Content], None]] = []
        """Told of each content that goes live; must not wait, nor fail."""
        self._alarm(self.board.stamp())

    def current(self) -> Dialogue:
        """What a call that begins now goes by. Looks at one small file: microseconds."""
        stamp = self.board.stamp()
        if stamp != self._alarms:
            self._alarm(stamp)
        return self.dialogue

    async def prepare_first(self, progress: Bar) -> None:
        """Have ready what a caller hears first."""
        known = self.dialogue
        first = first_prompts(known.wording, known.content, known.languages)
        with progress("rendering the greeting") as report:
            await self._prompts.prepare(first, report)

    async def run(self, progress: Bar) -> None:
        """Watch the staff files and render ahead, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            tasks.create_task(self._watch_alarms())
            if self._settings.speech.render_ahead:
                tasks.create_task(self._render(progress))

    async def close(self) -> None:
        """End the processes."""
        await self._checker.stop()
        await self.ear.stop()

    def metrics(self) -> tuple[str, ...]:
        """How the staff files stand, as lines for Prometheus."""
        status = self.publisher.status
        kept = status.live
        return (
            "# TYPE voicebot_content_published_total counter",
            f"voicebot_content_published_total {status.published}",
            "# TYPE voicebot_content_refused_total counter",
            f"voicebot_content_refused_total {status.refused}",
            "# TYPE voicebot_content_refused gauge",
            f"voicebot_content_refused {int(status.state is State.REFUSED)}",
            "# TYPE voicebot_content_version gauge",
            f"voicebot_content_version {kept.number if kept else 0}",
        )

    # --- publishing --------------------------------------------------------------------

    async def _examine(self, folder: Path) -> CheckReport:
        """The check, in a process of its own: it computes for seconds."""
        if not self._checker_started:
            self._checker_started = True
            await self._checker.start()
        report: CheckReport = await self._checker.call("examine", folder, patience=CHECK_SECONDS)
        return report

    async def _go_live(self, content: Content, kept: Published) -> None:
        dialogue = await asyncio.to_thread(build.dialogue, self._settings, content)
        sounds = await asyncio.to_thread(build.sounds, self._settings, content, kept.folder)
        # Rendered in the background lane, which gives way to the callers that are there.
        first = first_prompts(dialogue.wording, content, dialogue.languages)
        await self._prompts.prepare(first, _silent)
        self._published, self._sounds = dialogue, sounds
        self._alarm(self.board.stamp())
        for tell in self.on_published:
            tell(content)
        await self._tell_ear(content)

    def _alarm(self, stamp: object) -> None:
        """Put the emergency closings that are switched on over the published content."""
        self._alarms = stamp
        alarms = self.board.read()
        emergencies = tuple(alarm.emergency for alarm in alarms)
        content = replace(self._published.content, emergencies=emergencies)
        self.dialogue = replace(self._published, content=content)
        recorded = {}
        for alarm in alarms:
            for language, name in alarm.recordings.items():
                if language in self.dialogue.languages:
                    first, *_ = self.dialogue.wording.emergency(language, alarm.emergency)
                    try:
                        recorded[language, first.name] = read_audio(self.board.folder / name)
                    except VoicebotError as error:
                        logger.error("the voice speaks in place of a recording: %s", error)
        recordings = {**self._sounds.recordings, **recorded}
        self._prompts.use(replace(self._sounds, recordings=recordings))
        self._changed.set()

    async def _watch_alarms(self) -> None:
        """Have what an emergency makes callers hear rendered as soon as it is switched on."""
        while True:
            before = self.dialogue
            known = self.current()
            if known is not before:
                for emergency in known.content.emergencies:
                    logger.warning("an emergency closing is on: %s", emergency.office or "all")
                words = [
                    sentence
                    for emergency in known.content.emergencies
                    for language in known.languages
                    for sentence in known.wording.emergency(language, emergency)
                ]
                await self._prompts.prepare(words, _silent)
            await asyncio.sleep(ALARM_SECONDS)

    async def _tell_ear(self, content: Content) -> None:
        """The names and phrases that callers are likely to say now, without losing a call."""
        expected = build.expected(content)
        self.ear.factory = partial(build.ear, self._settings, expected)
        try:
            await self.ear.call("expect", expected, patience=CHECK_SECONDS, background=True)
        except VoicebotError as error:
            logger.warning("the recogniser goes on with the old names for now: %s", error)

    async def _watch(self) -> None:
        intents = self._settings.paths.intents
        look = partial(state_on_disk, intents)
        async for _ in saves(intents, look, poll=POLL_SECONDS, settle=SETTLE_SECONDS):
            for seconds in RETRY_SECONDS:
                if await self._try_to_publish():
                    break
                await asyncio.sleep(seconds)

    async def _try_to_publish(self) -> bool:
        """Whether the files were published or refused; else it is worth another try."""
        try:
            await self.publisher.publish()
        except VoicebotError as error:
            logger.error("nothing is published: %s", error)
            return False
        except Exception:
            logger.exception("publishing has failed; callers hear what they heard before")
        return True

    # --- rendering ahead ---------------------------------------------------------------

    async def _render(self, progress: Bar) -> None:
        """All that can be foreseen, at the start and on publishing; then what each opening,
        closing and midnight changes, before it comes."""
        done: Dialogue | None = None
        while True:
            self._changed.clear()
            known, now = self.dialogue, self._clock.now()
            try:
                sentences = await asyncio.to_thread(upcoming, known, now)
                if known is not done:
                    prompts = await asyncio.to_thread(_fixed, known)
                    with progress("rendering what callers will hear") as report:
                        await self._prepare((*sentences, *prompts), known, report)
                    done = known
                else:
                    await self._prepare(sentences, known, _silent)
                await self._prune()
            except Exception:
                logger.exception(
                    "rendering ahead has stopped; callers wait a little for new sentences"
                )
            await self._rest(known)

    async def _prepare(
        self, sentences: Sequence[Sentence], known: Dialogue, report: Callable[[int, int], None]
    ) -> None:
        """Render them, unless other content is published meanwhile."""
        await self._prompts.prepare(sentences, report, lambda: self.dialogue is known)

    async def _rest(self, known: Dialogue) -> None:
        """Until other content is published, or the next opening, closing or midnight is past."""
        now = self._clock.now()
        moment = turning_points(known, now, timedelta(days=1))[0]
        # The wall clock may be put back or forward meanwhile: look again after an hour.
        seconds = min((moment - now).total_seconds() + 1, 3600)
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    async def _prune(self) -> None:
        """Remove from the disk what has not been said or foreseen for long."""
        before = time.time() - self._settings.speech.keep_prompts * _DAY
        removed = await asyncio.to_thread(self._prompts.prune, before)
        if removed:
            logger.info("%d prompts were not used for long, and are removed", removed)


def _fixed(known: Dialogue) -> tuple[Sentence, ...]:
    return fixed_prompts(known.wording, known.content, known.languages)


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
