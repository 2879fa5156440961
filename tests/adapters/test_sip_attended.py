"""Callers who are joined with an operator by their exchange (REFER with Replaces).

Both are telephones in processes of their own that know Replaces.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.adapters.sip_peers import free_listener
from tests.adapters.sip_side import BOT_TONE, Taken, answering
from tests.adapters.test_sip_transfer import still_heard
from tests.fakes.line import FakeLine
from voicebot.adapters.sip_dialler import SipDialler
from voicebot.errors import TransferError, Unreached
from voicebot.model import HungUp

CALLER, DESK = 1000, 700

NEAR = 10
"""Hz by which a pitch may be off where a busy machine has cut into it."""


@dataclass
class Softphone:
    """A telephone, and what it has told so far."""

    address: str
    process: asyncio.subprocess.Process
    told: list[str] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def open(cls, pitch: int) -> AsyncIterator[Softphone]:
        port = free_listener()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.adapters.softphone", str(port), str(pitch)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        phone = cls(f"sip:201@127.0.0.1:{port}", process)
        reading = asyncio.create_task(phone._read())
        try:
            await phone.until("READY")
            yield phone
        finally:
            process.kill()
            await asyncio.wait([reading])
            await process.wait()

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.told.append(line.decode().strip())

    async def until(self, word: str) -> str:
        """Wait until it tells this: the whole line."""
        async with asyncio.timeout(15):
            while True:
                for line in self.told:
                    if line.startswith(word):
                        return line
                await asyncio.sleep(0.02)

    def do(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())

    async def comes_to_hear(self, pitch: float) -> None:
        """That pitch, in the only call that it has left; within a few seconds."""
        for _ in range(20):
            pitches = json.loads(await self.hears())
            if len(pitches) == 1 and abs(pitches[0] - pitch) <= NEAR:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"it hears {pitches}")

    async def hears(self) -> str:
        """The pitches that it hears, one for each of its calls."""
        self.told = [line for line in self.told if not line.startswith("HEARD")]
        self.do("listen")
        return (await self.until("HEARD")).removeprefix("HEARD ")


@dataclass
class Meeting:
    """A caller and an operator, each on a line with us."""

    caller: Softphone
    desk: Softphone
    call: Taken
    other: Taken

    async def join(self, patience: float = 6.0) -> None:
        await self.call.line.transfer_to(self.other.line, patience)


@asynccontextmanager
async def meeting() -> AsyncIterator[Meeting]:
    async with AsyncExitStack() as stack:
        caller = await stack.enter_async_context(Softphone.open(CALLER))
        desk = await stack.enter_async_context(Softphone.open(DESK))
        side = await stack.enter_async_context(
            answering(targets=frozenset({desk.address}), max_placed=3)
        )
        dialler = SipDialler(side.stack, side.setup)
        caller.do(f"dial sip:100@127.0.0.1:{side.port}")
        call = await side.call()
        await caller.until("ESTABLISHED")
        dialling = asyncio.create_task(dialler.dial(desk.address, 10))
        await desk.until("INCOMING")
        desk.do("accept")
        yield Meeting(caller, desk, call, other := Taken(await dialling))
        await asyncio.gather(call.line.hang_up(), other.line.hang_up())
        await other.ended()


async def test_the_exchange_joins_a_caller_with_an_operator() -> None:
    async with meeting() as them:
        # at once: the negotiation after our answer is still under way
        await them.join()
        assert await them.call.ended() == HungUp("caller")
        assert await them.other.ended() == HungUp("caller")
        await asyncio.sleep(1)
        await them.caller.comes_to_hear(DESK)
        await them.desk.comes_to_hear(CALLER)


async def test_an_operator_who_hangs_up_meanwhile_leaves_the_caller_with_us() -> None:
    async with meeting() as them:
        joining = asyncio.create_task(them.join())
        await asyncio.sleep(0.01)
        them.desk.do("hangup")
        with pytest.raises(TransferError) as error:
            await joining
        assert error.value.reason is Unreached.REFUSED
        await still_heard(them.call)
        await them.caller.comes_to_hear(BOT_TONE)


async def test_a_caller_who_hangs_up_meanwhile() -> None:
    async with meeting() as them:
        joining = asyncio.create_task(them.join())
        await asyncio.sleep(0.01)
        them.caller.do("hangup")
        with pytest.raises(TransferError) as error:
            await joining
        assert error.value.reason is Unreached.GONE
        assert await them.call.ended() == HungUp("caller")
        await still_heard(them.other)


async def test_giving_up_leaves_both_as_they_were() -> None:
    async with meeting() as them:
        joining = asyncio.create_task(them.join())
        await asyncio.sleep(0)
        joining.cancel()
        await asyncio.wait([joining])
        assert joining.cancelled()
        await still_heard(them.call)
        await still_heard(them.other)
        await them.desk.comes_to_hear(BOT_TONE)


async def test_a_line_of_another_kind_can_not_take_part() -> None:
    async with meeting() as them:
        with pytest.raises(TransferError) as error:
            await them.call.line.transfer_to(FakeLine(), 5)
        assert error.value.reason is Unreached.UNSUPPORTED
