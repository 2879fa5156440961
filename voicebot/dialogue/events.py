"""What may happen in a conversation, and what it asks to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voicebot.dialogue.state import Means
from voicebot.model import Arrival, Hypothesis, Language, OfficeId, Sentence
from voicebot.model.holding import Standing

# --- what may happen on the line -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A place in the queue that was kept for a caller."""

    office: OfficeId
    language: Language
    standing: Standing
    called_back: bool = False
    """Whether we have called the caller, as they had asked."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The line is open."""

    arrival: Arrival = Arrival()
    means: Means = Means()
    kept: Kept | None = None
    """The place of a caller who is known to have been cut off."""


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


CallerEvent: TypeAlias = Opened | Said | Keyed | Silence | Finished | Deaf | Expired

# --- what may happen on the way to a person --------------------------------------------


@dataclass(frozen=True, slots=True)
class Unattended:
    """Nobody is signed in who could take the caller: there is no use in waiting."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The caller has a place in the queue."""

    standing: Standing
    code: str | None
    """Four digits to find the place again; None where the caller's number does that."""


@dataclass(frozen=True, slots=True)
class Told:
    """How things stand: because the caller asked, or because it is better by a step."""

    standing: Standing
    asked: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The caller waits for another office from now on."""

    office: OfficeId
    standing: Standing


@dataclass(frozen=True, slots=True)
class NotMoved:
    """Nobody is there to answer for the other office: the caller waits as before."""

    office: OfficeId


@dataclass(frozen=True, slots=True)
class Widened:
    """From now an operator may answer who does not speak the caller's language."""


@dataclass(frozen=True, slots=True)
class Deserted:
    """The last operator who could take this caller has gone."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The office closes, and those who wait are not served any more."""


@dataclass(frozen=True, slots=True)
class Joined:
    """An operator and the caller hear one another."""

    waited: float
    """Seconds from the wish to now."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The caller is back in the queue, in the same place."""

    office: OfficeId
    standing: Standing
    handed_on: bool
    """Whether an operator has passed the caller on; else the connection failed."""


@dataclass(frozen=True, slots=True)
class Served:
    """The conversation with the operator has ended."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """Nobody could be reached by telephone, or the queue failed: the caller has no place."""

    trouble: bool
    """Whether something is out of order; else nobody answered."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A place was found by its code."""

    kept: Kept


@dataclass(frozen=True, slots=True)
class NotResumed:
    """No place is kept under the code."""


@dataclass(frozen=True, slots=True)
class WillCall:
    """The call back is noted."""


@dataclass(frozen=True, slots=True)
class WontCall:
    """The call back cannot be noted; things are as before."""


QueueEvent: TypeAlias = (
    Unattended
    | Queued
    | Told
    | Moved
    | NotMoved
    | Widened
    | Deserted
    | Closing
    | Joined
    | Returned
    | Served
    | Unreached
    | Resumed
    | NotResumed
    | WillCall
    | WontCall
)

Event: TypeAlias = CallerEvent | QueueEvent


# --- what is to be done ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Say this now, in place of what was being said."""

    sentences: tuple[Sentence, ...]
    slow: bool


@dataclass(frozen=True, slots=True)
class Announce:
    """Say this once nobody speaks; a later one takes the place of one that was not begun."""

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


@dataclass(frozen=True, slots=True)
class Connect:
    """Put the caller through to the office, or into its queue."""

    office: OfficeId
    language: Language
    asked: str
    """What the caller wants, for the operator."""


@dataclass(frozen=True, slots=True)
class ChangeOffice:
    """Let the caller wait for another office, with the same rank."""

    office: OfficeId
    language: Language


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Find out how things stand."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Give up the place, or what is being dialled."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Keep for the office's operators that somebody rang while it was closed."""

    office: OfficeId
    language: Language


@dataclass(frozen=True, slots=True)
class Whisper:
    """Say this to the operator alone."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Resume:
    """Look for the place that is kept under this code."""

    code: str


@dataclass(frozen=True, slots=True)
class CallBack:
    """Call the caller back when their turn has come; they have agreed."""

    office: OfficeId
    language: Language
    number: str | None
    """As keyed in; None for the number that they ring from."""


QueueAction: TypeAlias = (
    Connect | ChangeOffice | AskPlace | Leave | TurnedAway | Whisper | Resume | CallBack
)

Action: TypeAlias = Say | Announce | Show | HangUp | QueueAction
