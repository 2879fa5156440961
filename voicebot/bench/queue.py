"""How fast the queue is: one claim among many who wait, and many who claim at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from voicebot.bench.figures import percentile
from voicebot.errors import StoreError
from voicebot.model import LANGUAGES
from voicebot.model.holding import Claim, Lane, Priority, Wish
from voicebot.ports import HoldStore

OFFICES = ("polo-1", "polo-2", "polo-3", "segreteria", "ufficio-casa")
_NODE = "bench"
_FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
_OFFER = 3600.0
"""Seconds: what was claimed is not claimed again while it lasts."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked of it."""

    tickets: int = 10_000
    alone: int = 500
    """Claims of one operator after another."""
    together: int = 2_000
    """Claims of many at once."""
    claimers: int = 50


async def measure(store: HoldStore, load: Load, progress: Progress) -> dict[str, Any]:
    """The figures; seconds.

    Raises:
        StoreError: callers wait in this database: it is not one to be filled for a measurement.
    """
    if await store.open_tickets(_NODE) or await store.claim(_claim(0, all_of_them=True)):
        raise StoreError("tickets wait in this database: measure with an empty one")
    joins = await _fill(store, load.tickets, progress)
    alone = [await _timed(store, n) for n in range(load.alone)]
    begun = time.perf_counter()
    share = load.together // load.claimers
    together = await asyncio.gather(*(_claimer(store, n, share) for n in range(load.claimers)))
    took = time.perf_counter() - begun
    count = sum(len(one) for one in together)
    return {
        "waiting": load.tickets,
        "joins a second": round(load.tickets / sum(joins)),
        "seconds": {
            "a claim, alone": _spread(alone),
            f"a claim, {load.claimers} at once": _spread([s for one in together for s in one]),
        },
        f"claims a second, {load.claimers} at once": round(count / took),
    }


async def _fill(store: HoldStore, count: int, progress: Progress) -> list[float]:
    """Join so many; each tenth comes with a head start."""
    joins = []
    for n in range(count):
        head_start = timedelta(seconds=n % 300 if n % 10 == 0 else 0)
        office, language = OFFICES[n % 5], LANGUAGES[n // 5 % 4]
        wish = Wish(office, language, Priority("bench", head_start), b"%d" % n)
        begun = time.perf_counter()
        await store.enter(wish, _NODE, with_code=False)
        joins.append(time.perf_counter() - begun)
        if n % 100 == 99:
            progress(n + 1, count)
    return joins


def _claim(n: int, all_of_them: bool = False) -> Claim:
    """Operators differ in their offices and languages: every second speaks only two of them."""
    offices = OFFICES if all_of_them else (OFFICES[n % 5], OFFICES[(n + 2) % 5])
    languages = LANGUAGES if all_of_them or n % 2 else LANGUAGES[n % 4 :][:2]
    lanes = tuple(Lane(office, code, _FOREVER) for office in offices for code in languages)
    return Claim(f"operator-{n}", lanes, _OFFER, _NODE)


async def _timed(store: HoldStore, n: int) -> float:
    begun = time.perf_counter()
    if await store.claim(_claim(n)) is None:
        raise StoreError("nobody was left to be claimed: measure with more tickets")
    return time.perf_counter() - begun


async def _claimer(store: HoldStore, n: int, count: int) -> list[float]:
    return [await _timed(store, n) for _ in range(count)]


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
