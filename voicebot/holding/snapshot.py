"""What an operator sees of her seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voicebot.model.holding import Operator, OperatorState, Ticket


@dataclass(frozen=True, slots=True)
class SeatSnapshot:
    """All that an operator needs to see; sent whole whenever any of it changes."""

    operator: Operator
    state: OperatorState
    reason: str
    """Why she is paused: her own words, `declined`, `unanswered`, `headset`, or why her telephone
    could not be rung."""
    since: datetime
    """UTC; since when she is in this state."""
    reachable: bool
    """Whether a headset is connected, or a telephone set."""
    ticket: Ticket | None
    """The caller who is offered to her, or whom she talks with; in wrap-up the one before. The
    offer's token and deadline are in it."""
    number: str | None
    """The caller's number, when the call shows it."""
    joined: bool
    """Whether she and the caller hear one another."""
    on_hold: bool
    consults: str | None
    """The colleague whom she asks, or who asks her: her name."""
    waiting: tuple[Ticket, ...]
    """Those in the queue whom she may take now, the next first."""
