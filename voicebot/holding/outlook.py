"""How things stand for all who wait, and for those who might join, reckoned in one go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from voicebot.holding.estimates import Forecast, Overhead, TalkTimes, Waiter
from voicebot.holding.rank import Circle
from voicebot.model import Language, OfficeId
from voicebot.model.holding import Staffed, Standing, Ticket, TicketId

Want: TypeAlias = tuple[OfficeId, Language]

BREATH = 16
"""Callers reckoned before the event loop may do something else; under a millisecond."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """By ticket, and by what a caller who joined now would want."""

    waiting: dict[TicketId, Standing] = field(default_factory=dict)
    joining: dict[Want, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there."""

    staff: Sequence[Staffed]
    circle: Circle
    talks: TalkTimes
    overhead: Overhead
    now: datetime


class _Places:
    """Counts who is before whom: those whom an operator of yours may take before you."""

    def __init__(self, circle: Circle) -> None:
        self._circle = circle
        self._counts: Counter[Want] = Counter()
        self._rivals: dict[tuple[Want, Want], bool] = {}

    def position(self, want: Want) -> int:
        """1 when nobody is before you."""
        return 1 + sum(n for other, n in self._counts.items() if self._is_rival(want, other))

    def add(self, want: Want) -> None:
        """One more is there, before all who come now."""
        self._counts[want] += 1

    def operators(self, want: Want) -> int:
        """Who may take you, now or later."""
        return len(self._circle.those_who_may(*want))

    def _is_rival(self, want: Want, other: Want) -> bool:
        known = self._rivals.get((want, other))
        if known is None:
            who = self._circle.those_who_may(*want)
            known = any(self._circle.wait(one, *other) is not None for one in who)
            self._rivals[want, other] = known
        return known


async def outlook(waiting: Sequence[Ticket], wants: Iterable[Want], scene: Scene) -> Outlook:
    """Reckon it; `waiting` in the order of the ranks."""
    places = _Places(scene.circle)
    forecast = Forecast(scene.staff, scene.circle, scene.talks, scene.overhead, scene.now)
    result = Outlook()
    for count, ticket in enumerate(waiting, 1):
        want = ticket.wish.office, ticket.wish.language
        wait = forecast.add(Waiter(*want, ticket.entered_at))
        result.waiting[ticket.id] = Standing(places.position(want), wait, places.operators(want))
        places.add(want)
        if count % BREATH == 0:
            await asyncio.sleep(0)
    for want in wants:
        wait = forecast.wait(Waiter(*want, scene.now))
        result.joining[want] = Standing(places.position(want), wait, places.operators(want))
    return result
