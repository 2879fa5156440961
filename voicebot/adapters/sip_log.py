"""The SIP stack's log without callers: their numbers, names and addresses are personal data.

Strangers make it speak by sending nonsense, so it may say only so much a minute.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import re
import time
from collections import Counter

logger = logging.getLogger(__name__)

LOGGERS = tuple(f"baresip{part}" for part in ("", ".runtime", ".ua", ".call", ".events", ".native"))
"""All but the one that tells whole messages: those end in `sip_trace`."""

MINUTE = 60.0
"""Seconds."""

MAX_LINES = 20
"""Of the stack in a minute."""

_PRINTED = re.compile(r"[a-z][a-z ]+(?:: [\w .,%()\[\]-]*)*", re.ASCII)

_LINE_BUFFERED = 1
"""C's _IOLBF."""

_PERSONAL = re.compile(
    r"""
      "[^"]*"                               # a display name
    | (?:sips?|tel):[^\s>;,'"]+             # an address
    | [^\s<>:;,'"@]+@[^\s<>:;,'"]+          # the same without its scheme, or a Call-ID
    | \d{1,3}(?:\.\d{1,3}){3}(?::\d+)?      # IPv4
    | \[?(?:[0-9a-fA-F]{0,4}:){3,}[0-9a-fA-F]{0,4}\]?  # IPv6
    | \+?\d{5,}                             # a number
    """,
    re.VERBOSE,
)


def redacted(text: str) -> str:
    """The line with everything that could name a caller replaced."""
    return _PERSONAL.sub("…", text)


class _Redact(logging.Filter):
    """Rewrites each record; below a warning, lines are about single calls and are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._since = time.monotonic()
        self._said = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return False
        now = time.monotonic()
        if now - self._since > MINUTE:
            self._since, self._said = now, 0
        self._said += 1
        if self._said > MAX_LINES and record.levelno < logging.CRITICAL:
            return False
        text = redacted(record.getMessage())
        more = " (and no more of this for a minute)" if self._said == MAX_LINES else ""
        record.msg, record.args = text + more, ()
        return True


_FILTER = _Redact()
"""One for all of the stack's loggers: they share the lines that they may say."""


def redact() -> None:
    """Let the stack's own log say no more than what is wrong with the stack."""
    for name in LOGGERS:
        # a filter that is there already is not added again
        logging.getLogger(name).addFilter(_FILTER)


class Prints:
    """What the stack's library prints to C's own `stderr`, past every log.

    A line for each packet that it can't read, so that strangers could fill a disk. While this is
    open, such lines are counted, and told in our log once a minute.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._counts: Counter[str] = Counter()
        self._telling: asyncio.TimerHandle | None = None
        self._reader = -1
        self._stream: int | None = None
        self._before: int | None = None

    def open(self) -> None:
        """From now on; does nothing where C keeps its `stderr` elsewhere."""
        libc = ctypes.CDLL(None)
        try:
            stderr = ctypes.c_void_p.in_dll(libc, "stderr")
        except ValueError:
            return
        # never waits: the library's thread must not stand still for its own complaints
        self._reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        libc.fdopen.restype = ctypes.c_void_p
        self._stream = libc.fdopen(writer, b"w")
        libc.setvbuf(ctypes.c_void_p(self._stream), None, _LINE_BUFFERED, ctypes.c_size_t(0))
        self._before, stderr.value = stderr.value, self._stream
        self._loop.add_reader(self._reader, self._read)

    def close(self) -> None:
        """As it was before."""
        if self._stream is None:
            return
        libc = ctypes.CDLL(None)
        ctypes.c_void_p.in_dll(libc, "stderr").value = self._before
        libc.fclose(ctypes.c_void_p(self._stream))
        self._stream = None
        self._loop.remove_reader(self._reader)
        self._read()
        os.close(self._reader)
        if self._telling is not None:
            self._telling.cancel()
            self._tell()

    def _read(self) -> None:
        try:
            text = os.read(self._reader, 65_536).decode("utf-8", "replace")
        except BlockingIOError:
            return
        for line in text.splitlines():
            # what follows is the sender's; so are lines of no form of the library's own
            line = redacted(line.partition(" from ")[0])
            line = line if _PRINTED.fullmatch(line) else "something else"
            if len(self._counts) < MAX_LINES or line in self._counts:
                self._counts[line] += 1
        if self._counts and self._telling is None:
            self._telling = self._loop.call_later(MINUTE, self._tell)

    def _tell(self) -> None:
        for line, count in self._counts.items():
            logger.warning("the SIP library, %d times in a minute: %s", count, line)
        self._counts.clear()
        self._telling = None
