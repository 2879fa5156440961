"""How well callers are served, from tickets that are closed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from voicebot.model.holding import Outcome, Past

SHORT_ABANDON = 5.0
"""Seconds: who leaves before has not waited; they count neither as served nor as lost."""

LOST = frozenset({Outcome.ABANDONED, Outcome.LEFT, Outcome.GAVE_UP, Outcome.REFUSED})
"""How a ticket ends whose caller never heard an operator."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One group's figures. Times in seconds; None where there is nothing to divide by."""

    offered: int
    """Callers who joined, without those who left in the first moments."""
    answered: int
    in_time: int
    """Answered within the target."""
    abandoned: int
    """Left or lost before an operator answered."""
    service_level: float | None
    """`in_time / offered`"""
    speed_of_answer: float | None
    """Mean wait of the answered."""
    abandonment: float | None
    """`abandoned / offered`"""
    longest_wait: float | None
    """Of all of them."""
    talk: float | None
    """Mean time from the first answer to the end."""


def figures(tickets: Iterable[Past], target: float) -> Figures:
    """Of these tickets, with `target` seconds to answer in."""
    joined = [one for one in tickets if one.outcome is not Outcome.TURNED_AWAY]
    counted = [one for one in joined if one.answered_at or waited(one) >= SHORT_ABANDON]
    answered = [one for one in counted if one.answered_at]
    waits = [waited(one) for one in answered]
    in_time = sum(wait <= target for wait in waits)
    lost = len(counted) - len(answered)
    return Figures(
        offered=len(counted),
        answered=len(answered),
        in_time=in_time,
        abandoned=lost,
        service_level=in_time / len(counted) if counted else None,
        speed_of_answer=sum(waits) / len(waits) if waits else None,
        abandonment=lost / len(counted) if counted else None,
        longest_wait=max(map(waited, counted), default=None),
        talk=sum(map(_talked, answered)) / len(answered) if answered else None,
    )


def grouped(
    tickets: Iterable[Past], key: Callable[[Past], str], target: float
) -> Mapping[str, Figures]:
    """The figures of each group, in the order of the keys."""
    groups: dict[str, list[Past]] = {}
    for one in tickets:
        groups.setdefault(key(one), []).append(one)
    return {name: figures(groups[name], target) for name in sorted(groups)}


def waited(one: Past) -> float:
    """Seconds until the first answer; until the end where there was none."""
    return ((one.answered_at or one.closed_at) - one.entered_at).total_seconds()


def missed(tickets: Iterable[Past]) -> list[Past]:
    """Those who hung up or were lost before anybody answered, or rang while the office was closed
    or nobody was there; the newest first."""
    lost = [
        one
        for one in tickets
        if one.outcome is Outcome.TURNED_AWAY
        or (one.answered_at is None and one.outcome in LOST and waited(one) >= SHORT_ABANDON)
    ]
    return sorted(lost, key=lambda one: one.closed_at, reverse=True)


def _talked(one: Past) -> float:
    assert one.answered_at is not None
    return (one.closed_at - one.answered_at).total_seconds()
