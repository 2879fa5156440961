"""All calls that are going on: who may come in, and how the house empties."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from voicebot.call import take_call
from voicebot.errors import LineError
from voicebot.holding.place import Place
from voicebot.ports import Line
from voicebot.services import Services

logger = logging.getLogger(__name__)


class Door(StrEnum):
    """By what callers come in. Each has its own places: a full page leaves telephones theirs."""

    TELEPHONE = "telephone"
    PAGE = "page"


class Refusal(StrEnum):
    """Why a call was not taken."""

    FULL = "full"
    CLOSING = "closing"
    UNWELCOME = "unwelcome"
    """It came from where no calls are taken, or its line could not be opened."""


class Switchboard:
    """Admits calls and holds their tasks."""

    def __init__(self, services: Services, limits: Mapping[Door, int]) -> None:
        """`limits` are the calls at once by each door."""
        self.services = services
        self._limits = limits
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._inside: Counter[Door] = Counter()
        self._opening: Counter[Door] = Counter()
        self._left = asyncio.Event()
        self._draining = False
        self._closed = False
        self.taken: Counter[Door] = Counter()
        """Calls taken since the start."""
        self.refused: Counter[tuple[Door, Refusal]] = Counter()
        """Calls refused since the start."""

    @property
    def running(self) -> int:
        """Calls going on."""
        return len(self._calls)

    def running_by(self, door: Door) -> int:
        """Of those the ones that came by this door."""
        return self._inside[door]

    @property
    def draining(self) -> bool:
        """Whether no new call is taken because the switchboard is closing."""
        return self._draining

    @contextmanager
    def admission(self, door: Door) -> Iterator[None]:
        """A place for one more call while its line is being opened.

        Raises:
            LineError: the switchboard is full or closing; says what the caller may do.
        """
        if self._draining:
            self.refused[door, Refusal.CLOSING] += 1
            raise LineError("the switchboard is closing; call again in a minute")
        if self._inside[door] + self._opening[door] >= self._limits.get(door, 0):
            self.refused[door, Refusal.FULL] += 1
            raise LineError("all lines are busy; call again in a few minutes")
        self._opening[door] += 1
        try:
            yield
        except LineError:
            self.refused[door, Refusal.UNWELCOME] += 1
            raise
        finally:
            self._opening[door] -= 1
            self._left.set()

    def start(self, line: Line, door: Door, place: Place | None = None) -> asyncio.Task[None]:
        """Hold a call on this line; the task ends with the call and never fails.

        `place` is that of a caller whom we have called back.
        """
        call_id = secrets.token_hex(4)
        task = asyncio.get_running_loop().create_task(
            take_call(call_id, line, self.services, place), name=f"call {call_id}"
        )
        self._calls[call_id] = task
        self._inside[door] += 1
        self.taken[door] += 1

        def over(_: asyncio.Task[None]) -> None:
            del self._calls[call_id]
            self._inside[door] -= 1
            self._left.set()

        task.add_done_callback(over)
        if self._closed:
            # The line was being opened when the switchboard closed. The call is cut once it has
            # begun: one that is cancelled before would leave its line open.
            asyncio.get_running_loop().call_soon(task.cancel)
        return task

    async def drain(self, patience: float) -> None:
        """No new calls; those going on may end by themselves, for so many seconds at most."""
        self._draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                # a line that is being opened may still begin
                while self._calls or any(self._opening.values()):
                    self._left.clear()
                    await self._left.wait()

    async def close(self) -> None:
        """No new calls; those going on are cut."""
        self._draining = self._closed = True
        await asyncio.sleep(0)  # a call that has not begun yet would not close its line
        calls = list(self._calls.values())
        for task in calls:
            task.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
