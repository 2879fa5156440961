"""What runs in a child process: it builds one object and does what is asked of it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from voicebot.errors import HearingBusy, HearingError, VoicebotError

_PR_SET_PDEATHSIG = 1
"""Of linux/prctl.h: the signal that follows the death of the parent."""


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """How a child is kept."""

    name: str = "hearing"
    """For messages and the process list."""
    max_waiting: int = 16
    """Live calls that may wait; one more is refused."""
    max_background: int = 16
    """Background calls that may wait."""
    idle_seconds: float | None = None
    """After so long without a call the child is ended, to free its memory, until the next."""
    start_seconds: float = 60.0
    """What building the object may take."""
    niceness: int = 5
    """How far its priority is below the parent's."""
    error: type[VoicebotError] = HearingError
    """Raised when the child died, hung, or met something that is no `VoicebotError`."""
    busy: type[VoicebotError] = HearingBusy
    """Raised when too much is waiting."""


def serve(connection: Connection, factory: Callable[[], Any], settings: ChildSettings) -> None:
    """Build the object and do what is asked, until the parent has gone."""
    _settle_down(settings.niceness)
    try:
        served = factory()
    except Exception as error:
        connection.send((False, _portable(error, settings.error)))
        return
    connection.send((True, None))
    while True:
        try:
            method, arguments = connection.recv()
        except (EOFError, OSError):
            return
        try:
            reply = bytes(ForkingPickler.dumps((True, getattr(served, method)(*arguments))))
        except Exception as error:
            reply = bytes(ForkingPickler.dumps((False, _portable(error, settings.error))))
        connection.send_bytes(reply)


def _settle_down(niceness: int) -> None:
    # Ctrl-C reaches the whole group; the parent ends its calls first, and then this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(niceness)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        parent = multiprocessing.parent_process()
        if parent is not None and parent.pid != os.getppid():
            os._exit(1)  # The parent died before it could be watched.


def _portable(error: Exception, wrapper: type[VoicebotError]) -> VoicebotError:
    """The error itself if it is ours and can travel, or one of ours that says the same."""
    if isinstance(error, VoicebotError):
        try:
            pickle.loads(pickle.dumps(error))
            return error
        except Exception:
            return wrapper(str(error))
    return wrapper(f"{type(error).__name__}: {error}")
