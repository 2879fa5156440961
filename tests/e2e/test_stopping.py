"""A switchboard with callers that is told to stop, or is sent nonsense."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.sip_peers import NARROW, Rtp, free_listener, needs_sipp, sipp
from tests.adapters.sip_side import CALLER_TONE, tone
from tests.adapters.sip_stranger import Stranger, memory

BARE = """
from voicebot.__main__ import main
from voicebot.adapters.child import Child
from voicebot.speaking.prompts import Prompts

async def nothing(*arguments):
    pass

# no models: callers would have the keys, and read
Child.start = Prompts.prepare = nothing
main()
"""


@asynccontextmanager
async def serving(data: Path, **settings: str) -> AsyncIterator[tuple[Process, int]]:
    """A switchboard without models, and its SIP port."""
    port = free_listener()
    given = {"HTTP__PORT": "0", "SIP__PORT": str(port), "SIP__USERS": '["100"]'}
    given |= {"SPEECH__RENDER_AHEAD": "false", **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BARE, "serve"),
        env={
            **os.environ,
            "VOICEBOT_PATHS__DATA": str(data),
            **{f"VOICEBOT_{name}": value for name, value in given.items()},
        },
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await said(process, "ready: open")
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: Process, words: str) -> str:
    """Its log up to a line with these words."""
    assert process.stderr is not None
    text = ""
    async with asyncio.timeout(60):
        while words not in text:
            line = (await process.stderr.readline()).decode()
            assert line, f"it ended before it said {words!r}:\n{text}"
            text += line
    return text


async def ended(process: Process, seconds: float) -> str:
    """The rest of its log, once it has ended by itself."""
    assert process.stderr is not None
    async with asyncio.timeout(seconds):
        rest = (await process.stderr.read()).decode()
        assert await process.wait() == 0, rest
    assert "Traceback" not in rest
    return rest


@needs_sipp
async def test_it_refuses_new_calls_and_lets_the_running_one_end(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as (process, port):
        caller = asyncio.create_task(sipp(tmp_path, "call", port, seconds=4))
        await said(process, "opened")
        process.send_signal(signal.SIGTERM)
        await said(process, "closing: no new calls; 1 may take 60 s to end")
        await sipp(tmp_path, "refused", port, code=486)
        # the scenario says goodbye itself: it was not cut
        await caller
        assert "hung up (caller)" in await ended(process, 15)


@needs_sipp
async def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", DRAIN="1") as (process, port):
        caller = asyncio.create_task(sipp(tmp_path, "hung_up", port))
        await said(process, "opened")
        await asyncio.sleep(1)
        process.send_signal(signal.SIGTERM)
        await caller
        await ended(process, 15)


@needs_sipp
@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM)])
async def test_it_is_cut_when_it_must_be_at_once(
    tmp_path: Path, signals: tuple[signal.Signals, ...]
) -> None:
    async with serving(tmp_path / "data") as (process, port):
        caller = asyncio.create_task(sipp(tmp_path, "hung_up", port))
        await said(process, "opened")
        await asyncio.sleep(1)
        for one in signals:
            process.send_signal(one)
            await asyncio.sleep(0.3)
        await caller
        await ended(process, 15)


async def test_without_callers_it_ends_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as (process, _):
        process.send_signal(signal.SIGTERM)
        await ended(process, 15)


@needs_sipp
async def test_a_thousand_malformed_packets_harm_neither_it_nor_its_call(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as (process, port), Rtp.open() as rtp:
        stranger = Stranger(port)
        calling = sipp(tmp_path, "call", port, seconds=8, rtp_port=rtp.port)
        caller = asyncio.create_task(calling)
        await said(process, "opened")
        await rtp.connected()
        await stranger.send(stranger.message, port, 100)
        before = memory(process.pid)
        for kind, to in (
            (stranger.message, port),
            (stranger.noise, port),
            (stranger.offer, port),
            (stranger.sound, rtp.peer[1]),
            (stranger.noise, rtp.peer[1] + 1),
        ):
            await stranger.send(kind, to, 200)
        stranger.close()
        # some sound of our own, or the caller would be taken for lost
        await rtp.speak(tone(CALLER_TONE, NARROW, 1.0))
        # the scenario says goodbye itself: its call is unharmed
        await caller
        assert memory(process.pid) - before < 20_000
        await sipp(tmp_path, "call", port, seconds=0.5)
        process.send_signal(signal.SIGINT)
        log = await ended(process, 15)
    assert "127.0.0.1" not in log and "3330001111" not in log
    assert len(log.splitlines()) < 100
