"""What can go wrong, one class per stage.

    VoicebotError
    ├── SettingsError      settings       voicebot.toml or the environment is wrong
    ├── ContentError       content        a staff file is wrong; carries every problem at once
    ├── WeightsError       weights        a model file is missing, corrupt, or cannot be fetched
    ├── AudioFileError     audio_file     a sound file cannot be read
    ├── HearingError       hearing        recognition failed
    │   └── HearingBusy    hearing_busy   more is waiting than can be recognised in time
    ├── SpeakingError      speaking       no voice could say the text
    ├── LineError          line           a call could not be opened, or its peer sent nonsense
    ├── DialError          dial           nobody was reached by telephone; carries the reason
    ├── TransferError      transfer       a caller was not handed on, and is still with us
    ├── AccountError       account        an account, its password or its rights are wrong
    │   ├── SignInRefused  sign_in        account and password do not belong together
    │   └── SignInSlowed   slowed         too many tries have failed: wait
    ├── StoreError         store          the database failed
    └── DeskError          desk           what an operator asked for can't be done now

Every one says in plain words what is wrong and what to do. Errors of a library
are wrapped with `from` at the border of the stage that met them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class VoicebotError(Exception):
    """The base of all errors that a user, a file or a peer may cause."""

    code: ClassVar[str] = "voicebot"
    """A stable word for logs, metrics and JSON answers."""


class SettingsError(VoicebotError):
    """voicebot.toml or a VOICEBOT_* variable is wrong."""

    code = "settings"


class ContentError(VoicebotError):
    """Staff files are wrong; `str()` lists every problem, one a line."""

    code = "content"


class WeightsError(VoicebotError):
    """A model file is missing, corrupt, or cannot be fetched."""

    code = "weights"


class AudioFileError(VoicebotError):
    """A sound file cannot be read."""

    code = "audio_file"


class HearingError(VoicebotError):
    """Recognition failed; callers still have the keys."""

    code = "hearing"


class HearingBusy(HearingError):
    """More is waiting to be recognised than can be done in time."""

    code = "hearing_busy"


class SpeakingError(VoicebotError):
    """No voice could say the text."""

    code = "speaking"


class LineError(VoicebotError):
    """A call could not be opened, or its peer sent what cannot be understood."""

    code = "line"


class Unreached(StrEnum):
    """Why somebody was not reached by telephone."""

    BUSY = "busy"
    REFUSED = "refused"
    """They, or their exchange, do not take the call."""
    UNANSWERED = "unanswered"
    """It rang as long as patience lasted."""
    UNREACHABLE = "unreachable"
    """Nothing rang: no such number, no way to it, no place for one more call."""
    NOT_ALLOWED = "not_allowed"
    """The settings do not name the target."""
    UNSUPPORTED = "unsupported"
    """This line, or its peer, can't do it."""
    GONE = "gone"
    """The caller hung up meanwhile."""


class DialError(VoicebotError):
    """Nobody was reached by telephone."""

    code = "dial"

    def __init__(self, reason: Unreached, message: str = "") -> None:
        """`message` says more, and names nobody."""
        super().__init__(message or f"not reached: {reason}")
        self.reason = reason


class TransferError(VoicebotError):
    """A caller was not handed on: the line is as it was, unless the reason is GONE."""

    code = "transfer"

    def __init__(self, reason: Unreached, message: str = "") -> None:
        """`message` says more, and names nobody."""
        super().__init__(message or f"not transferred: {reason}")
        self.reason = reason


class AccountError(VoicebotError):
    """An account, its password or its rights are wrong."""

    code = "account"


class SignInRefused(AccountError):
    """Account and password do not belong together; which of the two is wrong is not told."""

    code = "sign_in"


class SignInSlowed(AccountError):
    """Too many tries have failed; none is looked at for a while."""

    code = "slowed"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many tries have failed; try again in {seconds:.0f} seconds")
        self.seconds = seconds


class StoreError(VoicebotError):
    """The database can't be reached or failed; nothing of the change was kept."""

    code = "store"


class DeskError(VoicebotError):
    """What an operator asked for can't be done as things stand."""

    code = "desk"
