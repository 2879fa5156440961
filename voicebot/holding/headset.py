"""An operator's standing line, lent to one conversation after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import numpy as np

from voicebot.model import FRAME_SAMPLES, Arrival, Audio, Caption, HungUp, LineEvent
from voicebot.ports import AudioSource, BridgedOnly, Line

logger = logging.getLogger(__name__)

MAX_FRAMES = 10
"""200 ms of the operator's sound may wait for a conversation; past that the oldest is dropped."""

_SILENCE = Audio(np.zeros(FRAME_SAMPLES, np.int16))


class Conversation(BridgedOnly):
    """The operator's line as one call sees it: it begins with the accept and ends for itself."""

    has_audio = True
    arrival = Arrival()

    def __init__(self, on_hang_up: Callable[[], None]) -> None:
        self.source: AudioSource | None = None
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue(MAX_FRAMES)
        self._on_hang_up = on_hang_up
        self._over = False

    def attach(self, source: AudioSource) -> None:
        """What the operator hears."""
        self.source = source

    async def events(self) -> AsyncIterator[LineEvent]:
        """What she says, until one of the two ends it."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    def feed(self, event: LineEvent) -> None:
        """What comes from her line."""
        if self._over:
            return
        self._over = isinstance(event, HungUp)
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(event)

    def show(self, caption: Caption) -> None:
        """Her page shows the seat, not captions."""

    async def hang_up(self) -> None:
        """The caller has gone; her standing line stays open."""
        if not self._over:
            self.feed(HungUp("caller"))
            self._on_hang_up()


class Headset:
    """Pumps a standing line; between conversations what she says is dropped."""

    def __init__(self, line: Line, on_lost: Callable[[Headset], None]) -> None:
        self.line = line
        self.conversation: Conversation | None = None
        self._on_lost = on_lost
        self._pump = asyncio.create_task(self._read(), name="headset")
        line.attach(self)

    def pull(self) -> Audio:
        """What she hears now."""
        talk = self.conversation
        return talk.source.pull() if talk and talk.source else _SILENCE

    async def _read(self) -> None:
        try:
            async for event in self.line.events():
                if isinstance(event, HungUp):
                    break
                if self.conversation is not None and isinstance(event, Audio):
                    self.conversation.feed(event)
        except Exception:
            logger.exception("a headset's line failed")
        self._on_lost(self)

    async def close(self) -> None:
        """Close the standing line."""
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        await self.line.hang_up()
