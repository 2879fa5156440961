"""The commands `voicebot simulate …`: what is played on virtual time, and what it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from voicebot import build_queue
from voicebot.adapters.database import Database
from voicebot.adapters.numbers import KeyedNumbers
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.commands.console import JsonOption, load, out, print_json
from voicebot.content.load import load_content
from voicebot.holding.desk import Desk
from voicebot.holding.queue import Queue
from voicebot.holding.rank import Circle
from voicebot.holding.rules import HoldRules
from voicebot.ports import Clock
from voicebot.simulation import fairness, plot, real, rivals
from voicebot.simulation.day import LANGUAGES, OFFICES, Day, draw
from voicebot.simulation.story import Played

cli = typer.Typer(help="Play days that have not been.", no_args_is_help=True)


@cli.callback()
def _simulate() -> None:
    """Play days that have not been."""


@cli.command("queue")
def simulate_queue(
    seed: Annotated[int, typer.Option(help="Which day; the same number gives the same day.")] = 1,
    calls: Annotated[int, typer.Option(min=1, help="How many, about.")] = 330,
    hours: Annotated[float, typer.Option(min=0.1, help="How long the offices are open.")] = 4.5,
    even: Annotated[bool, typer.Option(help="As many calls in each half hour.")] = False,
    crashes: Annotated[int, typer.Option(min=0, help="How often the process dies.")] = 1,
    picture: Annotated[
        Path | None, typer.Option("--plot", help="Draw the waits into this file (SVG, PNG).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a morning through the real queue on virtual time, and through other rules beside it."""
    settings = load()
    rules = build_queue.hold_rules(
        settings, load_content(settings.paths.intents, settings.languages)
    )
    rules = replace(
        rules,
        node="simulation",
        offices=tuple(office for office, _ in OFFICES),
        languages=tuple(language for language, _ in LANGUAGES),
    )
    day = draw(seed, calls, hours, not even, crashes)
    days = play(day, rules)
    if picture is not None:
        plot.draw(days, picture)
    bound = min(rules.max_head_start, max(v.priority.head_start for v in day.visits))
    figures = [fairness.figures(played) for played in days]
    if as_json:
        print_json({"bound": bound / timedelta(seconds=1), "rules": figures})
        return
    for text in fairness.lines(figures, bound / timedelta(seconds=1)):
        out.print(text, markup=False)


def play(day: Day, rules: HoldRules) -> list[Played]:
    """The day through the real queue, then under each of the other rules."""

    async def make(clock: Clock) -> real.Processes:
        database = Database("sqlite://", clock)
        await database.open()

        def process() -> real.Process:
            queue = Queue(SqlHoldStore(database), rules, clock, KeyedNumbers(bytes(32)))
            return real.Process(queue, Desk(queue))

        return process

    day = replace(day, wrap_up=rules.wrap_up, rings=rules.offer)
    circle = Circle(rules.widening, day.operators)
    others = (rivals.FirstCome(), rivals.AppQueue(), rivals.CallCenter())
    return [
        real.play(day, make),
        *(rivals.Rival(day, circle, rule).play() for rule in others),
    ]
