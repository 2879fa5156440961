"""The one statement by which a ticket is claimed, for either database.

The lanes that the operator may take are sought one by one in the index (office, language, rank):
so many look-ups as there are lanes, however many wait. SQLite runs one writing transaction at a
time. In PostgreSQL several claim at once: each takes the first of its `width` next tickets that no
other claim holds, and reads it again once it is locked.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from voicebot.adapters.hold_tables import tickets

_CLAIMABLE = """
        state IN ('waiting', 'offered')
        AND (state = 'waiting' OR deadline <= :now)
        AND (ready_at IS NULL OR ready_at <= :now)
        AND (reserved_for IS NULL OR reserved_for = :operator OR reserved_until <= :now)
        AND COALESCE(CAST(:node AS TEXT), node) = node
"""

_IN_LANE = f"""
        office = lane.office AND language = lane.language
        AND rank <= lane.entered_by AND entered_at <= lane.entered_by AND {_CLAIMABLE}
"""

_TAKE = """
    UPDATE tickets SET state = 'offered', token = token + 1, operator = :operator,
        deadline = :deadline, reserved_for = NULL, reserved_until = NULL
"""

_SQLITE = f"""
    WITH lane AS (
        SELECT value ->> 'office' AS office, value ->> 'language' AS language,
            value ->> 'entered_by' AS entered_by
        FROM json_each(:lanes)
    ), head AS (
        SELECT (SELECT id FROM tickets WHERE {_IN_LANE} ORDER BY rank, id LIMIT 1) AS id FROM lane
    )
    {_TAKE} WHERE id = (
        SELECT tickets.id FROM head JOIN tickets ON tickets.id = head.id
        ORDER BY rank, tickets.id LIMIT :width
    )
"""

_POSTGRESQL = f"""
    {_TAKE} WHERE id = (
        SELECT id FROM tickets WHERE id IN (
            SELECT head.id FROM json_to_recordset(CAST(:lanes AS json))
                    AS lane(office text, language text, entered_by bigint)
                CROSS JOIN LATERAL (
                    SELECT id, rank FROM tickets WHERE {_IN_LANE} ORDER BY rank, id LIMIT :width
                ) AS head
            ORDER BY head.rank, head.id LIMIT :width
        ) AND {_CLAIMABLE}
        ORDER BY rank, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
"""


@cache
def statement(sqlite: bool) -> sa.TextualSelect:
    """The claim: parameters `operator`, `node`, `lanes` (JSON), `now`, `deadline`, `width`."""
    names = ", ".join(column.name for column in tickets.c)
    text = (_SQLITE if sqlite else _POSTGRESQL) + f"    RETURNING {names}"
    return sa.text(text).columns(*tickets.c)
