"""A call's hold on its place in the queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from voicebot.errors import VoicebotError
from voicebot.holding.classes import priority
from voicebot.holding.events import HoldEvent
from voicebot.holding.place import Place
from voicebot.holding.queue import Queue
from voicebot.model import Arrival, Language, OfficeId
from voicebot.model.holding import Standing, TicketState, Wish

logger = logging.getLogger(__name__)

News = Callable[[Place, HoldEvent], Awaitable[None]]


class Keeping:
    """One place at a time, and its news."""

    def __init__(self, call_id: str, queue: Queue, arrival: Arrival, news: News) -> None:
        """`arrival` tells the caller by the number, and the class by what was rung."""
        self._id = call_id
        self._queue = queue
        self._number = arrival.caller
        self._key = queue.caller_key(arrival.caller)
        self._priority = priority(arrival, queue.rules.classes)
        self._news = news
        self.place: Place | None = None
        self._watch: asyncio.Task[None] | None = None
        self._turned_away: set[OfficeId] = set()

    @property
    def number_known(self) -> bool:
        """Whether the caller can be told from others by the number."""
        return self._key is not None

    async def by_number(self) -> Place | None:
        """The place that was kept for the caller's number.

        Raises:
            StoreError: the database failed.
        """
        return await self._queue.resume(self._key, self._number)

    async def by_code(self, code: str) -> Place | None:
        """The place that was kept under the code; `StoreError` as before."""
        return await self._queue.resume_code(code)

    async def attended(self, office: OfficeId, language: Language) -> bool:
        """Whether there is any use in waiting for the office."""
        return (await self._queue.outlook(office, language)).operators > 0

    async def join(self, office: OfficeId, language: Language, asked: str) -> Place:
        """A new place; `StoreError` as before."""
        wish = Wish(office, language, self._priority, self._key, asked or None)
        return await self._queue.join(wish, self._number)

    async def turned_away(self, office: OfficeId, language: Language) -> None:
        """The office's operators shall see that somebody rang in vain; once for each call."""
        if office not in self._turned_away:
            self._turned_away.add(office)
            await self._queue.store.turned_away(office, language)

    def hold(self, place: Place, tasks: asyncio.TaskGroup) -> None:
        """This is the call's place from now on."""
        self.let_go()
        self.place = place
        self._watch = tasks.create_task(self._follow(place))

    def let_go(self) -> Place | None:
        """The place that the call had; no news of it is passed on any more."""
        if self._watch is not None and self._watch is not asyncio.current_task():
            self._watch.cancel()
        self._watch = None
        place, self.place = self.place, None
        return place

    async def close(self, lost: bool) -> None:
        """The call is over: the place is kept, unless they have talked and hung up."""
        place = self.let_go()
        if place is None:
            return
        try:
            if place.ticket.state is TicketState.CONNECTED and not lost:
                await place.leave()
            else:
                await place.drop()
        except VoicebotError as error:
            logger.error("call %s: only a restart will keep its place: %s", self._id, error)

    async def _follow(self, place: Place) -> None:
        async for event in place.events():
            try:
                await self._news(place, event)
            except VoicebotError as error:
                logger.error("call %s: %s", self._id, error)
            except Exception:
                logger.exception("call %s: news of its place", self._id)


async def standing(place: Place) -> Standing:
    """How things stand, by what is known even while the database fails."""
    try:
        return await place.standing()
    except VoicebotError as error:
        logger.error("the place is not known: %s", error)
        return place.told or Standing(1, None, 1)
