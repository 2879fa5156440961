"""The tables of the hold queue, and how a row becomes a ticket. Moments are microseconds, UTC."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from voicebot.adapters.database import moment
from voicebot.model.holding import (
    CallBack,
    Offer,
    Outcome,
    Priority,
    Reservation,
    Ticket,
    TicketState,
    Wish,
)

metadata = sa.MetaData()

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("head_start", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked", sa.Text),
    sa.Column("caller", sa.LargeBinary),
    sa.Column("code", sa.Text),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
    sa.Column("rank", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("ready_at", sa.BigInteger),
    sa.Column("operator", sa.Text),
    sa.Column("deadline", sa.BigInteger),
    sa.Column("reserved_for", sa.Text),
    sa.Column("reserved_until", sa.BigInteger),
    sa.Column("number", sa.LargeBinary),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("call_until", sa.BigInteger),
    sa.Column("grace_until", sa.BigInteger),
    sa.Column("connected_at", sa.BigInteger),
    sa.Column("answered_at", sa.BigInteger),
    sa.Column("closed_at", sa.BigInteger),
    sa.Column("outcome", sa.Text),
)

nodes = sa.Table(
    "nodes",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

ERASED = {"caller": None, "code": None, "asked": None, "number": None}
"""What says who called and why: gone when the ticket is closed."""


def ticket(row: sa.Row[Any]) -> Ticket:
    """The ticket that a row holds."""
    head_start = timedelta(microseconds=row.head_start)
    return Ticket(
        id=row.id,
        wish=Wish(
            row.office,
            row.language,
            Priority(row.priority, head_start, row.reason),
            None if row.caller is None else bytes(row.caller),
            row.asked,
        ),
        entered_at=moment(row.entered_at),
        rank=moment(row.rank),
        state=TicketState(row.state),
        node=row.node,
        token=row.token,
        ready_at=None if row.ready_at is None else moment(row.ready_at),
        code=row.code,
        offer=Offer(row.operator, moment(row.deadline)) if row.operator else None,
        reserved=(
            Reservation(row.reserved_for, moment(row.reserved_until)) if row.reserved_for else None
        ),
        call_back=(
            CallBack(bytes(row.number), row.tries, moment(row.call_until)) if row.number else None
        ),
        grace_until=None if row.grace_until is None else moment(row.grace_until),
        connected_at=None if row.connected_at is None else moment(row.connected_at),
        closed_at=None if row.closed_at is None else moment(row.closed_at),
        outcome=None if row.outcome is None else Outcome(row.outcome),
    )
