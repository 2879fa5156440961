"""The database: opened by its URL, its tables made when it is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from voicebot.adapters import sql_accounts
from voicebot.adapters.sql_tables import metadata

Engine: TypeAlias = AsyncEngine

ALL_TABLES = (sql_accounts.accounts, sql_accounts.sessions)
"""Named here so that the modules that define them are loaded."""


def open_engine(url: str) -> Engine:
    """An engine for `sqlite+aiosqlite:///file` or `postgresql+psycopg://...`."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_async_engine(address)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(address)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


async def make_tables(engine: Engine) -> None:
    """Make the tables that are not there."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
