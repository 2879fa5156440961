"""The accounts as whoever runs the house keeps them: what a good one is, and changes to it."""

from __future__ import annotations

import re

from voicebot.errors import AccountError
from voicebot.model import Account, Role
from voicebot.ports import Accounts, Passwords

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

SHORTEST, LONGEST = 10, 200
"""Characters of a password; the upper bound keeps hashing cheap."""


class Register:
    """Adds, changes and removes accounts."""

    def __init__(self, accounts: Accounts, passwords: Passwords) -> None:
        self._accounts = accounts
        self._passwords = passwords

    async def add(self, account: Account, password: str) -> None:
        """A new account.

        Raises:
            AccountError: it is there already, or something about it is wrong.
        """
        check_account(account)
        check_password(account.id, password)
        await self._accounts.add(account, await self._passwords.hashed(password))

    async def set_password(self, account_id: str, password: str) -> None:
        """Another password; browsers that are signed in must sign in again.

        Raises:
            AccountError: there is no such account, or the password is too easy.
        """
        check_password(account_id, password)
        await self._accounts.set_password(account_id, await self._passwords.hashed(password))


def check_account(account: Account) -> None:
    """Pass an account that is complete.

    Raises:
        AccountError: says what to write.
    """
    if not ID.fullmatch(account.id):
        raise AccountError(
            f"{account.id!r}: an account is small letters, digits, dots and dashes, at most 40"
        )
    if not account.name.strip() or len(account.name) > 80:
        raise AccountError("the name that colleagues see has 1 to 80 characters")
    if not account.roles:
        raise AccountError(f"say what it may do: one or more of {', '.join(Role)}")
    if Role.OPERATOR in account.roles and not account.languages:
        raise AccountError("an operator speaks at least one language: say which")


def check_password(account_id: str, password: str) -> None:
    """Pass a password that is not easily guessed.

    Raises:
        AccountError: it is too short, too long, or says who it belongs to.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(password)) < 4 or account_id in password.lower():
        raise AccountError("this password is guessed at once: take three or four random words")
