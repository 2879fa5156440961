"""Telephone calls that we place: to operators, at addresses that the settings name."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from baresip import BaresipError, Call, StackEvent

from voicebot.adapters.sip_line import SipLine
from voicebot.adapters.sip_log import redacted
from voicebot.adapters.sip_setup import SipSetup
from voicebot.adapters.sip_stack import SipStack
from voicebot.adapters.sip_transfer import reason
from voicebot.errors import DialError, Unreached
from voicebot.ports import Line

logger = logging.getLogger(__name__)


class SipDialler:
    """A `Dialler` over the SIP stack."""

    def __init__(self, stack: SipStack, setup: SipSetup) -> None:
        """The stack may start later; until then nobody is reachable."""
        self._stack = stack
        self._setup = setup
        self._opening = 0

    async def dial(self, target: str, patience: float, note: str | None = None) -> Line:
        """Call a target and wait until it has answered; `note` goes with the call as its Subject.

        Raises:
            DialError: says why nobody was reached.
        """
        return await self._dial(self._setup.address(target), patience, note)

    def may_call_back(self, number: str) -> bool:
        """Whether the number is one of those that the settings let us call."""
        return self._setup.address_of_caller(number) is not None

    async def call_back(self, number: str, patience: float) -> Line:
        """Call a caller who asked for it, at the number that they called from, or gave.

        Raises:
            DialError: says why they were not reached.
        """
        return await self._dial(self._setup.address_of_caller(number), patience, None)

    async def _dial(self, address: str | None, patience: float, note: str | None) -> Line:
        if address is None:
            logger.error("a number that the settings do not allow was not dialled")
            raise DialError(Unreached.NOT_ALLOWED)
        if self._opening + self._stack.placed >= self._setup.max_placed:
            raise DialError(Unreached.UNREACHABLE, "all lines to operators are busy")
        self._opening += 1
        try:
            line = await self._call(address, note)
        except (BaresipError, ValueError) as error:
            logger.warning("a call could not be placed: %s", redacted(str(error)))
            raise DialError(Unreached.UNREACHABLE) from error
        finally:
            self._opening -= 1
        self._stack.carry(line)
        try:
            return await self._ring(line, patience)
        except BaseException:
            await line.hang_up()
            raise

    async def _call(self, address: str, note: str | None) -> SipLine:
        runtime, agent = self._stack.agent_for(address)
        early: list[StackEvent] = []
        # what comes before the library has told us the call is told to nobody else
        listener = early.append
        runtime.subscribe(listener)
        headers = {"Subject": " ".join(note.split())} if note else None
        placing = asyncio.ensure_future(agent.dial(address, headers))
        try:
            call = await asyncio.shield(placing)
        except asyncio.CancelledError:
            # else it would ring for nobody
            await _take_back(placing)
            raise
        finally:
            runtime.unsubscribe(listener)
        line = SipLine(call, self._setup)
        for event in early:
            if event.call == call.handle:
                line.on_stack_event(event)
        return line

    @staticmethod
    async def _ring(line: SipLine, patience: float) -> SipLine:
        """Wait for the answer; ringing and early media are none."""
        try:
            async with asyncio.timeout(patience):
                await line.settled()
        except TimeoutError as error:
            why = Unreached.UNANSWERED if line.rang else Unreached.UNREACHABLE
            raise DialError(why) from error
        if line.over:
            raise DialError(reason(line.closing_status))
        return line


async def _take_back(placing: asyncio.Future[Call]) -> None:
    with contextlib.suppress(BaresipError):
        call = await placing
        await call.hangup()
