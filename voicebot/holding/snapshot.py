"""What an operator sees of her seat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
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


class Windows:
    """Her open pages: each is sent how things stand, at once and after every change."""

    def __init__(self, snapshot: Callable[[], SeatSnapshot]) -> None:
        self._snapshot = snapshot
        self._news: set[asyncio.Event] = set()

    def look(self) -> None:
        """Something has changed."""
        for news in self._news:
            news.set()

    async def events(self) -> AsyncIterator[SeatSnapshot]:
        """For one page, until she signs out."""
        news = asyncio.Event()
        self._news.add(news)
        try:
            last: SeatSnapshot | None = None
            while True:
                news.clear()
                now = self._snapshot()
                if now != last:
                    last = now
                    yield now
                if now.state is OperatorState.SIGNED_OUT:
                    return
                await news.wait()
        finally:
            self._news.discard(news)
