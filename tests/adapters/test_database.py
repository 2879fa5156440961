"""The database is brought up to date when it is opened, and says plainly what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from tests.postgres import Postgres
from voicebot.adapters import hold_tables, sql_accounts
from voicebot.adapters.database import Database
from voicebot.errors import SettingsError, StoreError


async def test_the_tables_that_migrations_make_are_those_that_are_used(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        everything = MetaData()
        for tables in (hold_tables.metadata.tables, sql_accounts.metadata.tables):
            for table in tables.values():
                table.to_metadata(everything)
        found = compare_metadata(MigrationContext.configure(connection), everything)
        # the indexes are written in the migration alone, and no statement names them
        return [one for one in found if one[0] != "remove_index"]

    database = Database(database_url)
    await database.open()
    try:
        assert await database.run(differences) == []
    finally:
        await database.close()


async def test_what_is_written_is_there_after_it_was_closed(database_url: str) -> None:
    def write(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nodes (name, seen_at) VALUES ('here', 1)"))

    for _ in range(2):
        database = Database(database_url)
        await database.open()
        names = await database.run(lambda c: list(c.scalars(text("SELECT name FROM nodes"))))
        if not names:
            await database.run(write)
        await database.close()
    assert names == ["here"]


async def test_what_fails_leaves_nothing_behind(database_url: str) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nodes (name, seen_at) VALUES ('here', 1)"))
        connection.execute(text("INSERT INTO nowhere (name) VALUES ('here')"))

    database = Database(database_url)
    await database.open()
    try:
        with pytest.raises(StoreError, match="nowhere"):
            await database.run(half)
        count = await database.run(lambda c: c.scalar(text("SELECT count(*) FROM nodes")))
        assert count == 0
    finally:
        await database.close()


async def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    await database.open()
    await database.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    await database.close()
    again = Database(database_url)
    with pytest.raises(StoreError, match="newer"):
        await again.open()
    await again.close()


async def test_a_database_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    for url in (
        f"sqlite:///{tmp_path}/folder.sqlite",
        f"postgresql://voicebot@/voicebot?host={tmp_path}",
    ):
        database = Database(url)
        with pytest.raises(StoreError):
            await database.open()
        await database.close()


@pytest.mark.parametrize("url", ["", "voicebot.sqlite", "mysql://host/voicebot"])
def test_an_address_of_nothing_that_is_supported_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="write sqlite:///file or postgresql://"):
        Database(url)


async def test_without_a_clock_of_ours_the_server_tells_the_time(postgresql: Postgres) -> None:
    database = Database(postgresql.new_database())
    await database.open()
    try:
        first = await database.run(database.now)
        assert await database.run(database.now) > first > 1_700_000_000_000_000
    finally:
        await database.close()
