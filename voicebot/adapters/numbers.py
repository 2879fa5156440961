"""Telephone numbers at rest: a keyed hash to find a caller again, or encrypted to call them back.

The key lies outside the database. Whoever has only the database can neither read a number nor try
out all numbers against the hashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from voicebot.errors import SettingsError, StoreError

_SIZE = 32


class KeyedNumbers:
    """The `Numbers` port: HMAC-SHA256 and Fernet (AES-128-CBC with HMAC), each with its own key."""

    def __init__(self, secret: bytes) -> None:
        self._hashing = _derived(secret, b"hash")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret, b"seal")))

    def key(self, number: str) -> bytes:
        """See the port."""
        return hmac.new(self._hashing, number.encode(), hashlib.sha256).digest()

    def seal(self, number: str) -> bytes:
        """See the port."""
        return self._fernet.encrypt(number.encode())

    def unseal(self, sealed: bytes) -> str:
        """See the port."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise StoreError(
                "a number was encrypted with another key: is the key file the one that"
                " belongs to this database?"
            ) from error


def _derived(secret: bytes, use: bytes) -> bytes:
    return hmac.new(secret, use, hashlib.sha256).digest()


def secret_in(file: Path) -> bytes:
    """The secret in a file that only its owner may read; made when there is none.

    Raises:
        SettingsError: it can't be read or written, or others may read it.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(made, "w") as handle:
                handle.write(secrets.token_hex(_SIZE) + "\n")
                handle.flush()
                os.fsync(handle.fileno())
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{file}: others may read this key; run chmod 600 {file}")
        return _parsed(file.read_text("ascii").strip(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: the key can't be read or written: {error}") from error


def _parsed(text: str, where: str) -> bytes:
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _SIZE:
        raise SettingsError(
            f"{where}: a key is 64 hexadecimal digits; make one with openssl rand -hex 32"
        )
    return secret
