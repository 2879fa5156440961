"""One conversation of an operator, from her accept to its end."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from voicebot.errors import DialError, StoreError
from voicebot.holding import moves
from voicebot.holding.events import Back, Finished, Held, Keys, Returned, Taken
from voicebot.holding.headset import Conversation
from voicebot.holding.place import Place
from voicebot.model import HungUp, OfficeId
from voicebot.model.holding import Move, OperatorId, Outcome, Ticket

if TYPE_CHECKING:
    from voicebot.holding.desk import Desk
    from voicebot.holding.seat import Seat

logger = logging.getLogger(__name__)


class Talking:
    """Joins one caller with one seat. Whatever ends it, the seat is told once."""

    def __init__(self, desk: Desk, seat: Seat, ticket: Ticket) -> None:
        self.ticket = ticket
        self.line = Conversation(self.caller_gone)
        self.on_hold = False
        self.joined = False
        self.over = False
        self._desk = desk
        self._seat = seat
        self._calling: asyncio.Task[None] | None = None

    @property
    def place(self) -> Place | None:
        """The caller's, while the call is there."""
        return self._desk.queue.places.get(self.ticket.id)

    def begin(self) -> None:
        """Tell the call whom to join; a caller who hung up to be called back is called."""
        if self.place is not None:
            self.place.tell(Taken(self.line, self._seat.operator.name))
        else:
            self._calling = self._desk.start(self._call_back())

    async def _call_back(self) -> None:
        queue, waits = self._desk.queue, self.ticket.call_back
        try:
            if waits is None or self._desk.dialler is None:
                raise StoreError("there is nobody to call, or nothing to call with")
            number = queue.numbers.unseal(waits.number)
            line = await self._desk.dialler.call_back(number, queue.rules.call_back.ring)
        except (DialError, StoreError) as error:
            logger.info("ticket %s: not called back: %s", self.ticket.id, error)
            self._calling = None
            await self._not_reached()
            return
        self._calling = None
        place = queue.called_back(self.ticket, number)
        place.tell(Taken(self.line, self._seat.operator.name))
        queue.on_called_back(line, place)

    async def _not_reached(self) -> None:
        """The operator is free again; the caller is called later, if tries are left."""
        rules, waits = self._desk.queue.rules.call_back, self.ticket.call_back
        move: Move = moves.call_back_failed(self.ticket.token, rules.pause)
        if waits is None or waits.tries + 1 >= rules.tries:
            move = moves.close(Outcome.GAVE_UP, token=self.ticket.token)
        await self._desk.move(self.ticket, move)
        self._end("caller", wrap_up=False)

    def connected(self, ticket: Ticket) -> None:
        """They hear one another."""
        self.ticket, self.joined = ticket, True

    async def hang_up(self) -> None:
        """The operator ends it."""
        if self._calling is not None:
            self._calling.cancel()
            await self._not_reached()
            return
        if self.over:
            return
        place = self.place
        outcome = Outcome.CALLED_BACK if self.ticket.call_back else Outcome.SERVED
        moved = await self._desk.move(self.ticket, moves.close(outcome, token=self.ticket.token))
        if moved and place is not None:
            place.finish(Finished())
        self._end("operator")

    async def hold(self, on: bool) -> None:
        """The caller hears music and the operator nothing, or they talk again."""
        if self.place is not None and on is not self.on_hold:
            self.on_hold = on
            self.place.tell(Held(on))

    def keys(self, digits: str) -> None:
        """Keys for the caller's side."""
        if self.place is not None:
            self.place.tell(Keys(digits))

    async def give_back(
        self,
        why: Back,
        office: OfficeId | None = None,
        reserve: tuple[OperatorId, float] | None = None,
    ) -> None:
        """The caller waits again, with the same rank."""
        if self._calling is not None:
            await self.hang_up()
        if self.over:
            return
        place = self.place
        move = moves.give_back(self.ticket.token, office, reserve)
        if await self._desk.move(self.ticket, move) and place is not None:
            place.tell(Returned(why))
        self._end("operator")

    async def hand_over(self, seat: Seat) -> Talking | None:
        """A colleague goes on with this caller; None when the caller has gone meanwhile."""
        place = self.place
        if place is None or self.over:
            return None
        moved = await self._desk.move(
            self.ticket, moves.hand_over(self.ticket.token, seat.operator.id)
        )
        if not moved:
            return None
        talk = Talking(self._desk, seat, place.ticket)
        talk.joined = True
        place.tell(Taken(talk.line, seat.operator.name))
        self._end("operator")
        return talk

    def caller_gone(self) -> None:
        """The caller hung up, or the call has let go."""
        self._end("caller")

    def _end(self, who: str, wrap_up: bool = True) -> None:
        if not self.over:
            self.over = True
            self.line.feed(HungUp(who))
            self._seat.talk_over(self, wrap_up)
