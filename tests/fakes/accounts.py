"""Accounts, sessions and passwords in memory: fakes of the three ports."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from voicebot.errors import AccountError
from voicebot.model import Account, Session


class FakePasswords:
    """Hashes that cost nothing."""

    async def hashed(self, password: str) -> str:
        """The password backwards."""
        return password[::-1]

    async def match(self, stored: str, password: str) -> bool:
        """Whether it is."""
        return stored == password[::-1]


class FakeSessions:
    """The `Sessions` port."""

    def __init__(self) -> None:
        self.kept: dict[str, Session] = {}

    async def open(self, digest: str, session: Session) -> None:
        """A new one."""
        self.kept[digest] = session

    async def find(self, digest: str) -> Session | None:
        """The one of this digest."""
        return self.kept.get(digest)

    async def seen(self, digest: str, at: datetime) -> None:
        """It was used."""
        if digest in self.kept:
            self.kept[digest] = replace(self.kept[digest], seen_at=at)

    async def close(self, digest: str) -> None:
        """It ends."""
        self.kept.pop(digest, None)

    async def forget(self, unseen_since: datetime, opened_before: datetime) -> None:
        """The old ones end."""
        self.kept = {
            digest: session
            for digest, session in self.kept.items()
            if session.seen_at >= unseen_since and session.opened_at >= opened_before
        }


class FakeAccounts:
    """The `Accounts` port."""

    def __init__(self, sessions: FakeSessions) -> None:
        self._sessions = sessions
        self._kept: dict[str, tuple[Account, str]] = {}

    async def all(self) -> list[Account]:
        """Every account, by id."""
        return [self._kept[name][0] for name in sorted(self._kept)]

    async def find(self, account_id: str) -> tuple[Account, str] | None:
        """An account and its password."""
        return self._kept.get(account_id)

    async def add(self, account: Account, password: str) -> None:
        """A new account."""
        if account.id in self._kept:
            raise AccountError(f"{account.id}: there is such an account already")
        self._kept[account.id] = (account, password)

    async def set_password(self, account_id: str, password: str) -> None:
        """Another password."""
        account, _ = self._known(account_id)
        self._end_sessions(account_id)
        self._kept[account_id] = (account, password)

    async def remove(self, account_id: str) -> None:
        """The account ends."""
        self._known(account_id)
        self._end_sessions(account_id)
        del self._kept[account_id]

    def _known(self, account_id: str) -> tuple[Account, str]:
        if account_id not in self._kept:
            raise AccountError(f"{account_id}: there is no such account")
        return self._kept[account_id]

    def _end_sessions(self, account_id: str) -> None:
        kept = self._sessions.kept
        for digest in [d for d, session in kept.items() if session.account == account_id]:
            del kept[digest]
