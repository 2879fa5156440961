"""What moves and the passing of time change in the table of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from voicebot.adapters.hold_tables import ERASED, tickets
from voicebot.model.holding import Move, Outcome, TicketState

_LIVE = [s for s in TicketState if s not in (TicketState.DROPPED, TicketState.CLOSED)]


def microseconds(seconds: float) -> int:
    """As moments are stored."""
    return round(seconds * 1e6)


def changes(move: Move, now: int) -> Mapping[str, Any]:
    """The columns that a move sets."""
    values: dict[str, Any] = {"state": move.to}
    match move.to:
        case TicketState.WAITING:
            values |= {"operator": None, "deadline": None, "connected_at": None}
            values |= {"reserved_for": None, "reserved_until": None}
            values["ready_at"] = now + microseconds(move.seconds) if move.seconds else None
        case TicketState.DROPPED:
            values |= {"operator": None, "deadline": None, "connected_at": None}
            values["grace_until"] = now + microseconds(move.seconds)
        case TicketState.CONNECTED:
            values["connected_at"] = sa.func.coalesce(tickets.c.connected_at, now)
            values["answered_at"] = sa.func.coalesce(tickets.c.answered_at, now)
        case TicketState.CLOSED:
            values |= {"closed_at": now, "outcome": move.outcome, **ERASED}
    if move.operator is not None:
        values["operator"] = move.operator
    if move.office is not None:
        values["office"] = move.office
    if move.reserve is not None:
        operator, seconds = move.reserve
        values |= {"reserved_for": operator, "reserved_until": now + microseconds(seconds)}
    if move.call_back is not None:
        number, seconds = move.call_back
        values |= {"number": number, "call_until": now + microseconds(seconds), "tries": 0}
    if move.tried:
        values["tries"] = tickets.c.tries + 1
    return values


def keep_places(
    connection: Connection, now: int, grace: float, whose: sa.ColumnElement[bool]
) -> int:
    """The node that held these calls is gone: callers may call again; calls back go on."""
    no_line = tickets.c.number.is_not(None)
    live = tickets.c.state.in_([sa.literal_column(f"'{state}'") for state in _LIVE])
    gone: dict[str, Any] = {"operator": None, "deadline": None, "connected_at": None}
    dropped = {**gone, "state": TicketState.DROPPED, "grace_until": now + microseconds(grace)}
    waiting = {**gone, "state": TicketState.WAITING}
    kept = connection.execute(
        sa.update(tickets).where(live, whose, ~no_line).values(dropped)
    ).rowcount
    taken = tickets.c.state != TicketState.WAITING
    kept += connection.execute(
        sa.update(tickets).where(live, whose, no_line, taken).values(waiting)
    ).rowcount
    return kept


def close_expired(connection: Connection, now: int) -> int:
    """Nobody called again in time; or nobody was reached."""
    dropped = tickets.c.state == sa.literal_column("'dropped'")
    waiting = tickets.c.state == sa.literal_column("'waiting'")
    closed = {"state": TicketState.CLOSED, "closed_at": now, **ERASED}
    count = 0
    for outcome, over in (
        (Outcome.ABANDONED, sa.and_(dropped, tickets.c.grace_until <= now)),
        (Outcome.GAVE_UP, sa.and_(waiting, tickets.c.call_until <= now)),
    ):
        change = sa.update(tickets).where(over).values({**closed, "outcome": outcome})
        count += connection.execute(change).rowcount
    return count
