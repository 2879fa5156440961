"""The SIP stack under nonsense, where it cannot start, and what its log may say."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from pathlib import Path

import pytest

from tests.adapters.sip_peers import NARROW, SCENARIOS, needs_sipp, sipp
from tests.adapters.sip_side import (
    CALLER_TONE,
    answering,
    calling,
    setup,
    tone,
)
from tests.adapters.sip_stranger import invite, mutilated
from voicebot.errors import LineError

# --- nonsense --------------------------------------------------------------------------


@needs_sipp
@pytest.mark.parametrize(("scenario", "code"), [("bad_sdp", 500), ("no_codec", 488)])
async def test_offers_that_can_not_be_taken(tmp_path: Path, scenario: str, code: int) -> None:
    async with answering() as side:
        await sipp(tmp_path, scenario, side.port, code=code)
        assert side.calls == []
        async with calling(side, tmp_path, seconds=0.2):
            pass


@needs_sipp
async def test_garbage_for_the_signalling_harms_no_running_call(tmp_path: Path) -> None:
    luck = random.Random(20)
    async with answering() as side, calling(side, tmp_path, seconds=4) as (rtp, call):
        speaking = asyncio.create_task(rtp.speak(tone(CALLER_TONE, NARROW, 3)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for number in range(400):
                message = mutilated(invite(side.port, number), luck)
                stranger.sendto(message, ("127.0.0.1", side.port))
                stranger.sendto(luck.randbytes(luck.randrange(1, 300)), ("127.0.0.1", side.port))
                await asyncio.sleep(0.005)
        await speaking
        assert len(side.calls) == 1
        loud = call.loud
        assert loud[loud.index(True) :].count(True) >= 145
        await rtp.press("5")
        assert await call.pressed(1) == "5"


async def test_the_library_prints_nothing_past_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    luck = random.Random(20)
    async with answering() as side:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for number in range(2000):
                message = mutilated(invite(side.port, number), luck)
                stranger.sendto(message, ("127.0.0.1", side.port))
                if number % 20 == 0:
                    await asyncio.sleep(0.005)
        await asyncio.sleep(0.3)
    assert capfd.readouterr() == ("", "")
    lines = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert any("the SIP library" in line and "times in a minute" in line for line in lines)
    assert len(lines) < 50
    assert not any("127.0.0.1" in line or "sip:3" in line for line in lines)


@needs_sipp
async def test_a_call_outlives_garbage_in_its_sound(tmp_path: Path) -> None:
    """The stack takes sound from any address: a stranger disturbs, but no longer than he sends."""
    luck = random.Random(20)
    async with answering() as side, calling(side, tmp_path, seconds=4) as (rtp, call):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(200):
                stranger.sendto(luck.randbytes(luck.randrange(1, 300)), rtp.peer)
                await asyncio.sleep(0.002)
        await rtp.speak(tone(CALLER_TONE, NARROW, 2))
        assert call.loud[-50:].count(True) >= 48
        await rtp.press("5")
        assert await call.pressed(1) == "5"


@needs_sipp
async def test_an_invitation_that_comes_again_is_one_call(tmp_path: Path) -> None:
    """As when our answers are lost on the way."""
    async with answering() as side:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            message = invite(side.port, 7).replace(b":4000", b":%d" % peer.getsockname()[1])
            for _ in range(3):
                peer.sendto(message, ("127.0.0.1", side.port))
                await asyncio.sleep(0.2)
            peer.settimeout(0.01)
            answers = []
            with contextlib.suppress(TimeoutError):
                while True:
                    answers.append(peer.recv(4096).decode())
            tags = {line for answer in answers for line in answer.splitlines() if line[:3] == "To:"}
            assert len(tags) == 1
            assert any(answer.startswith("SIP/2.0 200") for answer in answers)
            await asyncio.sleep(0.1)
            assert len(side.stack._lines) == 1


# --- the stack -------------------------------------------------------------------------


async def test_a_port_in_use_is_said_plainly() -> None:
    wanted = setup()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", wanted.port))
        with pytest.raises(LineError, match=f"127.0.0.1:{wanted.port}.*in use"):
            async with answering(port=wanted.port):
                pass


async def test_an_address_of_another_machine_is_said_plainly() -> None:
    with pytest.raises(LineError, match="192.0.2.1"):
        async with answering(host="192.0.2.1"):
            pass


@needs_sipp
async def test_listening_on_all_addresses(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # sends nothing: tells by which address other machines are reached
        probe.connect(("192.0.2.77", 9))
        address = str(probe.getsockname()[0])
    async with answering(host="0.0.0.0") as side:
        async with calling(side, tmp_path, host=address, seconds=0.2) as (rtp, _):
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.1))


async def test_the_death_of_the_stack_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with answering() as side:
        runtime = side.stack._runtime
        assert runtime is not None and runtime.on_dead is not None
        runtime.on_dead()
        assert side.stack.died.is_set()
        assert "has died" in caplog.text
        side.stack.died.clear()


@needs_sipp
async def test_the_log_names_no_caller(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with answering() as side:
        caplog.clear()
        async with calling(side, tmp_path, seconds=0.3):
            side.full = True
            await sipp(tmp_path, "refused", side.port, code=486)
            await sipp(tmp_path, "bad_sdp", side.port, code=500)
    ours = [r for r in caplog.records if r.name.startswith(("baresip", "voicebot"))]
    assert any("refused" in record.getMessage() for record in ours)
    text = "\n".join(record.getMessage() for record in ours)
    for word in ("3330001111", "Rossi", "127.0.0.1", "sip:"):
        assert word not in text


def test_the_scenarios_are_all_used() -> None:
    used = "".join(file.read_text() for file in Path(__file__).parent.glob("test_sip*.py"))
    for file in SCENARIOS.glob("*.xml"):
        assert f'"{file.stem}"' in used, file
