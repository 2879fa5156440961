"""All calls that are going on: who may come in, and how the house empties."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.call import Services, take_call
from voicebot.errors import LineError
from voicebot.ports import Line

logger = logging.getLogger(__name__)


class Switchboard:
    """Admits calls and holds their tasks."""

    def __init__(self, services: Services, max_calls: int) -> None:
        self.services = services
        self._max_calls = max_calls
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._opening = 0
        self._draining = False
        self.taken = 0
        """Calls taken since the start."""
        self.refused = 0
        """Calls refused since the start."""

    @property
    def running(self) -> int:
        """Calls going on."""
        return len(self._calls)

    @property
    def draining(self) -> bool:
        """Whether no new call is taken because the switchboard is closing."""
        return self._draining

    @contextmanager
    def admission(self) -> Iterator[None]:
        """A place for one more call while its line is being opened.

        Raises:
            LineError: the switchboard is full or closing; says what the caller may do.
        """
        if self._draining:
            self.refused += 1
            raise LineError("the switchboard is closing; call again in a minute")
        if len(self._calls) + self._opening >= self._max_calls:
            self.refused += 1
            raise LineError("all lines are busy; call again in a few minutes")
        self._opening += 1
        try:
            yield
        finally:
            self._opening -= 1

    def start(self, line: Line) -> asyncio.Task[None]:
        """Hold a call on this line; the task ends with the call and never fails."""
        call_id = secrets.token_hex(4)
        task = asyncio.get_running_loop().create_task(
            take_call(call_id, line, self.services), name=f"call {call_id}"
        )
        self._calls[call_id] = task
        self.taken += 1
        task.add_done_callback(lambda _: self._calls.pop(call_id, None))
        if self._draining:
            # The line was being opened when the switchboard closed. The call is cut once it has
            # begun: one that is cancelled before would leave its line open.
            asyncio.get_running_loop().call_soon(task.cancel)
        return task

    async def close(self) -> None:
        """No new calls; those going on are cut."""
        self._draining = True
        await asyncio.sleep(0)  # a call that has not begun yet would not close its line
        calls = list(self._calls.values())
        for task in calls:
            task.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
