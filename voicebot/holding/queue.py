"""The queue as callers meet it: how long it would take, join, be found again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from voicebot.errors import StoreError
from voicebot.holding.place import Place
from voicebot.holding.rank import Circle, order
from voicebot.holding.rules import HoldRules
from voicebot.model import Language, OfficeId
from voicebot.model.holding import Staffed, Standing, Ticket, TicketId, TicketState, Wish
from voicebot.ports import Clock, HoldStore, Line, Numbers

logger = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life of this node."""
DEAD_AFTER = 15.0
"""Seconds without one after which a node's places are kept by another."""
LOOK = 1.0
"""Seconds between two looks at the queue when nothing happens in this process."""
SHORTEST_LOOK = 0.2
"""Seconds between two looks when much happens."""


class Staff(Protocol):
    """What the queue asks of the desk."""

    def staff(self) -> Sequence[Staffed]:
        """Who is signed in."""

    def connected(self, ticket: Ticket) -> None:
        """The sound is joined."""

    def withdrawn(self, ticket: TicketId) -> None:
        """The ticket is not in an operator's hands any more, if it was."""


class _Nobody:
    def staff(self) -> Sequence[Staffed]:
        return ()

    def connected(self, ticket: Ticket) -> None:
        pass

    def withdrawn(self, ticket: TicketId) -> None:
        pass


def _nobody_holds(line: Line, place: Place) -> None:
    logger.error("ticket %s: called back, and nothing holds the call", place.ticket.id)


class Queue:
    """One for each process. On the event loop; whatever takes time is the store's."""

    def __init__(self, store: HoldStore, rules: HoldRules, clock: Clock, numbers: Numbers) -> None:
        self.store = store
        self.rules = rules
        self.numbers = numbers
        self.desk: Staff = _Nobody()
        self.places: dict[TicketId, Place] = {}
        """The calls in this process that have a ticket."""
        self.tickets: tuple[Ticket, ...] = ()
        """The open tickets of this node as last looked at, the smallest rank first."""
        self.on_change: list[Callable[[], None]] = []
        """Called when tickets may have changed; must not wait."""
        self.on_called_back: Callable[[Line, Place], None] = _nobody_holds
        """Begins a call on the line of a caller who was called back; the place's first event is
        `Taken`."""
        self._clock = clock
        self._news = asyncio.Event()
        self._code_lock = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Keep the places of the calls that this node held before, and begin to watch.

        Raises:
            StoreError: the database failed.
        """
        kept = await self.store.recover(self.rules.node, self.rules.grace)
        if kept:
            logger.warning("the process ended with %s callers in the queue: places kept", kept)
        await self._look()
        self._keeping = asyncio.create_task(self._keep(), name="hold queue")

    async def close(self) -> None:
        """Stop watching; the places of callers who are still there are kept."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        for place in list(self.places.values()):
            await place.drop()

    # callers

    def now(self) -> datetime:
        """This moment, UTC."""
        return self._clock.now().astimezone(UTC)

    def caller_key(self, number: str | None) -> bytes | None:
        """By what a caller is known; `number` in E.164, None or shared: by nothing."""
        if not number or number in self.rules.shared_numbers:
            return None
        return self.numbers.key(number)

    async def outlook(self, office: OfficeId, language: Language) -> Standing:
        """How things would stand for a caller who joined now."""
        return self._standing(office, language, None)

    async def join(self, wish: Wish, number: str | None = None) -> Place:
        """A place at the end, or where the caller's class has it.

        Raises:
            StoreError: the database failed.
        """
        priority = wish.priority
        bounded = min(priority.head_start, self.rules.max_head_start)
        wish = replace(wish, priority=replace(priority, head_start=bounded))
        ticket = await self.store.enter(wish, self.rules.node, with_code=wish.caller is None)
        logger.info(
            "ticket %s: joined (%s, %s, %s)",
            ticket.id,
            wish.office,
            wish.language,
            f"{priority.name}: {priority.reason}" if priority.reason else priority.name,
        )
        return self._placed(ticket, number)

    async def resume(self, caller: bytes | None, number: str | None = None) -> Place | None:
        """The place of a caller whose line dropped, when they call again from the same number."""
        if caller is None:
            return None
        ticket = await self.store.resume(self.rules.node, caller=caller)
        return self._placed(ticket, number) if ticket else None

    async def resume_code(self, code: str) -> Place | None:
        """The same by the four digits; after a wrong one the next is looked at a little later."""
        async with self._code_lock:
            ticket = await self.store.resume(self.rules.node, code=code)
            if ticket is None:
                await asyncio.sleep(self.rules.code_delay)
                return None
        return self._placed(ticket, None)

    def _placed(self, ticket: Ticket, number: str | None) -> Place:
        place = self.places[ticket.id] = Place(self, ticket, number)
        self.tickets = tuple(sorted((*self.tickets, ticket), key=order))
        self.changed()
        return place

    def called_back(self, ticket: Ticket, number: str) -> Place:
        """The place of a caller who has answered our call."""
        return self._placed(ticket, number)

    async def standing(self, place: Place) -> Standing:
        """How things stand for one who waits."""
        wish = place.ticket.wish
        return self._standing(wish.office, wish.language, place.ticket)

    def _standing(self, office: OfficeId, language: Language, ticket: Ticket | None) -> Standing:
        circle = self.circle()
        who = circle.those_who_may(office, language)
        before = [
            one
            for one in self.waiting()
            if (ticket is None or order(one) < order(ticket))
            and any(
                circle.wait(operator, one.wish.office, one.wish.language) is not None
                for operator in who
            )
        ]
        return Standing(len(before) + 1, None, len(who))

    # what the desk uses too

    def circle(self) -> Circle:
        """Who may take whom, with those who are signed in now."""
        staff = tuple(one.operator for one in self.desk.staff())
        return Circle(self.rules.widening, staff)

    def waiting(self) -> list[Ticket]:
        """The tickets in the queue, the next first."""
        states = (TicketState.WAITING, TicketState.OFFERED)
        return [ticket for ticket in self.tickets if ticket.state in states]

    def changed(self) -> None:
        """Tickets or operators have changed: look again soon."""
        self._news.set()
        for call in self.on_change:
            call()

    # watching

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        beaten = loop.time()
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                if loop.time() - beaten >= BEAT:
                    beaten = loop.time()
                    await self.store.beat(self.rules.node, self.rules.grace, DEAD_AFTER)
                await self._look()
            except StoreError as error:
                logger.error("the queue is not kept: %s", error)
            await asyncio.sleep(SHORTEST_LOOK)

    async def _look(self) -> None:
        before, self.tickets = self.tickets, tuple(await self.store.open_tickets(self.rules.node))
        if self.tickets != before:
            for call in self.on_change:
                call()
