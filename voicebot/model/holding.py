"""Those who wait for an operator: what they wish, their tickets, and the operators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from voicebot.model.basics import Language, OfficeId

TicketId: TypeAlias = int
"""Goes up in the order of joining: it decides between equal ranks."""

OperatorId: TypeAlias = str
"""The name by which an operator signs in."""


class TicketState(StrEnum):
    """Where a ticket stands. It is in one state, in one place."""

    WAITING = "waiting"
    """In the queue: the line is open, or the caller is to be called back."""
    OFFERED = "offered"
    """It rings at one operator, until a deadline."""
    CONNECTING = "connecting"
    """She has accepted; the sound is being joined."""
    CONNECTED = "connected"
    """They talk."""
    DROPPED = "dropped"
    """The line is gone; the place is kept for the grace time."""
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a ticket came to its end."""

    SERVED = "served"
    CALLED_BACK = "called_back"
    """Served, on a call that the switchboard made."""
    ABANDONED = "abandoned"
    """The line went, and nobody called again within the grace time."""
    LEFT = "left"
    """The caller said so: a goodbye, or another wish."""
    GAVE_UP = "gave_up"
    """The caller was not reached by any of the calls back."""
    TURNED_AWAY = "turned_away"
    """Never joined: the office was closed, or nobody was signed in for it."""
    REFUSED = "refused"
    """The office closed while the caller waited."""


@dataclass(frozen=True, slots=True)
class Priority:
    """A class of callers, fixed on entry."""

    name: str = "normal"
    head_start: timedelta = timedelta(0)
    """How much earlier than they came they count; bounded by a setting."""
    reason: str = ""
    """Why this caller is in it, as the operator reads it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller joins the queue with."""

    office: OfficeId
    language: Language
    priority: Priority = Priority()
    caller: bytes | None = None
    """The keyed hash of the number; None when it is withheld or shared."""
    asked: str | None = None
    """What the caller wants, in a few words for the operator."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket that rings at an operator, or that she has taken."""

    operator: OperatorId
    deadline: datetime
    """UTC; an accept after it fails, and anybody may claim the ticket again."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """A caller who hung up and is to be called."""

    number: bytes
    """Encrypted; erased with the closing of the ticket."""
    tries: int
    """Calls made in vain."""
    until: datetime
    """UTC; not called after it."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A ticket that only one operator may take for a while: it was transferred to her."""

    operator: OperatorId
    until: datetime
    """UTC; afterwards it is everybody's again."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One caller's place. All moments are UTC by the clock of the store."""

    id: TicketId
    wish: Wish
    entered_at: datetime
    rank: datetime
    """`entered_at - head_start`: the smallest is next, then the smallest id. It never changes."""
    state: TicketState
    node: str
    """The process that holds the call."""
    token: int
    """Goes up with each claim: what was offered before can't be accepted any more."""
    ready_at: datetime | None = None
    """Not to be claimed before: the caller was called back in vain a moment ago."""
    code: str | None = None
    """Four digits by which the caller may find the place again; erased on closing."""
    offer: Offer | None = None
    reserved: Reservation | None = None
    call_back: CallBack | None = None
    grace_until: datetime | None = None
    """Until when a dropped ticket may be resumed."""
    connected_at: datetime | None = None
    """When the caller and the last operator began to talk."""
    closed_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class WaitRange:
    """An honest range of waiting time. Seconds from now."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for one who waits, or who thinks of waiting."""

    position: int
    """1 when nobody is before them."""
    wait: WaitRange | None
    """None when nobody can say."""
    operators: int
    """Signed in, who may take them now or later; 0 when waiting would be in vain."""


class OperatorState(StrEnum):
    """What an operator does now."""

    AVAILABLE = "available"
    RINGING = "ringing"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who she is, and whom she may take."""

    id: OperatorId
    name: str
    offices: frozenset[OfficeId]
    languages: frozenset[Language]


@dataclass(frozen=True, slots=True)
class Staffed:
    """An operator who is signed in, as the estimates see her."""

    operator: Operator
    state: OperatorState
    since: datetime
    """UTC; since when she is in it."""


# --- between the service and its store ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lane:
    """The tickets of one office in one language that an operator may take."""

    office: OfficeId
    language: Language
    entered_by: datetime
    """UTC; only those who entered by then."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An operator who is free asks for the next caller."""

    operator: OperatorId
    lanes: tuple[Lane, ...]
    seconds: float
    """How long the offer stands."""
    node: str | None = None
    """Only the calls that this process holds; None for all."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a ticket, made only if it stands as told. `holding.moves` makes them."""

    to: TicketState
    of: Collection[TicketState]
    """The states it may come from."""
    token: int | None = None
    """Only while this is the ticket's last claim."""
    node: str | None = None
    """Only while this process holds the call."""
    in_time: bool = False
    """Only before the offer's deadline."""
    seconds: float = 0.0
    """For DROPPED: the grace. For WAITING: how long nobody may claim it yet."""
    office: OfficeId | None = None
    """The new office, where it changes."""
    operator: OperatorId | None = None
    """Who has the caller from now on, where that changes."""
    reserve: tuple[OperatorId, float] | None = None
    """Who alone may claim it, and for how many seconds."""
    call_back: tuple[bytes, float] | None = None
    """The encrypted number and the seconds of the window: from now the caller has no line."""
    tried: bool = False
    """A call back was made in vain."""
    outcome: Outcome | None = None
    """For CLOSED."""


@dataclass(frozen=True, slots=True)
class Talk:
    """How long one caller was talked with."""

    office: OfficeId
    language: Language
    seconds: float


@dataclass(frozen=True, slots=True)
class Past:
    """What is kept of a ticket that is closed: times and how it ended, nobody's name or number."""

    office: OfficeId
    language: Language
    entered_at: datetime
    """UTC, as all here."""
    answered_at: datetime | None
    """When the caller first heard an operator; None when that never was."""
    closed_at: datetime
    outcome: Outcome
