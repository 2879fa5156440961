"""The measurement of the queue counts what it says, on each database."""

from __future__ import annotations

import pytest

from voicebot.adapters.database import Database
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.bench.queue import Load, measure
from voicebot.errors import StoreError


async def test_a_short_queue_is_measured_and_one_in_use_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    await database.open()
    try:
        store = SqlHoldStore(database)
        seen: list[tuple[int, int]] = []
        load = Load(tickets=200, alone=20, together=80, claimers=20)
        figures = await measure(store, load, lambda done, of: seen.append((done, of)))
        assert figures["waiting"] == 200 and seen[-1] == (200, 200)
        assert figures["claims a second, 20 at once"] > 0
        assert 0 < figures["seconds"]["a claim, alone"]["p50"] < 5
        tickets = await store.open_tickets("bench")
        assert sum(ticket.state == "offered" for ticket in tickets) == 100
        with pytest.raises(StoreError, match="empty"):
            await measure(store, load, lambda done, of: None)
    finally:
        await database.close()
