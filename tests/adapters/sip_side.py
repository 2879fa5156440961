"""The telephone side under test, and the calls that it takes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.adapters.sip_peers import Rtp, free_listener, sipp
from voicebot.adapters.sip_setup import SipSetup
from voicebot.adapters.sip_stack import SipStack
from voicebot.errors import LineError
from voicebot.model import FRAME_SAMPLES, RATE, Audio, KeyPress, LineEvent
from voicebot.ports import Line

LEVEL = 8000
CALLER_TONE = 1000.0
BOT_TONE = 440.0


def tone(frequency: float, rate: int, seconds: float, start: int = 0) -> NDArray[np.int16]:
    at = np.arange(start, start + round(seconds * rate)) * (2 * np.pi * frequency / rate)
    samples: NDArray[np.int16] = (np.sin(at) * LEVEL).astype(np.int16)
    return samples


def frequency(samples: NDArray[np.int16], rate: int) -> float:
    """Hz of the strongest part."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def level(samples: NDArray[np.int16]) -> float:
    """Of a tone, its height."""
    return float(np.sqrt(2 * np.mean(samples.astype(float) ** 2)))


class BotVoice:
    """What the line sends."""

    def __init__(self) -> None:
        self.pulled = 0

    def pull(self) -> Audio:
        self.pulled += 1
        return Audio(tone(BOT_TONE, RATE, 0.02, (self.pulled - 1) * FRAME_SAMPLES))


class Taken:
    """A call that was answered, and what its line has handed over so far."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.voice = BotVoice()
        line.attach(self.voice)
        self.events: list[LineEvent] = []
        self._news = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for event in self.line.events():
            self.events.append(event)
            self._news.set()
        await self.line.hang_up()

    @property
    def frames(self) -> list[NDArray[np.int16]]:
        return [event.samples for event in self.events if isinstance(event, Audio)]

    @property
    def loud(self) -> list[bool]:
        """Of each frame, whether there is a tone in it."""
        return [bool(np.abs(frame).max() > 1000) for frame in self.frames]

    @property
    def keys(self) -> str:
        return "".join(event.key for event in self.events if isinstance(event, KeyPress))

    async def pressed(self, count: int) -> str:
        async with asyncio.timeout(5):
            while len(self.keys) < count:
                self._news.clear()
                await self._news.wait()
        return self.keys

    async def ended(self, seconds: float = 5.0) -> LineEvent:
        """The last event, within so many seconds."""
        async with asyncio.timeout(seconds):
            await asyncio.shield(self.reading)
        return self.events[-1]


class Side:
    """The telephone side under test, and the calls it has taken."""

    def __init__(self, setup: SipSetup) -> None:
        self.setup = setup
        self.port = setup.port
        self.calls: list[Taken] = []
        self.full = False
        self.stack = SipStack(setup, self._admission, self._on_call)
        self._news = asyncio.Event()

    @contextlib.contextmanager
    def _admission(self) -> Iterator[None]:
        running = sum(not call.reading.done() for call in self.calls)
        if self.full or running >= self.setup.max_calls:
            raise LineError("all lines are busy")
        yield

    def _on_call(self, line: Line) -> None:
        self.calls.append(Taken(line))
        self._news.set()

    async def call(self, number: int = 0) -> Taken:
        """The call taken as that one, from 0, when it is."""
        async with asyncio.timeout(10):
            while len(self.calls) <= number:
                self._news.clear()
                await self._news.wait()
        return self.calls[number]


def setup() -> SipSetup:
    return SipSetup(
        host="127.0.0.1",
        port=free_listener(),
        transports=("udp", "tcp"),
        certificate=None,
        codecs=("opus", "g722", "pcma", "pcmu"),
        encryption="none",
        rtp_ports=(20_000, 24_000),
        users=("100", "200"),
        accounts=(),
        max_calls=5,
        lost_timeout=20.0,
    )


@asynccontextmanager
async def answering(**changes: object) -> AsyncIterator[Side]:
    """A telephone side that takes calls; afterwards nothing of it may be left."""
    before = _running()
    side = Side(replace(setup(), **changes))  # type: ignore[arg-type]
    await side.stack.start()
    try:
        yield side
    finally:
        await side.stack.close()
        for call in side.calls:
            await asyncio.wait([call.reading], timeout=5)
    await _assert_nothing_left(before)


def _running() -> set[object]:
    """The tasks of the loop, and the stack's threads."""
    threads = {one for one in threading.enumerate() if "baresip" in one.name}
    return {*asyncio.all_tasks(), *threads}


async def _assert_nothing_left(before: set[object]) -> None:
    for _ in range(100):
        if not _running() - before:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"left behind: {_running() - before}")


@asynccontextmanager
async def calling(
    side: Side, folder: Path, scenario: str = "call", **options: str | float
) -> AsyncIterator[tuple[Rtp, Taken]]:
    """A SIPp call with sound of our own; afterwards its scenario must have been kept."""
    number = len(side.calls)
    async with Rtp.open() as rtp:
        running = asyncio.create_task(
            sipp(folder, scenario, side.port, rtp_port=rtp.port, **options)
        )
        try:
            call = await side.call(number)
            await rtp.connected()
            yield rtp, call
            await running
        finally:
            running.cancel()
            await asyncio.wait([running])
