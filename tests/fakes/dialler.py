"""A dialler whose targets do as they are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.fakes.line import FakeLine
from voicebot.errors import DialError, Unreached
from voicebot.ports import Line


@dataclass
class FakeDialler:
    """Each target rings, then answers with its line or fails for its reason."""

    targets: dict[str, FakeLine | Unreached]
    ring: float = 2.0
    """Seconds until a target answers or refuses."""
    dialled: list[tuple[str, str | None]] = field(default_factory=list)
    """What was dialled, with its note."""
    given_up: list[str] = field(default_factory=list)
    """What stopped ringing because nobody wanted it any more."""

    async def dial(self, target: str, patience: float, note: str | None = None) -> Line:
        self.dialled.append((target, note))
        outcome = self.targets.get(target, Unreached.NOT_ALLOWED)
        if outcome is Unreached.NOT_ALLOWED:
            raise DialError(outcome)
        unanswered = outcome is Unreached.UNANSWERED or self.ring > patience
        try:
            await asyncio.sleep(patience if unanswered else self.ring)
        except asyncio.CancelledError:
            self.given_up.append(target)
            raise
        if unanswered:
            raise DialError(Unreached.UNANSWERED)
        if isinstance(outcome, Unreached):
            raise DialError(outcome)
        return outcome

    def may_call_back(self, number: str) -> bool:
        return number in self.targets

    async def call_back(self, number: str, patience: float) -> Line:
        return await self.dial(number, patience)
