"""The telephone side under storms of nonsense, and over many calls: alive, unharmed, no fatter."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.sip_peers import NARROW, PCMA, TELEPHONE_EVENT, Rtp, needs_sipp, sipp
from tests.adapters.sip_side import CALLER_TONE, Side, answering, calling, tone
from tests.adapters.sip_stranger import Stranger, memory

long = pytest.mark.long
MAX_GROWTH = 20_000
"""Kilobytes."""


def files() -> int:
    """Open files and sockets of this process."""
    return len(os.listdir("/proc/self/fd"))


def running_threads() -> int:
    return len(os.listdir("/proc/self/task"))


async def unharmed(side: Side, rtp: Rtp, storm: asyncio.Task[None]) -> None:
    """A call speaks while the storm goes on, and all that it says is heard."""
    (call,) = side.calls[:1]
    while not storm.done():
        before = len(call.frames)
        await rtp.speak(tone(CALLER_TONE, NARROW, 1.0))
        await asyncio.sleep(0.1)
        heard = sum(call.loud[before:])
        assert heard >= 45, f"only {heard} of 50 frames were heard"
    await storm


@needs_sipp
@pytest.mark.parametrize("count", [300, pytest.param(3000, marks=long)])
async def test_a_storm_of_nonsense_harms_no_running_call(tmp_path: Path, count: int) -> None:
    """Over three times as many packets as `count`, over UDP and TCP, and then in the sound."""
    async with answering(max_calls=8) as side:
        stranger = Stranger(side.port)
        async with calling(side, tmp_path, "hung_up") as (rtp, call):
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.5))
            await stranger.send(stranger.message, side.port, 100)
            before = memory()
            for kind in (stranger.noise, stranger.message):
                storm = asyncio.create_task(stranger.send(kind, side.port, count))
                await unharmed(side, rtp, storm)
            await unharmed(side, rtp, asyncio.create_task(by_tcp(side, stranger, count // 10)))
            # in the sound a stranger can be heard, but no longer than he sends
            for port in (rtp.peer[1], rtp.peer[1] + 1):
                await stranger.send(stranger.sound, port, count // 2)
                await stranger.send(stranger.noise, port, count // 5)
            pressed = len(call.keys)
            await rtp.speak(tone(CALLER_TONE, NARROW, 1.0))
            assert sum(call.loud[-50:]) >= 45
            await rtp.press("5")
            assert (await call.pressed(pressed + 1))[-1] == "5"
            assert memory() - before < MAX_GROWTH
            await call.line.hang_up()
        stranger.close()
        await still_takes_calls(side, tmp_path)


async def by_tcp(side: Side, stranger: Stranger, count: int) -> None:
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", side.port)
        writer.write(stranger.luck.choice([stranger.noise, stranger.message])())
        await asyncio.sleep(0.005)
        writer.close()


async def still_takes_calls(side: Side, folder: Path) -> None:
    async with calling(side, folder, seconds=0.3) as (rtp, _):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.2))


@needs_sipp
@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=long)])
async def test_garbage_for_an_sdp_harms_no_running_call(tmp_path: Path, count: int) -> None:
    """Offers that can be read after all ring, and are refused or end: nobody answers our answer."""
    async with answering(max_calls=4) as side:
        stranger = Stranger(side.port)
        async with calling(side, tmp_path, "hung_up") as (rtp, call):
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.5))
            before = memory()
            storm = asyncio.create_task(stranger.send(stranger.offer, side.port, count))
            await unharmed(side, rtp, storm)
            assert memory() - before < MAX_GROWTH
            await call.line.hang_up()
        stranger.close()


@needs_sipp
@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [25, pytest.param(1000, marks=long)])
async def test_many_calls_one_after_another_leave_nothing(tmp_path: Path, count: int) -> None:
    async with answering() as side:
        await sipp(tmp_path, "call", side.port, calls=10, together=1, seconds=0.02)
        await settled(side, 10)
        tasks, threads, open_files = len(asyncio.all_tasks()), running_threads(), files()
        before = memory()
        await sipp(tmp_path, "call", side.port, calls=count, together=1, seconds=0.02)
        await settled(side, count)
        assert len(asyncio.all_tasks()) <= tasks
        assert running_threads() <= threads
        assert files() <= open_files
        assert memory() - before < MAX_GROWTH
        assert side.stack._lines == set()
        await still_takes_calls(side, tmp_path)


async def settled(side: Side, count: int) -> None:
    """So many calls were taken, and each has ended; what the test keeps of them is let go."""
    assert len(side.calls) == count
    await asyncio.wait([call.reading for call in side.calls], timeout=10)
    side.calls.clear()
    await asyncio.sleep(0.3)


@needs_sipp
async def test_keys_without_a_marker_and_of_a_type_nobody_has_agreed_on(tmp_path: Path) -> None:
    """The stack passes on nothing of a payload type that was not agreed on: such keys are lost,
    and harm nothing."""
    async with answering() as side, calling(side, tmp_path, seconds=2) as (rtp, call):
        await rtp.speak(np.zeros(NARROW // 5, np.int16))
        await rtp.press("3", marker=False)
        assert await call.pressed(1) == "3"
        await rtp.press("4", payload_type=TELEPHONE_EVENT + 9)
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.4), PCMA)
        assert call.keys == "3"
        assert all(call.loud[-10:])
