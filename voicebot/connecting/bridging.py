"""What a caller hears beside the bot: music, a telephone that rings, an operator.

Joined, each hears the other, and the bot before the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from voicebot.media.bridge import Bridge
from voicebot.model import FRAME_SECONDS, Audio, HungUp, Sentence
from voicebot.ports import AudioSource, Line
from voicebot.services import People
from voicebot.speaking.backdrop import Backdrop
from voicebot.speaking.speaker import Speaker

logger = logging.getLogger(__name__)

LONGEST_WORDS = 10.0
"""Seconds that a transfer waits for what is said before it."""

Prompt = Callable[[Sentence, bool], Awaitable[Audio]]


class Bridged:
    """One conversation, from the first sample that goes both ways.

    What the bot whispers to the operator is said over the caller, who is only a little lower
    meanwhile: nobody has to wait for it, and no word is lost.
    """

    def __init__(
        self, operator: Line, caller: Backdrop, prompt: Prompt, tasks: asyncio.TaskGroup
    ) -> None:
        """`caller` is what the caller hears."""
        self._operator = operator
        self._caller = caller
        self._tasks = tasks
        self._bridge = Bridge()
        self._whisperer = Speaker(prompt, lambda event: None, audible=True)
        self._ear = Backdrop(self._whisperer.playout)
        self._ear.person(self._bridge.operator.source)
        operator.attach(self._ear)
        caller.person(self._bridge.caller.source)
        self._pump = tasks.create_task(self._read())
        self.ended = asyncio.Event()
        """Set when the operator's line has closed, or the two were parted."""

    def feed(self, frame: Audio) -> None:
        """What the caller says."""
        self._bridge.caller.feed(frame)

    def hold(self, on: bool, music: AudioSource) -> None:
        """Part the two for a while, the caller with music."""
        self._bridge.hold(on, music)

    def whisper(self, sentences: tuple[Sentence, ...]) -> None:
        """Say this to the operator alone."""
        self._whisperer.say(sentences, False, self._tasks)

    async def close(self) -> None:
        """Part them for good; the caller hears nothing of the operator any more."""
        self._caller.nothing()
        self._whisperer.stop()
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        self.ended.set()
        await self._operator.hang_up()

    async def _read(self) -> None:
        try:
            async for event in self._operator.events():
                match event:
                    case Audio():
                        self._bridge.operator.feed(event)
                    case HungUp():
                        break
        except Exception:
            logger.exception("an operator's line failed")
        self.ended.set()


class Company:
    """What is behind the bot's voice in one call."""

    def __init__(self, backdrop: Backdrop, bot: Speaker, people: People, prompt: Prompt) -> None:
        self._backdrop = backdrop
        self._bot = bot
        self._people = people
        self._prompt = prompt
        self._music = people.music.play()
        self.bridged: Bridged | None = None
        """The conversation with an operator, while there is one."""

    def music(self) -> None:
        """They wait; the music goes on where it was."""
        self._backdrop.music(self._music)

    def ringing(self) -> None:
        """A telephone rings for them."""
        self._backdrop.music(self._people.ringing.play())

    def silence(self) -> None:
        """Nobody and nothing."""
        self._backdrop.nothing()

    async def words_said(self) -> None:
        """Until the bot has said what it is saying now, or the longest that this may take."""
        for _ in range(round(LONGEST_WORDS / FRAME_SECONDS)):
            if not self._bot.busy:
                return
            await asyncio.sleep(FRAME_SECONDS)

    async def join(self, operator: Line, tasks: asyncio.TaskGroup) -> Bridged:
        """The operator, at once."""
        await self.part()
        self.bridged = Bridged(operator, self._backdrop, self._prompt, tasks)
        return self.bridged

    async def part(self) -> None:
        """No operator any more; harmless where there was none."""
        bridged, self.bridged = self.bridged, None
        if bridged is not None:
            await bridged.close()

    def hold(self, on: bool) -> None:
        """The operator has put them on hold, or has come back."""
        if self.bridged is not None:
            self.bridged.hold(on, self._music)
