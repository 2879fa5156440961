"""What a call has under way beside the conversation; what goes wrong in it never ends the call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from voicebot.errors import VoicebotError

logger = logging.getLogger(__name__)

MAX_WAITING = 32
"""Errands that may wait. One caller cannot ask faster than that; past it they are dropped."""

T = TypeVar("T")


class Errands(Generic[T]):
    """Runs errands in the order in which they are asked, and longer work beside them."""

    def __init__(
        self,
        call_id: str,
        run: Callable[[T], Awaitable[None]],
        failed: Callable[[T | None], Awaitable[None]],
    ) -> None:
        """`failed` makes good for an errand that raised; None stands for work beside."""
        self._id = call_id
        self._run = run
        self._failed = failed
        self._waiting: asyncio.Queue[T] = asyncio.Queue(MAX_WAITING)
        self._tasks: asyncio.TaskGroup
        self._beside: set[asyncio.Task[None]] = set()

    def open(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to run."""
        self._tasks = tasks
        self.start(self._run_all)

    def ask(self, errand: T) -> None:
        """Do this after what was asked before."""
        try:
            self._waiting.put_nowait(errand)
        except asyncio.QueueFull:
            logger.warning("call %s: too much asked at once", self._id)

    def start(self, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Do this beside, until it ends or the call closes."""
        task = self._tasks.create_task(self._guarded(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    async def close(self) -> None:
        """Stop all of it."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _run_all(self) -> None:
        while True:
            errand = await self._waiting.get()
            try:
                await self._run(errand)
            except Exception as error:
                self._log(error)
                await self._failed(errand)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:
            self._log(error)
            await self._failed(None)

    def _log(self, error: Exception) -> None:
        """Our own errors speak for themselves; others are bugs, and told with where they were."""
        unforeseen = not isinstance(error, VoicebotError)
        logger.error("call %s: %s", self._id, error or type(error).__name__, exc_info=unforeseen)
