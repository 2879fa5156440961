"""What happens to a caller in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from voicebot.model import Language
from voicebot.model.holding import Standing
from voicebot.ports import Line


class Back(StrEnum):
    """Why a caller waits again, with the same rank."""

    TRANSFERRED = "transferred"
    """To another office, or to a colleague."""
    FAILED = "failed"
    """The operator's line broke, or the sound could not be joined."""


@dataclass(frozen=True, slots=True)
class Widened:
    """From now an operator may answer who does not speak the caller's language."""

    language: Language


@dataclass(frozen=True, slots=True)
class Deserted:
    """The last operator who could take this caller has signed out."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The office closes, and those who wait are not served any more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An operator has accepted: join the sound with her line now, then say `connected`."""

    line: Line
    operator: str
    """Her name."""


@dataclass(frozen=True, slots=True)
class Held:
    """The operator has put the caller on hold, or has come back."""

    on: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """The operator pressed keys for the caller's side to hear."""

    digits: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The caller waits again, with the same rank."""

    reason: Back


@dataclass(frozen=True, slots=True)
class Finished:
    """The operator has ended the conversation."""


HoldEvent: TypeAlias = (
    Standing | Widened | Deserted | Closing | Taken | Held | Keys | Returned | Finished
)
"""A `Standing` comes when things are better by a step, never when they are worse."""
