"""An object that lives in a child process: speech work, which must never hold up the calls.

One thread of the parent owns the child: it starts it, gives it one call at a time, and puts an end
to it when it hangs. The event loop only waits for futures.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

from voicebot.adapters.child_side import ChildSettings, serve
from voicebot.errors import VoicebotError

log = logging.getLogger(__name__)

T_co = TypeVar("T_co", covariant=True)

_LIVE, _BACKGROUND = 0, 1
_RETRY_SECONDS = 5.0
"""After a start that failed, how long calls get its error before it is tried again."""


@dataclass(order=True, slots=True)
class _Job:
    lane: int
    number: int
    method: str = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    patience: float = field(compare=False)
    future: Future[Any] = field(compare=False, default_factory=Future)


class Child(Generic[T_co]):
    """The object that `factory` builds, in a process of its own, called by method name."""

    def __init__(self, factory: Callable[[], T_co], settings: ChildSettings | None = None) -> None:
        """Nothing is started yet. The factory is pickled: a top-level function, or a partial."""
        self.factory = factory
        """What every start builds from now on."""
        self._settings = settings or ChildSettings()
        self._condition = threading.Condition()
        """Guards all that follows."""
        self._jobs: list[_Job] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._process: BaseProcess | None = None
        self._stopping = False
        # Of the thread alone.
        self._connection: Connection | None = None
        self._refusal: tuple[float, VoicebotError] | None = None

    async def start(self) -> None:
        """Start the child and wait until its object is built.

        Raises:
            VoicebotError: what the factory raised, or `settings.error`. A later call tries again,
                so that what is mended meanwhile is taken up.
        """
        if self._thread is not None:
            raise RuntimeError(f"the {self._settings.name} process was started already")
        self._stopping = False
        first: Future[Any] = Future()
        self._thread = threading.Thread(
            target=self._work, args=(first,), name=f"{self._settings.name}-child", daemon=True
        )
        self._thread.start()
        try:
            await asyncio.wrap_future(first)
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the child at once; calls that wait get `settings.error`. Harmless when stopped."""
        with self._condition:
            self._stopping = True
            if self._process is not None:
                self._process.kill()
            self._condition.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    @property
    def waiting(self) -> int:
        """Calls that wait for the child, the one it works on not counted."""
        with self._condition:
            return sum(not job.future.cancelled() for job in self._jobs)

    async def call(
        self, method: str, *arguments: Any, patience: float, background: bool = False
    ) -> Any:
        """What the object's method returns. A live call goes before all background ones.

        Args:
            method: its name.
            arguments: and what it returns, must be picklable.
            patience: seconds it may take once its turn has come; then the child is killed.
            background: whether it gives way to live calls.

        Raises:
            VoicebotError: what the method raised; or `settings.busy` when too much is waiting;
                or `settings.error` when the child died, hung or is stopped.
        """
        lane = _BACKGROUND if background else _LIVE
        with self._condition:
            if self._thread is None or self._stopping:
                raise self._settings.error(f"the {self._settings.name} process is not running")
            if any(job.future.cancelled() for job in self._jobs):
                self._jobs = [job for job in self._jobs if not job.future.cancelled()]
                heapq.heapify(self._jobs)
            bound = self._settings.max_background if background else self._settings.max_waiting
            if sum(job.lane == lane for job in self._jobs) >= bound:
                raise self._settings.busy(f"too much is waiting for the {self._settings.name}")
            job = _Job(lane, next(self._numbers), method, arguments, patience)
            heapq.heappush(self._jobs, job)
            self._condition.notify()
        return await asyncio.wrap_future(job.future)

    def hurry(self, argument: Any) -> None:
        """Treat a waiting background call as a live one; it is told by its first argument."""
        with self._condition:
            for job in self._jobs:
                if job.lane == _BACKGROUND and job.arguments[:1] and job.arguments[0] is argument:
                    job.lane = _LIVE
            heapq.heapify(self._jobs)

    # --- the thread --------------------------------------------------------------------

    def _work(self, first: Future[Any]) -> None:
        try:
            self._ensure_child()
            _resolve(first, None)
        except VoicebotError as error:
            _resolve(first, error)
        while (job := self._next()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._do(job)
        self._end_child()
        with self._condition:
            left, self._jobs = self._jobs, []
        for job in left:
            _resolve(job.future, self._error("is not running"))

    def _next(self) -> _Job | None:
        """The next call, or None when the child is to stop; ends a child that stays idle."""
        idle = self._settings.idle_seconds
        with self._condition:
            if not self._condition.wait_for(lambda: self._stopping or self._jobs, idle):
                self._end_child()
                self._condition.wait_for(lambda: self._stopping or self._jobs)
            return None if self._stopping else heapq.heappop(self._jobs)

    def _do(self, job: _Job) -> None:
        try:
            payload = bytes(ForkingPickler.dumps((job.method, job.arguments)))
        except Exception as error:
            return job.future.set_exception(error)
        try:
            done, value = self._ask(payload, job.patience)
        except VoicebotError as error:
            job.future.set_exception(error)
            return self._replace_child()
        if done:
            job.future.set_result(value)
        else:
            job.future.set_exception(value)

    def _ask(self, payload: bytes, patience: float) -> tuple[bool, Any]:
        """The child's answer. One that died is replaced and asked again, once.

        It may have been killed between two calls, which is no fault of this one; a call that
        kills its child does so twice.
        """
        for _ in range(2):
            try:
                self._ensure_child()
            except self._settings.error:
                raise
            except VoicebotError as error:
                raise self._settings.error(str(error)) from error
            answer = self._exchange(payload, patience)
            if answer is not None:
                return answer
        raise self._error("died at work")

    def _exchange(self, payload: bytes | None, patience: float) -> tuple[bool, Any] | None:
        """Send a request, if any, and wait for an answer; None when the child died of it."""
        connection, process = self._connection, self._process
        if connection is None or process is None:
            raise self._error("is not running")
        try:
            if payload is not None:
                connection.send_bytes(payload)
            ready = wait([connection, process.sentinel], patience)
            if connection.poll():
                done, value = connection.recv()
                return bool(done), value
        except Exception as error:
            log.debug("the %s process broke off: %s", self._settings.name, error)
            ready = [connection]
        self._end_child()
        if not ready:
            raise self._error(f"took longer than {patience:g} s")
        return None

    def _ensure_child(self) -> None:
        """Start the child unless it lives; what went wrong holds for a while."""
        if self._process is not None and self._process.is_alive():
            return
        if self._refusal is not None and time.monotonic() < self._refusal[0]:
            raise self._refusal[1]
        self._end_child()
        try:
            self._start_child()
        except VoicebotError as error:
            self._refusal = (time.monotonic() + _RETRY_SECONDS, error)
            raise
        self._refusal = None

    def _replace_child(self) -> None:
        """Start another child ahead of the next call, which then need not wait for it."""
        try:
            if not self._stopping:
                self._ensure_child()
        except VoicebotError:
            log.debug("the next call meets the same error")

    def _start_child(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        process = context.Process(
            target=serve,
            args=(theirs, self.factory, self._settings),
            name=self._settings.name,
            daemon=True,
        )
        try:
            with self._condition:
                if self._stopping:
                    raise self._error("is not running")
                process.start()
                self._process = process
        except VoicebotError:
            raise
        except Exception as error:
            raise self._error(f"cannot be started: {error}") from error
        finally:
            theirs.close()
        answer = self._exchange(None, self._settings.start_seconds)
        if answer is None:
            raise self._error("died at its start")
        done, value = answer
        if not done:
            self._end_child()
            raise value

    def _end_child(self) -> None:
        with self._condition:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()
            process.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _error(self, what: str) -> VoicebotError:
        if not self._stopping:
            log.warning("the %s process %s", self._settings.name, what)
        return self._settings.error(f"the {self._settings.name} process {what}")


def _resolve(future: Future[Any], outcome: Exception | None) -> None:
    """Settle a future, unless whoever waited has gone."""
    try:
        if outcome is None:
            future.set_result(None)
        else:
            future.set_exception(outcome)
    except InvalidStateError:
        log.debug("nobody waits any more")
