"""The same day under other rules: first come first served, and two well-known queues.

What is played is what their documentation says of the order of callers:

- Asterisk `app_queue`: one queue for each office and language; inside it callers with a greater
  `QUEUE_PRIO` stand before all others; an operator in several queues is given the caller of the
  one with the greatest `weight`. A caller who hangs up loses the place. The waiting time that it
  announces is `holdtime`: after each answered call three quarters of what it was and one quarter
  of that call's wait, in minutes.
- FreeSWITCH `mod_callcenter`: the greatest score is next, which is the base score (here the urgent
  callers' head start) and the seconds waited. A caller who hangs up loses the place
  (`abandoned-resume-allowed` is off).

Who may take whom, when the circle widens, who misses a call and when it dies are the same for all.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Protocol

from voicebot.holding.rank import Circle
from voicebot.model.holding import Operator
from voicebot.simulation.day import Day, Visit
from voicebot.simulation.story import Played, Story

_EVER = 6 * 3600.0
"""Seconds after the offices' closing when the day is over at the latest."""


@dataclass(slots=True, eq=False)
class Waiter:
    """A caller on the line."""

    story: Story
    joined: float
    ringing: bool = False
    gone: bool = False
    """Whether the line is closed, or an operator has answered it."""


class Rule(Protocol):
    """Who is next."""

    name: str

    def choose(self, waiters: Sequence[Waiter], now: float) -> Waiter:
        """The next of those whom the operator may take; there is at least one."""

    def announce(self, visit: Visit) -> tuple[float, float] | None:
        """The waiting time that a caller hears on joining, from and to, in seconds."""

    def answered(self, visit: Visit, waited: float) -> None:
        """A caller was answered, after that many seconds on the line."""


class FirstCome:
    """By the moment of the call."""

    name = "first come, first served"

    def choose(self, waiters: Sequence[Waiter], now: float) -> Waiter:
        """Whoever has called first."""
        return min(waiters, key=lambda one: one.joined)

    def announce(self, visit: Visit) -> tuple[float, float] | None:
        """Nothing is said."""
        return None

    def answered(self, visit: Visit, waited: float) -> None:
        """Nothing is learnt."""


class AppQueue:
    """Asterisk's."""

    name = "Asterisk app_queue"
    heaviest = "ufficio-casa"
    """The office whose queues have a weight."""

    def __init__(self) -> None:
        self._holdtime: dict[tuple[str, str], int] = {}

    def choose(self, waiters: Sequence[Waiter], now: float) -> Waiter:
        """The head of the heaviest queue; of equal ones, whoever waits longest."""
        return min(waiters, key=self._key)

    def _key(self, one: Waiter) -> tuple[bool, bool, float]:
        visit = one.story.visit
        calm = visit.priority.head_start == timedelta(0)
        return visit.office != self.heaviest, calm, one.joined

    def announce(self, visit: Visit) -> tuple[float, float] | None:
        """The minute that `holdtime` is nearest to."""
        hold = self._holdtime.get((visit.office, visit.language))
        if hold is None:
            return None
        minutes = (hold + 30) // 60
        return max(0.0, minutes * 60.0 - 30), minutes * 60.0 + 30

    def answered(self, visit: Visit, waited: float) -> None:
        """A quarter of the new, three of the old; in whole seconds."""
        queue = (visit.office, visit.language)
        self._holdtime[queue] = (self._holdtime.get(queue, 0) * 3 + int(waited)) // 4


class CallCenter(FirstCome):
    """FreeSWITCH's."""

    name = "FreeSWITCH mod_callcenter"

    def choose(self, waiters: Sequence[Waiter], now: float) -> Waiter:
        """The greatest score."""
        return max(
            waiters,
            key=lambda one: one.story.visit.priority.head_start.total_seconds() + now - one.joined,
        )


@dataclass(slots=True, eq=False)
class _Agent:
    operator: Operator
    free_since: float | None = 0.0
    with_whom: Waiter | None = None
    turn: int = 0
    """Goes up with whatever she begins: what was planned before does not happen then."""


@dataclass(order=True, slots=True)
class _Event:
    at: float
    number: int
    do: Callable[[], None] = field(compare=False)


class Rival:
    """Plays the day under one rule, event by event."""

    def __init__(self, day: Day, circle: Circle, rule: Rule) -> None:
        self._day, self._circle, self._rule = day, circle, rule
        self._now = 0.0
        self._events: list[_Event] = []
        self._numbers = count()
        self._agents = [_Agent(operator) for operator in day.operators]
        self._waiters: list[Waiter] = []
        self._talking: list[Waiter] = []
        self._stories = [Story(visit) for visit in day.visits]
        self._down_until = 0.0

    def play(self) -> Played:
        """The whole day."""
        for story in self._stories:
            self._at(story.visit.arrives, partial(self._call, story))
        for crash in self._day.crashes:
            self._at(crash, self._crash)
        while self._events and self._now < self._day.seconds + _EVER:
            event = heapq.heappop(self._events)
            self._now = event.at
            event.do()
        return Played(self._rule.name, self._stories)

    def _at(self, moment: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, _Event(moment, next(self._numbers), do))

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._at(self._now + seconds, do)

    # callers

    def _call(self, story: Story) -> None:
        visit = story.visit
        if self._now - visit.arrives >= visit.patience:
            story.left = True
            return
        if self._now < self._down_until:
            self._after(self._day.outage, partial(self._call, story))
            return
        first = not story.present and story.offers == 0
        waiter = Waiter(story, self._now)
        story.ready(self._now)
        self._waiters.append(waiter)
        if first:
            story.announced, story.announced_at = self._rule.announce(visit), self._now
            if visit.drops_after is not None:
                self._at(visit.arrives + visit.drops_after, partial(self._drop, waiter))
        self._at(visit.arrives + visit.patience, partial(self._give_up, waiter))
        for widened in (
            self._circle.widening.any_language,
            self._circle.widening.other_office,
        ):
            if widened is not None:
                self._after(widened.total_seconds(), self._match)
        self._match()

    def _drop(self, waiter: Waiter) -> None:
        if not waiter.gone:
            self._hang_up(waiter)
            self._redial(waiter.story)

    def _redial(self, story: Story) -> None:
        if story.visit.redials_after is None:
            story.left = True
        else:
            self._after(story.visit.redials_after, partial(self._call, story))

    def _give_up(self, waiter: Waiter) -> None:
        if not waiter.gone:
            self._hang_up(waiter)
            waiter.story.left = True

    def _hang_up(self, waiter: Waiter) -> None:
        waiter.gone = True
        waiter.story.away(self._now)
        self._waiters.remove(waiter)
        for agent in self._agents:
            if agent.with_whom is waiter:
                self._free(agent)

    def _crash(self) -> None:
        """Every line is lost, and every place with it."""
        self._down_until = self._now + self._day.outage
        for waiter in (*self._waiters, *self._talking):
            waiter.gone = True
            waiter.story.away(self._now)
            waiter.story.answered_at = None
            again = waiter.story.visit.redials_after or self._day.outage
            self._after(max(again, self._day.outage + 1), partial(self._call, waiter.story))
        self._waiters.clear()
        self._talking.clear()
        for agent in self._agents:
            agent.turn += 1
            agent.free_since, agent.with_whom = None, None
            self._after(self._day.outage, partial(self._free, agent))

    # operators

    def _match(self) -> None:
        free = [agent for agent in self._agents if agent.free_since is not None]
        for agent in sorted(free, key=lambda agent: agent.free_since or 0.0):
            may = [one for one in self._waiters if not one.ringing and self._may(agent, one)]
            if may:
                self._offer(agent, self._rule.choose(may, self._now))

    def _may(self, agent: _Agent, waiter: Waiter) -> bool:
        visit = waiter.story.visit
        after = self._circle.wait(agent.operator, visit.office, visit.language)
        return after is not None and self._now - waiter.joined >= after.total_seconds()

    def _offer(self, agent: _Agent, waiter: Waiter) -> None:
        agent.free_since, agent.with_whom = None, waiter
        agent.turn += 1
        waiter.ringing = True
        turn = agent.turn
        if self._day.misses(waiter.story.visit, waiter.story.offered(self._now)):
            self._after(self._day.rings, partial(self._missed, agent, waiter, turn))
        else:
            self._after(self._day.answers_after, partial(self._answer, agent, waiter, turn))

    def _missed(self, agent: _Agent, waiter: Waiter, turn: int) -> None:
        if agent.turn != turn:
            return
        agent.turn, agent.with_whom = turn + 1, None
        waiter.ringing = False
        waiter.story.ready(self._now)
        self._after(self._day.away, partial(self._free, agent))
        self._match()

    def _answer(self, agent: _Agent, waiter: Waiter, turn: int) -> None:
        if agent.turn != turn:
            return
        story = waiter.story
        self._waiters.remove(waiter)
        self._talking.append(waiter)
        waiter.gone = True
        story.answered_at = self._now
        self._rule.answered(story.visit, self._now - waiter.joined)
        self._after(story.visit.talk, partial(self._finish, agent, waiter, turn))

    def _finish(self, agent: _Agent, waiter: Waiter, turn: int) -> None:
        if agent.turn == turn:
            self._talking.remove(waiter)
            agent.turn, agent.with_whom = turn + 1, None
            self._after(self._day.wrap_up, partial(self._free, agent))

    def _free(self, agent: _Agent) -> None:
        agent.turn += 1
        agent.free_since, agent.with_whom = self._now, None
        self._match()
