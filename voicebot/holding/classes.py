"""Which class a caller is in, by the number that was rung. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from voicebot.model import Arrival
from voicebot.model.holding import Priority


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """Callers who came by certain numbers."""

    name: str
    head_start: timedelta
    reason: str
    """As the operator reads it."""
    numbers: tuple[str, ...]
    """In E.164; one that ends with `*` is a range: all that begin so."""

    def holds(self, number: str) -> bool:
        """Whether a number that was rung is one of these."""
        return any(
            number.startswith(one[:-1]) if one.endswith("*") else number == one
            for one in self.numbers
        )


def priority(arrival: Arrival, classes: Sequence[PriorityClass]) -> Priority:
    """The first class that holds the number dialled, or one that passed the call on."""
    rung = [number for number in (arrival.dialled, *arrival.diverted_by) if number]
    for one in classes:
        if any(one.holds(number) for number in rung):
            return Priority(one.name, one.head_start, one.reason)
    return Priority()
