"""How many calls at once: what is counted at each number of them, and what has given way.

Some callers speak at any moment, one clip each; each then listens to the answer until the bot falls
silent, holds the line without a word until its turn comes round again, and calls anew when the bot
has hung up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from voicebot.bench.figures import percentile
from voicebot.bench.response import spread

LATE = 0.06
"""Seconds between two packets of sound from which the second is late: what a telephone's jitter
buffer no longer makes up for."""

SLOWER = 2.0
"""Times the response at the smallest number of calls, from which there are too many."""


@dataclass(slots=True)
class Tally:
    """What some callers met while they were measured."""

    responses: list[float] = field(default_factory=list)
    """Seconds from the end of a caller's speech to the bot's first word."""
    unanswered: int = 0
    refused: int = 0
    """Calls that were refused, in the raising too."""
    hung_up: int = 0
    """Calls that the bot ended."""
    packets: int = 0
    late: int = 0

    def add(self, other: Tally) -> None:
        """With what others met."""
        self.responses += other.responses
        self.unanswered += other.unanswered
        self.refused += other.refused
        self.hung_up += other.hung_up
        self.packets += other.packets
        self.late += other.late


def late(arrivals: Sequence[float]) -> int:
    """How many of the packets that came at these moments were late."""
    return sum(after - before > LATE for before, after in zip(arrivals, arrivals[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Load:
    """What the switchboard's processes have used so far."""

    at: float
    """Seconds, on one clock."""
    processor: dict[str, float]
    """Seconds of processor time, by process."""
    memory: int
    """Bytes, of all processes, what they share counted once."""
    starved: int | None = None
    """Frames of silence that a telephone heard since the pump came late; None where unknown."""


@dataclass(frozen=True, slots=True)
class Level:
    """One number of calls, and what came of it."""

    calls: int
    tally: Tally
    begun: Load | None
    ended: Load | None
    """At the beginning and the end of the time that was measured."""

    @property
    def starved(self) -> int | None:
        """Frames, as the switchboard counts them."""
        if self.begun is None or self.ended is None:
            return None
        if self.begun.starved is None or self.ended.starved is None:
            return None
        return self.ended.starved - self.begun.starved

    def figures(self, first: Level) -> dict[str, Any]:
        """All of it, for one line of a table; memory beyond that of the first level's calls."""
        tally = self.tally
        figures: dict[str, Any] = {
            "calls": self.calls,
            "answers": len(tally.responses),
            "unanswered": tally.unanswered,
            "response": spread(tally.responses),
            "refused": tally.refused,
            "hung_up": tally.hung_up,
            "late_packets": tally.late,
            "packets": tally.packets,
            "starved_frames": self.starved,
        }
        if self.begun is not None and self.ended is not None:
            seconds = self.ended.at - self.begun.at
            shares = {
                name: (used - self.begun.processor.get(name, 0.0)) / seconds
                for name, used in self.ended.processor.items()
            }
            figures["processor"] = {name: round(share, 3) for name, share in shares.items()}
            figures["processor_a_call"] = round(sum(shares.values()) / self.calls, 4)
            if first.ended is not None and self.calls > first.calls:
                grown = (self.ended.memory - first.ended.memory) / (self.calls - first.calls)
                figures["megabytes_a_call"] = round(grown / 1e6, 2)
        return figures


def given_way(levels: Sequence[Level]) -> str | None:
    """What bounds the last level; None while it holds."""
    first, last = levels[0], levels[-1]
    if last.tally.refused:
        return "calls are refused"
    if last.starved:
        return "the sound starves"
    if last.tally.late > 0.001 * last.tally.packets:
        return "packets come late"
    medians = [percentile(level.tally.responses, 0.5) for level in (first, last)]
    if len(levels) > 1 and medians[0] and medians[1] > SLOWER * medians[0]:
        return "the response has doubled"
    return None
