"""Accounts and sessions in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from voicebot.adapters.database import Database, micros, moment
from voicebot.errors import AccountError
from voicebot.model import Account, Role, Session

metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("offices", sa.Text, nullable=False),
    sa.Column("languages", sa.Text, nullable=False),
)
"""Lists are words with spaces between: no id of a role, office or language has one."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)
"""Moments are microseconds, UTC."""


class SqlAccounts:
    """The `Accounts` port over a database that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Account]:
        """Every account, by id."""
        everybody = sa.select(accounts).order_by(accounts.c.id)
        return await self._database.run(lambda c: [_account(row) for row in c.execute(everybody)])

    async def find(self, account_id: str) -> tuple[Account, str] | None:
        """An account and its password in the stored form."""
        mine = sa.select(accounts).where(accounts.c.id == account_id)

        def work(connection: Connection) -> tuple[Account, str] | None:
            row = connection.execute(mine).one_or_none()
            return None if row is None else (_account(row), row.password)

        return await self._database.run(work)

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

        def work(connection: Connection) -> None:
            try:
                connection.execute(sa.insert(accounts).values(row))
            except IntegrityError as error:
                raise AccountError(f"{account.id}: there is such an account already") from error

        await self._database.run(work)

    async def set_password(self, account_id: str, password: str) -> None:
        """Another password, in the stored form; the account's sessions end.

        Raises:
            AccountError: there is none of that id.
        """
        mine = accounts.c.id == account_id
        await self._change(account_id, sa.update(accounts).where(mine).values(password=password))

    async def remove(self, account_id: str) -> None:
        """The account and its sessions end.

        Raises:
            AccountError: there is none of that id.
        """
        await self._change(account_id, sa.delete(accounts).where(accounts.c.id == account_id))

    async def _change(self, account_id: str, change: sa.Update | sa.Delete) -> None:
        def work(connection: Connection) -> None:
            connection.execute(sa.delete(sessions).where(sessions.c.account == account_id))
            if connection.execute(change).rowcount != 1:
                raise AccountError(f"{account_id}: there is no such account")

        await self._database.run(work)


class SqlSessions:
    """The `Sessions` port over a database that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, digest: str, session: Session) -> None:
        """A new session."""
        row = {
            "digest": digest,
            "account": session.account,
            "opened_at": micros(session.opened_at),
            "seen_at": micros(session.seen_at),
        }
        await self._do(sa.insert(sessions).values(row))

    async def find(self, digest: str) -> Session | None:
        """The session of this digest, expired or not."""
        mine = sa.select(sessions).where(sessions.c.digest == digest)

        def work(connection: Connection) -> Session | None:
            row = connection.execute(mine).one_or_none()
            if row is None:
                return None
            return Session(row.account, moment(row.opened_at), moment(row.seen_at))

        return await self._database.run(work)

    async def seen(self, digest: str, at: datetime) -> None:
        """It was used then."""
        mine = sessions.c.digest == digest
        await self._do(sa.update(sessions).where(mine).values(seen_at=micros(at)))

    async def close(self, digest: str) -> None:
        """It ends; harmless when it has ended already."""
        await self._do(sa.delete(sessions).where(sessions.c.digest == digest))

    async def forget(self, unseen_since: datetime, opened_before: datetime) -> None:
        """End all that were not used since the one or were opened before the other."""
        old = sa.or_(
            sessions.c.seen_at < micros(unseen_since), sessions.c.opened_at < micros(opened_before)
        )
        await self._do(sa.delete(sessions).where(old))

    async def _do(self, change: sa.Insert | sa.Update | sa.Delete) -> None:
        def work(connection: Connection) -> None:
            connection.execute(change)

        await self._database.run(work)


def _account(row: sa.Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles.split()),
        offices=tuple(row.offices.split()),
        languages=tuple(row.languages.split()),
    )
