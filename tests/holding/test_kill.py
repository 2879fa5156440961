"""The process is killed (SIGKILL) at any moment, in every state: after it is started again, whoever
calls again has the place they had."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.holding.busy_office import queue_over
from tests.postgres import Postgres
from voicebot.adapters.database import Database
from voicebot.holding.rank import order
from voicebot.model.holding import TicketState

EVERY_STATE = {
    TicketState.WAITING,
    TicketState.OFFERED,
    TicketState.CONNECTING,
    TicketState.CONNECTED,
}


@dataclass(frozen=True)
class Joined:
    """What a caller was told, or is known by."""

    number: str | None
    ticket: int
    rank: float
    code: str | None


async def killed(url: str, seed: int, chance: random.Random) -> tuple[list[Joined], set[int]]:
    """Let the process work and kill it: who joined, and whose call may have ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.holding.busy_office",
        url,
        str(seed),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    begun, span = time.monotonic(), chance.uniform(0.7, 2.5)
    lines: list[list[str]] = []
    while time.monotonic() - begun < span:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), 0.05)
        except TimeoutError:
            continue
        assert line, "it ended by itself"
        lines.append(line.decode().split())
    process.kill()
    lines += [line.decode().split() for line in (await process.stdout.read()).splitlines()]
    await process.wait()
    joined = [
        Joined(
            None if words[1] == "-" else words[1],
            int(words[2]),
            float(words[3]),
            None if words[4] == "-" else words[4],
        )
        for words in lines
        if words[0] == "joined" and len(words) == 5
    ]
    return joined, {int(words[1]) for words in lines if words[0] == "ending" and len(words) == 2}


async def play(url: str, seed: int) -> Counter[TicketState]:
    """One life and death; in which states the tickets were when the process died."""
    chance = random.Random(seed)
    joined, ending = await killed(url, seed, chance)
    database = Database(url)
    await database.open()
    queue = queue_over(database)
    try:
        states = Counter(one.state for one in await queue.store.open_tickets("here"))
        await queue.open()
        chance.shuffle(joined)
        places = []
        for caller in joined:
            if caller.code is not None:
                place = (
                    await queue.resume_code(caller.code) if caller.ticket not in ending else None
                )
            else:
                place = await queue.resume(queue.caller_key(caller.number), caller.number)
            if place is None:
                assert caller.ticket in ending, f"{caller} has lost the place"
                continue
            assert place.ticket.id == caller.ticket
            assert place.ticket.rank.timestamp() == caller.rank
            places.append(place.ticket)
        assert len(places) >= len(joined) - len(ending)
        back = [one.id for one in queue.waiting()]
        assert back == [one.id for one in sorted(places, key=order)], "in the order they had"
    finally:
        await queue.close()
        await database.close()
    return states


async def play_often(new_url: Callable[[int], str], rounds: int) -> None:
    """So many times, and more where a slow machine has not yet died in every state."""
    seen: Counter[TicketState] = Counter()
    for seed in range(4 * rounds):
        seen += await play(new_url(seed), 1000 * seed)
        if seed + 1 >= rounds and set(seen) >= EVERY_STATE:
            return
    raise AssertionError(f"not killed in every state: {seen}")


async def test_killed_at_random_moments_nobody_loses_the_place(tmp_path: Path) -> None:
    await play_often(lambda seed: f"sqlite:///{tmp_path}/{seed}.sqlite", 8)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_killed_a_hundred_times_nobody_loses_the_place(tmp_path: Path) -> None:
    await play_often(lambda seed: f"sqlite:///{tmp_path}/{seed}.sqlite", 100)


async def test_killed_over_postgresql_nobody_loses_the_place(postgresql: Postgres) -> None:
    await play_often(lambda seed: postgresql.new_database(), 3)
