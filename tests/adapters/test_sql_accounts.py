"""Accounts and sessions: the fakes and the real database answer alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.fakes.accounts import FakeAccounts, FakePasswords, FakeSessions
from voicebot.adapters.database import Database
from voicebot.adapters.passwords import Argon2Passwords
from voicebot.adapters.sql_accounts import SqlAccounts, SqlSessions
from voicebot.errors import AccountError
from voicebot.model import Account, Role, Session
from voicebot.ports import Accounts, Passwords, Sessions

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
ANNA = Account(
    "anna",
    "Anna Bianchi",
    frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    ("ufficio-casa", "polo-1"),
    ("it", "fr"),
)
BRUNO = Account("bruno", "Bruno", frozenset({Role.STAFF}), (), ())


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def stores(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Accounts, Sessions]]:
    if request.param == "fake":
        sessions = FakeSessions()
        yield FakeAccounts(sessions), sessions
        return
    url = f"sqlite:///{tmp_path / 'voicebot.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    database = Database(url)
    await database.open()
    yield SqlAccounts(database), SqlSessions(database)
    await database.close()


async def test_accounts_come_back_as_they_were(stores: tuple[Accounts, Sessions]) -> None:
    accounts, _ = stores
    assert await accounts.all() == []
    await accounts.add(BRUNO, "b")
    await accounts.add(ANNA, "a")
    assert await accounts.all() == [ANNA, BRUNO]
    assert await accounts.find("anna") == (ANNA, "a")
    assert await accounts.find("carla") is None
    with pytest.raises(AccountError, match="anna: there is such an account already"):
        await accounts.add(ANNA, "c")
    assert await accounts.find("anna") == (ANNA, "a")


async def test_sessions_come_back_as_they_were(stores: tuple[Accounts, Sessions]) -> None:
    accounts, sessions = stores
    await accounts.add(ANNA, "a")
    session = Session("anna", NOON, NOON)
    await sessions.open("d1", session)
    assert await sessions.find("d1") == session
    later = NOON + timedelta(minutes=1)
    await sessions.seen("d1", later)
    assert await sessions.find("d1") == Session("anna", NOON, later)
    await sessions.close("d1")
    await sessions.close("d1")
    assert await sessions.find("d1") is None


async def test_old_sessions_are_forgotten(stores: tuple[Accounts, Sessions]) -> None:
    accounts, sessions = stores
    await accounts.add(ANNA, "a")
    hour = timedelta(hours=1)
    await sessions.open("unused", Session("anna", NOON, NOON))
    await sessions.open("long", Session("anna", NOON - 9 * hour, NOON + 2 * hour))
    await sessions.open("good", Session("anna", NOON, NOON + 2 * hour))
    await sessions.forget(unseen_since=NOON + hour, opened_before=NOON - hour)
    assert [await sessions.find(d) is None for d in ("unused", "long", "good")] == [1, 1, 0]


@pytest.mark.parametrize("change", ["password", "remove"])
async def test_a_change_ends_the_sessions_of_that_account_only(
    stores: tuple[Accounts, Sessions], change: str
) -> None:
    accounts, sessions = stores
    for account in (ANNA, BRUNO):
        await accounts.add(account, "x")
        await sessions.open(account.id, Session(account.id, NOON, NOON))
    if change == "password":
        await accounts.set_password("anna", "new")
        assert await accounts.find("anna") == (ANNA, "new")
    else:
        await accounts.remove("anna")
        assert await accounts.all() == [BRUNO]
    assert await sessions.find("anna") is None
    assert await sessions.find("bruno")


async def test_what_is_not_there_cannot_be_changed(stores: tuple[Accounts, Sessions]) -> None:
    accounts, _ = stores
    for change in (accounts.remove("carla"), accounts.set_password("carla", "x")):
        with pytest.raises(AccountError, match="carla: there is no such account"):
            await change


@pytest.mark.parametrize("kind", ["fake", "argon2"])
async def test_passwords(kind: str) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=64)
    passwords: Passwords = FakePasswords() if kind == "fake" else Argon2Passwords(quick)
    stored = await passwords.hashed("tre parole a caso")
    assert "tre parole" not in stored
    assert await passwords.match(stored, "tre parole a caso")
    assert not await passwords.match(stored, "tre parole a casa")
    assert not await passwords.match("", "tre parole a caso")
    assert not await passwords.match("$argon2id$v=19$broken", "tre parole a caso")


async def test_the_same_password_is_stored_in_another_form_each_time() -> None:
    passwords = Argon2Passwords()
    first, second = await passwords.hashed("x" * 12), await passwords.hashed("x" * 12)
    assert first != second and first.startswith("$argon2id$")
