"""`voicebot user`: who may sign in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from voicebot import build
from voicebot.access.register import Register
from voicebot.adapters.passwords import Argon2Passwords
from voicebot.adapters.sql_accounts import SqlAccounts
from voicebot.commands.console import load, out
from voicebot.content.load import load_content
from voicebot.errors import AccountError
from voicebot.model import Account, Role
from voicebot.settings import Settings

T = TypeVar("T")

AccountId = Annotated[str, typer.Argument(help="The account, as typed to sign in.")]

cli = typer.Typer(help="Who may sign in: add, list, password, remove.", no_args_is_help=True)


@cli.command("add")
def add(
    account: AccountId,
    role: Annotated[list[Role], typer.Option(help="What for; repeat it for several.")],
    language: Annotated[
        list[str] | None, typer.Option(help="One that an operator speaks; repeat it.")
    ] = None,
    office: Annotated[
        list[str] | None,
        typer.Option(help="One that an operator serves (default: all); repeat it."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="As colleagues see it (default: the account).")
    ] = None,
) -> None:
    """Add an account; its password is asked for, or read from standard input."""
    settings = load()
    new = Account(
        account, name or account, frozenset(role), tuple(office or ()), tuple(language or ())
    )
    _check_places(settings, new)
    password = _password()
    _run(settings, lambda accounts: _register(accounts).add(new, password))


@cli.command("list")
def list_() -> None:
    """The accounts, and what each may do."""
    table = Table(box=None, pad_edge=False)
    for column in ("account", "name", "roles", "offices", "languages"):
        table.add_column(column)
    for one in _run(load(), lambda accounts: accounts.all()):
        cells = (" ".join(sorted(one.roles)), " ".join(one.offices) or "all")
        table.add_row(one.id, one.name, *cells, " ".join(one.languages))
    out.print(table)


@cli.command("password")
def password(account: AccountId) -> None:
    """Set another password; browsers that are signed in with the old one must sign in again."""
    settings, new = load(), _password()
    _run(settings, lambda accounts: _register(accounts).set_password(account, new))


@cli.command("remove")
def remove(account: AccountId) -> None:
    """Remove an account; browsers that are signed in with it are out at once."""
    _run(load(), lambda accounts: accounts.remove(account))


def _register(accounts: SqlAccounts) -> Register:
    return Register(accounts, Argon2Passwords())


def _run(settings: Settings, what: Callable[[SqlAccounts], Awaitable[T]]) -> T:
    async def run() -> T:
        database = build.database(settings)
        await database.open()
        try:
            return await what(SqlAccounts(database))
        finally:
            await database.close()

    return asyncio.run(run())


def _password() -> str:
    """Asked for twice at a terminal, else the first line of standard input: never an argument."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _check_places(settings: Settings, account: Account) -> None:
    """
    Raises:
        AccountError: an office or a language that there is not.
    """
    offices = [o.id for o in load_content(settings.paths.intents, settings.languages).offices]
    for what, given, known in (
        ("office", account.offices, offices),
        ("language", account.languages, settings.languages),
    ):
        unknown = [one for one in given if one not in known]
        if unknown:
            raise AccountError(
                f"no such {what}: {', '.join(unknown)}; write some of {', '.join(known)}"
            )
