"""Many callers at once, of whom a few speak at any moment."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import numpy as np

from voicebot.bench.calls import Clip, Dial, Phone, speak, track_of, until_answered
from voicebot.bench.capacity import Tally, late
from voicebot.bench.response import Outcome, Response, judge
from voicebot.bench.voice import STEP, loud
from voicebot.errors import LineError

RAISING = 0.1
"""Seconds between two calls while their number is raised."""

LONG = 15.0
"""Seconds of an answer that a caller listens to at most."""

_UNKNOWN = np.zeros(0, np.int16)
"""Of the greeting: most callers have heard it to its end."""

_POLL = 0.5
_BEFORE = 25
"""Packets before a caller's speech that are looked at: whether the bot was talking."""


class Crowd:
    """So many callers, of whom `speaking` speak at any moment."""

    def __init__(self, dial: Dial, clips: Sequence[Clip], speaking: int) -> None:
        self._dial = dial
        self._clips = itertools.cycle(clips)
        self._turns = asyncio.Semaphore(speaking)
        self._tally = Tally()
        self._measuring = False
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._phones: dict[Phone, int] = {}
        """All calls so far, with what each had heard when the measuring began."""

    async def gather(self, count: int) -> None:
        """Raise the number of calls to `count`; they begin to talk."""
        for _ in range(count):
            self._tasks.append(asyncio.create_task(self._caller()))
            await asyncio.sleep(RAISING)

    async def measure(self, seconds: float) -> Tally:
        """What they meet in that time."""
        self._phones = {phone: len(phone.heard) for phone in self._phones}
        self._measuring = True
        await asyncio.sleep(seconds)
        self._measuring = False
        for phone, before in self._phones.items():
            heard = phone.heard[before:]
            self._tally.packets += len(heard)
            self._tally.late += late([packet.at for packet in heard])
        return self._tally

    async def disperse(self) -> None:
        """All hang up; what went wrong in one of them is raised."""
        self._over.set()
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def _caller(self) -> None:
        """One caller, in one call after another."""
        while not self._over.is_set():
            try:
                phone = await self._dial()
            except LineError:
                self._tally.refused += 1
                return
            self._phones[phone] = 0
            try:
                await self._talk(phone)
            finally:
                await phone.hang_up()

    async def _talk(self, phone: Phone) -> None:
        """Speak when the turn comes, listen, until the bot hangs up."""
        while not phone.ended.is_set():
            async with self._turns:
                clip = next(self._clips)
                since = max(0, len(phone.heard) - _BEFORE)
                spoken = await speak(phone, clip)
            await until_answered(phone, spoken)
            if self._measuring:
                self._count(judge(clip.caller, spoken, track_of(phone, since), _UNKNOWN))
            await self._listen(phone)
        self._tally.hung_up += self._measuring

    def _count(self, met: Response) -> None:
        if met.outcome is Outcome.ANSWERED and met.seconds is not None:
            self._tally.responses.append(met.seconds)
        elif met.outcome is Outcome.SILENT:
            self._tally.unanswered += 1

    async def _listen(self, phone: Phone) -> None:
        """Until the bot has fallen silent for a second, or has talked for long enough."""
        pause, since = round(1.0 / STEP), max(0, len(phone.heard) - _BEFORE)
        for _ in range(round(LONG / _POLL)):
            await asyncio.sleep(_POLL)
            flags = loud(track_of(phone, since).samples)
            if len(flags) > pause and not flags[-pause:].any():
                return
