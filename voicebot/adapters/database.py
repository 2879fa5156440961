"""The database: SQLite in a file, or PostgreSQL; brought up to date when it is opened.

Work runs in threads, each piece in one transaction. SQLite has one thread, and each transaction
begins by taking the lock for writing: two never do half of their work and then wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import alembic.command
import alembic.config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from voicebot.errors import SettingsError, StoreError
from voicebot.ports import Clock

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """A moment as it is stored: microseconds since 1970, UTC; exact in every database."""
    return (moment - EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """A stored moment, in UTC."""
    return EPOCH + value * _MICROSECOND


class Database:
    """One database and the threads that work in it."""

    def __init__(self, url: str, clock: Clock | None = None, connections: int = 8) -> None:
        """Nothing is opened yet.

        `url` is such as `sqlite:////var/lib/voicebot/voicebot.db` or
        `postgresql://user@host/name`; `sqlite://` is one in memory, on the event loop itself, for
        tests and simulations. Without `clock`, PostgreSQL's own clock counts, so that several nodes
        agree; SQLite's is this machine's.

        Raises:
            SettingsError: this is no address of a database that is supported.
        """
        self._url = _checked(url)
        self._clock = clock
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._in_memory = self.is_sqlite and self._url.database in (None, "", ":memory:")
        self._connections = connections
        self._engine: Engine | None = None
        self._threads: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        """Connect, and bring the tables up to date.

        Raises:
            StoreError: the database can't be reached, or is of a newer version than the program.
        """
        if self._in_memory:
            self._engine = create_engine("sqlite://", poolclass=StaticPool)
        else:
            count = 1 if self.is_sqlite else self._connections
            self._threads = ThreadPoolExecutor(count, thread_name_prefix="database")
            self._engine = self._make_engine(count)
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_immediate)
        else:
            event.listen(self._engine, "connect", _prepare_postgresql)
        await self._in_thread(self._migrate)

    def _make_engine(self, count: int) -> Engine:
        if not self.is_sqlite:
            return create_engine(self._url, pool_size=count, max_overflow=0, pool_pre_ping=True)
        Path(str(self._url.database)).parent.mkdir(parents=True, exist_ok=True)
        return create_engine(self._url, connect_args={"timeout": 10.0})

    def _migrate(self) -> None:
        config = alembic.config.Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._opened().begin() as connection:
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, off the event loop.

        Raises:
            StoreError: the database failed; nothing of the work was kept.
        """

        def whole() -> T:
            with self._opened().begin() as connection:
                return work(connection)

        return await self._in_thread(whole)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            if self._threads is None:
                return work()
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except SQLAlchemyError as error:
            raise StoreError(f"the database failed: {_first_line(error)}") from error
        except alembic.util.CommandError as error:
            raise StoreError(
                f"the database is not of this version of the program ({error}): use the program"
                " that wrote it, or a newer one"
            ) from error

    def now(self, connection: Connection) -> int:
        """The moment by the one clock that counts, in microseconds."""
        if self._clock is not None:
            return micros(self._clock.now())
        if self.is_sqlite:
            return micros(datetime.now(UTC))
        statement = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return int(connection.execute(statement).scalar_one())

    async def close(self) -> None:
        """Finish what is going on and close; harmless when closed."""
        if self._threads is not None:
            await asyncio.to_thread(self._threads.shutdown)
        if self._engine is not None:
            self._engine.dispose()

    def _opened(self) -> Engine:
        assert self._engine is not None, "open() comes first"
        return self._engine


def _checked(url: str) -> URL:
    try:
        given = make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            f"database.url: {url!r} is none; write sqlite:///file or postgresql://user@host/name"
        ) from error
    match given.get_backend_name():
        case "sqlite":
            return given.set(drivername="sqlite")
        case "postgresql":
            return given.set(drivername="postgresql+psycopg")
        case other:
            raise SettingsError(
                f"database.url: {other} is not supported; write sqlite:///file or"
                " postgresql://user@host/name"
            )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Survive a crash and a power cut with every place; leave transactions to us."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Use the indexes whatever the statistics say: those of a queue that was empty a minute ago are
    wrong. A node that hangs in the middle of its work must not hold the others up."""
    for setting in (
        "enable_seqscan = off",
        "enable_bitmapscan = off",
        "lock_timeout = '5s'",
        "idle_in_transaction_session_timeout = '30s'",
    ):
        connection.execute(f"SET {setting}")
    connection.commit()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _first_line(error: Exception) -> str:
    """What went wrong; the lines after it hold the statement with its values."""
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]
