"""The day played through the real queue: its service, its desk, its store; only time is virtual."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, TypeAlias

from voicebot.holding.desk import Desk
from voicebot.holding.events import Taken
from voicebot.holding.place import Place
from voicebot.holding.queue import Queue
from voicebot.holding.seat import Seat
from voicebot.model import Arrival, Caption, HungUp, LineEvent
from voicebot.model.holding import Operator, OperatorState, TicketState, Wish
from voicebot.ports import AudioSource, BridgedOnly, Clock
from voicebot.simulation.day import Day, Visit
from voicebot.simulation.story import Played, Story
from voicebot.simulation.virtual_time import LoopClock, VirtualTimeLoop

NAME = "voicebot"
START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
"""8:30 in Rome."""


@dataclass(frozen=True, slots=True)
class Process:
    """What one process of the switchboard has of the queue; not opened yet."""

    queue: Queue
    desk: Desk


Processes: TypeAlias = Callable[[], Process]
Make: TypeAlias = Callable[[Clock], Awaitable[Processes]]
"""Opens the store on a clock, and gives what makes one process after another over it."""


def play(day: Day, make: Make) -> Played:
    """The whole day; as long as the machine takes for it."""
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(_Town(day).play(make))
    finally:
        loop.close()


class _End(Enum):
    """How a caller's line came to its end."""

    SERVED = auto()
    DROPPED = auto()
    IMPATIENT = auto()
    CRASHED = auto()


class _Silence(BridgedOnly):
    """An operator's headset with nothing to say."""

    has_audio = True
    arrival = Arrival()

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    def attach(self, source: AudioSource) -> None:
        """Nobody listens."""

    async def events(self) -> AsyncIterator[LineEvent]:
        """Silence until it is closed."""
        await self._closed.wait()
        yield HungUp("caller")

    def show(self, caption: Caption) -> None:
        """Nobody looks."""

    async def hang_up(self) -> None:
        """Close it."""
        self._closed.set()


class _Town:
    def __init__(self, day: Day) -> None:
        self._day = day
        self._stories = [Story(visit) for visit in day.visits]
        self._process: Process | None = None
        self._up = asyncio.Event()
        self._own: set[asyncio.Task[Any]] = set()
        self._lines: set[asyncio.Task[_End]] = set()
        self._operators: set[asyncio.Task[None]] = set()

    async def play(self, make: Make) -> Played:
        self._new_process = await make(LoopClock(START))
        current = asyncio.current_task()
        assert current is not None
        self._own.add(current)
        await self._begin()
        callers = [self._hold(self._call(story)) for story in self._stories]
        crashes = [self._hold(self._crash(moment)) for moment in self._day.crashes]
        await asyncio.gather(*callers, *crashes)
        self._kill()
        await asyncio.sleep(1)
        return Played(NAME, self._stories)

    def _hold(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task of the town's people, which outlives the switchboard's process."""
        task = asyncio.get_running_loop().create_task(work)
        self._own.add(task)
        task.add_done_callback(self._own.discard)
        return task

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # the switchboard

    async def _begin(self) -> None:
        self._process = process = self._new_process()
        await process.queue.open()
        await process.desk.open()
        for operator in self._day.operators:
            self._operators.add(self._hold(self._work(process.desk, operator)))
        self._up.set()

    async def _crash(self, moment: float) -> None:
        await asyncio.sleep(moment - self._now())
        self._up.clear()
        self._kill()
        await asyncio.sleep(self._day.outage)
        await self._begin()

    def _kill(self) -> None:
        """As `kill -9`: whatever the process was doing is not finished."""
        for task in (*self._operators, *self._lines):
            task.cancel()
        self._operators.clear()
        for task in asyncio.all_tasks() - self._own:
            task.cancel()

    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    # operators

    async def _work(self, desk: Desk, operator: Operator) -> None:
        seat = await desk.sign_in(operator)
        await seat.headset(_Silence())
        await seat.ready()
        seen: tuple[int, int] | None = None
        doing: set[asyncio.Task[None]] = set()
        async for snapshot in seat.events():
            ticket = snapshot.ticket
            match snapshot.state:
                case OperatorState.RINGING if ticket and (ticket.id, ticket.token) != seen:
                    seen = ticket.id, ticket.token
                    story = self._story_of(ticket.wish.asked)
                    if not self._day.misses(story.visit, story.offered(self._now())):
                        doing.add(asyncio.create_task(self._answer(seat, ticket.token)))
                case OperatorState.PAUSED:
                    doing.add(asyncio.create_task(self._come_back(seat)))

    async def _answer(self, seat: Seat, token: int) -> None:
        await asyncio.sleep(self._day.answers_after)
        await seat.accept(token)

    async def _come_back(self, seat: Seat) -> None:
        await asyncio.sleep(self._day.away)
        if seat.state is OperatorState.PAUSED:
            await seat.ready()

    def _story_of(self, asked: str | None) -> Story:
        return self._stories[int(asked or 0)]

    # callers

    async def _call(self, story: Story) -> None:
        visit = story.visit
        await asyncio.sleep(visit.arrives - self._now())
        code: str | None = None
        while True:
            if self._now() - visit.arrives >= visit.patience:
                story.left = True
                return
            if not self._up.is_set():
                await asyncio.sleep(self._day.outage)
                continue
            place = await self._place(visit, code)
            code = place.code or code
            story.ready(self._now())
            if story.announced_at == 0.0:
                await self._announce(story, place)
            line = asyncio.create_task(self._stay(story, place))
            self._lines.add(line)
            self._own.add(line)
            await asyncio.wait([line])
            self._lines.discard(line)
            self._own.discard(line)
            story.away(self._now())
            end = _End.CRASHED if line.cancelled() else line.result()
            if end in (_End.SERVED, _End.IMPATIENT):
                story.left = end is _End.IMPATIENT
                return
            if end is _End.CRASHED:
                story.answered_at = None
                again = max(visit.redials_after or 0.0, self._day.outage + 1)
            elif visit.redials_after is None:
                story.left = True
                return
            else:
                again = visit.redials_after
            await asyncio.sleep(again)

    async def _place(self, visit: Visit, code: str | None) -> Place:
        """The place from before, by number or code; else a new one."""
        queue = self._running().queue
        caller = queue.caller_key(visit.number)
        place = await queue.resume(caller, visit.number)
        if place is None and code is not None:
            place = await queue.resume_code(code)
        if place is None:
            wish = Wish(visit.office, visit.language, visit.priority, caller, str(visit.id))
            place = await queue.join(wish, visit.number)
        return place

    async def _announce(self, story: Story, place: Place) -> None:
        standing = await place.standing()
        story.announced_at = self._now()
        if standing.wait is not None and standing.wait.high > 0:
            # who finds an operator free is told no waiting time
            story.announced = (standing.wait.low, standing.wait.high)

    async def _stay(self, story: Story, place: Place) -> _End:
        """On the line until served, or until it drops, or patience ends."""
        visit = story.visit
        enough, dropped = visit.arrives + visit.patience, None
        if visit.drops_after is not None and visit.arrives + visit.drops_after > self._now():
            dropped = visit.arrives + visit.drops_after
        until = min(enough, dropped or enough)
        watching = asyncio.create_task(self._watch(story, place))
        try:
            async with asyncio.timeout_at(until) as limit:
                async for event in place.events():
                    if isinstance(event, Taken):
                        limit.reschedule(None)
                        return await self._talk(story, place, event.operator)
        except TimeoutError:
            await place.drop()
            return _End.DROPPED if until == dropped else _End.IMPATIENT
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        return _End.SERVED

    async def _watch(self, story: Story, place: Place) -> None:
        """Note when an offer has come back: the caller can be taken again."""
        while True:
            await asyncio.sleep(0.5)
            if place.ticket.state is TicketState.WAITING:
                story.ready(self._now())

    async def _talk(self, story: Story, place: Place, name: str) -> _End:
        await place.connected()
        story.answered_at = self._now()
        await asyncio.sleep(story.visit.talk)
        for seat in self._running().desk.seats:
            if seat.operator.name == name:
                await seat.hang_up()
        return _End.SERVED
