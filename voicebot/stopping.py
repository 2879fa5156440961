"""How the house is asked to stop: emptied first, cut when it must be at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator

import uvicorn

logger = logging.getLogger(__name__)


class Stopping:
    """What SIGTERM and Ctrl-C ask for."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        """No new calls; the running ones may end."""
        self.at_once = asyncio.Event()
        """A second SIGTERM has come, or Ctrl-C."""

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Listen to both, while it is open."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._ask)
        loop.add_signal_handler(signal.SIGINT, self._cut)
        try:
            yield
        finally:
            for one in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(one)

    def _ask(self) -> None:
        if self.asked.is_set():
            self._cut()
        self.asked.set()

    def _cut(self) -> None:
        self.asked.set()
        self.at_once.set()


class WebServer(uvicorn.Server):
    """Leaves the signals to `Stopping`: the pages serve their callers until the house is empty."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield
