"""Guessing passwords is slowed, by account and by address. Pure: the moment is an argument.

What is counted lies in memory only, since addresses are personal data; a restart forgets it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slowing:
    """How failures turn into waiting. Seconds."""

    free: int
    """Failures that cost nothing: people mistype."""
    longest: float
    """No wait is longer, so that nobody is locked out by a stranger for good."""
    memory: float = 900.0
    """After so much quiet the failures are forgotten."""

    def wait(self, failures: int) -> float:
        """Seconds to wait after so many failures: 1, 2, 4, ... past the free ones."""
        beyond = failures - self.free
        return min(self.longest, 2.0 ** min(beyond - 1, 30)) if beyond > 0 else 0.0


BY_ACCOUNT = Slowing(free=4, longest=60.0)
BY_ADDRESS = Slowing(free=20, longest=900.0)
"""More are free, since a whole office may share one address."""

MAX_KEPT = 10_000
"""Accounts and addresses that are remembered; past it the oldest is forgotten."""


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts the failures of one kind of key."""

    def __init__(self, slowing: Slowing) -> None:
        self._slowing = slowing
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds until the next try is looked at; 0 when it may come now."""
        known = self._failures.get(key)
        if known is None:
            return 0.0
        if now - known.last >= max(self._slowing.memory, self._slowing.longest):
            del self._failures[key]
            return 0.0
        return max(0.0, known.last + self._slowing.wait(known.count) - now)

    def failed(self, key: str, now: float) -> None:
        """A try failed."""
        known = self._failures.setdefault(key, _Failures(0, now))
        known.count, known.last = known.count + 1, now
        self._failures.move_to_end(key)
        if len(self._failures) > MAX_KEPT:
            self._failures.popitem(last=False)

    def forgive(self, key: str) -> None:
        """A try succeeded: begin anew."""
        self._failures.pop(key, None)

    def undo(self, key: str) -> None:
        """The last try was no failure; what there was before it stays counted."""
        known = self._failures.get(key)
        if known is not None:
            known.count -= 1
            if known.count == 0:
                del self._failures[key]
