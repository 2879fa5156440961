"""Whose windows are open: an operator has a seat as long as she has one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.holding.desk import Desk
from voicebot.holding.seat import Seat
from voicebot.model import Account, OfficeId
from voicebot.model.holding import Operator, OperatorId, OperatorState
from voicebot.web.desk_view import Ear

AWAY = 20.0
"""Seconds that all windows may be closed, as in a reload or without network, before she is signed
out."""


class Presence:
    """Seats by the windows that show them."""

    def __init__(self, desk: Desk, away: float = AWAY) -> None:
        self._desk = desk
        self._away = away
        self._windows: Counter[OperatorId] = Counter()
        self._leaving: dict[OperatorId, asyncio.TimerHandle] = {}
        self._headsets: dict[OperatorId, str] = {}

    def seat(self, account_id: str) -> Seat | None:
        """Hers, when she has one."""
        return next((seat for seat in self._desk.seats if seat.operator.id == account_id), None)

    async def arrive(self, account: Account, offices: frozenset[OfficeId]) -> Seat:
        """Her seat; `offices` are all there are."""
        served = frozenset(account.offices) & offices if account.offices else offices
        who = Operator(account.id, account.name, served, frozenset(account.languages))
        return await self._desk.sign_in(who)

    @contextmanager
    def window(self, operator: OperatorId) -> Iterator[None]:
        """One of her windows, as long as it is open."""
        if (timer := self._leaving.pop(operator, None)) is not None:
            timer.cancel()
        self._windows[operator] += 1
        try:
            yield
        finally:
            self._windows[operator] -= 1
            if self._windows[operator] == 0:
                del self._windows[operator]
                self._leave_later(operator)

    def _leave_later(self, operator: OperatorId) -> None:
        loop = asyncio.get_running_loop()
        self._leaving[operator] = loop.call_later(
            self._away, lambda: self._desk.start(self._leave(operator))
        )

    async def _leave(self, operator: OperatorId) -> None:
        self._leaving.pop(operator, None)
        seat = self.seat(operator)
        if seat is None or self._windows[operator]:
            return
        if seat.state is OperatorState.BUSY and seat.reachable:
            # her network may be gone for the page and not for the voice
            self._leave_later(operator)
        else:
            await seat.sign_out()

    def wear(self, operator: OperatorId, window: str) -> None:
        """The headset is in this window from now on."""
        self._headsets[operator] = window

    def ear(self, seat: Seat) -> Ear:
        """What she hears with."""
        window = self._headsets.get(seat.operator.id) if seat.has_headset else None
        return Ear(window, seat.target)
