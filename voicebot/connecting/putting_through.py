"""A caller is put through to an office by telephone: its targets are tried in order, in its way.

What fails costs the caller nothing: they are still on their line, and are told.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from voicebot.errors import DialError, TransferError, Unreached
from voicebot.model import FRAME_SAMPLES, Audio, HungUp, Route, Way
from voicebot.ports import Dialler, Line

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The caller's exchange has connected them; the line closes by itself."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The office is on this line, and has been told: join it with the caller's."""

    line: Line
    target: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nobody was reached; the caller is where they were, unless the reason is GONE."""

    reason: Unreached


PutThrough: TypeAlias = HandedOn | Answered | NotReached


@dataclass(frozen=True, slots=True, eq=False)
class Invitation:
    """How an office is called, and what it gets to know before it hears the caller."""

    ring: float
    """Seconds after which the next target is tried."""
    note: str | None = None
    """For the screen of their telephone: the office and the language."""
    whisper: Audio | None = None
    """The same, spoken; the caller does not hear it."""


_TELLING = (
    Unreached.GONE,
    Unreached.BUSY,
    Unreached.UNANSWERED,
    Unreached.REFUSED,
    Unreached.UNREACHABLE,
    Unreached.NOT_ALLOWED,
    Unreached.UNSUPPORTED,
)
"""Of several reasons, which one tells the caller most."""


async def put_through(
    line: Line, route: Route, dialler: Dialler | None, invitation: Invitation
) -> PutThrough:
    """Try the targets of a route that is not the queue, one after another.

    Meanwhile the caller hears what is attached to their line, or what their exchange plays. Where
    their line can't be transferred, the office is called all the same, to be joined here.
    When cancelled, nothing rings any more and nobody else is left on a line.
    """
    reasons = []
    for target in route.targets if line.has_audio else ():
        try:
            if route.way is Way.TRANSFER and await _moved(line, target, invitation.ring):
                return HandedOn()
            if dialler is None:
                raise DialError(Unreached.UNREACHABLE)
            other = await dialler.dial(target, invitation.ring, invitation.note)
            if await _met(line, other, route.way, invitation):
                return HandedOn()
            return Answered(other, target)
        except (DialError, TransferError) as error:
            logger.info("not put through: %s", error)
            reasons.append(error.reason)
            if error.reason is Unreached.GONE:
                break
    return NotReached(min(reasons or [Unreached.UNSUPPORTED], key=_TELLING.index))


async def _moved(line: Line, to: str | Line, patience: float) -> bool:
    """Have the caller's exchange do it; False where it does not know how.

    Raises:
        TransferError: it tried in vain.
    """
    try:
        if isinstance(to, str):
            await line.transfer(to, patience)
        else:
            await line.transfer_to(to, patience)
    except TransferError as error:
        if error.reason is not Unreached.UNSUPPORTED:
            raise
        return False
    return True


async def _met(line: Line, other: Line, way: Way, invitation: Invitation) -> bool:
    """The office has answered: tell it, and leave the rest to the exchange where that is the way.

    Whether the exchange has done it.

    Raises:
        DialError: the office hung up while it was told.
        TransferError: the exchange tried in vain.
    """
    try:
        if invitation.whisper is not None and not await _told(other, invitation.whisper):
            raise DialError(Unreached.REFUSED, "they hung up before the caller was there")
        return way is Way.ATTENDED and await _moved(line, other, invitation.ring)
    except BaseException:
        await other.hang_up()
        raise


async def _told(line: Line, whisper: Audio) -> bool:
    """Play it to them; False when they hang up meanwhile."""
    source = _Once(whisper)
    line.attach(source)
    ends = [asyncio.ensure_future(one) for one in (source.played.wait(), _hung_up(line))]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        return not ends[1].done()
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


async def _hung_up(line: Line) -> None:
    async for event in line.events():
        if isinstance(event, HungUp):
            return


class _Once:
    """An `AudioSource` that plays one sound, then silence."""

    def __init__(self, audio: Audio) -> None:
        self._rest = audio.samples
        self.played = asyncio.Event()

    def pull(self) -> Audio:
        frame, self._rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        if not len(self._rest):
            self.played.set()
        return Audio(np.pad(frame, (0, FRAME_SAMPLES - len(frame))))
