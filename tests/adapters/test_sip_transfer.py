"""Callers who are sent elsewhere by REFER: to real telephones, and by exchanges of every temper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import soundfile

from tests.adapters.sip_peers import NARROW, needs_sipp, sipp
from tests.adapters.sip_side import CALLER_TONE, Side, Taken, answering, calling, frequency, tone
from tests.adapters.sip_telephone import Telephone, needs_baresip
from voicebot.errors import TransferError, Unreached
from voicebot.model import HungUp

TARGET = "sip:201@exchange.example"
DESK_TONE = 700.0


async def why(call: Taken, target: str = TARGET, patience: float = 5.0) -> Unreached:
    with pytest.raises(TransferError) as error:
        await call.line.transfer(target, patience)
    return error.value.reason


# --- telephones ------------------------------------------------------------------------


@asynccontextmanager
async def telephone(folder: Path, name: str, pitch: float) -> AsyncIterator[Telephone]:
    speech = folder / f"{name}.wav"
    soundfile.write(speech, tone(pitch, NARROW, 60), NARROW)
    async with Telephone.open(folder / name, speech) as one:
        yield one


@asynccontextmanager
async def caller_and_desk(folder: Path) -> AsyncIterator[tuple[Telephone, Telephone, Side, Taken]]:
    """A caller who is connected with us, and a telephone that they may be sent to."""
    async with telephone(folder, "caller", CALLER_TONE) as caller:
        async with telephone(folder, "desk", DESK_TONE) as desk:
            async with answering(targets=frozenset({desk.address})) as side:
                caller.do("dial", f"sip:100@127.0.0.1:{side.port}")
                call = await side.call()
                await caller.until("CALL_ESTABLISHED")
                await asyncio.sleep(0.5)
                yield caller, desk, side, call


@needs_baresip
async def test_a_caller_is_sent_to_an_operator_who_answers(tmp_path: Path) -> None:
    async with caller_and_desk(tmp_path) as (caller, desk, _, call):
        sending = asyncio.create_task(call.line.transfer(desk.address, 10))
        await desk.until("CALL_INCOMING")
        await asyncio.sleep(0.3)
        assert not sending.done()
        desk.do("accept")
        await sending
        assert await call.ended() == HungUp("caller")
        await asyncio.sleep(1)
        desk.do("hangup")
        await desk.until("CALL_CLOSED")
        samples, rate = desk.heard()
        assert frequency(samples[-rate // 2 :], rate) == pytest.approx(CALLER_TONE, abs=5)
        samples, rate = caller.heard()
        assert frequency(samples[-rate // 2 :], rate) == pytest.approx(DESK_TONE, abs=5)


@needs_baresip
async def test_an_operator_who_refuses_leaves_the_caller_with_us(tmp_path: Path) -> None:
    async with caller_and_desk(tmp_path) as (_, desk, _, call):
        sending = asyncio.create_task(why(call, desk.address))
        await desk.until("CALL_INCOMING")
        desk.do("hangup")
        assert await sending is Unreached.BUSY
        await still_heard(call)


@needs_baresip
async def test_an_operator_who_does_not_answer_leaves_the_caller_with_us(tmp_path: Path) -> None:
    async with caller_and_desk(tmp_path) as (_, desk, _, call):
        assert await why(call, desk.address, 2.0) is Unreached.UNANSWERED
        assert "CALL_INCOMING" in desk.events
        await still_heard(call)


async def still_heard(call: Taken) -> None:
    """The caller's tone goes on coming in: a fifth of a second of it without a gap.

    A busy machine makes gaps of its own.
    """
    before = len(call.frames)
    for _ in range(50):
        await asyncio.sleep(0.1)
        if len(call.frames) - before >= 10 and all(call.loud[-10:]):
            return
    raise AssertionError("the caller is not heard any more")


# --- exchanges -------------------------------------------------------------------------


@asynccontextmanager
async def sent(
    folder: Path, scenario: str, **options: str | float
) -> AsyncIterator[tuple[Side, Taken]]:
    """A caller by an exchange, once its first negotiations are over."""
    async with answering(targets=frozenset({TARGET})) as side:
        async with calling(side, folder, scenario, **options) as (_, call):
            await asyncio.sleep(0.5)
            yield side, call


@needs_sipp
async def test_an_exchange_reports_that_it_got_there(tmp_path: Path) -> None:
    async with sent(tmp_path, "transfer_done", seconds=0.5) as (_, call):
        await call.line.transfer(TARGET, 5)
        assert await call.ended() == HungUp("caller")


@needs_sipp
@pytest.mark.parametrize(
    ("scenario", "code", "reason"),
    [
        ("transfer_failed", 486, Unreached.BUSY),
        ("transfer_failed", 603, Unreached.REFUSED),
        ("transfer_failed", 408, Unreached.UNANSWERED),
        ("transfer_failed", 404, Unreached.UNREACHABLE),
        ("transfer_refused", 603, Unreached.REFUSED),
        ("transfer_refused", 405, Unreached.UNSUPPORTED),
        ("transfer_refused", 503, Unreached.UNREACHABLE),
    ],
)
async def test_an_exchange_reports_why_not(
    tmp_path: Path, scenario: str, code: int, reason: Unreached
) -> None:
    async with sent(tmp_path, scenario, code=code, seconds=1) as (_, call):
        assert await why(call) is reason
        assert not any(isinstance(event, HungUp) for event in call.events)


@needs_sipp
async def test_an_exchange_that_never_tells(tmp_path: Path) -> None:
    async with sent(tmp_path, "transfer_silent", seconds=3) as (_, call):
        assert await why(call, patience=1.0) is Unreached.UNANSWERED


@needs_sipp
async def test_an_exchange_that_sends_no_sound_meanwhile_is_waited_for(tmp_path: Path) -> None:
    async with answering(targets=frozenset({TARGET}), lost_timeout=1.0) as side:
        async with calling(side, tmp_path, "transfer_silent", seconds=2.4) as (_, call):
            await asyncio.sleep(0.5)
            assert await why(call, patience=2.0) is Unreached.UNANSWERED
            assert not any(isinstance(event, HungUp) for event in call.events)


@needs_sipp
async def test_a_caller_who_hangs_up_during_the_transfer(tmp_path: Path) -> None:
    async with sent(tmp_path, "transfer_left") as (_, call):
        assert await why(call) is Unreached.GONE
        assert await call.ended() == HungUp("caller")


@needs_sipp
async def test_an_exchange_that_holds_us_meanwhile_comes_back(tmp_path: Path) -> None:
    async with answering(targets=frozenset({TARGET})) as side:
        async with calling(side, tmp_path, "transfer_held", seconds=1.2) as (rtp, call):
            await asyncio.sleep(0.5)
            speaking = asyncio.create_task(rtp.speak(tone(CALLER_TONE, NARROW, 3)))
            assert await why(call) is Unreached.BUSY
            await asyncio.sleep(0.6)
            assert all(call.loud[-10:])
            speaking.cancel()
            await asyncio.wait([speaking])


@needs_sipp
async def test_nobody_is_sent_where_the_settings_do_not_say(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, seconds=1) as (_, call):
        for target in (TARGET, "201", "sip:00881600000000@exchange.example"):
            assert await why(call, target) is Unreached.NOT_ALLOWED


@needs_sipp
async def test_a_peer_that_sends_us_elsewhere_is_refused(tmp_path: Path) -> None:
    """Also to a target that we may dial: only we decide who is called."""
    target = frozenset({"sip:00881600000000@127.0.0.1"})
    async with answering(targets=target, max_placed=3) as side:
        await sipp(tmp_path, "refer", side.port, seconds=0.5)
        assert side.stack.placed == 0
