"""An event loop whose time jumps to the next timer: a day in a minute."""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime, timedelta


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
        """Seconds since the loop was made, as its timers count them."""
        return self._jumping.now


class LoopClock:
    """The `Clock` port over a loop's own time, from a given moment on."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        """The moment on the loop that runs."""
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())
