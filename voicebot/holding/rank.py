"""Who is next, and who may take whom. Pure.

`rank = entered_at - head_start`, ties by the order of joining. Head starts are bounded, so nobody
is overtaken by a caller who came more than that bound later, and two who wait never swap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voicebot.model import Language, OfficeId
from voicebot.model.holding import Lane, Operator, Priority, Ticket, TicketId

AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Widening:
    """When those who wait are offered to more operators. None: never."""

    any_language: timedelta | None = timedelta(seconds=180)
    """After so long, also to operators of the office who don't speak the caller's language."""
    other_office: timedelta | None = timedelta(seconds=480)
    """After so long, also to operators of the offices that stand in for theirs."""
    stand_ins: Mapping[OfficeId, Collection[OfficeId]] = field(default_factory=dict)
    """By office, the offices whose operators may help out."""


def rank(entered_at: datetime, priority: Priority, bound: timedelta) -> datetime:
    """The moment that a ticket counts from; no class is helped by more than `bound`."""
    return entered_at - max(AT_ONCE, min(priority.head_start, bound))


def order(ticket: Ticket) -> tuple[datetime, TicketId]:
    """What tickets are sorted by: the smallest is next."""
    return ticket.rank, ticket.id


@dataclass(frozen=True, slots=True)
class Circle:
    """Who may take whom, given who is signed in."""

    widening: Widening
    staff: tuple[Operator, ...] = ()
    """Those who are signed in. Where none of them serves an office in a language, nobody needs to
    wait for one who does: the circle is wide from the start."""

    def wait(self, operator: Operator, office: OfficeId, language: Language) -> timedelta | None:
        """How long a caller must have waited before she may take them; None when she never may."""
        waits = [AT_ONCE]
        rules = self.widening
        if office not in operator.offices:
            if not operator.offices.intersection(rules.stand_ins.get(office, ())):
                return None
            waits.append(self._widened(rules.other_office, office, None))
        if language not in operator.languages:
            waits.append(self._widened(rules.any_language, office, language))
        longest = max(waits)
        return None if longest == timedelta.max else longest

    def _widened(
        self, after: timedelta | None, office: OfficeId, language: Language | None
    ) -> timedelta:
        if after is None:
            return timedelta.max
        there = (one for one in self.staff if office in one.offices)
        speaks = (one for one in there if language is None or language in one.languages)
        return after if any(speaks) else AT_ONCE

    def may_take(self, operator: Operator, ticket: Ticket, now: datetime) -> bool:
        """Whether she may take this caller now."""
        wait = self.wait(operator, ticket.wish.office, ticket.wish.language)
        return wait is not None and ticket.entered_at <= now - wait

    def lanes(
        self, operator: Operator, places: Iterable[tuple[OfficeId, Language]], now: datetime
    ) -> tuple[Lane, ...]:
        """What she may take now, among the offices and languages that callers wait for."""
        waits = ((office, code, self.wait(operator, office, code)) for office, code in places)
        return tuple(
            Lane(office, code, now - wait) for office, code, wait in waits if wait is not None
        )

    def those_who_may(self, office: OfficeId, language: Language) -> list[Operator]:
        """Who of those signed in may take such a caller, now or later."""
        return [one for one in self.staff if self.wait(one, office, language) is not None]
