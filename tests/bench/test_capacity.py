"""What is counted of many calls, and a crowd against a few bots on virtual time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.bench.test_calls import CLIP, Bot
from tests.fakes.virtual_time import run
from voicebot.adapters.processes import used
from voicebot.bench.calls import Phone
from voicebot.bench.capacity import Level, Load, Tally, given_way, late
from voicebot.bench.crowd import Crowd
from voicebot.errors import LineError


def level(calls: int, response: float = 0.6, starved: int = 0, **met: int) -> Level:
    tally = Tally([response] * 5, packets=10_000, **met)
    begun = Load(100.0, {"switchboard": 10.0, "ear": 4.0}, 400_000_000 + calls * 1_500_000, 7)
    used = {"switchboard": 10.0 + calls * 0.1, "ear": 14.0}
    return Level(calls, tally, begun, replace(begun, at=120.0, processor=used, starved=7 + starved))


def test_packets_are_late_that_come_long_after_the_one_before() -> None:
    assert late([0.0, 0.02, 0.04, 0.11, 0.12, 0.18]) == 1
    assert late([]) == 0


def test_the_figures_of_a_level() -> None:
    figures = level(50, refused=2).figures(level(10))
    assert figures["processor"] == {"switchboard": 0.25, "ear": 0.5}
    assert figures["processor_a_call"] == 0.015
    assert figures["megabytes_a_call"] == 1.5
    assert (figures["refused"], figures["starved_frames"]) == (2, 0)
    assert figures["response"] == {"p50": 0.6, "p95": 0.6}


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (level(100), None),
        (level(100, 1.1), None),
        (level(100, 1.3), "the response has doubled"),
        (level(100, starved=1), "the sound starves"),
        (level(100, late=11), "packets come late"),
        (level(100, refused=1), "calls are refused"),
    ],
)
def test_what_gives_way_ends_the_raising(last: Level, reason: str | None) -> None:
    assert given_way([level(10), last]) == reason


def test_a_crowd_speaks_in_turn_and_is_answered() -> None:
    bots: list[Bot] = []

    async def dial() -> Phone:
        if len(bots) == 4:
            raise LineError("the switchboard refused: 486 Busy Here")
        bots.append(Bot())
        return bots[-1]

    async def play() -> Tally:
        crowd = Crowd(dial, [CLIP], speaking=1)
        await crowd.gather(5)
        tally = await crowd.measure(20.0)
        await crowd.disperse()
        return tally

    tally = run(play())
    assert len(bots) == 4 and all(bot.hung_up for bot in bots)
    assert tally.refused == 1 and tally.late == 0
    assert tally.packets == pytest.approx(4 * 20 * 50, abs=20)
    assert tally.responses and max(tally.responses) == pytest.approx(0.6, abs=0.05)


def test_a_process_and_its_children_are_watched() -> None:
    script = "import os, time; os.fork() or os.nice(5); sum(range(10**7)); time.sleep(5)"
    process = subprocess.Popen([sys.executable, "-c", script])
    try:

        async def until_worked() -> dict[str, float]:
            for _ in range(100):
                seconds, memory = used(process.pid)
                assert memory > 0
                if min(seconds.get(name, 0.0) for name in ("switchboard", "ear")) > 0.05:
                    return seconds
                await asyncio.sleep(0.1)
            raise AssertionError(seconds)

        seconds = asyncio.run(until_worked())
        assert set(seconds) == {"switchboard", "ear"}
    finally:
        process.kill()
        process.wait()


def test_a_process_that_is_not_there() -> None:
    with pytest.raises(LineError, match="cannot be watched"):
        used(2**22 + 1)
