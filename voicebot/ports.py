"""What the house asks of the outside, in its own words. Adapters implement these."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voicebot.errors import TransferError, Unreached
from voicebot.model import (
    Account,
    Arrival,
    Audio,
    Caption,
    Heard,
    Language,
    LineEvent,
    OfficeId,
    Rendered,
    Segment,
    Session,
)
from voicebot.model.holding import Claim, Move, Past, Talk, Ticket, TicketId, Wish


class AudioSource(Protocol):
    """Where a line takes the sound it sends: it pulls, at its own pace."""

    def pull(self) -> Audio:
        """The next frame (`FRAME_SAMPLES` at `RATE`); silence when there is nothing to say.

        Never waits and never fails.
        """


class Line(Protocol):
    """One open call, whatever it came by."""

    @property
    def has_audio(self) -> bool:
        """Whether sound goes both ways; False on a line that only carries text."""

    @property
    def arrival(self) -> Arrival:
        """Who rang what, as far as the line can tell."""

    def attach(self, source: AudioSource) -> None:
        """Take the outgoing sound from here, from now on."""

    def events(self) -> AsyncIterator[LineEvent]:
        """What comes from the caller, in order, up to and with `HungUp`.

        One reader at a time: the next one goes on where the last one stopped.
        """

    def show(self, caption: Caption) -> None:
        """Show words beside the sound; does nothing on a line without a screen."""

    async def transfer(self, target: str, patience: float) -> None:
        """Send the caller to a configured target (blind transfer); returns when it has answered.

        After that the line closes by itself. It may take `patience` seconds; meanwhile the line's
        events go on, and the caller hears what their exchange plays.

        Raises:
            TransferError: says why; the caller is still on the line, unless the reason is GONE.
        """

    async def transfer_to(self, other: Line, patience: float) -> None:
        """Join the caller with the peer of `other` (attended transfer); both lines close then.

        Raises:
            TransferError: says why; both lines are as they were, unless the reason is GONE.
        """

    async def hang_up(self) -> None:
        """Close the line and free what it holds; harmless when it is closed already."""


class BridgedOnly:
    """The part of a `Line` whose peer can't be sent elsewhere: a bridge joins it with another."""

    async def transfer(self, target: str, patience: float) -> None:
        """There is nothing to send the peer with."""
        raise TransferError(Unreached.UNSUPPORTED)

    async def transfer_to(self, other: Line, patience: float) -> None:
        """There is nothing to send the peer with."""
        raise TransferError(Unreached.UNSUPPORTED)


class Dialler(Protocol):
    """Places calls: to targets that the settings name, and back to callers where they let us."""

    async def dial(self, target: str, patience: float, note: str | None = None) -> Line:
        """The line, once the target has answered; `note` is for the screen of what rings.

        Gives up after `patience` seconds; when cancelled it stops the ringing too.

        Raises:
            DialError: says why nobody was reached.
        """

    def may_call_back(self, number: str) -> bool:
        """Whether the settings let a caller with this number (E.164, or an extension) be called."""

    async def call_back(self, number: str, patience: float) -> Line:
        """The line of a caller who asked to be called, once they have answered.

        Raises:
            DialError: says why they were not reached.
        """


class VoiceActivity(Protocol):
    """Tells speech from other sound; one for each call, since it remembers what came before."""

    def probability(self, chunk: NDArray[np.int16]) -> float:
        """How likely the chunk (512 samples at `RATE`, 32 ms) is speech, 0 to 1."""


class Ear(Protocol):
    """Turns an utterance into languages and words."""

    async def hear(
        self,
        segment: Segment,
        languages: Sequence[Language],
        expected: Language | None,
        ahead: bool = False,
    ) -> Heard:
        """Whose language, among `languages`, and what was said.

        With `expected` (the language that the call is held in) the words are recognised in that
        language, and the probabilities are given all the same. With `ahead` nobody waits for them
        yet: utterances for which somebody does go first.

        Raises:
            HearingBusy: too much is waiting already.
            HearingError: the recogniser failed; it is restarted, ask again next time.
        """

    def hurry(self, segment: Segment) -> None:
        """Somebody waits now for what is being heard ahead; harmless when it was heard."""


class Voice(Protocol):
    """One synthetic voice. Blocking: it lives in the speech process."""

    @property
    def name(self) -> str:
        """What tells its sound from every other's, version and settings included."""

    def render(self, text: str, language: Language) -> Audio:
        """The text as sound at `RATE`, at the voice's own loudness.

        Raises:
            SpeakingError: this voice cannot say it.
        """


class Synthesiser(Protocol):
    """Says any text, in a process of its own."""

    async def voice_name(self, language: Language) -> str:
        """The name of the voice that speaks this language now: part of a prompt's cache key."""

    async def synthesise(self, text: str, language: Language) -> Rendered:
        """The text as sound at `RATE`.

        Raises:
            SpeakingError: no voice could say it.
        """


class Clock(Protocol):
    """The wall clock; waiting goes by the event loop's own time."""

    def now(self) -> datetime:
        """The moment, aware, in the town's time zone."""


class Accounts(Protocol):
    """Those who may sign in; kept over restarts."""

    async def all(self) -> list[Account]:
        """Every account, by id."""

    async def find(self, account_id: str) -> tuple[Account, str] | None:
        """An account and its password in the stored form."""

    async def add(self, account: Account, password: str) -> None:
        """A new account with its password in the stored form.

        Raises:
            AccountError: there is one of that id.
        """

    async def set_password(self, account_id: str, password: str) -> None:
        """Another password, in the stored form; the account's sessions end.

        Raises:
            AccountError: there is none of that id.
        """

    async def remove(self, account_id: str) -> None:
        """The account and its sessions end.

        Raises:
            AccountError: there is none of that id.
        """


class Sessions(Protocol):
    """Browsers that are signed in, by the digest of their token; kept over restarts."""

    async def open(self, digest: str, session: Session) -> None:
        """A new session."""

    async def find(self, digest: str) -> Session | None:
        """The session of this digest, expired or not."""

    async def seen(self, digest: str, at: datetime) -> None:
        """It was used then."""

    async def close(self, digest: str) -> None:
        """It ends; harmless when it has ended already."""

    async def forget(self, unseen_since: datetime, opened_before: datetime) -> None:
        """End all that were not used since the one or were opened before the other."""


class Passwords(Protocol):
    """Turns passwords into a form from which they cannot be had back. Slow on purpose."""

    async def hashed(self, password: str) -> str:
        """The form that is stored."""

    async def match(self, stored: str, password: str) -> bool:
        """Whether the stored form is this password's; False for one that is damaged."""


class HoldStore(Protocol):
    """Keeps the tickets of all who wait. Each method is one transaction, and may raise StoreError.

    Moments are the store's own: there is one clock, whatever node asks.
    """

    async def enter(self, wish: Wish, node: str, with_code: bool) -> Ticket:
        """A new ticket, WAITING; with four digits that no other open ticket has."""

    async def claim(self, claim: Claim) -> Ticket | None:
        """Offer the ticket of the smallest rank among those that may be taken; None when none is.

        Of any number who claim at once, each gets another ticket. An offer past its deadline is
        claimable like any that waits.
        """

    async def move(self, ticket: TicketId, move: Move) -> Ticket | None:
        """Make the change; None, and no change, when the ticket does not stand as `move` says."""

    async def resume(
        self, node: str, caller: bytes | None = None, code: str | None = None
    ) -> Ticket | None:
        """The dropped ticket of this caller, or with this code: WAITING again, at this node.

        One to be called back may be resumed too: the caller has a line again.
        """

    async def open_tickets(self, node: str) -> list[Ticket]:
        """All of this node that are not closed, the smallest rank first."""

    async def recover(self, node: str, grace: float) -> int:
        """At the start: the lines that `node` held before are gone; how many places are kept.

        They are DROPPED with `grace` seconds from now. The time for which no node ran does not use
        up the grace of those that were dropped before.
        """

    async def beat(self, node: str, grace: float, dead_after: float) -> bool:
        """Every few seconds: this node lives. True when tickets were changed by it.

        Keeps the places of nodes that have not been seen for `dead_after` seconds, as `recover`
        does; closes those whose grace, or whose window for calls back, is over.
        """

    async def talks(self, count: int) -> list[Talk]:
        """The last talks that came to their end, the newest first."""

    async def turned_away(self, office: OfficeId, language: Language) -> None:
        """Keep that somebody was: a ticket that is closed as it is made, with nobody's number."""

    async def past(self, since: datetime, until: datetime) -> list[Past]:
        """All that were entered from the one until before the other and are closed by now."""

    async def forget(self, seconds: float) -> int:
        """Delete what was closed longer ago than that; how many tickets."""


class Numbers(Protocol):
    """Keeps telephone numbers so that the database alone gives none away."""

    def key(self, number: str) -> bytes:
        """The keyed hash: the same for the same number, and nothing else can be told from it."""

    def seal(self, number: str) -> bytes:
        """The number encrypted."""

    def unseal(self, sealed: bytes) -> str:
        """The number again.

        Raises:
            StoreError: it was encrypted with another key.
        """
