"""A queue and its desk on virtual time, over a real store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.fakes.dialler import FakeDialler
from tests.fakes.line import FakeLine
from tests.fakes.virtual_time import FakeClock, run
from voicebot.adapters.database import Database
from voicebot.adapters.numbers import KeyedNumbers
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.holding.desk import Desk
from voicebot.holding.events import HoldEvent, Taken
from voicebot.holding.place import Place
from voicebot.holding.queue import Queue
from voicebot.holding.rules import HoldRules
from voicebot.holding.seat import Seat
from voicebot.model.holding import Operator, OperatorState, Priority, Wish
from voicebot.ports import Line

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = HoldRules(node="here", offices=("casa", "polo-1"), languages=("it", "en", "fr", "ar"))


@dataclass
class Stage:
    """The queue, its desk, and who plays in front of them."""

    queue: Queue
    desk: Desk
    dialler: FakeDialler
    database: Database
    headsets: dict[str, FakeLine] = field(default_factory=dict)
    """By operator, her standing line."""
    called: list[tuple[Line, Caller]] = field(default_factory=list)
    """Those who answered a call back."""

    async def operator(
        self,
        name: str,
        offices: str = "casa",
        languages: str = "it",
        ready: bool = True,
    ) -> Seat:
        """Somebody with a headset; offices and languages are written with spaces between."""
        who = Operator(name, name.title(), frozenset(offices.split()), frozenset(languages.split()))
        seat = await self.desk.sign_in(who)
        self.headsets[name] = FakeLine()
        await seat.headset(self.headsets[name])
        if ready:
            await seat.ready()
        return seat

    async def caller(
        self,
        number: str | None = None,
        office: str = "casa",
        language: str = "it",
        head_start: float = 0,
    ) -> Caller:
        """Somebody who has joined."""
        priority = Priority("urgent", timedelta(seconds=head_start), "test")
        wish = Wish(
            office,
            language,
            priority if head_start else Priority(),
            self.queue.caller_key(number),
        )
        return Caller(await self.queue.join(wish, number))


class Caller:
    """Holds a place and notes what happens to it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.events: list[HoldEvent] = []
        self._answered = 0
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for event in self.place.events():
            self.events.append(event)

    async def talks(self) -> Taken:
        """An operator has accepted, and the call joins the sound."""
        taken = [event for event in self.events if isinstance(event, Taken)]
        while len(taken) <= self._answered:
            await asyncio.sleep(0.01)
            taken = [event for event in self.events if isinstance(event, Taken)]
        self._answered = len(taken)
        await self.place.connected()
        return taken[-1]

    async def resumed(self, stage: Stage) -> Caller:
        """The line goes, and the caller calls again from the same number."""
        await self.place.drop()
        place = await stage.queue.resume(self.place.ticket.wish.caller, self.place.number)
        assert place is not None
        return Caller(place)

    def ended(self) -> bool:
        """Whether no more events come."""
        return self._listening.done()

    def got(self, kind: type[HoldEvent]) -> list[HoldEvent]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


async def until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Wait for something; how long it took, in seconds."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not condition():
        assert loop.time() - begun < seconds, "it did not happen"
        await asyncio.sleep(0.01)
    return loop.time() - begun


def ringing(seat: Seat) -> Callable[[], bool]:
    return lambda: seat.state is OperatorState.RINGING


async def accept(seat: Seat, within: float = 60) -> bool:
    """Take the call that rings."""
    await until(ringing(seat), within)
    assert seat.ticket is not None
    return await seat.accept(seat.ticket.token)


def play(
    script: Callable[[Stage], Awaitable[None]],
    closes: Mapping[str, float] | None = None,
    **rules: object,
) -> None:
    """Play a scene to its end; nothing of it is left behind.

    `closes` says after how many seconds an office closes; `rules` are fields of `HoldRules`.
    """
    ends = {office: START + timedelta(seconds=after) for office, after in (closes or {}).items()}

    def closed(office: str, now: datetime) -> bool:
        return office in ends and now >= ends[office]

    async def whole() -> None:
        clock = FakeClock(START)
        database = Database("sqlite://", clock)
        await database.open()
        numbers = KeyedNumbers(bytes(32))
        known = replace(RULES, **rules)  # type: ignore[arg-type]
        queue = Queue(SqlHoldStore(database), known, clock, numbers, closed)
        dialler = FakeDialler({})
        desk = Desk(queue, dialler)
        stage = Stage(queue, desk, dialler, database)
        queue.on_called_back = lambda line, place: stage.called.append((line, Caller(place)))
        await queue.open()
        await desk.open()
        try:
            await script(stage)
        finally:
            await desk.close()
            await queue.close()
            await database.close()
        await asyncio.sleep(1)

    run(whole())
