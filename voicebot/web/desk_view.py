"""How things stand at a desk, as the page reads it. Moments are milliseconds since 1970."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from voicebot.holding.desk import Desk
from voicebot.holding.figures import missed, waited
from voicebot.holding.seat import Seat
from voicebot.holding.snapshot import SeatSnapshot
from voicebot.model.holding import OperatorState, Outcome, Past, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Ear:
    """What an operator hears with, as her windows show it."""

    window: str | None
    """The window that holds the headset; None when no headset is connected."""
    phone: str | None
    """Her desk telephone, when she chose it."""


MAX_MISSED = 100
"""Rows that are shown of those who hung up."""


@dataclass(frozen=True, slots=True)
class Around:
    """What an operator sees beside her own seat."""

    desk: Desk
    today: Sequence[Past]
    """The day's closed tickets."""
    link: str
    """The information system's address, with {number} in it."""


def desk_view(seat: Seat, ear: Ear, around: Around) -> str:
    """The whole page of one operator as JSON."""
    shown = seat.snapshot()
    mine = shown.ticket.id if shown.ticket else None
    hers = [one for one in missed(around.today) if one.office in seat.operator.offices]
    return json.dumps(
        {
            "state": shown.state,
            "reason": shown.reason,
            "since": millis(shown.since),
            "reachable": shown.reachable,
            "window": ear.window,
            "phone": ear.phone,
            "consults": shown.consults,
            "asked": shown.consults is not None and seat.talk is None,
            "call": _call(shown, around.link),
            "waiting": [_waiting(one) for one in shown.waiting if one.id != mine],
            "colleagues": _colleagues(around.desk, seat),
            "missed": [_missed(one) for one in hers[:MAX_MISSED]],
        }
    )


def _call(shown: SeatSnapshot, link: str) -> dict[str, Any] | None:
    ticket = shown.ticket
    if ticket is None:
        return None
    deadline = ticket.offer.deadline if ticket.offer else None
    return {
        **_waiting(ticket),
        "token": ticket.token,
        "deadline": millis(deadline) if deadline and shown.state == "ringing" else None,
        "connected": millis(ticket.connected_at) if ticket.connected_at else None,
        "number": shown.number,
        "on_hold": shown.on_hold,
        "link": filled(link, ticket, shown.number),
    }


def _waiting(ticket: Ticket) -> dict[str, Any]:
    wish = ticket.wish
    return {
        "id": ticket.id,
        "office": wish.office,
        "language": wish.language,
        "entered": millis(ticket.entered_at),
        "reason": wish.priority.reason,
        "asked": wish.asked or "",
        "offered": ticket.state is TicketState.OFFERED,
        "call_back": ticket.call_back is not None,
    }


def _colleagues(desk: Desk, seat: Seat) -> list[dict[str, str]]:
    others = [one for one in desk.seats if one is not seat]
    return [
        {"id": one.operator.id, "name": one.operator.name, "state": one.state}
        for one in sorted(others, key=lambda one: one.operator.name)
        if one.state is not OperatorState.SIGNED_OUT
    ]


def _missed(one: Past) -> dict[str, Any]:
    return {
        "office": one.office,
        "language": one.language,
        "at": millis(one.closed_at),
        "waited": round(waited(one) * 1000),
        "turned_away": one.outcome is Outcome.TURNED_AWAY,
    }


def filled(link: str, ticket: Ticket, number: str | None) -> str | None:
    """The address in the information system; None without a template, or without the number that
    it needs."""
    if not link or ("{number}" in link and not number):
        return None
    values: Mapping[str, str] = {
        "number": number or "",
        "office": ticket.wish.office,
        "language": ticket.wish.language,
    }
    for name, value in values.items():
        link = link.replace(f"{{{name}}}", quote(value, safe=""))
    return link


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
