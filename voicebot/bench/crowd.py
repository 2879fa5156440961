"""Many callers at once, of whom a few speak at any moment."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import numpy as np

from voicebot.bench.calls import ANSWER_PATIENCE, Clip, Dial, Phone, speak, track_of
from voicebot.bench.capacity import Tally, late
from voicebot.bench.response import Outcome, judge
from voicebot.bench.voice import STEP, begins, loud
from voicebot.errors import LineError

RAISING = 0.1
"""Seconds between two calls while their number is raised."""

NOTHING = np.zeros(0, np.int16)

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
        """All hang up."""
        self._over.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

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
        ended = phone.ended
        while not ended.is_set():
            async with self._turns:
                clip = next(self._clips)
                since = max(0, len(phone.heard) - _BEFORE)
                measuring, sent = self._measuring, await speak(phone, clip)
            await self._listen(phone, since)
            if measuring and self._measuring and not ended.is_set():
                met = judge(clip.caller, sent, track_of(phone, since), NOTHING)
                if met.outcome is Outcome.ANSWERED and met.seconds is not None:
                    self._tally.responses.append(met.seconds)
                elif met.outcome is Outcome.SILENT:
                    self._tally.unanswered += 1
        if not self._over.is_set():
            self._tally.hung_up += self._measuring

    async def _listen(self, phone: Phone, since: int) -> None:
        """Until the bot has answered and is silent, or has said nothing for long enough."""
        pause, waited = round(1.0 / STEP), 0.0
        start = max(0, len(phone.heard) - 1)
        while waited < 2 * ANSWER_PATIENCE:
            await asyncio.sleep(_POLL)
            waited += _POLL
            flags = loud(track_of(phone, start).samples)
            word = begins(flags)
            if word is None and waited > ANSWER_PATIENCE:
                return
            if word is not None and len(flags) > pause and not flags[-pause:].any():
                return
