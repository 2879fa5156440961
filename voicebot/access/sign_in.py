"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from voicebot.access.register import LONGEST
from voicebot.access.throttle import BY_ACCOUNT, BY_ADDRESS, Throttle
from voicebot.errors import SignInRefused, SignInSlowed
from voicebot.model import Account, Session
from voicebot.ports import Accounts, Clock, Passwords, Sessions

logger = logging.getLogger(__name__)

SEEN_STEP = timedelta(seconds=30)
"""Use is noted no more often than this: each note is a write."""

NO_ACCOUNT = secrets.token_hex(16)
"""Checked in place of the password of an account that is not there, so that both take as long."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives."""

    idle: timedelta
    """Without any use."""
    total: timedelta
    """However much it is used."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, and by which session."""

    account: Account
    digest: str
    """Of the session's token."""
    csrf: str
    """What every request that changes something must repeat."""


class Access:
    """Lets people in and knows them again."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        passwords: Passwords,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock
        self._limits = limits
        self._by_account = Throttle(BY_ACCOUNT)
        self._by_address = Throttle(BY_ADDRESS)
        self._decoy = ""

    async def empty(self) -> bool:
        """Whether there is no account at all yet."""
        return not await self._accounts.all()

    async def sign_in(self, account_id: str, password: str, address: str) -> str:
        """The token of a new session.

        Raises:
            SignInSlowed: too many tries have failed; says for how many seconds none is looked at.
            SignInRefused: account and password do not belong together.
        """
        account_id, now = account_id.strip().lower()[:LONGEST], self._now()
        wait = max(
            self._by_account.wait(account_id, now.timestamp()),
            self._by_address.wait(address, now.timestamp()),
        )
        if wait > 0:
            raise SignInSlowed(wait)
        # counted before the slow check, or tries at the same time would all be free
        self._by_account.failed(account_id, now.timestamp())
        self._by_address.failed(address, now.timestamp())
        if not await self._proven(account_id, password):
            logger.warning("a sign-in failed")
            raise SignInRefused("account or password is wrong")
        self._by_account.forgive(account_id)
        self._by_address.undo(address)
        await self._sessions.forget(now - self._limits.idle, now - self._limits.total)
        token = secrets.token_urlsafe(32)
        await self._sessions.open(digest(token), Session(account_id, now, now))
        return token

    async def _proven(self, account_id: str, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        known = await self._accounts.find(account_id)
        if known is None and not self._decoy:
            self._decoy = await self._passwords.hashed(NO_ACCOUNT)
        stored = known[1] if known else self._decoy
        return await self._passwords.match(stored, password) and known is not None

    async def who(self, token: str) -> SignedIn | None:
        """Whose session it is; None when there is none, or it has expired."""
        key, now = digest(token), self._now()
        session = await self._sessions.find(key)
        if session is None:
            return None
        unused, age = now - session.seen_at, now - session.opened_at
        if unused > self._limits.idle or age > self._limits.total:
            await self._sessions.close(key)
            return None
        known = await self._accounts.find(session.account)
        if known is None:
            return None
        if unused > SEEN_STEP:
            await self._sessions.seen(key, now)
        return SignedIn(known[0], key, csrf(token))

    async def sign_out(self, digest: str) -> None:
        """End a session."""
        await self._sessions.close(digest)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)


def digest(token: str) -> str:
    """What is kept of a token: enough to know it again, useless to whoever reads the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf(token: str) -> str:
    """What a page of this session sends along; no other site's page can guess it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
