"""Calls that we place, to real telephones: who answers, and why others do not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.adapters.sip_peers import NARROW, free_port, needs_sipp, sipp
from tests.adapters.sip_side import (
    BOT_TONE,
    CALLER_TONE,
    Side,
    Taken,
    answering,
    frequency,
    setup,
    tone,
)
from tests.adapters.sip_telephone import Telephone, needs_baresip
from voicebot.adapters.sip_dialler import SipDialler
from voicebot.adapters.sip_setup import SipAccount
from voicebot.errors import DialError, Unreached
from voicebot.model import RATE, HungUp
from voicebot.ports import Line


@asynccontextmanager
async def dialling(*targets: str, **changes: object) -> AsyncIterator[tuple[Side, SipDialler]]:
    """A telephone side that may call these."""
    changes = {"max_placed": 3, **changes}
    async with answering(targets=frozenset(targets), **changes) as side:
        yield side, SipDialler(side.stack, side.setup)
        assert side.stack.placed == 0


async def refusal(dial: Awaitable[Line]) -> Unreached:
    with pytest.raises(DialError) as error:
        await dial
    return error.value.reason


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Telephone]:
    """An operator's telephone, with a tone for a voice."""
    speech = folder / "speech.wav"
    soundfile.write(speech, tone(CALLER_TONE, NARROW, 30), NARROW)
    async with Telephone.open(folder / "desk", speech) as telephone:
        yield telephone


@asynccontextmanager
async def callee(
    folder: Path, scenario: str, **options: str | float
) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """A SIPp that waits for our call: its address, and its end, when the scenario was kept."""
    port = free_port()
    running = asyncio.create_task(sipp(folder, scenario, None, port=port, **options))
    await asyncio.sleep(0.5)
    try:
        yield f"sip:201@127.0.0.1:{port}", running
    finally:
        running.cancel()
        await asyncio.wait([running])


# --- a telephone -----------------------------------------------------------------------


@needs_baresip
async def test_an_operator_answers_and_both_hear_each_other(tmp_path: Path) -> None:
    async with desk(tmp_path) as telephone, dialling(telephone.address) as (side, dialler):
        dialled = asyncio.create_task(dialler.dial(telephone.address, 10, "Ufficio casa (it)"))
        await telephone.until("CALL_INCOMING")
        await asyncio.sleep(0.3)
        assert not dialled.done(), "ringing is no answer"
        telephone.do("accept")
        call = Taken(await dialled)
        await asyncio.sleep(1.5)
        assert side.stack.placed == 1
        telephone.do("hangup")
        assert await call.ended() == HungUp("caller")
        assert frequency(np.concatenate(call.frames[-30:]), RATE) == pytest.approx(
            CALLER_TONE, 0.01
        )
        samples, rate = telephone.heard()
        assert frequency(samples[-rate // 2 :], rate) == pytest.approx(BOT_TONE, abs=5)


@needs_baresip
async def test_we_hang_up_on_an_operator(tmp_path: Path) -> None:
    async with desk(tmp_path) as telephone, dialling(telephone.address) as (_, dialler):
        dialled = asyncio.create_task(dialler.dial(telephone.address, 10))
        await telephone.until("CALL_INCOMING")
        telephone.do("accept")
        call = Taken(await dialled)
        await call.line.hang_up()
        await telephone.until("CALL_CLOSED")
        assert isinstance(await call.ended(), HungUp)


@needs_baresip
async def test_an_operator_refuses_or_lets_it_ring_or_is_no_longer_wanted(tmp_path: Path) -> None:
    async with desk(tmp_path) as telephone, dialling(telephone.address) as (_, dialler):
        dialled = asyncio.create_task(dialler.dial(telephone.address, 10))
        await telephone.until("CALL_INCOMING")
        telephone.do("hangup")
        assert await refusal(dialled) is Unreached.BUSY
        await telephone.until("CALL_CLOSED")

        telephone.events.clear()
        assert await refusal(dialler.dial(telephone.address, 1.0)) is Unreached.UNANSWERED
        await telephone.until("CALL_CLOSED")

        telephone.events.clear()
        dialled = asyncio.create_task(dialler.dial(telephone.address, 10))
        await telephone.until("CALL_INCOMING")
        dialled.cancel()
        await asyncio.wait([dialled])
        assert dialled.cancelled()
        await telephone.until("CALL_CLOSED")


# --- what an exchange may answer -------------------------------------------------------


@needs_sipp
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (486, Unreached.BUSY),
        (600, Unreached.BUSY),
        (603, Unreached.REFUSED),
        (403, Unreached.REFUSED),
        (480, Unreached.UNANSWERED),
        (408, Unreached.UNANSWERED),
        (404, Unreached.UNREACHABLE),
        (503, Unreached.UNREACHABLE),
    ],
)
async def test_every_refusal_has_its_reason(tmp_path: Path, code: int, reason: Unreached) -> None:
    async with callee(tmp_path, "callee_refuses", code=code) as (address, kept):
        async with dialling(address) as (_, dialler):
            assert await refusal(dialler.dial(address, 5, "Ufficio casa (it)")) is reason
            await kept


@needs_sipp
async def test_we_go_nowhere_else_than_we_were_told(tmp_path: Path) -> None:
    """A redirection (302) is not followed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.setblocking(False)
        port = other.getsockname()[1]
        async with callee(tmp_path, "callee_moved", elsewhere=port) as (address, kept):
            async with dialling(address) as (_, dialler):
                assert await refusal(dialler.dial(address, 5)) is Unreached.UNREACHABLE
                await kept
                await asyncio.sleep(0.5)
        with pytest.raises(BlockingIOError):
            other.recv(4096)


@needs_sipp
async def test_an_announcement_before_the_answer_is_no_answer(tmp_path: Path) -> None:
    async with callee(tmp_path, "callee_early", seconds=1) as (address, kept):
        async with dialling(address) as (_, dialler):
            loop = asyncio.get_running_loop()
            started = loop.time()
            call = Taken(await dialler.dial(address, 10))
            assert loop.time() - started > 0.9
            await asyncio.sleep(0.5)
            await call.line.hang_up()
            await kept


@needs_sipp
async def test_an_answer_that_crosses_our_giving_up(tmp_path: Path) -> None:
    """The 200 comes after our CANCEL: it is acknowledged, and ended by BYE."""
    async with callee(tmp_path, "callee_crosses") as (address, kept):
        async with dialling(address) as (_, dialler):
            assert await refusal(dialler.dial(address, 1.0)) is Unreached.UNANSWERED
            await kept


async def test_nobody_is_there() -> None:
    address = f"sip:201@127.0.0.1:{free_port()}"
    async with dialling(address) as (_, dialler):
        assert await refusal(dialler.dial(address, 1.0)) is Unreached.UNREACHABLE


# --- what is never dialled -------------------------------------------------------------


async def test_a_target_that_the_settings_do_not_name(caplog: pytest.LogCaptureFixture) -> None:
    async with dialling("sip:201@127.0.0.1:5999") as (_, dialler):
        for target in ("sip:202@127.0.0.1:5999", "201", "sip:201@127.0.0.1:5999;transport=tcp"):
            assert await refusal(dialler.dial(target, 5)) is Unreached.NOT_ALLOWED
    assert "not dialled" in caplog.text and "202" not in caplog.text


async def test_before_the_stack_runs_nobody_is_reachable() -> None:
    wanted = replace(setup(), targets=frozenset({"sip:201@127.0.0.1:5999"}), max_placed=1)
    side = Side(wanted)
    dialler = SipDialler(side.stack, wanted)
    assert await refusal(dialler.dial("sip:201@127.0.0.1:5999", 5)) is Unreached.UNREACHABLE


@pytest.mark.parametrize(
    ("how", "number", "address"),
    [
        ("sip:{number}@trunk.example", "+393331112222", "sip:+393331112222@trunk.example"),
        ("sip:0{national}@pbx.example:5070", "+39059203", "sip:0059203@pbx.example:5070"),
        ("0{national}", "+393331112222", "sip:03331112222@exchange.example"),
        ("sip:{number}@trunk.example", "+39899123456", None),
        ("sip:{number}@trunk.example", "+881600000000", None),
        ("sip:{number}@trunk.example", "+39333x", None),
        ("sip:{number}@trunk.example", "+39333@elsewhere.example", None),
        ("sip:{number}@trunk.example", "", None),
        (None, "+393331112222", None),
    ],
)
def test_who_may_be_called_back(how: str | None, number: str, address: str | None) -> None:
    account = SipAccount("701", "exchange.example")
    wanted = replace(setup(), call_back=how, call_back_to=("+390", "+393"), accounts=(account,))
    assert wanted.address_of_caller(number) == address
    assert wanted.address(number) is None
    dialler = SipDialler(Side(wanted).stack, wanted)
    assert dialler.may_call_back(number) is (address is not None)


@needs_baresip
async def test_a_caller_is_called_back(tmp_path: Path) -> None:
    """The telephone has the number that the caller called from."""
    async with desk(tmp_path) as telephone:
        number = telephone.address.removeprefix("sip:").partition("@")[0]
        how = telephone.address.replace(number, "{number}")
        async with dialling(call_back=how, call_back_to=("333",)) as (_, dialler):
            dialled = asyncio.create_task(dialler.call_back(number, 10))
            await telephone.until("CALL_INCOMING")
            telephone.do("accept")
            call = Taken(await dialled)
            await call.line.hang_up()
            assert await refusal(dialler.call_back("+39899123456", 5)) is Unreached.NOT_ALLOWED
            assert await refusal(dialler.dial(number, 5)) is Unreached.NOT_ALLOWED


@needs_baresip
async def test_calls_to_operators_have_places_of_their_own(tmp_path: Path) -> None:
    async with desk(tmp_path) as telephone:
        async with dialling(telephone.address, max_placed=1, max_calls=1) as (side, dialler):
            first = asyncio.create_task(dialler.dial(telephone.address, 10))
            await telephone.until("CALL_INCOMING")
            assert await refusal(dialler.dial(telephone.address, 5)) is Unreached.UNREACHABLE
            await sipp(tmp_path, "call", side.port, seconds=0.3)
            first.cancel()
            await asyncio.wait([first])
