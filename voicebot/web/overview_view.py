"""The supervisor's page as its script reads it. Moments are milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, tzinfo
from typing import Any

from voicebot.holding.desk import Desk
from voicebot.holding.figures import figures, grouped
from voicebot.model.holding import OperatorState, Past, Ticket
from voicebot.web.desk_view import millis

COLUMNS = (
    "day",
    "group",
    "offered",
    "answered",
    "in_time",
    "abandoned",
    "service_level",
    "speed_of_answer",
    "abandonment",
    "longest_wait",
    "talk",
)
"""Of the table that can be fetched; shares are from 0 to 1, times in seconds."""


def now_view(desk: Desk) -> dict[str, Any]:
    """Who waits, and who works."""
    waiting = desk.queue.waiting()
    return {
        "waiting": [_queue(lane, tickets) for lane, tickets in sorted(_lanes(waiting).items())],
        "operators": [
            {
                "id": seat.operator.id,
                "name": seat.operator.name,
                "state": seat.state,
                "reason": seat.reason,
                "since": millis(seat.since),
                "offices": sorted(seat.operator.offices),
                "languages": sorted(seat.operator.languages),
                "office": seat.ticket.wish.office if seat.ticket else None,
                "language": seat.ticket.wish.language if seat.ticket else None,
            }
            for seat in sorted(desk.seats, key=lambda seat: seat.operator.name)
            if seat.state is not OperatorState.SIGNED_OUT
        ],
    }


def _lanes(waiting: Sequence[Ticket]) -> dict[tuple[str, str], list[Ticket]]:
    lanes: dict[tuple[str, str], list[Ticket]] = {}
    for ticket in waiting:
        lanes.setdefault((ticket.wish.office, ticket.wish.language), []).append(ticket)
    return lanes


def _queue(lane: tuple[str, str], tickets: Sequence[Ticket]) -> dict[str, Any]:
    entered = [ticket.entered_at for ticket in tickets]
    return {
        "office": lane[0],
        "language": lane[1],
        "count": len(tickets),
        "longest": millis(min(entered)),
    }


def day_view(tickets: Sequence[Past], target: float, zone: tzinfo | None) -> dict[str, Any]:
    """The figures of one day: of all, by office, by language and by hour."""

    def hour(one: Past) -> str:
        return f"{one.entered_at.astimezone(zone).hour:02}"

    return {
        "target": target,
        "all": asdict(figures(tickets, target)),
        "by_office": _groups(grouped(tickets, lambda one: one.office, target)),
        "by_language": _groups(grouped(tickets, lambda one: one.language, target)),
        "by_hour": _groups(grouped(tickets, hour, target)),
    }


def days_view(tickets: Iterable[Past], target: float, zone: tzinfo | None) -> list[dict[str, Any]]:
    """The figures of each day that has any."""
    return _groups(grouped(tickets, lambda one: str(_day(one, zone)), target))


def rows(
    tickets: Sequence[Past], by: str, target: float, zone: tzinfo | None
) -> list[dict[str, Any]]:
    """A row for each day and office, or each day and language, by the names in `COLUMNS`."""
    found = []
    for day in sorted({_day(one, zone) for one in tickets}):
        of_day = [one for one in tickets if _day(one, zone) == day]
        for name, its in grouped(of_day, lambda one: str(getattr(one, by)), target).items():
            found.append({"day": str(day), "group": name, **asdict(its)})
    return found


def _groups(groups: Any) -> list[dict[str, Any]]:
    return [{"name": name, **asdict(its)} for name, its in groups.items()]


def _day(one: Past, zone: tzinfo | None) -> date:
    return one.entered_at.astimezone(zone).date()
