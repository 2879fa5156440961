"""The SIP stack's log without callers: their numbers, names and addresses are personal data."""

from __future__ import annotations

import logging
import re

LOGGERS = tuple(f"baresip{part}" for part in ("", ".runtime", ".ua", ".call", ".events", ".native"))
"""All but the one that tells whole messages: those end in `sip_trace`."""

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

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return False
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


def redact() -> None:
    """Let the stack's own log say no more than what is wrong with the stack."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _Redact) for one in logger.filters):
            logger.addFilter(_Redact())
