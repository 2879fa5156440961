"""Announced waits are honest: the true wait is inside most of the time."""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from voicebot.holding.estimates import Forecast, Overhead, TalkTimes, Waiter, better
from voicebot.holding.rank import Circle, Widening
from voicebot.model.holding import (
    Operator,
    OperatorState,
    Staffed,
    Standing,
    Talk,
    WaitRange,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OVERHEAD = Overhead(ringing=5.0, wrap_up=20.0)
_S = OperatorState


def staffed(
    name: str, state: OperatorState, seconds: float = 0.0, offices: str = "casa"
) -> Staffed:
    operator = Operator(name, name, frozenset(offices.split()), frozenset({"it"}))
    return Staffed(operator, state, NOW - timedelta(seconds=seconds))


def forecast(*staff: Staffed, talks: TalkTimes | None = None) -> Forecast:
    circle = Circle(Widening(), tuple(one.operator for one in staff))
    return Forecast(staff, circle, talks or TalkTimes(()), OVERHEAD, NOW)


def waiter(office: str = "casa", waited: float = 0.0) -> Waiter:
    return Waiter(office, "it", NOW - timedelta(seconds=waited))


def known(wait: WaitRange | None) -> WaitRange:
    assert wait is not None
    return wait


def test_with_somebody_free_there_is_no_wait() -> None:
    wait = known(forecast(staffed("anna", _S.AVAILABLE), staffed("bea", _S.BUSY)).wait(waiter()))
    assert wait == WaitRange(0.0, 0.0)


def test_with_nobody_there_nobody_can_say() -> None:
    assert forecast().wait(waiter()) is None
    assert forecast(staffed("anna", _S.PAUSED)).add(waiter()) is None
    assert forecast(staffed("pia", _S.AVAILABLE, offices="polo-1")).wait(waiter()) is None


def test_more_before_you_is_longer_and_more_operators_is_shorter() -> None:
    highs = []
    for operators, before in ((1, 0), (1, 4), (3, 4)):
        queue = forecast(*(staffed(f"{n}", _S.BUSY, 60) for n in range(operators)))
        for _ in range(before):
            queue.add(waiter())
        highs.append(known(queue.wait(waiter())).high)
    alone, behind, shared = highs
    assert alone < shared < behind


def test_talks_that_are_known_count_more_than_the_guess() -> None:
    short = TalkTimes([Talk("casa", "it", 60.0)] * 200)
    queue = forecast(staffed("anna", _S.BUSY), talks=short)
    queue.add(waiter())
    wait = known(queue.wait(waiter()))
    one_more = 60 + 5 + 20
    assert wait.low > one_more and wait.high < 3 * one_more
    assert known(forecast(staffed("anna", _S.BUSY)).wait(waiter())).high > wait.high


def test_an_office_is_known_by_its_own_talks() -> None:
    talks = TalkTimes([Talk("casa", "it", 60.0)] * 200 + [Talk("polo", "it", 600.0)] * 200)
    assert talks.of("casa").max() == 60.0 and talks.of("polo").min() == 600.0


def test_a_stand_in_who_is_free_helps_only_when_the_time_has_come() -> None:
    staff = (staffed("anna", _S.BUSY), staffed("pia", _S.AVAILABLE, offices="polo-1"))
    rules = Widening(other_office=timedelta(seconds=100), stand_ins={"casa": ["polo-1"]})
    circle = Circle(rules, tuple(one.operator for one in staff))
    queue = Forecast(staff, circle, TalkTimes(()), OVERHEAD, NOW)
    assert known(queue.wait(waiter())).high == 110
    assert known(queue.wait(waiter(waited=90))).high == 20


# --- a day, played -------------------------------------------------------------------------


@dataclass
class Day:
    """First come, first served by several operators; each arrival is told a range."""

    operators: int
    arrivals: float
    """Callers an hour."""
    inside: int = 0
    waited: int = 0

    def play(self, callers: int, seed: int) -> None:
        chance = random.Random(seed)
        sigma = 0.8
        free = [(0.0, n, _S.AVAILABLE) for n in range(self.operators)]
        since = {n: 0.0 for n in range(self.operators)}
        talked: list[Talk] = []
        queue: list[tuple[float, WaitRange]] = []
        clock = 0.0
        ends: list[tuple[float, int, str]] = []
        idle = [n for _, n, _ in free]
        state = {n: _S.AVAILABLE for n in idle}
        arrival = 0.0
        served = 0

        def take(n: int, at: float) -> None:
            talk = chance.lognormvariate(math.log(240) - sigma**2 / 2, sigma)
            state[n], since[n] = _S.BUSY, at
            heapq.heappush(ends, (at + 5 + talk, n, "talk"))
            talked.append(Talk("casa", "it", talk))

        while served < callers:
            if not ends or arrival < ends[0][0]:
                clock = arrival
                arrival += chance.expovariate(self.arrivals / 3600)
                moment = NOW + timedelta(seconds=clock)
                staff = [
                    Staffed(
                        Operator(f"{n}", "", frozenset({"casa"}), frozenset({"it"})),
                        state[n],
                        NOW + timedelta(seconds=since[n]),
                    )
                    for n in state
                ]
                circle = Circle(Widening(), tuple(one.operator for one in staff))
                view = Forecast(staff, circle, TalkTimes(talked[-300:]), OVERHEAD, moment)
                for joined, _ in queue:
                    view.add(Waiter("casa", "it", NOW + timedelta(seconds=joined)))
                told = known(view.wait(Waiter("casa", "it", moment)))
                if idle:
                    take(idle.pop(), clock)
                else:
                    queue.append((clock, told))
                served += 1
                continue
            clock, n, what = heapq.heappop(ends)
            if what == "talk":
                state[n], since[n] = _S.WRAP_UP, clock
                heapq.heappush(ends, (clock + 20, n, "wrap-up"))
            elif queue:
                joined, told = queue.pop(0)
                self.waited += 1
                self.inside += told.low <= clock - joined <= told.high
                take(n, clock)
            else:
                state[n], since[n] = _S.AVAILABLE, clock
                idle.append(n)


@pytest.mark.parametrize(("operators", "arrivals"), [(1, 11), (4, 48), (12, 150)])
def test_the_true_wait_is_inside_the_range_four_times_of_five(
    operators: int, arrivals: float
) -> None:
    day = Day(operators, arrivals)
    for seed in range(3):
        day.play(120, seed)
    assert day.waited > 50
    assert day.inside / day.waited >= 0.8, f"{day.inside} of {day.waited}"


# --- what is worth telling -------------------------------------------------------------------


def standing(position: int, high: float | None = None) -> Standing:
    return Standing(position, None if high is None else WaitRange(0.0, high), 1)


@pytest.mark.parametrize(
    ("told", "now", "tell"),
    [
        (None, standing(9), True),
        (standing(9, 900), standing(8, 700), False),
        (standing(9, 900), standing(6, 600), True),
        (standing(2, 120), standing(2, 80), False),
        (standing(2, 120), standing(1, 60), True),
        (standing(2, 900), standing(3, 100), False),
        (standing(8), standing(7), False),
        (standing(8), standing(6), True),
        (standing(2), standing(1), True),
        (standing(1, 300), standing(1, 300), False),
    ],
)
def test_only_a_step_for_the_better_is_told(
    told: Standing | None, now: Standing, tell: bool
) -> None:
    assert better(told, now, 0.25) is tell
