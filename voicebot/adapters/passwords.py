"""Passwords at rest: argon2id with the library's defaults (RFC 9106, low memory)."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Checks at a time: each takes 64 MB and a good part of a core for some 50 ms."""


class Argon2Passwords:
    """The `Passwords` port; the work is done in threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """The password in the form that is stored."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def match(self, stored: str, password: str) -> bool:
        """Whether the stored form is this password's."""
        async with self._slots:
            return await asyncio.to_thread(self._verified, stored, password)

    def _verified(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
