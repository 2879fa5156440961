"""`voicebot bench capacity`: raises the number of calls until something gives way."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from voicebot.adapters.processes import used
from voicebot.adapters.sip_caller import Telephones
from voicebot.bench.calls import Clip
from voicebot.bench.capacity import Level, Load, Tally, given_way
from voicebot.bench.crowd import RAISING, Crowd

CROWD = 60
"""Calls that one process of callers makes: more would be late themselves."""

SETTLE = 8.0
"""Seconds between the last call and the beginning of what is measured."""

STARVED = "voicebot_sip_starved_frames_total"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried."""

    host: str
    port: int
    user: str
    levels: tuple[int, ...]
    speaking: int
    seconds: float
    pid: int | None
    metrics: str | None
    """Address of the switchboard's metrics."""
    regardless: bool = False
    """Whether to go on when something has given way."""


def raise_calls(plan: Plan, clips: Sequence[Clip]) -> Iterator[dict[str, Any]]:
    """The figures of each number of calls, and what has given way, which ends the raising."""
    levels: list[Level] = []
    for count in plan.levels:
        levels.append(_level(plan, clips, count))
        reason = given_way(levels)
        yield levels[-1].figures(levels[0]) | {"given_way": reason}
        if reason is not None and not plan.regardless:
            return
        time.sleep(3)


def _level(plan: Plan, clips: Sequence[Clip], count: int) -> Level:
    workers = -(-count // CROWD)
    shares = [count // workers + (i < count % workers) for i in range(workers)]
    turns = [plan.speaking // workers + (i < plan.speaking % workers) for i in range(workers)]
    start = time.monotonic() + 4 + max(shares) * RAISING + SETTLE
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        work = [
            pool.submit(_crowd, plan, list(clips[i::workers]), shares[i], turns[i], start)
            for i in range(workers)
        ]
        time.sleep(max(0.0, start - time.monotonic()))
        begun = _load(plan)
        time.sleep(plan.seconds)
        ended = _load(plan)
        tally = Tally()
        for one in work:
            tally.add(one.result())
    return Level(count, tally, begun, ended)


def _crowd(plan: Plan, clips: list[Clip], calls: int, speaking: int, start: float) -> Tally:
    """Runs in a process of callers; `start` is when the measuring begins, on the system's clock."""

    async def run() -> Tally:
        async with Telephones.open(plan.host, plan.port, plan.user) as phones:
            crowd = Crowd(phones.dial, clips, max(1, speaking))
            await crowd.gather(calls)
            await asyncio.sleep(max(0.0, start - time.monotonic()))
            tally = await crowd.measure(plan.seconds)
            await crowd.disperse()
            return tally

    return asyncio.run(run())


def _load(plan: Plan) -> Load | None:
    if plan.pid is None:
        return None
    processor, memory = used(plan.pid)
    return Load(time.monotonic(), processor, memory, _starved(plan.metrics))


def _starved(address: str | None) -> int | None:
    """The switchboard's own count; None where it cannot be asked."""
    if address is None:
        return None
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            text = answer.read().decode()
    except (OSError, urllib.error.URLError):
        return None
    found = [line.split()[1] for line in text.splitlines() if line.startswith(f"{STARVED} ")]
    return int(float(found[0])) if found else None
