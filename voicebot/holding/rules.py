"""How this town holds its callers: what the settings say. Times in seconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from voicebot.holding.classes import PriorityClass
from voicebot.holding.rank import Widening
from voicebot.model import Language, OfficeId


@dataclass(frozen=True, slots=True)
class CallBackRules:
    """Callers who hang up and are called when they are first."""

    tries: int = 3
    window: float = 8 * 3600.0
    """How long after the request a caller may still be called."""
    pause: float = 300.0
    """Between two tries."""
    ring: float = 30.0
    """How long it rings at the caller's."""


@dataclass(frozen=True, slots=True)
class HoldRules:
    """All of it."""

    node: str = "voicebot"
    """This process; its name must stay the same over a restart."""
    offices: tuple[OfficeId, ...] = ()
    languages: tuple[Language, ...] = ()
    widening: Widening = field(default_factory=Widening)
    max_head_start: timedelta = timedelta(minutes=5)
    offer: float = 20.0
    """How long a call rings at an operator."""
    connecting: float = 10.0
    """How long the sound may take to be joined."""
    classes: tuple[PriorityClass, ...] = ()
    """Callers who count as having come earlier; the first that fits."""
    grace: float = 600.0
    """How long the place of a dropped line is kept."""
    wrap_up: float = 20.0
    """After a call; then the operator is available again. 0: until she says so."""
    headset_grace: float = 8.0
    """How long an operator's browser may be away before the caller is given back."""
    reserved: float = 30.0
    """How long a caller who was transferred to a colleague is kept for her alone."""
    keep: float = 400 * 86_400.0
    """How long closed tickets are kept, for the figures."""
    step: float = 0.25
    """By what part the wait must have got better to be announced again."""
    code_delay: float = 1.0
    """After a wrong code, before the next one is looked at."""
    code_tries: int = 3
    shared_numbers: Collection[str] = frozenset()
    """Numbers of switchboards, in E.164: many callers, so nobody is known by them."""
    call_back: CallBackRules = field(default_factory=CallBackRules)

    @property
    def wants(self) -> list[tuple[OfficeId, Language]]:
        """All that a caller can wait for."""
        return [(office, language) for office in self.offices for language in self.languages]
