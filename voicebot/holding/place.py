"""One caller's place in the queue, as the call holds it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from voicebot.holding import moves
from voicebot.holding.events import Back, HoldEvent, Returned
from voicebot.model import OfficeId
from voicebot.model.holding import Move, Outcome, Standing, Ticket, TicketState

if TYPE_CHECKING:
    from voicebot.holding.queue import Queue

logger = logging.getLogger(__name__)

MAX_EVENTS = 32
"""Events that may wait for the call. A standing replaces the one before it; past the bound the
oldest are dropped: the last ones say how things stand."""


class Place:
    """What `Queue.join` and `Queue.resume` give. Its rank never changes."""

    def __init__(self, queue: Queue, ticket: Ticket, number: str | None = None) -> None:
        self._queue = queue
        self.ticket = ticket
        self.number = number
        """The caller's number, from the call itself; held in memory only."""
        self.told: Standing | None = None
        """What the caller heard last."""
        self._events: deque[HoldEvent] = deque(maxlen=MAX_EVENTS)
        self._told_once: set[HoldEvent] = set()
        self._news = asyncio.Event()
        self.gone = False
        """Whether the call has let go of it."""

    @property
    def code(self) -> str | None:
        """Four digits to tell the caller; None when the number is known."""
        return self.ticket.code

    async def events(self) -> AsyncIterator[HoldEvent]:
        """What happens, in order, until the place is left. To be read by one."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self.gone:
                return
            self._news.clear()
            await self._news.wait()

    def tell(self, event: HoldEvent) -> None:
        """Put an event before the call."""
        if isinstance(event, Standing):
            self.told = event
            waiting = [one for one in self._events if not isinstance(one, Standing)]
            self._events.clear()
            self._events.extend(waiting)
        self._events.append(event)
        self._news.set()

    def tell_once(self, event: HoldEvent) -> None:
        """Put it before the call, unless it was before."""
        if event not in self._told_once:
            self._told_once.add(event)
            self.tell(event)

    def untell(self, event: HoldEvent) -> None:
        """It is so no more: when it is so again, it is news."""
        self._told_once.discard(event)

    def finish(self, event: HoldEvent) -> None:
        """The last event: the ticket is closed."""
        self._queue.places.pop(self.ticket.id, None)
        self.gone = True
        self.tell(event)

    async def standing(self) -> Standing:
        """How things stand now; what the caller is told by it counts as told."""
        self.told = await self._queue.standing(self)
        return self.told

    async def change_office(self, office: OfficeId) -> None:
        """Wait for another office, with the same rank."""
        await self._move(moves.change_office(self._queue.rules.node, office))

    async def leave(self) -> None:
        """It is over: the caller says goodbye, or hangs up after having talked with an operator."""
        talked = self.ticket.state is TicketState.CONNECTED
        outcome = Outcome.SERVED if talked else Outcome.LEFT
        if talked and self.ticket.call_back is not None:
            outcome = Outcome.CALLED_BACK
        await self._end(moves.close(outcome, node=self._queue.rules.node))

    async def drop(self) -> None:
        """The line has gone: the place is kept for whoever calls again in time."""
        rules = self._queue.rules
        await self._end(moves.drop(rules.node, rules.grace))

    async def call_me_back(self, number: str) -> None:
        """The caller has agreed to be called at this number when first; the line may close."""
        rules = self._queue.rules
        sealed = self._queue.numbers.seal(number)
        await self._end(moves.hang_up_for_call_back(rules.node, sealed, rules.call_back.window))

    async def connected(self) -> None:
        """The caller and the operator hear one another."""
        if await self._move(moves.connected(self.ticket.token)):
            self._queue.desk.connected(self.ticket)

    async def failed(self) -> None:
        """The operator's line broke before that: the caller waits again, with the same rank."""
        if await self._move(moves.give_back(self.ticket.token)):
            self._queue.desk.withdrawn(self.ticket.id)
            self.tell(Returned(Back.FAILED))

    async def _move(self, move: Move) -> bool:
        before = self.ticket.state
        moved = await self._queue.store.move(self.ticket.id, move)
        if moved is None:
            logger.warning("ticket %s: not %s any more", self.ticket.id, before)
            return False
        self.ticket = moved
        if before in moves.TAKEN and move.to is TicketState.WAITING:
            self._queue.desk.withdrawn(moved.id)
        self._queue.note(moved)
        return True

    async def _end(self, move: Move) -> None:
        if self.gone:
            return
        self.gone = True
        self._news.set()
        self._queue.places.pop(self.ticket.id, None)
        await self._move(move)
        self._queue.desk.withdrawn(self.ticket.id)
