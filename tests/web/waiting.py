"""A caller in the queue of a real house, with a voice that is easy to find in the sound."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tests.web.house import House, Tone
from voicebot.holding.events import Finished, HoldEvent, Taken
from voicebot.holding.place import Place
from voicebot.model import RATE, Audio
from voicebot.model.holding import Priority, TicketId, TicketState, Wish
from voicebot.ports import Line

VOICE = 600.0
"""Hz of the caller's voice."""


class WaitingCaller:
    """Joins, waits, talks when taken; all of it in the house's own loop."""

    _known: ClassVar[dict[TicketId, WaitingCaller]] = {}

    @classmethod
    def of(cls, ticket: TicketId) -> WaitingCaller:
        """The one who joined last with this ticket."""
        return cls._known[ticket]

    def __init__(self, house: House, place: Place) -> None:
        self._known[place.ticket.id] = self
        self._house = house
        self.place = place
        self.events: list[HoldEvent] = []
        self.heard_at = 0.0
        """`time.monotonic()` of the first sound of an operator."""
        self._heard: list[NDArray[np.int16]] = []
        self._line: Line | None = None
        self._tasks = [asyncio.create_task(self._live())]

    @classmethod
    def join(
        cls,
        house: House,
        office: str = "ufficio-casa",
        language: str = "it",
        number: str | None = None,
        priority: Priority | None = None,
    ) -> WaitingCaller:
        """Somebody new in the queue."""

        async def join() -> WaitingCaller:
            wish = Wish(office, language, priority or Priority(), None, "orari dell'ufficio casa")
            return cls(house, await house.queue.join(wish, number))

        return house.ask(join())

    async def _live(self) -> None:
        async for event in self.place.events():
            self.events.append(event)
            match event:
                case Taken(line):
                    self._heard, self.heard_at, self._line = [], 0.0, line
                    line.attach(Tone(VOICE))
                    self._tasks.append(asyncio.create_task(self._listen(line)))
                    await self.place.connected()
                case Finished():
                    return

    async def _listen(self, line: Line) -> None:
        async for event in line.events():
            if isinstance(event, Audio):
                loud = int(np.abs(event.samples).max()) > 500
                if loud and not self.heard_at:
                    self.heard_at = time.monotonic()
                self._heard.append(event.samples)

    def loudest(self) -> int:
        """Of what came from the operator in the last second."""
        samples = [*self._heard[-RATE // len(self._heard[0]) :]] if self._heard else []
        return int(np.abs(np.concatenate(samples)).max()) if samples else 0

    def forget_sound(self) -> None:
        """Listen anew."""
        self._heard.clear()

    def hang_up(self) -> None:
        """The caller has gone."""

        async def go() -> None:
            if self._line is not None:
                await self._line.hang_up()
            if self.place.ticket.state is TicketState.WAITING:
                await self.place.drop()
            else:
                await self.place.leave()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        self._house.ask(go())

    def got(self, kind: type[HoldEvent]) -> list[HoldEvent]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def waits(self) -> bool:
        """Whether the place is in the queue, offered to nobody."""
        return self.state() is TicketState.WAITING

    def state(self) -> TicketState:
        """As the store has it."""

        async def look() -> TicketState:
            tickets = await self._house.queue.store.open_tickets("here")
            known = {ticket.id: ticket.state for ticket in tickets}
            return known.get(self.place.ticket.id, TicketState.CLOSED)

        return self._house.ask(look())
