"""The operators' side: who is signed in, and who is offered which caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence

from voicebot.errors import DialError, StoreError, Unreached
from voicebot.holding import moves
from voicebot.holding.queue import Queue
from voicebot.holding.seat import Seat
from voicebot.model.holding import (
    Claim,
    Move,
    Operator,
    OperatorId,
    OperatorState,
    Staffed,
    Ticket,
    TicketId,
)
from voicebot.ports import Dialler, Line

logger = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks for a caller whom more operators may take by now."""

CLOSING = 2.0
"""Seconds that what is going on may take when the desk closes."""


class Desk:
    """One for each process: operators take the calls that it holds."""

    def __init__(self, queue: Queue, dialler: Dialler | None = None) -> None:
        self.queue = queue
        self.dialler = dialler
        self._seats: dict[OperatorId, Seat] = {}
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._matching: asyncio.Task[None] | None = None
        queue.desk = self
        queue.on_change.append(self._queue_changed)

    async def open(self) -> None:
        """Begin to offer calls."""
        self._matching = asyncio.create_task(self._match(), name="desk")

    async def close(self) -> None:
        """Sign everybody out; nobody is offered anything any more."""
        if self._matching is not None:
            self._matching.cancel()
            await asyncio.gather(self._matching, return_exceptions=True)
        for seat in list(self._seats.values()):
            await seat.sign_out()
        if self._tasks:
            # lines that are being closed are let finish
            await asyncio.wait(self._tasks, timeout=CLOSING)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # operators

    async def sign_in(self, operator: Operator) -> Seat:
        """Her seat, paused until she says that she is ready; the same one if she has one."""
        seat = self._seats.get(operator.id)
        if seat is None:
            seat = self._seats[operator.id] = Seat(self, operator)
            logger.debug("operator %s: signed in", operator.id)
        seat.operator = operator
        self.changed()
        return seat

    def remove(self, seat: Seat) -> None:
        """She has signed out."""
        self._seats.pop(seat.operator.id, None)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """All who are signed in."""
        return tuple(self._seats.values())

    def queue_for(self, operator: Operator) -> list[Ticket]:
        """Those in the queue whom she may take now, the next first."""
        circle, now = self.queue.circle(), self.queue.now()
        return [one for one in self.queue.waiting() if circle.may_take(operator, one, now)]

    # what the queue asks

    def staff(self) -> Sequence[Staffed]:
        """Who is signed in."""
        return [Staffed(seat.operator, seat.state, seat.since) for seat in self._seats.values()]

    def connected(self, ticket: Ticket) -> None:
        """The sound is joined."""
        for seat in self._seats.values():
            if seat.ticket is not None and seat.ticket.id == ticket.id:
                seat.joined(ticket)

    def withdrawn(self, ticket: TicketId) -> None:
        """The ticket is not in an operator's hands any more, if it was."""
        for seat in self._seats.values():
            seat.withdrawn(ticket)

    # what the seats ask

    def seat_of(self, operator: OperatorId) -> Seat | None:
        """Her seat, if she is signed in."""
        return self._seats.get(operator)

    async def moved(self, ticket: Ticket, move: Move) -> Ticket | None:
        """The ticket after a move; None when it was not in these hands any more."""
        moved = await self.queue.store.move(ticket.id, move)
        if moved is not None:
            self._note(moved)
        return moved

    def _note(self, ticket: Ticket) -> None:
        if (place := self.queue.places.get(ticket.id)) is not None:
            place.ticket = ticket
        self.queue.note(ticket)

    async def move(self, ticket: Ticket, move: Move) -> bool:
        """Make a move; False when the ticket was not in these hands any more."""
        return await self.moved(ticket, move) is not None

    def can_join(self, ticket: Ticket) -> bool:
        """Whether the caller's line is here, or can be called."""
        return ticket.id in self.queue.places or ticket.call_back is not None

    async def dial(self, target: str) -> Line:
        """Ring an operator's telephone.

        Raises:
            DialError: nobody answered, or there is nothing to call with.
        """
        if self.dialler is None:
            raise DialError(Unreached.UNREACHABLE, "no telephone can be rung from here")
        return await self.dialler.dial(target, self.queue.rules.offer)

    def changed(self) -> None:
        """An operator's state has changed: look for a caller, and show it to all."""
        self.queue.changed()

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run something beside; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _logged(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("the desk failed in something")

    # who gets whom

    def _queue_changed(self) -> None:
        self._news.set()
        for seat in self._seats.values():
            seat.look()

    async def _match(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self._offer_all()
            except StoreError as error:
                logger.error("nobody is offered a call: %s", error)
                await asyncio.sleep(LOOK)

    async def _offer_all(self) -> None:
        """To each who is free, whoever has waited longest for a call first."""
        if not self.queue.waiting():
            return
        free = [seat for seat in self._seats.values() if self._is_free(seat)]
        for seat in sorted(free, key=lambda seat: seat.since):
            if not self._is_free(seat):
                continue
            ticket = await self.queue.store.claim(self._claim(seat.operator))
            if ticket is None:
                continue
            if not self._is_free(seat):
                await self.move(ticket, moves.give_back(ticket.token))
                continue
            self._note(ticket)
            seat.offered(ticket)

    def _is_free(self, seat: Seat) -> bool:
        return seat.state is OperatorState.AVAILABLE and seat.reachable

    def _claim(self, operator: Operator) -> Claim:
        rules = self.queue.rules
        waited_for = {(one.wish.office, one.wish.language) for one in self.queue.waiting()}
        wants = sorted({*rules.wants, *waited_for})
        lanes = self.queue.circle().lanes(operator, wants, self.queue.now())
        return Claim(operator.id, lanes, rules.offer, rules.node)
