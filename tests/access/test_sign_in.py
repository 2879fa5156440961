"""Signing in and out, and how long a session lives; on fakes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.accounts import FakeAccounts, FakePasswords, FakeSessions
from voicebot.access.register import Register
from voicebot.access.sign_in import Access, Limits, csrf, digest
from voicebot.errors import AccountError, SignInRefused, SignInSlowed
from voicebot.model import Account, Role

ANNA = Account("anna", "Anna Bianchi", frozenset({Role.OPERATOR}), ("ufficio-casa",), ("it",))
PASSWORD = "tre parole a caso"


class Watch:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment."""
        return self.at

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


class House:
    """Anna may sign in; sessions live an hour unused, ten hours in all."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.sessions = FakeSessions()
        self.accounts = FakeAccounts(self.sessions)
        self.register = Register(self.accounts, FakePasswords())
        limits = Limits(timedelta(hours=1), timedelta(hours=10))
        self.access = Access(self.accounts, self.sessions, FakePasswords(), self.watch, limits)

    async def sign_in(self, password: str = PASSWORD, account: str = "anna") -> str:
        """From the usual address."""
        return await self.access.sign_in(account, password, "192.0.2.1")


@pytest.fixture
async def house() -> House:
    house = House()
    await house.register.add(ANNA, PASSWORD)
    return house


async def test_a_session_knows_its_account_and_only_its_digest_is_kept(house: House) -> None:
    token = await house.sign_in()
    who = await house.access.who(token)
    assert who is not None and who.account == ANNA
    assert who.csrf == csrf(token) != csrf(token + "x")
    assert list(house.sessions.kept) == [digest(token)]
    assert token not in str(house.sessions.kept)
    assert await house.access.who(token[:-1]) is None


async def test_every_session_has_a_token_of_its_own(house: House) -> None:
    tokens = {await house.sign_in() for _ in range(20)}
    assert len(tokens) == 20 and min(map(len, tokens)) >= 43


async def test_names_may_be_typed_with_capitals_and_spaces(house: House) -> None:
    assert await house.sign_in(account=" Anna ")


@pytest.mark.parametrize(
    ("account", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna", "x" * 999)],
)
async def test_wrong_is_wrong_without_saying_what(
    house: House, account: str, password: str
) -> None:
    with pytest.raises(SignInRefused, match="^account or password is wrong$"):
        await house.sign_in(password, account)
    assert not house.sessions.kept


async def test_an_unused_session_expires(house: House) -> None:
    token = await house.sign_in()
    house.watch.wait(3599)
    assert await house.access.who(token)
    house.watch.wait(3599)
    assert await house.access.who(token)
    house.watch.wait(3601)
    assert await house.access.who(token) is None
    assert not house.sessions.kept


async def test_a_session_in_use_expires_too(house: House) -> None:
    token = await house.sign_in()
    for _ in range(20):
        house.watch.wait(1800)
        assert await house.access.who(token)
    house.watch.wait(1)
    assert await house.access.who(token) is None


async def test_use_is_not_written_at_every_request(house: House) -> None:
    token = await house.sign_in()
    house.watch.wait(10)
    await house.access.who(token)
    assert house.sessions.kept[digest(token)].seen_at == house.watch.at - timedelta(seconds=10)


async def test_signing_out_ends_this_session_only(house: House) -> None:
    first, second = await house.sign_in(), await house.sign_in()
    await house.access.sign_out(digest(first))
    assert await house.access.who(first) is None
    assert await house.access.who(second)


async def test_another_password_or_no_account_ends_all_sessions(house: House) -> None:
    token = await house.sign_in()
    await house.register.set_password("anna", "quattro parole a caso")
    assert await house.access.who(token) is None
    token = await house.sign_in("quattro parole a caso")
    await house.accounts.remove("anna")
    assert await house.access.who(token) is None


async def test_expired_sessions_are_cleared_away_when_somebody_signs_in(house: House) -> None:
    await house.sign_in()
    house.watch.wait(4000)
    await house.sign_in()
    assert len(house.sessions.kept) == 1


async def test_guessing_is_slowed_and_the_right_password_does_not_get_by(house: House) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await house.sign_in("wrong")
    with pytest.raises(SignInSlowed) as slowed:
        await house.sign_in()
    assert 0 < slowed.value.seconds <= 1
    house.watch.wait(1)
    assert await house.sign_in()
    with pytest.raises(SignInRefused):
        await house.sign_in("wrong")
    assert await house.sign_in(), "the right password forgave what was before"


async def test_guesses_at_the_same_time_are_not_free(house: House) -> None:
    tries = [house.sign_in("wrong") for _ in range(50)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, SignInRefused) for answer in answers) == 5
    assert sum(isinstance(answer, SignInSlowed) for answer in answers) == 45


async def test_trying_many_accounts_from_one_address_is_slowed(house: House) -> None:
    for number in range(21):
        with pytest.raises(SignInRefused):
            await house.sign_in(account=f"nobody{number}")
    with pytest.raises(SignInSlowed):
        await house.sign_in()
    assert await house.access.sign_in("anna", PASSWORD, "192.0.2.2"), "others are not held up"


async def test_an_account_that_is_not_there_is_slowed_as_one_that_is(house: House) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await house.sign_in(account="nobody")
    with pytest.raises(SignInSlowed):
        await house.sign_in(account="nobody")


async def test_whether_there_is_any_account() -> None:
    house = House()
    assert await house.access.empty()
    await house.register.add(ANNA, PASSWORD)
    assert not await house.access.empty()


@pytest.mark.parametrize(
    ("account", "said"),
    [
        (Account("Anna B", "Anna", frozenset({Role.STAFF}), (), ()), "small letters"),
        (Account("", "Anna", frozenset({Role.STAFF}), (), ()), "small letters"),
        (Account("x" * 41, "Anna", frozenset({Role.STAFF}), (), ()), "at most 40"),
        (Account("anna", " ", frozenset({Role.STAFF}), (), ()), "1 to 80"),
        (Account("anna", "Anna", frozenset(), (), ()), "operator, supervisor, staff"),
        (Account("anna", "Anna", frozenset({Role.OPERATOR}), (), ()), "say which"),
    ],
)
async def test_an_account_that_is_none(account: Account, said: str) -> None:
    house = House()
    with pytest.raises(AccountError, match=said):
        await house.register.add(account, PASSWORD)
    assert await house.access.empty()


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaa", "anna2026anna"])
async def test_a_password_that_is_guessed_at_once(house: House, password: str) -> None:
    with pytest.raises(AccountError):
        await house.register.set_password("anna", password)
    assert await house.sign_in()
