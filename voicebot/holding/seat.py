"""One operator who is signed in: what she does now, and what she may do next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from voicebot.errors import DialError, LineError
from voicebot.holding import moves
from voicebot.holding.events import Back, Finished, Held, Keys, Returned, Taken
from voicebot.holding.headset import Conversation, Headset
from voicebot.holding.place import Place
from voicebot.model import HungUp, OfficeId
from voicebot.model.holding import (
    Operator,
    OperatorId,
    OperatorState,
    Outcome,
    Ticket,
    TicketId,
)
from voicebot.ports import Line

if TYPE_CHECKING:
    from voicebot.holding.desk import Desk

logger = logging.getLogger(__name__)

_S = OperatorState


@dataclass(frozen=True, slots=True)
class SeatSnapshot:
    """All that an operator needs to see; sent whole whenever any of it changes."""

    operator: Operator
    state: OperatorState
    reason: str
    """Why she is paused."""
    since: datetime
    """UTC; since when she is in this state."""
    reachable: bool
    """Whether a headset is connected, or a telephone set."""
    ticket: Ticket | None
    """The caller who is offered to her, or whom she talks with; in wrap-up the one before. The
    offer's token and deadline are in it."""
    number: str | None
    """The caller's number, when the call shows it."""
    on_hold: bool
    waiting: tuple[Ticket, ...]
    """Those in the queue whom she may take now, the next first."""


class Seat:
    """What `Desk.sign_in` gives; the same one for every window of hers."""

    def __init__(self, desk: Desk, operator: Operator) -> None:
        self._desk = desk
        self.operator = operator
        self.state = _S.PAUSED
        self.reason = ""
        self.since = desk.queue.now()
        self.ticket: Ticket | None = None
        self.on_hold = False
        self.target: str | None = None
        self._headset: Headset | None = None
        self._telephone: Headset | None = None
        self._talk: Conversation | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._watchers: set[asyncio.Event] = set()

    # what she sees

    def snapshot(self) -> SeatSnapshot:
        """How things stand for her."""
        place = self._desk.queue.places.get(self.ticket.id) if self.ticket else None
        return SeatSnapshot(
            operator=self.operator,
            state=self.state,
            reason=self.reason,
            since=self.since,
            reachable=self.reachable,
            ticket=self.ticket,
            number=place.number if place else None,
            on_hold=self.on_hold,
            waiting=tuple(self._desk.queue_for(self.operator)),
        )

    async def events(self) -> AsyncIterator[SeatSnapshot]:
        """How things stand, at once and after every change, until she signs out."""
        news = asyncio.Event()
        self._watchers.add(news)
        try:
            last: SeatSnapshot | None = None
            while True:
                news.clear()
                now = self.snapshot()
                if now != last:
                    last = now
                    yield now
                if self.state is _S.SIGNED_OUT:
                    return
                await news.wait()
        finally:
            self._watchers.discard(news)

    def look(self) -> None:
        """Something has changed: her windows are sent how things stand."""
        for news in self._watchers:
            news.set()

    @property
    def reachable(self) -> bool:
        """Whether a call can be put on her ear."""
        return self._headset is not None or self.target is not None

    @property
    def has_headset(self) -> bool:
        """Whether her browser's standing line is open."""
        return self._headset is not None

    # what she hears with

    async def headset(self, line: Line) -> None:
        """Her standing line, from her browser; a new one takes the place of the one before."""
        before, self._headset = self._headset, None
        headset = Headset(line, lambda: self._lost(headset))
        headset.conversation = before.conversation if before else self._orphan()
        self._headset = headset
        if before is not None:
            before.conversation = None
            await before.close()
        self._desk.changed()

    def _orphan(self) -> Conversation | None:
        """The conversation that goes on when her browser has come back in time."""
        return self._talk if self.target is None else None

    def phone(self, target: str | None) -> None:
        """Her desk telephone instead: it rings when a call is offered. None: the headset again."""
        self.target = target
        self._desk.changed()

    def _lost(self, headset: Headset) -> None:
        """A standing line has ended by itself."""
        if headset is self._telephone:
            self._desk.start(self.hang_up())
        elif headset is self._headset:
            self._headset = None
            if self._talk is not None:
                grace = self._desk.queue.rules.headset_grace
                self._after(grace, partial(self._give_back, "the headset is gone"))
            elif self.state in (_S.AVAILABLE, _S.RINGING) and self.target is None:
                self._desk.start(self.pause("headset"))
            self._desk.changed()

    # what she does

    async def ready(self, state: OperatorState = _S.AVAILABLE) -> None:
        """She takes calls from now on.

        Raises:
            LineError: there is no headset and no telephone to put a call on.
        """
        if state is not _S.AVAILABLE:
            await self.pause("")
            return
        if not self.reachable:
            raise LineError("connect the headset, or choose a telephone, before taking calls")
        if self.state in (_S.PAUSED, _S.WRAP_UP):
            self._enter(_S.AVAILABLE)

    async def pause(self, reason: str) -> None:
        """She takes no calls; one that rings goes back, one that she is in goes on."""
        if self.state is _S.RINGING:
            await self._return_offer()
        if self.state in (_S.AVAILABLE, _S.WRAP_UP, _S.PAUSED, _S.RINGING):
            self.ticket = None
            self._enter(_S.PAUSED, reason)

    async def wrap_up_done(self) -> None:
        """Her notes are written."""
        if self.state is _S.WRAP_UP:
            self.ticket = None
            await self.ready()

    async def sign_out(self) -> None:
        """She goes; a caller she is talking with waits again."""
        if self.state is _S.RINGING:
            await self._return_offer()
        elif self.state is _S.BUSY:
            await self._back(Back.FAILED)
        self._desk.remove(self)
        self._enter(_S.SIGNED_OUT)
        if self._headset is not None:
            headset, self._headset = self._headset, None
            await headset.close()

    # an offer

    def offered(self, ticket: Ticket) -> None:
        """It rings."""
        self.ticket = ticket
        self._enter(_S.RINGING)
        self._after(self._desk.queue.rules.offer, partial(self._rang_out, ticket.token))
        if self.target is not None:
            self._ringing = self._desk.start(self._ring(self.target, ticket.token))

    async def _ring(self, target: str, token: int) -> None:
        """Her telephone: answering it is accepting."""
        dialler = self._desk.dialler
        if dialler is None:
            await self.decline(token, "no telephone can be dialled here")
            return
        try:
            line = await dialler.dial(target, self._desk.queue.rules.offer)
        except DialError as error:
            await self.decline(token, str(error))
            return
        telephone = Headset(line, lambda: self._lost(telephone))
        self._telephone, self._ringing = telephone, None
        if not await self.accept(token):
            await self._put_down()

    async def accept(self, token: int) -> bool:
        """She takes the caller who is offered; False when it is too late."""
        ticket = self.ticket
        if self.state is not _S.RINGING or ticket is None or ticket.token != token:
            return False
        moved = await self._desk.queue.store.move(ticket.id, moves.accept(token))
        place = self._desk.queue.places.get(ticket.id)
        if moved is None or place is None or self.state is not _S.RINGING:
            self._desk.changed()
            return False
        place.ticket = self.ticket = moved
        self._stop_timer()
        self._enter(_S.BUSY)
        self._talk = talk = Conversation(self._caller_gone)
        ear = self._telephone or self._headset
        if ear is not None:
            ear.conversation = talk
        late = partial(self._give_back, "not joined in time")
        self._after(self._desk.queue.rules.connecting, late)
        place.tell(Taken(talk, self.operator.name))
        return True

    async def decline(self, token: int, reason: str = "") -> None:
        """Not now: the caller is offered to the next operator, and she is paused."""
        if self.state is _S.RINGING and self.ticket and self.ticket.token == token:
            await self.pause(reason or "declined")

    async def _rang_out(self, token: int) -> None:
        if self.state is _S.RINGING and self.ticket and self.ticket.token == token:
            logger.info("ticket %s: nobody answered", self.ticket.id)
            await self.pause("unanswered")

    async def _return_offer(self) -> None:
        ticket, self.ticket = self.ticket, None
        self._stop_timer()
        if self._ringing is not None and self._ringing is not asyncio.current_task():
            self._ringing.cancel()
        self._ringing = None
        if ticket is not None:
            await self._desk.give_back(ticket, moves.give_back(ticket.token))

    # a conversation

    def joined(self, ticket: Ticket) -> None:
        """They hear one another."""
        self._stop_timer()
        self.ticket = ticket
        self.since = self._desk.queue.now()
        self._desk.changed()

    async def hang_up(self) -> None:
        """She ends the conversation."""
        ticket = self.ticket
        if self.state is not _S.BUSY or ticket is None:
            return
        outcome = Outcome.CALLED_BACK if ticket.call_back else Outcome.SERVED
        place = self._desk.queue.places.pop(ticket.id, None)
        await self._desk.queue.store.move(ticket.id, moves.close(outcome, token=ticket.token))
        if place is not None:
            place.tell(Finished())
            place.gone = True
        await self._free("operator")

    async def hold(self, on: bool) -> None:
        """The caller hears music and she nothing, or they talk again."""
        place = self._place()
        if place is not None and on is not self.on_hold:
            self.on_hold = on
            place.tell(Held(on))
            self.look()

    async def keys(self, digits: str) -> None:
        """Keys for the caller's side."""
        if (place := self._place()) is not None:
            place.tell(Keys(digits))

    async def transfer(
        self, office: OfficeId | None = None, operator: OperatorId | None = None
    ) -> None:
        """Hand the caller on, with their rank: whoever is free in that office, or a colleague."""
        seconds = self._desk.queue.rules.reserved
        await self._back(Back.TRANSFERRED, office, (operator, seconds) if operator else None)

    async def _give_back(self, why: str) -> None:
        if self.state is _S.BUSY and self.ticket is not None:
            logger.info("ticket %s: given back, %s", self.ticket.id, why)
            await self._back(Back.FAILED)

    async def _back(
        self,
        why: Back,
        office: OfficeId | None = None,
        reserve: tuple[OperatorId, float] | None = None,
    ) -> None:
        ticket, place = self.ticket, self._place()
        if ticket is not None and place is not None:
            if await self._desk.give_back(ticket, moves.give_back(ticket.token, office, reserve)):
                place.tell(Returned(why))
            await self._free("operator")

    def _place(self) -> Place | None:
        """Of the caller she talks with."""
        if self.state is not _S.BUSY or self.ticket is None:
            return None
        return self._desk.queue.places.get(self.ticket.id)

    def _enter(self, state: OperatorState, reason: str = "") -> None:
        logger.info("operator %s: %s -> %s", self.operator.id, self.state, state)
        self.state, self.reason = state, reason
        self.since = self._desk.queue.now()
        self._desk.changed()

    def _after(self, seconds: float, do: Callable[[], Coroutine[object, object, None]]) -> None:
        self._stop_timer()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, lambda: self._desk.start(do()))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _caller_gone(self) -> None:
        """The call has closed its side of the conversation."""
        if self.ticket is not None:
            self.withdrawn(self.ticket.id)

    def withdrawn(self, ticket: TicketId) -> None:
        """The caller is not hers any more: hung up, or changed office."""
        if self.ticket is None or self.ticket.id != ticket:
            return
        if self.state is _S.RINGING:
            self.ticket = None
            self._stop_timer()
            if self._ringing is not None:
                self._ringing.cancel()
                self._ringing = None
            self._enter(_S.AVAILABLE)
        elif self.state is _S.BUSY:
            self._desk.start(self._free("caller"))

    async def _free(self, who: str) -> None:
        """The conversation is over: time for her notes."""
        if self.state is not _S.BUSY:
            return
        self._stop_timer()
        talk, self._talk, self.on_hold = self._talk, None, False
        if talk is not None:
            talk.feed(HungUp(who))
        if self._headset is not None:
            self._headset.conversation = None
        self._enter(_S.WRAP_UP)
        if (seconds := self._desk.queue.rules.wrap_up) > 0:
            self._after(seconds, self.wrap_up_done)
        await self._put_down()

    async def _put_down(self) -> None:
        if self._telephone is not None:
            telephone, self._telephone = self._telephone, None
            await telephone.close()
