"""One operator who is signed in: what she does now, and what she may do next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING

from voicebot.errors import DialError, LineError
from voicebot.holding import moves
from voicebot.holding.consulting import Consultation
from voicebot.holding.ears import Ears
from voicebot.holding.events import Back
from voicebot.holding.headset import Headset
from voicebot.holding.snapshot import SeatSnapshot, Windows
from voicebot.holding.talking import Talking
from voicebot.model import OfficeId
from voicebot.model.holding import Operator, OperatorId, OperatorState, Ticket, TicketId
from voicebot.ports import Line

if TYPE_CHECKING:
    from voicebot.holding.desk import Desk

logger = logging.getLogger(__name__)

_S = OperatorState


class Seat:
    """What `Desk.sign_in` gives; the same one for every window of hers."""

    def __init__(self, desk: Desk, operator: Operator) -> None:
        self._desk = desk
        self.operator = operator
        self.state = _S.PAUSED
        self.reason = ""
        self.since = desk.queue.now()
        self.ticket: Ticket | None = None
        self.talk: Talking | None = None
        self.consultation: Consultation | None = None
        self.ears = Ears(self._lost)
        self._timer: asyncio.TimerHandle | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._windows = Windows(self.snapshot)

    # what she sees

    def snapshot(self) -> SeatSnapshot:
        """How things stand for her."""
        place = self._desk.queue.places.get(self.ticket.id) if self.ticket else None
        talk, asks = self.talk, self.consultation
        return SeatSnapshot(
            operator=self.operator,
            state=self.state,
            reason=self.reason,
            since=self.since,
            reachable=self.reachable,
            ticket=self.ticket,
            number=place.number if place else None,
            joined=talk is not None and talk.joined,
            on_hold=talk is not None and talk.on_hold,
            consults=asks.other(self).operator.name if asks else None,
            waiting=tuple(self._desk.queue_for(self.operator)),
        )

    def events(self) -> AsyncIterator[SeatSnapshot]:
        """How things stand, at once and after every change, until she signs out."""
        return self._windows.events()

    def look(self) -> None:
        """Something has changed: her windows are sent how things stand."""
        self._windows.look()

    # what she hears with

    @property
    def reachable(self) -> bool:
        """Whether a call can be put on her ear."""
        return self.ears.reachable

    @property
    def target(self) -> str | None:
        """Her desk telephone, when she has chosen it."""
        return self.ears.target

    @property
    def has_headset(self) -> bool:
        """Whether her browser's standing line is open."""
        return self.ears.headset is not None

    async def headset(self, line: Line) -> None:
        """Her standing line, from her browser; a new one takes the place of the one before."""
        if self.talk is not None and not self.has_headset and self.ears.telephone is None:
            self._stop_timer()
        await self.ears.wear(line, self.talk.line if self.talk else None)
        self._desk.changed()

    def phone(self, target: str | None) -> None:
        """Her desk telephone instead: it rings when a call is offered. None: the headset again."""
        self.ears.target = target
        self._desk.changed()

    def _lost(self, headset: Headset) -> None:
        """A standing line has ended by itself."""
        if headset is self.ears.telephone:
            self._desk.start(self.hang_up())
        elif headset is self.ears.headset:
            self.ears.headset = None
            self._desk.start(headset.close())
            if self.talk is not None and self.ears.telephone is None:
                grace = self._desk.queue.rules.headset_grace
                self._after(grace, partial(self._give_back, "the headset is gone"))
            elif self.state in (_S.AVAILABLE, _S.RINGING) and self.target is None:
                self._desk.start(self.pause("headset"))
            self._desk.changed()

    # what she does

    async def ready(self, state: OperatorState = _S.AVAILABLE) -> None:
        """She takes calls from now on; with PAUSED, she takes none.

        Raises:
            LineError: there is no headset and no telephone to put a call on.
        """
        if state is _S.PAUSED:
            await self.pause("")
            return
        if not self.reachable:
            raise LineError("connect the headset, or choose a telephone, before taking calls")
        if self.state in (_S.PAUSED, _S.WRAP_UP):
            self.ticket = None
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
            if self.reachable:
                self._enter(_S.AVAILABLE)
            else:
                self._enter(_S.PAUSED, "headset")

    async def sign_out(self) -> None:
        """She goes; a caller she is talking with waits again."""
        if self.state is _S.RINGING:
            await self._return_offer()
        if self.talk is not None:
            await self.talk.give_back(Back.FAILED)
        self._desk.remove(self)
        self._enter(_S.SIGNED_OUT)
        await self.ears.take_off()

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
        try:
            line = await self._desk.dial(target)
        except DialError as error:
            self._ringing = None
            await self.decline(token, str(error))
            return
        self._ringing = None
        self.ears.answered(line)
        if not await self.accept(token):
            await self.ears.put_down()

    async def accept(self, token: int) -> bool:
        """She takes the caller who is offered; False when it is too late."""
        ticket = self.ticket
        if self.state is not _S.RINGING or ticket is None or ticket.token != token:
            return False
        if self.consultation is not None:
            self._stop_timer()
            return self.consultation.answered()
        moved = await self._desk.moved(ticket, moves.accept(token))
        if moved is None or self.state is not _S.RINGING:
            return False
        if not self._desk.can_join(moved):
            await self._desk.move(moved, moves.give_back(token))
            self.withdrawn(ticket.id)
            return False
        if self._ringing is not None:
            self._ringing.cancel()
            self._ringing = None
        self.ticket = moved
        self.take_up(Talking(self._desk, self, moved))
        limit = self._desk.queue.rules.connecting
        if moved.call_back is None:
            self._after(limit, partial(self._give_back, "not joined in time"))
        return True

    def take_up(self, talk: Talking) -> None:
        """The conversation is on her ear from now on."""
        self._stop_timer()
        self.talk, self.ticket = talk, talk.ticket
        self.ears.hear(talk.line)
        self._enter(_S.BUSY)
        if not talk.joined:
            talk.begin()

    async def decline(self, token: int, reason: str = "declined") -> None:
        """Not now: the caller is offered to the next operator, and she is paused."""
        if self.state is _S.RINGING and self.ticket and self.ticket.token == token:
            await self.pause(reason)

    async def _rang_out(self, token: int) -> None:
        if self.state is _S.RINGING and self.ticket and self.ticket.token == token:
            logger.info("ticket %s: the operator did not answer", self.ticket.id)
            await self.pause("unanswered")

    async def _return_offer(self) -> None:
        ticket, self.ticket = self.ticket, None
        self._stop_timer()
        self._stop_ringing()
        if self.consultation is not None:
            await self.consultation.end()
        elif ticket is not None:
            await self._desk.move(ticket, moves.give_back(ticket.token))

    # a conversation

    def joined(self, ticket: Ticket) -> None:
        """They hear one another."""
        if self.talk is not None:
            self._stop_timer()
            self.talk.connected(ticket)
            self.ticket = ticket
            self.since = self._desk.queue.now()
            self._desk.changed()

    async def hang_up(self) -> None:
        """She ends the conversation, or the consultation if she is in one."""
        if self.consultation is not None:
            await self.consultation.end()
        elif self.talk is not None:
            await self.talk.hang_up()

    async def hold(self, on: bool) -> None:
        """The caller hears music and she nothing, or they talk again."""
        if self.talk is not None:
            await self.talk.hold(on)
            self.look()

    async def keys(self, digits: str) -> None:
        """Keys for the caller's side."""
        if self.talk is not None:
            self.talk.keys(digits)

    async def transfer(
        self, office: OfficeId | None = None, operator: OperatorId | None = None
    ) -> None:
        """Hand the caller on, with their rank: whoever is free in that office, or a colleague."""
        if self.talk is not None:
            seconds = self._desk.queue.rules.reserved
            reserve = (operator, seconds) if operator else None
            await self.talk.give_back(Back.TRANSFERRED, office, reserve)

    async def consult(self, operator: OperatorId) -> None:
        """Ask a colleague, while the caller is on hold; then `complete` or `back`.

        Raises:
            LineError: she is not free, or there is no caller to ask about.
        """
        seat = self._desk.seat_of(operator)
        if self.talk is None or not self.talk.joined or self.consultation is not None:
            raise LineError("there is no caller to ask a colleague about")
        if seat is None or seat.state is not _S.AVAILABLE or seat.ears.now is None:
            raise LineError("this colleague is not free now")
        await Consultation(self._desk, self, seat).begin()

    async def complete(self) -> None:
        """The colleague who was asked goes on with the caller."""
        if self.consultation is not None and self.talk is not None:
            await self.consultation.complete()

    async def back(self) -> None:
        """Thank the colleague, and go on with the caller."""
        if self.consultation is not None:
            await self.consultation.end()

    def asked(self, consultation: Consultation | None, ticket: Ticket | None) -> None:
        """A colleague rings, or does no more."""
        self.consultation = consultation
        if consultation is not None and self.talk is None:
            self.ticket = ticket
            self._enter(_S.RINGING)
            if ticket is not None:
                offer = self._desk.queue.rules.offer
                self._after(offer, partial(self._rang_out, ticket.token))
        elif consultation is None and self.talk is None and self.state in (_S.RINGING, _S.BUSY):
            self._stop_timer()
            self.ticket = None
            self._enter(_S.AVAILABLE)
        else:
            self.look()

    def speaking(self) -> None:
        """She has answered a colleague."""
        self._enter(_S.BUSY)

    async def _give_back(self, why: str) -> None:
        if self.talk is not None:
            logger.info("ticket %s: given back: %s", self.talk.ticket.id, why)
            await self.talk.give_back(Back.FAILED)

    def withdrawn(self, ticket: TicketId) -> None:
        """The caller is not hers any more: hung up, or changed office."""
        if self.ticket is None or self.ticket.id != ticket:
            return
        if self.talk is not None:
            self.talk.caller_gone()
        elif self.state is _S.RINGING and self.consultation is None:
            self.ticket = None
            self._stop_timer()
            self._stop_ringing()
            self._enter(_S.AVAILABLE)

    def talk_over(self, talk: Talking, wrap_up: bool) -> None:
        """The conversation has ended: time for her notes."""
        if self.talk is not talk:
            return
        self._stop_timer()
        self.talk = None
        if self.consultation is not None:
            self._desk.start(self.consultation.end())
        self.ears.hear(None)
        self._desk.start(self.ears.put_down())
        self._enter(_S.WRAP_UP)
        if not wrap_up:
            self._desk.start(self.wrap_up_done())
        elif (seconds := self._desk.queue.rules.wrap_up) > 0:
            self._after(seconds, self.wrap_up_done)

    # small things

    def _enter(self, state: OperatorState, reason: str = "") -> None:
        if state is not self.state:
            logger.debug("operator %s: %s -> %s", self.operator.id, self.state, state)
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

    def _stop_ringing(self) -> None:
        if self._ringing is not None and self._ringing is not asyncio.current_task():
            self._ringing.cancel()
        self._ringing = None
