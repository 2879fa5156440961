"""Who works here: accounts, what they may do, and their sessions in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voicebot.model.basics import Language, OfficeId


class Role(StrEnum):
    """What an account is for."""

    OPERATOR = "operator"
    """Takes calls at the desk."""
    SUPERVISOR = "supervisor"
    """Sees all queues, operators and figures."""
    STAFF = "staff"
    """Edits phrases, hours and closures."""


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may sign in."""

    id: str
    """What is typed to sign in: small letters, digits, dot, dash."""
    name: str
    """As colleagues see it."""
    roles: frozenset[Role]
    offices: tuple[OfficeId, ...]
    """Those an operator serves; empty for all of them."""
    languages: tuple[Language, ...]
    """Those an operator speaks."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. Its token is held by the browser alone."""

    account: str
    opened_at: datetime
    """UTC."""
    seen_at: datetime
    """UTC, when it was last used."""
