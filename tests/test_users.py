"""`voicebot user`: passwords from standard input, mistakes told, nothing in the arguments."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from typer.testing import CliRunner, Result

from voicebot import build
from voicebot.__main__ import cli
from voicebot.adapters.sql_accounts import SqlAccounts
from voicebot.errors import AccountError
from voicebot.model import Account, Role
from voicebot.settings import load_settings

PASSWORD = "tre parole a caso"

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICEBOT_PATHS__DATA", str(tmp_path / "data"))

    def user(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli, ["user", *arguments], input=typed)

    return user


def stored(account: str) -> tuple[Account, str] | None:
    async def find() -> tuple[Account, str] | None:
        database = build.database(load_settings())
        await database.open()
        try:
            return await SqlAccounts(database).find(account)
        finally:
            await database.close()

    return asyncio.run(find())


def test_an_account_from_its_first_day_to_its_last(run: Run) -> None:
    roles = ("--role", "operator", "--role", "staff", "--language", "it", "--language", "fr")
    assert run("add", "anna", "--name", "Anna B", *roles, typed=f"{PASSWORD}\n").exit_code == 0
    kept = stored("anna")
    assert kept is not None
    assert kept[0] == Account(
        "anna", "Anna B", frozenset({Role.OPERATOR, Role.STAFF}), (), ("it", "fr")
    )
    assert kept[1].startswith("$argon2id$") and PASSWORD not in kept[1]
    listed = run("list").output
    assert listed.splitlines()[1].split() == "anna Anna B operator staff all it fr".split()
    assert run("password", "anna", typed="quattro parole a caso\n").exit_code == 0
    assert stored("anna") != kept
    assert run("remove", "anna").exit_code == 0
    assert stored("anna") is None


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        ("add bruno --role staff", "short\n", "10 to 200"),
        ("add bruno --role staff", "", "10 to 200"),
        ("add bruno --role operator", f"{PASSWORD}\n", "say which"),
        ("add bruno --role staff --office polo9", f"{PASSWORD}\n", "no such office: polo9"),
        ("add bruno --role operator --language de", f"{PASSWORD}\n", "no such language: de"),
        ("add BRUNO --role staff", f"{PASSWORD}\n", "small letters"),
        ("password bruno", f"{PASSWORD}\n", "no such account"),
        ("remove bruno", "", "no such account"),
    ],
)
def test_mistakes_are_told(run: Run, arguments: str, typed: str, said: str) -> None:
    result = run(*arguments.split(), typed=typed)
    assert isinstance(result.exception, AccountError)
    assert said in str(result.exception)
    assert PASSWORD not in result.output


def test_a_role_that_there_is_not(run: Run) -> None:
    assert run("add", "bruno", "--role", "boss", typed=f"{PASSWORD}\n").exit_code == 2


def test_no_option_takes_a_password(run: Run) -> None:
    for command in ("add", "password"):
        assert "--password" not in run(command, "--help").output
