"""One day of one town: who calls when, what they want, and who answers. Drawn from a seed.

Every rule of queueing is played on the very same day, so that what differs is the rule alone.
"""

from __future__ import annotations

import bisect
import math
import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from voicebot.model import Language, OfficeId
from voicebot.model.holding import Operator, Priority

HOURS = 4.5
"""From 8:30 to 13:00."""

SHAPE = (0.9, 1.5, 1.7, 1.4, 1.1, 0.9, 0.7, 0.5, 0.3)
"""Calls by half an hour, relative to the mean: many when the offices open, few towards noon."""

OFFICES: tuple[tuple[OfficeId, float], ...] = (
    ("polo-1", 0.22),
    ("polo-2", 0.20),
    ("polo-3", 0.18),
    ("segreteria", 0.15),
    ("ufficio-casa", 0.25),
)
LANGUAGES: tuple[tuple[Language, float], ...] = (
    ("it", 0.68),
    ("en", 0.12),
    ("fr", 0.08),
    ("ar", 0.12),
)

URGENT = Priority("urgent", timedelta(minutes=3), "diverted emergency number")
URGENT_SHARE = 0.06

TALK = 240.0
"""Seconds that a conversation lasts on average; half of them last less than 170."""
_TALK_SPREAD = 0.83
"""Standard deviation of the logarithm of it."""

PATIENCE = 1500.0
"""Seconds after which callers give up, on average; exponential."""
DROPS = 0.10
"""Share of callers whose line drops while they wait."""
REDIAL = 45.0
"""Seconds until they call again, on average; one in five does not."""
NO_SHOW = 0.2
KNOWN = 0.85
"""Share of callers who show their number."""
MISSED = 0.03
"""Share of offers that an operator lets ring out."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller. Times in seconds; those without another word count from the first call."""

    id: int
    arrives: float
    """Since the offices opened."""
    office: OfficeId
    language: Language
    priority: Priority
    shows_number: bool
    talk: float
    """How long they talk with the operator."""
    patience: float
    """When they have had enough of waiting."""
    drops_after: float | None
    """When the line drops, if they still wait."""
    redials_after: float | None
    """After a drop; None when they never call again."""

    @property
    def number(self) -> str | None:
        """In E.164; None when withheld."""
        return f"+3905900{self.id:05}" if self.shows_number else None


@dataclass(frozen=True, slots=True)
class Day:
    """All of it."""

    seed: int
    seconds: float
    visits: tuple[Visit, ...]
    operators: tuple[Operator, ...]
    crashes: tuple[float, ...]
    """When the switchboard's process dies."""
    outage: float = 20.0
    """Seconds until it is there again."""
    answers_after: float = 3.0
    """Seconds that it rings at an operator who answers."""
    rings: float = 20.0
    """Seconds that it rings at one who does not."""
    away: float = 60.0
    """Seconds until she is back."""
    wrap_up: float = 20.0

    def misses(self, visit: Visit, offer: int) -> bool:
        """Whether the operator lets this caller's offer of that number ring out."""
        return random.Random(f"{self.seed}/{visit.id}/{offer}").random() < MISSED


def draw(
    seed: int = 1, calls: int = 330, hours: float = HOURS, shaped: bool = True, crashes: int = 1
) -> Day:
    """A day of some `calls` calls: shaped as a real morning, or spread evenly (Poisson both)."""
    chance = random.Random(seed)
    seconds = hours * 3600
    visits = []
    for number, arrives in enumerate(_arrivals(chance, calls, seconds, shaped)):
        visits.append(_visit(chance, number, arrives))
    died = tuple(sorted(chance.uniform(0.2, 0.8) * seconds for _ in range(crashes)))
    return Day(seed, seconds, tuple(visits), operators(), died)


def operators() -> tuple[Operator, ...]:
    """Eight people: all speak Italian, some more; most serve more than one office."""
    poli = ("polo-1", "polo-2", "polo-3")
    staff = (
        ("anna", poli, "it en"),
        ("bruno", poli, "it fr"),
        ("carla", ("polo-1", "polo-2", "segreteria"), "it ar fr"),
        ("dario", ("polo-3", "segreteria"), "it en"),
        ("elena", ("ufficio-casa",), "it en fr"),
        ("fatima", ("ufficio-casa", "polo-1"), "it ar"),
        ("giulio", ("ufficio-casa", "segreteria"), "it"),
        ("hana", (*poli, "ufficio-casa"), "it ar en"),
    )
    return tuple(
        Operator(name, name.title(), frozenset(offices), frozenset(languages.split()))
        for name, offices, languages in staff
    )


def _arrivals(chance: random.Random, calls: int, seconds: float, shaped: bool) -> list[float]:
    """A Poisson process: as many calls as it gives, at times drawn by the shape of the day."""
    edges = list(accumulate(SHAPE if shaped else (1.0,) * len(SHAPE)))
    times = []
    count, spent = 0, chance.expovariate(1.0)
    while spent < calls:
        count, spent = count + 1, spent + chance.expovariate(1.0)
    for _ in range(count):
        drawn = chance.uniform(0, edges[-1])
        slot = min(bisect.bisect(edges, drawn), len(edges) - 1)
        before = edges[slot - 1] if slot else 0.0
        part = (drawn - before) / (edges[slot] - before)
        times.append((slot + part) * seconds / len(edges))
    return sorted(times)


def _visit(chance: random.Random, number: int, arrives: float) -> Visit:
    drops = chance.random() < DROPS
    returns = chance.random() >= NO_SHOW
    return Visit(
        id=number,
        arrives=arrives,
        office=_one_of(chance, OFFICES),
        language=_one_of(chance, LANGUAGES),
        priority=URGENT if chance.random() < URGENT_SHARE else Priority(),
        shows_number=chance.random() < KNOWN,
        talk=_talk(chance),
        patience=chance.expovariate(1 / PATIENCE),
        drops_after=chance.uniform(5, 400) if drops else None,
        redials_after=5 + chance.expovariate(1 / (REDIAL - 5)) if returns else None,
    )


def _talk(chance: random.Random) -> float:
    middle = TALK * math.exp(-(_TALK_SPREAD**2) / 2)
    return max(15.0, middle * chance.lognormvariate(0, _TALK_SPREAD))


def _one_of(chance: random.Random, choices: tuple[tuple[str, float], ...]) -> str:
    names, weights = zip(*choices, strict=True)
    return str(chance.choices(names, weights)[0])
