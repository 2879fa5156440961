"""A caller and an operator by telephone, joined by us: who hears whom, and how much later."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.sip_peers import NARROW, PACKET, PCMA, Rtp, free_port, linear, needs_sipp, sipp
from tests.adapters.sip_side import answering, calling, frequency, tone
from voicebot.adapters.sip_dialler import SipDialler
from voicebot.media.bridge import Bridge, End
from voicebot.model import Audio, HungUp
from voicebot.ports import Line

CALLER_TONE, DESK_TONE = 1000.0, 700.0


async def carry(line: Line, end: End, other: Line) -> None:
    """One direction of a joined call, until its end."""
    line.attach(end.source)
    async for event in line.events():
        match event:
            case Audio():
                end.feed(event)
            case HungUp():
                await other.hang_up()


@dataclass
class Joined:
    """Both ends of the wire."""

    caller: Rtp
    desk: Rtp
    bridge: Bridge


@asynccontextmanager
async def joined(folder: Path, seconds: float) -> AsyncIterator[Joined]:
    """A caller who hangs up after so long, and an operator whom we have called for them."""
    port = free_port()
    address = f"sip:201@127.0.0.1:{port}"
    async with Rtp.open() as desk, answering(targets=frozenset({address}), max_placed=2) as side:
        operator = asyncio.create_task(
            sipp(folder, "callee_early", None, port=port, rtp_port=desk.port, seconds=0.3)
        )
        async with calling(side, folder, seconds=seconds) as (caller, taken):
            taken.reading.cancel()
            line = await SipDialler(side.stack, side.setup).dial(address, 10)
            bridge = Bridge()
            carrying = asyncio.gather(
                carry(taken.line, bridge.caller, line), carry(line, bridge.operator, taken.line)
            )
            await desk.connected()
            # after the negotiation that the stack begins when it is answered
            await asyncio.sleep(0.6)
            caller.received.clear()
            desk.received.clear()
            yield Joined(caller, desk, bridge)
            # the caller hangs up, and so do we to the operator, who waits for it
            await carrying
        await operator


@needs_sipp
async def test_two_telephones_hear_each_other(tmp_path: Path) -> None:
    async with joined(tmp_path, 4) as them:
        await asyncio.gather(
            them.caller.speak(tone(CALLER_TONE, NARROW, 2)),
            them.desk.speak(tone(DESK_TONE, NARROW, 2)),
        )
        await asyncio.sleep(0.2)
        for ear, pitch in ((them.desk, CALLER_TONE), (them.caller, DESK_TONE)):
            heard = ear.heard()
            loud = np.abs(heard.reshape(-1, PACKET)).max(axis=1) > 4000
            first, last = np.flatnonzero(loud)[[0, -1]]
            # two seconds; a machine that is held up meanwhile may cost some frames
            assert 75 <= loud.sum() <= last + 1 - first <= 105
            middle = heard[(first + 5) * PACKET : (last - 5) * PACKET]
            assert frequency(middle, NARROW) == pytest.approx(pitch, abs=5)
        for end in (them.bridge.caller, them.bridge.operator):
            assert end.delay <= 0.06


@needs_sipp
async def test_what_the_bridge_adds_is_not_heard_as_a_delay(tmp_path: Path) -> None:
    """From wire to wire: our own waiting (20 to 40 ms), the pump, and what is sent ahead."""
    async with joined(tmp_path, 6) as them:
        bursts = 8
        one = np.concatenate([tone(CALLER_TONE, NARROW, 0.2), np.zeros(NARROW * 3 // 10, np.int16)])
        started = asyncio.get_running_loop().time()
        await them.caller.speak(np.tile(one, bursts))
        await asyncio.sleep(0.3)
        onsets = list(beginnings(them.desk))
        assert len(onsets) == bursts
        delays = [at - started - number * 0.5 for number, at in enumerate(onsets)]
        assert 0.02 < statistics.median(delays) < 0.2, delays


def beginnings(ear: Rtp) -> Iterator[float]:
    """When each burst of the tone began to arrive, by the loop's time."""
    quiet = 5
    for packet in ear.received:
        if packet.payload_type != PCMA:
            continue
        loud = np.abs(linear(packet.payload, PCMA).astype(int)) > 2000
        if loud.any() and quiet >= 5:
            yield packet.at + int(np.argmax(loud)) / NARROW
        quiet = 0 if loud.any() else quiet + 1
