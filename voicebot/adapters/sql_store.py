"""The hold queue in SQLite or PostgreSQL."""

from __future__ import annotations

import json
import random
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from voicebot.adapters.claiming import statement
from voicebot.adapters.database import Database, micros, moment
from voicebot.adapters.hold_changes import changes, close_expired, keep_places, microseconds
from voicebot.adapters.hold_tables import nodes, ticket, tickets
from voicebot.errors import StoreError
from voicebot.model import Language, OfficeId
from voicebot.model.holding import (
    Claim,
    Move,
    Outcome,
    Past,
    Talk,
    Ticket,
    TicketId,
    TicketState,
    Wish,
)

_WIDTHS = (16, 1024)
"""How far to look for a ticket that nobody else is claiming at this moment. The second is more
than may claim at once."""

_BREAK = 10.0
"""Seconds without any node's beat after which nobody could have called again: a break."""


class SqlHoldStore:
    """The `HoldStore` port over a database that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._random = random.SystemRandom()

    async def enter(self, wish: Wish, node: str, with_code: bool) -> Ticket:
        """See the port."""

        def work(connection: Connection) -> Ticket:
            now = self._database.now(connection)
            head_start = wish.priority.head_start
            values = {
                "office": wish.office,
                "language": wish.language,
                "priority": wish.priority.name,
                "head_start": microseconds(head_start.total_seconds()),
                "reason": wish.priority.reason,
                "asked": wish.asked,
                "caller": wish.caller,
                "code": self._free_code(connection) if with_code else None,
                "entered_at": now,
                "rank": now - microseconds(head_start.total_seconds()),
                "state": TicketState.WAITING,
                "node": node,
                "token": 0,
                "tries": 0,
            }
            insert = sa.insert(tickets).values(values).returning(*tickets.c)
            return ticket(connection.execute(insert).one())

        return await self._database.run(work)

    def _free_code(self, connection: Connection) -> str:
        taken = set(
            connection.scalars(
                sa.select(tickets.c.code).where(
                    tickets.c.state != sa.literal_column("'closed'"), tickets.c.code.is_not(None)
                )
            )
        )
        free = [code for n in range(10_000) if (code := f"{n:04}") not in taken]
        if not free:
            raise StoreError("all four-digit codes are given out")
        return self._random.choice(free)

    async def claim(self, claim: Claim) -> Ticket | None:
        """See the port."""
        lanes = [
            {"office": one.office, "language": one.language, "entered_by": micros(one.entered_by)}
            for one in claim.lanes
        ]
        asked = {"operator": claim.operator, "node": claim.node, "lanes": json.dumps(lanes)}

        def work(connection: Connection) -> Ticket | None:
            now = self._database.now(connection)
            values = {**asked, "now": now, "deadline": now + microseconds(claim.seconds)}
            for width in _WIDTHS[:1] if self._database.is_sqlite else _WIDTHS:
                found = connection.execute(
                    statement(self._database.is_sqlite), {**values, "width": width}
                ).one_or_none()
                if found is not None:
                    return ticket(found)
            return None

        return await self._database.run(work) if lanes else None

    async def move(self, ticket_id: TicketId, move: Move) -> Ticket | None:
        """See the port."""

        def work(connection: Connection) -> Ticket | None:
            now = self._database.now(connection)
            stands = [tickets.c.id == ticket_id, tickets.c.state.in_(list(move.of))]
            if move.token is not None:
                stands.append(tickets.c.token == move.token)
            if move.node is not None:
                stands.append(tickets.c.node == move.node)
            if move.in_time:
                stands.append(tickets.c.deadline > now)
            change = sa.update(tickets).where(*stands).values(changes(move, now))
            row = connection.execute(change.returning(*tickets.c)).one_or_none()
            return None if row is None else ticket(row)

        return await self._database.run(work)

    async def resume(
        self, node: str, caller: bytes | None = None, code: str | None = None
    ) -> Ticket | None:
        """See the port."""
        whose = tickets.c.caller == caller if caller is not None else tickets.c.code == code
        dropped = tickets.c.state == sa.literal_column("'dropped'")
        to_be_called = tickets.c.state == sa.literal_column("'waiting'")

        def work(connection: Connection) -> Ticket | None:
            now = self._database.now(connection)
            first = (
                sa.select(tickets.c.id)
                .where(
                    whose,
                    sa.or_(
                        sa.and_(dropped, tickets.c.grace_until > now),
                        sa.and_(to_be_called, tickets.c.number.is_not(None)),
                    ),
                )
                .order_by(tickets.c.rank, tickets.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            values = {"state": TicketState.WAITING, "node": node, "grace_until": None}
            values |= {"number": None, "call_until": None}
            change = (
                sa.update(tickets)
                .where(tickets.c.id == first.scalar_subquery())
                .values({**values, "ready_at": None})
            )
            row = connection.execute(change.returning(*tickets.c)).one_or_none()
            return None if row is None else ticket(row)

        return await self._database.run(work) if caller is not None or code is not None else None

    async def open_tickets(self, node: str) -> list[Ticket]:
        """See the port."""
        mine = (
            sa.select(tickets)
            .where(tickets.c.state != sa.literal_column("'closed'"), tickets.c.node == node)
            .order_by(tickets.c.rank, tickets.c.id)
        )
        return await self._database.run(lambda c: [ticket(row) for row in c.execute(mine)])

    async def recover(self, node: str, grace: float) -> int:
        """See the port."""

        def work(connection: Connection) -> int:
            now = self._seen(connection, node)
            return keep_places(connection, now, grace, tickets.c.node == node)

        return await self._database.run(work)

    async def beat(self, node: str, grace: float, dead_after: float) -> bool:
        """See the port."""

        def work(connection: Connection) -> bool:
            now = self._seen(connection, node)
            alive = sa.select(nodes.c.name).where(nodes.c.seen_at > now - microseconds(dead_after))
            changed = keep_places(connection, now, grace, tickets.c.node.not_in(alive))
            return changed + close_expired(connection, now) > 0

        return await self._database.run(work)

    def _seen(self, connection: Connection, node: str) -> int:
        """Note that this node lives; a time in which none did is added to every grace."""
        now = self._database.now(connection)
        last = connection.scalar(sa.select(sa.func.max(nodes.c.seen_at)))
        seen = connection.execute(
            sa.update(nodes).where(nodes.c.name == node).values(seen_at=now)
        ).rowcount
        if not seen:
            connection.execute(sa.insert(nodes).values(name=node, seen_at=now))
        if last is not None and now - last > microseconds(_BREAK):
            connection.execute(
                sa.update(tickets)
                .where(tickets.c.state == sa.literal_column("'dropped'"))
                .values(grace_until=tickets.c.grace_until + (now - last))
            )
        return now

    async def talks(self, count: int) -> list[Talk]:
        """See the port."""
        last = (
            sa.select(tickets)
            .where(
                tickets.c.outcome.in_([Outcome.SERVED, Outcome.CALLED_BACK]),
                tickets.c.closed_at.is_not(None),
                tickets.c.connected_at.is_not(None),
            )
            .order_by(tickets.c.closed_at.desc())
            .limit(count)
        )

        def work(connection: Connection) -> list[Talk]:
            return [
                Talk(row.office, row.language, (row.closed_at - row.connected_at) / 1e6)
                for row in connection.execute(last)
            ]

        return await self._database.run(work)

    async def turned_away(self, office: OfficeId, language: Language) -> None:
        """See the port."""

        def work(connection: Connection) -> None:
            now = self._database.now(connection)
            values = {
                "office": office,
                "language": language,
                "priority": "normal",
                "head_start": 0,
                "reason": "",
                "entered_at": now,
                "rank": now,
                "state": TicketState.CLOSED,
                "node": "",
                "token": 0,
                "tries": 0,
                "closed_at": now,
                "outcome": Outcome.TURNED_AWAY,
            }
            connection.execute(sa.insert(tickets).values(values))

        await self._database.run(work)

    async def past(self, since: datetime, until: datetime) -> list[Past]:
        """See the port."""
        entered = tickets.c.entered_at
        over = (
            sa.select(tickets)
            .where(entered >= micros(since), entered < micros(until))
            .where(tickets.c.closed_at.is_not(None))
            .order_by(entered, tickets.c.id)
        )

        def work(connection: Connection) -> list[Past]:
            return [
                Past(
                    office=row.office,
                    language=row.language,
                    entered_at=moment(row.entered_at),
                    answered_at=None if row.answered_at is None else moment(row.answered_at),
                    closed_at=moment(row.closed_at),
                    outcome=Outcome(row.outcome),
                )
                for row in connection.execute(over)
            ]

        return await self._database.run(work)

    async def forget(self, seconds: float) -> int:
        """See the port."""

        def work(connection: Connection) -> int:
            past = self._database.now(connection) - microseconds(seconds)
            return connection.execute(sa.delete(tickets).where(tickets.c.closed_at < past)).rowcount

        return await self._database.run(work)
