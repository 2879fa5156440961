"""How long callers will wait, as an honest range; and when that is worth telling. Pure.

The queue that there is now is played out many times, with talks as long as the recent ones: each
operator goes on from what she is doing, and each caller in turn gets the operator who may take them
first. What most of these runs have in common is the range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voicebot.holding.rank import Circle
from voicebot.model import Language, OfficeId
from voicebot.model.holding import OperatorState, Staffed, Standing, Talk, WaitRange

Seconds: TypeAlias = NDArray[np.float64]

RUNS = 64
"""How often the queue is played out."""

LOW, HIGH = 0.05, 0.95
"""The part of the runs below and above the range."""

MARGIN = 10.0
"""Seconds on both sides: even an operator who is about to be free needs a breath, or none."""

USUAL, WEIGHT = 240.0, 12
"""Seconds that a talk takes, and how many real talks this guess is worth."""

_SPREAD = np.exp(
    0.8 * np.array([-1.73, -1.15, -0.81, -0.55, -0.32, -0.1, 0.1, 0.32, 0.55, 0.81, 1.15, 1.73])
)
"""Of the guess: twelve talks, some short and one long, as talks are."""

SMALLEST_STEP = 45.0
"""Seconds by which a wait must have got shorter to be told anew, whatever part of it that is."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One who waits, as far as the estimate cares."""

    office: OfficeId
    language: Language
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Overhead:
    """What an operator needs around a talk. Seconds."""

    ringing: float = 5.0
    wrap_up: float = 20.0


class TalkTimes:
    """How long talks took lately: by office where enough are known."""

    def __init__(self, talks: Sequence[Talk]) -> None:
        self.count = len(talks)
        self._all = _with_guess([talk.seconds for talk in talks])
        offices = {talk.office for talk in talks}
        self._by_office = {
            office: _with_guess(
                [talk.seconds for talk in talks if talk.office == office], self._all
            )
            for office in offices
        }

    def of(self, office: OfficeId) -> Seconds:
        """Talks as there may be with this office, each as likely as the others; ascending."""
        return self._by_office.get(office, self._all)


def _with_guess(known: Sequence[float], guess: Seconds | None = None) -> Seconds:
    """What is known, and so much of the guess as still counts beside it."""
    prior = USUAL * _SPREAD / _SPREAD.mean() if guess is None else guess
    quantiles = np.quantile(prior, (np.arange(WEIGHT) + 0.5) / WEIGHT)
    if len(known) >= 10 * WEIGHT:
        return np.sort(np.asarray(known))
    return np.sort(np.concatenate([np.asarray(known, dtype=np.float64), quantiles]))


class Forecast:
    """One playing out of the queue: callers are added in the order of their ranks."""

    def __init__(
        self,
        staff: Sequence[Staffed],
        circle: Circle,
        talks: TalkTimes,
        overhead: Overhead,
        now: datetime,
    ) -> None:
        """Those who are paused count as away."""
        self._staff = [one for one in staff if one.state not in _AWAY]
        self._circle, self._talks, self._overhead, self._now = circle, talks, overhead, now
        self._random = np.random.default_rng(len(staff))
        # nobody knows the true length of talks from a few of them
        doubt = 0.7 / math.sqrt(talks.count + WEIGHT)
        self._pace = np.exp(self._random.normal(0.0, doubt, RUNS))
        columns = [self._free_in(one) for one in self._staff]
        self._free: Seconds = np.array(columns).T if columns else np.zeros((RUNS, 0))
        self._after: dict[tuple[OfficeId, Language], list[float]] = {}

    def _free_in(self, one: Staffed) -> Seconds:
        """In each run, the seconds until she is free."""
        spent = max(0.0, (self._now - one.since).total_seconds())
        match one.state:
            case OperatorState.BUSY:
                offices = sorted(one.operator.offices)
                all_talks = np.concatenate([self._talks.of(office) for office in offices])
                longer = all_talks[all_talks > spent]
                # as few as these tell nothing of a talk that is long already
                left = longer - spent if len(longer) >= 4 else all_talks / 2
                rest = self._random.choice(left, RUNS) * self._pace + self._overhead.wrap_up
            case OperatorState.WRAP_UP:
                rest = np.full(RUNS, max(0.0, self._overhead.wrap_up - spent))
            case _:
                rest = np.zeros(RUNS)
        return np.asarray(rest, dtype=np.float64)

    def wait(self, waiter: Waiter) -> WaitRange | None:
        """The range for one who comes after all who were added; None when nobody could say."""
        start, _ = self._start(waiter)
        return None if start is None else _range(start)

    def add(self, waiter: Waiter) -> WaitRange | None:
        """The same, and they are before all who are added later."""
        start, who = self._start(waiter)
        if start is None:
            return None
        talks = self._random.choice(self._talks.of(waiter.office), RUNS) * self._pace
        busy = talks + self._overhead.ringing + self._overhead.wrap_up
        self._free[np.arange(RUNS), who] = start + busy
        return _range(start)

    def _start(self, waiter: Waiter) -> tuple[Seconds | None, NDArray[np.intp]]:
        """In each run, when they are taken and by whom."""
        place = waiter.office, waiter.language
        if place not in self._after:
            waits = [self._circle.wait(one.operator, *place) for one in self._staff]
            self._after[place] = [math.inf if w is None else w.total_seconds() for w in waits]
        waited = (self._now - waiter.entered_at).total_seconds()
        not_before = np.maximum(0.0, np.array(self._after[place]) - waited)
        if not np.isfinite(not_before).any():
            return None, np.zeros(0, np.intp)
        start = np.maximum(self._free, not_before)
        who = start.argmin(axis=1)
        return start[np.arange(RUNS), who], who


_AWAY = (OperatorState.PAUSED, OperatorState.SIGNED_OUT)


def _range(start: Seconds) -> WaitRange:
    low, high = (float(bound) for bound in np.quantile(start, (LOW, HIGH)))
    if high == 0:
        return WaitRange(0.0, 0.0)
    return WaitRange(max(0.0, low - MARGIN), high + MARGIN)


def better(told: Standing | None, now: Standing, step: float) -> bool:
    """Whether things are better by a step than the caller was told; never when they are worse."""
    if told is None:
        return True
    if now.position > told.position:
        return False
    if now.wait is None or told.wait is None:
        return now.position <= told.position * (1 - step)
    gained = told.wait.high - now.wait.high
    return gained >= max(SMALLEST_STEP, told.wait.high * step)
