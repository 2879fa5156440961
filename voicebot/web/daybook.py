"""The day's closed tickets, read now and then while somebody looks."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time, timedelta, tzinfo

from voicebot.errors import StoreError
from voicebot.model.holding import Past
from voicebot.ports import Clock, HoldStore

logger = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which what was read is good enough."""


class Daybook:
    """Reads the store for all windows together."""

    def __init__(self, store: HoldStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._read = float("-inf")
        self.today: list[Past] = []
        """As last read."""

    @property
    def zone(self) -> tzinfo | None:
        """The town's."""
        return self._clock.now().tzinfo

    def start_of_day(self, days: int = 0) -> datetime:
        """Midnight in the town, today or some days from today."""
        now = self._clock.now()
        return datetime.combine(now.date() + timedelta(days=days), time(), now.tzinfo)

    async def refresh(self) -> None:
        """Read again, if that was not done a moment ago; a failure leaves what there was."""
        now = asyncio.get_running_loop().time()
        if now - self._read < FRESH:
            return
        self._read = now
        try:
            self.today = await self._store.past(self.start_of_day(), self.start_of_day(1))
        except StoreError as error:
            logger.error("the day's figures are old: %s", error)

    async def days(self, first: datetime, count: int) -> list[Past]:
        """The closed tickets of so many days.

        Raises:
            StoreError: the database failed.
        """
        return await self._store.past(first, first + timedelta(days=count))
