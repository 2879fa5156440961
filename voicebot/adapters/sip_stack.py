"""The telephone side of the house: the SIP stack (baresip) and the calls that come in over it.

There is one runtime in a process, with a thread of its own for signalling and one for each call's
outgoing packets. It tells events to our loop; sound goes through its buffers, moved by one pump.
What the stack can't do: it refuses with 486 only, and a number it does not know with 404; it can't
say to which address a call came, so each number that is taken has a user agent of its own; and it
sends a re-INVITE a tenth of a second after each answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from baresip import BaresipError, Call, CommandTimeout, Runtime, UserAgent

from voicebot.adapters import sip_log
from voicebot.adapters.sip_arrival import arrival_of
from voicebot.adapters.sip_keys import Way
from voicebot.adapters.sip_line import SipLine
from voicebot.adapters.sip_setup import SipSetup
from voicebot.adapters.sip_trace import Trace
from voicebot.errors import LineError
from voicebot.model import FRAME_SECONDS
from voicebot.ports import Line

logger = logging.getLogger(__name__)

ANSWER_PATIENCE = 35.0
"""Seconds that a caller's ACK may take after our answer: SIP's own limit (64 times T1) and some."""

REGISTER_PATIENCE = 10.0

HEALTH_INTERVAL = 10.0
"""Seconds between two questions whether the stack's thread is alive."""


class SipStack:
    """Takes telephone calls and hands over their lines."""

    def __init__(
        self,
        setup: SipSetup,
        admission: Callable[[], AbstractContextManager[None]],
        on_call: Callable[[Line], object],
    ) -> None:
        """Nothing runs yet. `admission` is a place for one more call; it raises LineError."""
        self._setup = setup
        self._admission = admission
        self._on_call = on_call
        self._runtime: Runtime | None = None
        self._listeners: list[UserAgent] = []
        self._trace: Trace | None = None
        self._prints: sip_log.Prints | None = None
        self._extensions: list[UserAgent] = []
        self._lines: set[SipLine] = set()
        self._placed: set[SipLine] = set()
        self._starved = 0
        """Of the calls that have ended."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.died = asyncio.Event()
        """Set when the stack has died; only a new process brings it back."""

    async def start(self) -> None:
        """Listen, and register the accounts.

        Raises:
            LineError: the stack can't start: says why.
        """
        sip_log.redact()
        self._trace, self._prints = Trace(self._key_refused), sip_log.Prints()
        self._trace.open()
        self._prints.open()
        runtime = Runtime()
        runtime.on_dead = self._die
        try:
            self._setup.check_address()
            await runtime.start(self._setup.config())
            self._runtime = runtime
            await self._add_agents(runtime)
        except (BaresipError, ValueError, OSError) as error:
            await self.close()
            where = f"{self._setup.host}:{self._setup.port}"
            raise LineError(f"SIP can't start on {where}: {error}") from error
        self._hold(self._pump())
        self._hold(self._watch(runtime))
        logger.info("taking telephone calls by SIP on %s:%d", self._setup.host, self._setup.port)

    async def drain(self) -> None:
        """Tell the exchanges that no more calls are taken; those going on are untouched."""
        await asyncio.gather(*(self._unregister(agent) for agent in self._extensions))

    async def _unregister(self, agent: UserAgent) -> None:
        with contextlib.suppress(BaresipError):
            await agent.unregister(timeout=2)

    async def close(self) -> None:
        """Unregister, end what is left of the calls, stop the stack."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(line.hang_up() for line in (*self._lines, *self._placed)))
        await self.drain()
        self._extensions.clear()
        self._listeners.clear()
        if self._runtime is not None and not self.died.is_set():
            runtime, self._runtime = self._runtime, None
            with contextlib.suppress(BaresipError):
                await runtime.close()
        if self._trace is not None:
            self._trace.close()
        if self._prints is not None:
            self._prints.close()

    async def _add_agents(self, runtime: Runtime) -> None:
        for user in self._setup.users:
            agent = await UserAgent.create(
                runtime, self._setup.listener(user), transfer_policy="reject"
            )
            agent.on_incoming(self._on_incoming)
            self._listeners.append(agent)
        for account in self._setup.accounts:
            agent = await UserAgent.create(
                runtime, self._setup.extension(account), transfer_policy="reject"
            )
            agent.on_incoming(self._on_incoming)
            self._extensions.append(agent)
            self._hold(self._register(agent, len(self._extensions)))

    async def _register(self, agent: UserAgent, number: int) -> None:
        """The first time; after that the stack does it by itself, again and again."""
        try:
            await agent.register(timeout=REGISTER_PATIENCE)
            logger.info("telephone account %d is registered", number)
        except BaresipError as error:
            logger.error(
                "telephone account %d is not registered, trying on: %s",
                number,
                sip_log.redacted(str(error)),
            )

    # Calls

    def _on_incoming(self, call: Call) -> None:
        self._hold(self._take(call))

    async def _take(self, call: Call) -> None:
        """Answer or refuse one call; what goes wrong with it touches no other."""
        line = SipLine(call, self._setup)
        try:
            with self._admission():
                await self._introduce(line, call)
                self._lines.add(line)
                if await line.open(ANSWER_PATIENCE):
                    self._on_call(line)
                else:
                    logger.info("a telephone call ended before it was answered")
        except LineError as error:
            logger.info("a telephone call was refused: %s", error)
            with contextlib.suppress(BaresipError):
                await call.reject()
        except BaresipError as error:
            logger.warning("a telephone call was not answered: %s", sip_log.redacted(str(error)))
            await line.hang_up()

    def metrics(self) -> tuple[str, ...]:
        """Lines for Prometheus."""
        starved = self._starved + sum(line.starved for line in (*self._lines, *self._placed))
        name = "voicebot_sip_starved_frames_total"
        return f"# TYPE {name} counter", f"{name} {starved}"

    # Calls that we place

    @property
    def placed(self) -> int:
        """How many of the calls going on were placed by us."""
        return sum(not line.over for line in self._placed)

    def carry(self, line: SipLine) -> None:
        """Move the sound of a call that we place, until it ends."""
        self._placed.add(line)
        if self._trace is not None:
            line.keys.follow(self._trace)

    def agent_for(self, address: str) -> tuple[Runtime, UserAgent]:
        """Who calls that address: the account of its exchange, else the first listener.

        Raises:
            BaresipError: there is nobody to call it.
        """
        host = address.partition("@")[2].partition(";")[0]
        accounts = zip(self._setup.accounts, self._extensions, strict=False)
        agents = [agent for account, agent in accounts if account.domain == host]
        agents += self._listeners or self._extensions
        if self._runtime is None or not agents:
            raise BaresipError("the telephone side does not run")
        return self._runtime, agents[0]

    async def _introduce(self, line: SipLine, call: Call) -> None:
        """Learn from the INVITE who rang what, and how its telephone tells keys.

        Raises:
            LineError: it comes from where no calls are taken.
        """
        traced = await self._trace.invite(call.call_id or "") if self._trace else None
        if not self._setup.takes(traced.source if traced else None):
            raise LineError("no calls are taken from that address")
        if traced is None or self._trace is None:
            return
        trusted = self._setup.trusts(traced.source)
        line.arrival = arrival_of(traced.message, trusted, self._setup.numbering)
        line.keys.follow(self._trace)
        if self._setup.hears_tones(traced.message.body):
            line.keys.listen()

    def _key_refused(self, call_id: str, key: str) -> None:
        """An INFO of a kind that the stack does not know; the telephone hears so, the call not."""
        for line in (*self._lines, *self._placed):
            if line.call_id == call_id:
                line.keys.told(key, Way.INFO)

    async def _pump(self) -> None:
        """Move the sound of all calls every 20 ms, and let go of those that have ended."""
        loop = asyncio.get_running_loop()
        done = loop.time()
        while True:
            await asyncio.sleep(done + FRAME_SECONDS - loop.time())
            frames = int((loop.time() - done) / FRAME_SECONDS)
            done += frames * FRAME_SECONDS
            for line in (*self._lines, *self._placed):
                try:
                    line.tick(frames)
                except Exception:
                    logger.exception("the sound of a telephone call failed")
                    self._hold(line.hang_up())
                if line.over:
                    self._starved += line.starved
                    self._lines.discard(line)
                    self._placed.discard(line)

    # The stack's life

    async def _watch(self, runtime: Runtime) -> None:
        """Ask the stack's thread for a sign of life; one that hangs is as good as dead."""
        missed = 0
        while missed < 2:
            await asyncio.sleep(HEALTH_INTERVAL)
            try:
                await runtime.set_native_log_level("warning")
                missed = 0
            except CommandTimeout:
                missed += 1
            except BaresipError:
                return
        self._die()

    def _die(self) -> None:
        if not self.died.is_set():
            logger.critical("the SIP stack has died; only a new process brings it back")
            self.died.set()

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(partial(_forget, self._tasks))


def _forget(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("the telephone side failed", exc_info=error)
