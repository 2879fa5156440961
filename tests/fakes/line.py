"""A line whose caller follows a script, on the loop's time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np

from voicebot.errors import TransferError, Unreached
from voicebot.model import FRAME_SAMPLES, FRAME_SECONDS, Arrival, Audio, Caption, HungUp, LineEvent
from voicebot.ports import AudioSource, Line

SPEECH_LEVEL = 8000
NOISE_LEVEL = 2000
"""Sample values by which the fake voice activity tells speech from noise."""


@dataclass
class FakeLine:
    """Sends silence each 20 ms, louder while the script speaks; keeps all it is sent."""

    has_audio: bool = True
    arrival: Arrival = Arrival()
    captions: list[Caption] = field(default_factory=list)
    heard: list[tuple[float, bool]] = field(default_factory=list)
    """For each frame pulled: when, and whether it held sound."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    transfers: dict[str, Unreached | None] = field(default_factory=dict)
    """By target, why a transfer to it fails, or None where it succeeds; others are not allowed."""
    joins: Unreached | None = Unreached.UNSUPPORTED
    """The same for a transfer to another line's peer."""
    transferred: list[str | Line] = field(default_factory=list)
    """Where the caller was sent, or the line they were joined with; failures are here too."""

    def __post_init__(self) -> None:
        self._source: AudioSource | None = None
        self._queue: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._level_until: list[tuple[float, int]] = []

    @property
    def closed(self) -> bool:
        """Whether the bot has closed the line."""
        return self.hung_up.is_set()

    # the caller's side

    async def speak(self, seconds: float, level: int = SPEECH_LEVEL) -> None:
        """Make a sound, from now."""
        end = asyncio.get_running_loop().time() + seconds
        self._level_until = [(end, level)]
        await asyncio.sleep(seconds)

    def do(self, event: LineEvent) -> None:
        """Press a key, write, hang up."""
        self._queue.put_nowait(event)

    async def quiet(self, seconds: float = 0.3) -> None:
        """Wait until the bot has said nothing for so long."""
        loop = asyncio.get_running_loop()
        while not self.closed:
            last = max((at for at, sound in self.heard if sound), default=0.0)
            if loop.time() - last >= seconds and loop.time() >= seconds:
                return
            await asyncio.sleep(0.02)

    def said(self, speaker: str = "bot") -> list[str]:
        """The captions of one speaker so far."""
        return [c.text for c in self.captions if c.speaker == speaker]

    # the port

    def attach(self, source: AudioSource) -> None:
        self._source = source

    async def events(self) -> AsyncIterator[LineEvent]:
        loop = asyncio.get_running_loop()
        while True:
            while not self._queue.empty():
                event = self._queue.get_nowait()
                yield event
                if isinstance(event, HungUp):
                    return
            if not self.has_audio:
                event = await self._queue.get()
                yield event
                if isinstance(event, HungUp):
                    return
                continue
            if self._source is not None:
                self.heard.append((loop.time(), bool(self._source.pull().samples.any())))
            level = next((v for end, v in self._level_until if loop.time() < end), 0)
            tone = np.where(np.arange(FRAME_SAMPLES) % 2, level, -level)
            yield Audio(tone.astype(np.int16))
            await asyncio.sleep(FRAME_SECONDS)

    def show(self, caption: Caption) -> None:
        self.captions.append(caption)

    async def transfer(self, target: str, patience: float) -> None:
        await self._leave(target, self.transfers.get(target, Unreached.NOT_ALLOWED), patience)

    async def transfer_to(self, other: Line, patience: float) -> None:
        await self._leave(other, self.joins, patience)
        if isinstance(other, FakeLine):
            other.do(HungUp("caller"))

    async def _leave(self, to: str | Line, obstacle: Unreached | None, patience: float) -> None:
        """Two seconds, or the whole patience where nobody answers."""
        self.transferred.append(to)
        if obstacle not in (Unreached.NOT_ALLOWED, Unreached.UNSUPPORTED):
            await asyncio.sleep(patience if obstacle is Unreached.UNANSWERED else 2.0)
        if obstacle is not None:
            raise TransferError(obstacle)
        self.do(HungUp("caller"))

    async def hang_up(self) -> None:
        self.hung_up.set()
