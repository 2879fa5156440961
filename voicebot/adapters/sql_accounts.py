"""Accounts and sessions in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from voicebot.adapters.sql_tables import Moment, metadata
from voicebot.errors import AccountError
from voicebot.model import Account, Role, Session

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("offices", Text, nullable=False),
    Column("languages", Text, nullable=False),
)
"""Lists are words with spaces between: no id of a role, office or language has one."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)


class SqlAccounts:
    """The `Accounts` port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> list[Account]:
        """Every account, by id."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(accounts).order_by(accounts.c.id))
            return [_account(row) for row in rows]

    async def find(self, account_id: str) -> tuple[Account, str] | None:
        """An account and its password in the stored form."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(accounts).where(accounts.c.id == account_id))
            row = found.one_or_none()
            return (_account(row), row.password) if row is not None else None

    async def add(self, account: Account, password: str) -> None:
        """A new account with its password in the stored form.

        Raises:
            AccountError: there is one of that id.
        """
        row = {
            "id": account.id,
            "name": account.name,
            "password": password,
            "roles": " ".join(sorted(account.roles)),
            "offices": " ".join(account.offices),
            "languages": " ".join(account.languages),
        }
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(accounts).values(row))
        except IntegrityError as error:
            raise AccountError(f"{account.id}: there is such an account already") from error

    async def set_password(self, account_id: str, password: str) -> None:
        """Another password, in the stored form; the account's sessions end.

        Raises:
            AccountError: there is none of that id.
        """
        async with self._engine.begin() as connection:
            await _end_sessions(connection, account_id)
            mine = accounts.c.id == account_id
            changed = await connection.execute(
                update(accounts).where(mine).values(password=password)
            )
            _one(changed.rowcount, account_id)

    async def remove(self, account_id: str) -> None:
        """The account and its sessions end.

        Raises:
            AccountError: there is none of that id.
        """
        async with self._engine.begin() as connection:
            await _end_sessions(connection, account_id)
            gone = await connection.execute(delete(accounts).where(accounts.c.id == account_id))
            _one(gone.rowcount, account_id)


class SqlSessions:
    """The `Sessions` port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, digest: str, session: Session) -> None:
        """A new session."""
        row = {
            "digest": digest,
            "account": session.account,
            "opened_at": session.opened_at,
            "seen_at": session.seen_at,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(sessions).values(row))

    async def find(self, digest: str) -> Session | None:
        """The session of this digest, expired or not."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(sessions).where(sessions.c.digest == digest))
            row = found.one_or_none()
            return Session(row.account, row.opened_at, row.seen_at) if row is not None else None

    async def seen(self, digest: str, at: datetime) -> None:
        """It was used then."""
        async with self._engine.begin() as connection:
            used = update(sessions).where(sessions.c.digest == digest).values(seen_at=at)
            await connection.execute(used)

    async def close(self, digest: str) -> None:
        """It ends; harmless when it has ended already."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.digest == digest))

    async def forget(self, unseen_since: datetime, opened_before: datetime) -> None:
        """End all that were not used since the one or were opened before the other."""
        old = or_(sessions.c.seen_at < unseen_since, sessions.c.opened_at < opened_before)
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(old))


async def _end_sessions(connection: AsyncConnection, account_id: str) -> None:
    await connection.execute(delete(sessions).where(sessions.c.account == account_id))


def _one(rows: int, account_id: str) -> None:
    if rows != 1:
        raise AccountError(f"{account_id}: there is no such account")


def _account(row: Row[tuple[str, ...]]) -> Account:
    fields = row._mapping
    return Account(
        id=fields["id"],
        name=fields["name"],
        roles=frozenset(Role(role) for role in fields["roles"].split()),
        offices=tuple(fields["offices"].split()),
        languages=tuple(fields["languages"].split()),
    )
