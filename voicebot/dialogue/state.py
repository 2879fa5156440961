"""What a conversation remembers, what may happen in it, and what it asks to be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from voicebot.model import Hypothesis, Language, OfficeId, Request, Sentence


class Phase(StrEnum):
    """Where the conversation stands."""

    GREETING = "greeting"
    CHOOSING_LANGUAGE = "choosing_language"
    OPEN = "open"
    CONFIRMING = "confirming"
    CHOOSING = "choosing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class State:
    """All that a conversation remembers."""

    phase: Phase = Phase.GREETING
    language: Language | None = None
    """The language the call is held in; None until it is known."""
    pending: tuple[Request, ...] = ()
    """What is being confirmed (the first) or chosen between; while a language is being chosen,
    the request that waits for it."""
    unplaced: tuple[Hypothesis, ...] = ()
    """What was said before anyone knew in which language; it is taken up once that is chosen."""
    answered: Request | None = None
    """The request answered last."""
    said: tuple[Sentence, ...] = ()
    """What was said last: "repeat" says it again."""
    slow: bool = False
    failures: int = 0
    """Utterances in a row that gave nothing."""
    silences: int = 0
    """Silences in a row."""
    noticed: frozenset[Language] = frozenset()
    """Languages in which the caller was told that this is an automatic assistant."""

    @property
    def office(self) -> OfficeId | None:
        """The office spoken of last."""
        return self.answered.office if self.answered else None


# --- what may happen -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """The line is open."""


@dataclass(frozen=True, slots=True)
class Said:
    """The caller spoke, or wrote."""

    hypotheses: tuple[Hypothesis, ...]
    """Best first: in one language when the sound decided, in several when it did not."""
    language: Language | None
    """Whose language, as all the sound of the call so far decides; None when it abstains."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The caller pressed a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody spoke for the set time after the bot had finished."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A sentence was said to its end."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Deaf:
    """The caller spoke, and recognition is not working now."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The call has lasted as long as it may."""


Event: TypeAlias = Opened | Said | Keyed | Silence | Finished | Deaf | Expired


# --- what is to be done ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Say this now, in place of what was being said."""

    sentences: tuple[Sentence, ...]
    slow: bool


@dataclass(frozen=True, slots=True)
class Show:
    """Show how the caller was understood, on lines that have a screen."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the line when all is said."""


Action: TypeAlias = Say | Show | HangUp
