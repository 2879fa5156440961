"""How the callers of an office are put through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """What is done for a caller who wants to talk to an office."""

    QUEUE = "queue"
    """They wait for one of the operators who are signed in."""
    TRANSFER = "transfer"
    """Their exchange is told to call the office instead (blind transfer)."""
    ATTENDED = "attended"
    """We call the office; when it answers, their exchange joins the two without us."""
    BRIDGE = "bridge"
    """We call the office; when it answers, we join the two, and stay between them."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where the callers of one office go."""

    way: Way
    targets: tuple[str, ...] = ()
    """Tried in order: `sip:` addresses, or numbers of the exchange that an account registers at.
    Empty with `Way.QUEUE`."""
