"""The log: one line an event, never a number, a name or what was said."""

from __future__ import annotations

import logging

PEERS_IN_INFO = ("aioice", "aiortc", "httpx", "uvicorn")
"""Libraries whose INFO names the addresses of callers, which are personal data."""


def set_up(level: str) -> None:
    """Write to standard error from `level` up; in this process, if it is not done already."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in PEERS_IN_INFO:
        logging.getLogger(library).setLevel(logging.WARNING)
