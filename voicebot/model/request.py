"""What a sentence asks for, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from voicebot.model.basics import Language, OfficeId


class Action(StrEnum):
    """What a caller wants done."""

    TALK = "talk"
    HOURS = "hours"
    WHERE = "where"
    OPERATOR = "operator"
    REPEAT = "repeat"
    SLOWER = "slower"
    POSITION = "position"
    """How long they will have to wait."""
    CALL_BACK = "call_back"
    GOODBYE = "goodbye"
    LANGUAGE = "language"
    YES = "yes"
    NO = "no"
    OTHER = "other"
    """Not that office: another one."""
    NONE = "none"


OFFICE_ACTIONS = (Action.TALK, Action.HOURS, Action.WHERE)
"""The actions that need an office; the others are commands."""


class Decision(StrEnum):
    """How sure the understanding is."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    REJECT = "reject"


class Completeness(StrEnum):
    """Whether a caller who pauses has said all."""

    CLEAR = "clear"
    """A request that can be answered as it stands."""
    OPEN = "open"
    """Nothing tells."""
    UNFINISHED = "unfinished"
    """The words stop in the middle of a sentence."""


class DayPart(StrEnum):
    """The part of a day that a question is about."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for."""

    action: Action
    office: OfficeId | None = None
    """None for a command, or when the sentence names no office ("when are you open?")."""
    to_language: Language | None = None
    """Only with `Action.LANGUAGE`; None when the sentence does not say which."""
    day: date | None = None
    """The day the question is about, where one was named."""
    part: DayPart | None = None
    """The part of that day, where one was named with it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that the sentence may mean."""

    request: Request
    score: float
    """0 to 1."""
    phrase: str
    """The phrase of the staff files that it resembles, as written there."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence was taken to mean, and how surely."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    """Best first, at most one an office. With CHOOSE, those to choose between lead."""

    @property
    def request(self) -> Request | None:
        """The best candidate's request; None when rejected."""
        if self.decision is Decision.REJECT or not self.candidates:
            return None
        return self.candidates[0].request
