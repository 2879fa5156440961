"""Days played through the real queue and beside it through the other rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from voicebot.__main__ import cli
from voicebot.commands.simulate import play
from voicebot.holding.rank import Circle, Widening
from voicebot.holding.rules import HoldRules
from voicebot.simulation import fairness, rivals
from voicebot.simulation.day import LANGUAGES, OFFICES, URGENT, Day, draw
from voicebot.simulation.story import Played

RULES = HoldRules(
    node="test",
    offices=tuple(office for office, _ in OFFICES),
    languages=tuple(language for language, _ in LANGUAGES),
)


def under(rule: rivals.Rule, day: Day) -> Played:
    return rivals.Rival(day, Circle(Widening(), day.operators), rule).play()


def test_the_real_queue_keeps_its_promise_through_a_crash() -> None:
    day = draw(seed=3, calls=45, hours=0.4)
    ours, *others = play(day, RULES)
    got = fairness.figures(ours)
    assert got["answered"] + got["left"] == len(day.visits)
    assert got["answered"] > 20
    assert got["worst_overtaking"] <= URGENT.head_start.total_seconds()
    assert fairness.swaps(ours) == 0
    for other in others:
        assert len(other.stories) == len(day.visits)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(20, 120))
def test_first_come_first_served_is_what_it_says(seed: int, calls: int) -> None:
    day = draw(seed, calls, hours=1, crashes=0)
    steady = replace(day, visits=tuple(replace(v, drops_after=None) for v in day.visits))
    assert fairness.swaps(under(rivals.FirstCome(), steady)) == 0


def test_an_exchange_that_puts_urgent_callers_first_lets_them_overtake_without_bound() -> None:
    worst = {
        rule.name: max(
            fairness.figures(under(rule, draw(seed, calls=420)))["worst_overtaking"]
            for seed in range(6)
        )
        for rule in (rivals.AppQueue(), rivals.CallCenter())
    }
    assert worst["Asterisk app_queue"] > URGENT.head_start.total_seconds()


def test_the_same_seed_gives_the_same_day() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_calls_come_by_the_shape_of_the_day() -> None:
    day = draw(1, calls=4000)
    half_hours = [0] * 9
    for visit in day.visits:
        half_hours[int(visit.arrives // 1800)] += 1
    assert half_hours[2] > 4 * half_hours[8]
    assert all(later.arrives >= one.arrives for one, later in pairwise(day.visits))


def test_app_queue_says_three_quarters_of_the_old_and_one_of_the_new() -> None:
    rule, visit = rivals.AppQueue(), draw(1).visits[0]
    assert rule.announce(visit) is None
    rule.answered(visit, 400)
    rule.answered(visit, 800)
    assert rule.announce(visit) == (270.0, 330.0)  # (100 * 3 + 800) // 4 = 275 s: five minutes


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_command_prints_and_draws(tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"day.{suffix}"
    arguments = "simulate queue --calls 8 --hours 0.1 --crashes 0 --json --plot"
    got = CliRunner().invoke(cli, [*arguments.split(), str(picture)])
    assert got.exit_code == 0, got.output
    told = json.loads(got.stdout.splitlines()[-1])
    assert told["bound"] <= URGENT.head_start / timedelta(seconds=1)
    assert [one["rule"] for one in told["rules"]][0] == "voicebot"
    assert picture.stat().st_size > 5000
