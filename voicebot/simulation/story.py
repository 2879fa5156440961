"""What became of each caller on the day, under one rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voicebot.simulation.day import Visit


@dataclass(slots=True)
class Story:
    """One caller's day, as it goes on. Moments in seconds since the offices opened."""

    visit: Visit
    announced: tuple[float, float] | None = None
    """The waiting time said on joining, from and to; None when nothing could be said."""
    announced_at: float = 0.0
    offered_at: float | None = None
    """When it rang at the operator who took them in the end."""
    answered_at: float | None = None
    left: bool = False
    """Whether the caller has given up, or never called again."""
    present: list[tuple[float, float]] = field(default_factory=list)
    """When they were on the line and could be taken: neither dropped nor ringing somewhere."""
    offers: int = 0
    _since: float | None = None

    def ready(self, now: float) -> None:
        """They wait on the line from now."""
        if self._since is None:
            self._since = now

    def away(self, now: float) -> None:
        """From now they can't be taken."""
        if self._since is not None:
            self.present.append((self._since, now))
            self._since = None

    def offered(self, now: float) -> int:
        """It rings at an operator; gives the number of the offer, from 0."""
        self.away(now)
        self.offered_at = now
        self.offers += 1
        return self.offers - 1

    def could_be_taken_at(self, moment: float) -> bool:
        """Whether they waited on the line then."""
        return any(first < moment < last for first, last in self.present)

    @property
    def wait(self) -> float | None:
        """From the first call to the answer; None where there was none."""
        return None if self.answered_at is None else self.answered_at - self.visit.arrives


@dataclass(frozen=True, slots=True)
class Played:
    """The whole day under one rule."""

    rule: str
    stories: Sequence[Story]
