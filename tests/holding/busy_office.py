"""A process with a queue and nothing else of the house: callers and operators come and go in it.

    python -m tests.holding.busy_office URL SEED

What must survive it is printed the moment it is so: `joined NUMBER TICKET RANK CODE`, and before a
conversation is ended, `ending TICKET`.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys

from tests.fakes.line import FakeLine
from voicebot.adapters.clock import TownClock
from voicebot.adapters.database import Database
from voicebot.adapters.numbers import KeyedNumbers
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.holding.desk import Desk
from voicebot.holding.events import Finished, Taken
from voicebot.holding.queue import Queue
from voicebot.holding.rules import HoldRules
from voicebot.model.holding import Operator, OperatorState, Wish

RULES = HoldRules(node="here", offices=("casa",), languages=("it",), offer=0.5, wrap_up=0.05)
CALLERS = 12
OPERATORS = 5


def queue_over(database: Database) -> Queue:
    """As this process has it, and the one after it."""
    return Queue(SqlHoldStore(database), RULES, TownClock("UTC"), KeyedNumbers(bytes(32)))


def say(*words: object) -> None:
    """At once: the next thing may be the end."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def caller(queue: Queue, number: str | None, chance: random.Random) -> None:
    """Joins, waits, is talked with."""
    place = await queue.join(Wish("casa", "it", caller=queue.caller_key(number)), number)
    ticket = place.ticket
    say("joined", number or "-", ticket.id, ticket.rank.timestamp(), place.code or "-")
    async for event in place.events():
        if isinstance(event, Taken):
            await asyncio.sleep(chance.uniform(0, 0.2))
            await place.connected()
        elif isinstance(event, Finished):
            return


async def callers(queue: Queue, first: int, chance: random.Random) -> None:
    """One after another."""
    for n in range(first, first + 1000):
        await asyncio.sleep(chance.uniform(0, 0.1))
        await caller(queue, f"+39059{n:06}" if n % 3 else None, chance)


async def operator(desk: Desk, name: str, chance: random.Random) -> None:
    """Takes most calls, talks a moment, takes the next."""
    seat = await desk.sign_in(Operator(name, name, frozenset({"casa"}), frozenset({"it"})))
    await seat.headset(FakeLine(has_audio=False))
    async for _ in seat.events():
        await asyncio.sleep(chance.uniform(0, 0.2))
        if seat.state in (OperatorState.PAUSED, OperatorState.WRAP_UP):
            await seat.ready()
        elif seat.state is OperatorState.RINGING and seat.ticket is not None:
            if chance.random() < 0.8:
                await seat.accept(seat.ticket.token)
            else:
                await seat.decline(seat.ticket.token)
        elif seat.talk is not None and seat.talk.joined:
            await asyncio.sleep(chance.uniform(0, 0.5))
            if seat.talk is not None:
                say("ending", seat.talk.ticket.id)
                await seat.hang_up()


async def work(url: str, seed: int) -> None:
    """Until it is killed."""
    database = Database(url)
    await database.open()
    queue = queue_over(database)
    desk = Desk(queue)
    await queue.open()
    await desk.open()
    say("open")
    await asyncio.gather(
        *(callers(queue, 1000 * n, random.Random(seed + n)) for n in range(CALLERS)),
        *(operator(desk, f"o{n}", random.Random(seed - n)) for n in range(OPERATORS)),
    )


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))
