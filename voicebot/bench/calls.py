"""One measured call after another: a telephone that speaks a clip and listens for the answer."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voicebot.bench.callers import Caller
from voicebot.bench.response import PIECE, Outcome, Response, Spoken, judge
from voicebot.bench.voice import STEP, Track, begins, loud, track
from voicebot.errors import LineError
from voicebot.media import g711
from voicebot.media.g711 import NARROW

SPEAK_AFTER = (1.5, 3.0)
"""Seconds of the greeting after which a caller breaks in: somewhere between."""

ANSWER_PATIENCE = 8.0
"""Seconds after the caller's last word in which an answer must begin."""

GREETING_PATIENCE = 60.0
"""Seconds that the greeting may last."""

_POLL = 0.25
_BETWEEN = 0.3
"""Seconds between two calls: the end of one must not disturb the next."""


class Packet(Protocol):
    """One packet of sound as it came."""

    @property
    def at(self) -> float:
        """Loop time."""

    @property
    def timestamp(self) -> int:
        """Samples, as its sender counts them."""

    @property
    def payload(self) -> bytes:
        """A-law."""


class Phone(Protocol):
    """A telephone in a call that was answered."""

    @property
    def heard(self) -> Sequence[Packet]:
        """All that came so far."""

    @property
    def ended(self) -> asyncio.Event:
        """Set when the switchboard has hung up."""

    async def said(self, number: int) -> float:
        """Wait until the packet of that number has gone out; returns when it did, loop time."""

    def say(self, samples: NDArray[np.int16]) -> int:
        """Send 8 kHz sound; returns the number of its first packet."""

    async def hang_up(self) -> None:
        """Take leave."""


Dial = Callable[[], Awaitable[Phone]]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """What one caller says."""

    caller: Caller
    samples: NDArray[np.int16]
    """At 8 kHz."""
    began: float
    ended: float
    """Seconds into the clip: where speech begins and ends."""


async def greeting(dial: Dial) -> NDArray[np.int16]:
    """What a caller hears who says nothing, until the bot falls silent; at 8 kHz."""
    phone = await dial()
    try:
        heard = await _until_silent(phone)
    finally:
        await phone.hang_up()
    return heard.samples


async def place(dial: Dial, clip: Clip, greeting: NDArray[np.int16], patient: bool) -> Response:
    """One call: break into the greeting, or with `patient` wait for its end; speak; listen."""
    try:
        phone = await dial()
    except LineError:
        return Response(clip.caller, Outcome.REFUSED)
    try:
        if patient:
            await _until_silent(phone)
        else:
            share = zlib.crc32(clip.caller.file.name.encode()) % 1000 / 1000
            await asyncio.sleep(SPEAK_AFTER[0] + share * (SPEAK_AFTER[1] - SPEAK_AFTER[0]))
        spoken = await speak(phone, clip)
        await until_answered(phone, spoken)
        return judge(clip.caller, spoken, track_of(phone), greeting)
    finally:
        await phone.hang_up()
        await asyncio.sleep(_BETWEEN)


async def speak(phone: Phone, clip: Clip) -> Spoken:
    """Say the clip; returns, when it is said, at what moments its first and last word went out."""
    first = phone.say(clip.samples)
    last = first + int(clip.ended * NARROW) // g711.PACKET_SAMPLES
    begun = first + int(clip.began * NARROW) // g711.PACKET_SAMPLES
    return Spoken(await phone.said(begun), await phone.said(last))


def track_of(phone: Phone, since: int = 0) -> Track:
    """What a telephone has heard, from its packet number `since` on."""
    packets = phone.heard[since:]
    return track([(p.at, p.timestamp, g711.decode(p.payload)) for p in packets])


async def _until_silent(phone: Phone) -> Track:
    """Until the bot has spoken, and said nothing more for a second."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GREETING_PATIENCE
    pause = round(1.0 / STEP)
    while loop.time() < deadline:
        await asyncio.sleep(_POLL)
        heard = track_of(phone)
        flags = loud(heard.samples)
        if flags.any() and len(flags) > pause and not flags[-pause:].any():
            return heard
    raise LineError("the switchboard says nothing, or does not stop: no greeting was heard")


async def until_answered(phone: Phone, spoken: Spoken) -> None:
    """Until an answer has begun and gone on for long enough to be looked at."""
    loop = asyncio.get_running_loop()
    since = max(0, len(phone.heard) - 1)
    deadline = spoken.ended + ANSWER_PATIENCE
    while loop.time() < deadline:
        await asyncio.sleep(_POLL)
        heard = track_of(phone, since)
        word = begins(loud(heard.samples))
        if word is not None and len(heard.samples) / NARROW > word * STEP + PIECE + 0.2:
            return
