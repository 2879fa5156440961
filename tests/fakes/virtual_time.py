"""An event loop whose time jumps to the next timer: a minute's conversation in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timer, moves the loop's clock to it."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout is None:
            return ready or super().select(timeout)
        self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time; threads and sockets still take real time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(conversation: Coroutine[Any, Any, T]) -> T:
    """Play a conversation to its end; tasks that it leaves behind fail the test."""
    loop = VirtualTimeLoop()
    try:
        result = loop.run_until_complete(conversation)
        left = [task.get_name() for task in asyncio.all_tasks(loop)]
        assert not left, f"tasks left behind: {left}"
        return result
    finally:
        loop.close()


class FakeClock:
    """A wall clock that follows the loop's time from a given moment."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())
