"""The queue as callers meet it: how long it would take, join, be found again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from voicebot.errors import StoreError
from voicebot.holding import moves
from voicebot.holding.estimates import Overhead, TalkTimes, better
from voicebot.holding.events import Closing, Deserted, Widened
from voicebot.holding.outlook import Outlook, Scene, outlook
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
COUNT, TALKS = 60.0, 300
"""Seconds between two readings of the last so many talks, from which waits are estimated."""
FORGET = 3600.0
"""Seconds between two clearings of what is older than the settings keep."""

NOBODY = Standing(1, None, 0)

Closed: TypeAlias = Callable[[OfficeId, datetime], bool]
"""Whether those who wait for this office are not served any more, at a moment in UTC."""


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

    def __init__(
        self,
        store: HoldStore,
        rules: HoldRules,
        clock: Clock,
        numbers: Numbers,
        closed: Closed = lambda office, now: False,
    ) -> None:
        """`closed` says whether those who wait for an office are not served any more."""
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
        self._closed = closed
        self._talks = TalkTimes(())
        self._outlook = Outlook()
        self._stale = True
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
        await self._read_talks()
        await self._read()
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
        await self._fresh()
        known = self._outlook.joining.get((office, language), NOBODY)
        return replace(known, operators=len(self.circle().those_who_may(office, language)))

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
        self.note(ticket)
        return place

    def called_back(self, ticket: Ticket, number: str) -> Place:
        """The place of a caller who has answered our call."""
        return self._placed(ticket, number)

    async def standing(self, place: Place) -> Standing:
        """How things stand for one who waits."""
        await self._fresh()
        known = self._outlook.waiting.get(place.ticket.id)
        if known is None:
            return await self.outlook(place.ticket.wish.office, place.ticket.wish.language)
        return known

    # what the desk uses too

    def circle(self) -> Circle:
        """Who may take whom, with those who are signed in now."""
        staff = tuple(one.operator for one in self.desk.staff())
        return Circle(self.rules.widening, staff)

    def waiting(self) -> list[Ticket]:
        """The tickets in the queue, the next first."""
        states = (TicketState.WAITING, TicketState.OFFERED)
        return [ticket for ticket in self.tickets if ticket.state in states]

    def note(self, ticket: Ticket) -> None:
        """A ticket has changed in this process: nobody needs to wait for the next look."""
        others = [one for one in self.tickets if one.id != ticket.id]
        still = [] if ticket.state is TicketState.CLOSED else [ticket]
        self.tickets = tuple(sorted((*others, *still), key=order))
        self.changed()

    def changed(self) -> None:
        """Tickets or operators have changed: look again soon."""
        self._stale = True
        self._news.set()
        for call in self.on_change:
            call()

    # watching

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        beaten = counted = forgotten = loop.time()
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            now = loop.time()
            try:
                if now - beaten >= BEAT:
                    beaten = now
                    await self.store.beat(self.rules.node, self.rules.grace, DEAD_AFTER)
                if now - counted >= COUNT:
                    counted = now
                    await self._read_talks()
                if now - forgotten >= FORGET:
                    forgotten = now
                    await self.store.forget(self.rules.keep)
                await self._read()
                await self._tell_all()
            except StoreError as error:
                logger.error("the queue is not kept: %s", error)
            await asyncio.sleep(SHORTEST_LOOK)

    async def _read_talks(self) -> None:
        self._talks = TalkTimes(await self.store.talks(TALKS))

    async def _fresh(self) -> None:
        if self._stale:
            await self._read()

    async def _read(self) -> None:
        """See how things stand."""
        self._stale = False
        before, self.tickets = self.tickets, tuple(await self.store.open_tickets(self.rules.node))
        if self.tickets != before:
            for call in self.on_change:
                call()
        rules, staff, circle = self.rules, self.desk.staff(), self.circle()
        overhead = Overhead(wrap_up=rules.wrap_up or Overhead().wrap_up)
        scene = Scene(staff, circle, self._talks, overhead, self.now())
        self._outlook = await outlook(self.waiting(), rules.wants, scene)

    async def _tell_all(self) -> None:
        """Tell those for whom things have changed."""
        for ticket in self.tickets:
            place = self.places.get(ticket.id)
            if place is None:
                continue
            if ticket.state is TicketState.DROPPED:
                await self._adopt(place)
            elif (standing := self._outlook.waiting.get(ticket.id)) is not None:
                self._tell(place, ticket, standing)

    async def _adopt(self, place: Place) -> None:
        """Another node took this one for dead, and the caller is still here."""
        moved = await self.store.move(place.ticket.id, moves.adopt(self.rules.node))
        if moved is not None:
            logger.warning("ticket %s: its caller is here after all", moved.id)
            place.ticket = moved

    def _tell(self, place: Place, ticket: Ticket, standing: Standing) -> None:
        want, now = ticket.wish, self.now()
        if self._closed(want.office, now):
            place.tell_once(Closing())
        if standing.operators == 0:
            place.tell_once(Deserted())
            return
        place.untell(Deserted())
        circle = self.circle()
        if any(
            want.language not in operator.languages and circle.may_take(operator, ticket, now)
            for operator in circle.staff
        ):
            place.tell_once(Widened(want.language))
        if better(place.told, standing, self.rules.step):
            place.tell(standing)
