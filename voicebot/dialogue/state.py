"""What a conversation remembers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voicebot.model import Hypothesis, Language, OfficeId, Request, Sentence
from voicebot.model.holding import Standing


class Phase(StrEnum):
    """Where the conversation stands."""

    GREETING = "greeting"
    CHOOSING_LANGUAGE = "choosing_language"
    OPEN = "open"
    CONFIRMING = "confirming"
    CHOOSING = "choosing"
    CONNECTING = "connecting"
    """Somebody is being looked for, or their telephone rings."""
    WAITING = "waiting"
    """In the queue."""
    JOINED = "joined"
    """The caller talks with an operator: the conversation with the bot rests."""
    OFFERING = "offering"
    """Whether they want to be called back."""
    NUMBER = "number"
    """The number to be called is being keyed in, or consented to."""
    CONFIRMING_NUMBER = "confirming_number"
    CODE = "code"
    """The four figures of a place that was kept are being keyed in."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Means:
    """What can be done for this caller, beside telling them something."""

    connects: bool = False
    """Whether there is a way to a person for a caller on this line."""
    calls_back: bool = False
    number_known: bool = False
    """Whether the number that the caller rings from could be called back."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The caller is on the way to an office."""

    office: OfficeId
    standing: Standing | None = None
    """The place in the queue; None until it is known, and where a telephone is called directly."""
    hinted: bool = False
    """Whether the caller has heard what can be done meanwhile."""
    forlorn: bool = False
    """Whether the caller was told that nobody will answer."""
    called_back: bool = False
    """Whether we have called the caller, as they had asked."""


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
    alarmed: bool = False
    """Whether an emergency had closed all offices when the call began."""
    warned: frozenset[Language] = frozenset()
    """Languages in which the caller was told of that."""
    means: Means = Means()
    hold: Hold | None = None
    """Set from the wish to be put through until it is given up or has ended."""
    typed: str = ""
    """Digits keyed in so far."""
    wrong_codes: int = 0
    """How often a code was keyed in under which no place was kept."""

    @property
    def office(self) -> OfficeId | None:
        """The office spoken of last."""
        if self.answered:
            return self.answered.office
        return self.hold.office if self.hold else None

    @property
    def resting(self) -> Phase:
        """The phase in which the caller has the word, and nothing is being asked."""
        if self.hold is None:
            return Phase.OPEN
        return Phase.WAITING if self.hold.standing else Phase.CONNECTING
