"""Numbers at rest: found again by their hash, called back by their key, told by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.adapters.numbers import KeyedNumbers, secret_in
from voicebot.errors import SettingsError, StoreError

NUMBER = "+39059203111"


def test_the_same_number_has_the_same_key_and_others_have_not() -> None:
    numbers = KeyedNumbers(b"a" * 32)
    assert numbers.key(NUMBER) == numbers.key(NUMBER)
    assert numbers.key(NUMBER) != numbers.key(NUMBER + "0")
    assert numbers.key(NUMBER) != KeyedNumbers(b"b" * 32).key(NUMBER)
    assert NUMBER.encode() not in numbers.key(NUMBER)


def test_a_sealed_number_is_read_with_its_own_key_alone() -> None:
    numbers = KeyedNumbers(b"a" * 32)
    sealed = numbers.seal(NUMBER)
    assert NUMBER.encode() not in sealed
    assert sealed != numbers.seal(NUMBER), "not even whether two are the same can be told"
    assert numbers.unseal(sealed) == NUMBER
    with pytest.raises(StoreError, match="another key"):
        KeyedNumbers(b"b" * 32).unseal(sealed)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret.key"
    secret = secret_in(file)
    assert len(secret) == 32 and secret_in(file) == secret
    assert file.stat().st_mode & 0o777 == 0o600
    assert secret_in(tmp_path / "another") != secret


def test_a_secret_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    secret_in(file)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        secret_in(file)
    file.chmod(0o600)
    for content in ("", "hello", "00" * 31, "zz" * 32):
        file.write_text(content)
        with pytest.raises(SettingsError, match="64 hexadecimal digits"):
            secret_in(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="can't be read"):
        secret_in(file)
