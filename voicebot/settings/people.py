"""The queue, those who work at it, and what may be kept of callers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    SecretStr,
    field_validator,
)

from voicebot.model import OfficeId
from voicebot.settings.group import HOME, Group


class Database(Group):
    """Where accounts and the queue are kept."""

    url: str = ""
    """`postgresql://user:password@host/name`; empty for a SQLite file in `paths.data`."""
    key: SecretStr | None = None
    """64 hexadecimal digits by which telephone numbers are hashed and encrypted; None: those in
    `secret.key` in `paths.data`, made at the first start."""

    @field_validator("key")
    @classmethod
    def _digits(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch("[0-9a-fA-F]{64}", value.get_secret_value()):
            raise ValueError("write 64 hexadecimal digits; make them with openssl rand -hex 32")
        return value


class SignIn(Group):
    """Sessions of the people who work here. Seconds."""

    idle: float = Field(default=3600.0, ge=60)
    """Without any use a session ends; an open desk is use."""
    total: float = Field(default=43200.0, ge=60)
    """However much it is used, a session ends: sign in anew every day."""


class DeskPage(Group):
    """The operators' page."""

    link: str = ""
    """Where the information system shows a caller: an address with {number}, {office} or
    {language} in it."""
    target: float = Field(default=120.0, gt=0)
    """Seconds to answer in: what the service level counts by."""

    @field_validator("link")
    @classmethod
    def _address(cls, value: str) -> str:
        known = re.sub(r"\{(number|office|language)\}", "", value)
        if value and (not re.match("https?://", value) or set("{}") & set(known)):
            raise ValueError(
                "write an address with {number} where the number goes, such as"
                " https://people.example.org/search?telephone={number}"
            )
        return value


class HoldClass(Group):
    """Callers who count as having come earlier, by the number that was rung."""

    name: str = Field(min_length=1)
    head_start: float = Field(gt=0)
    """Seconds; no more than `max_head_start` counts."""
    reason: str = Field(min_length=1)
    """As the operator reads it."""
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[0-9]+\*?$")], ...] = Field(min_length=1)
    """That were dialled, or that diverted the call: "+390592034000", or "+3905920340*" for all that
    begin so."""


class Holding(Group):
    """The queue in which callers wait for an operator. Seconds."""

    music: Path | None = HOME / "intents" / "music" / "waiting.ogg"
    """What they hear meanwhile: WAV, FLAC, Ogg or MP3 of ten minutes at most; None: silence."""
    music_loudness: float = Field(default=-26.0, ge=-50.0, le=-12.0)
    """LUFS at which it is brought; under that of the voices, or it tires."""

    node: str | None = None
    """The name of this process where several share a database; None: the machine's name. It must
    stay the same over a restart."""
    offer: float = Field(default=20.0, gt=0)
    """How long a call rings at an operator before the next one is asked."""
    connecting: float = Field(default=10.0, gt=0)
    """How long the sound may take to be joined after she has accepted."""
    wrap_up: float = Field(default=20.0, ge=0)
    """For her notes after a call; 0: until she says that she is ready."""
    headset_grace: float = Field(default=8.0, ge=0)
    """How long her browser may be away in mid-call before the caller waits again."""
    reserved: float = Field(default=30.0, ge=0)
    """How long a caller who was transferred to a colleague is kept for her alone."""
    grace: float = Field(default=600.0, ge=0)
    """How long the place of a caller whose line dropped is kept."""
    classes: tuple[HoldClass, ...] = ()
    """The first that fits counts."""
    max_head_start: float = Field(default=300.0, ge=0)
    """By how much, at most, any class of callers may be put before those who came earlier."""
    any_language_after: float | None = Field(default=180.0, ge=0)
    """After so long operators may answer who don't speak the caller's language; None: never."""
    other_office_after: float | None = Field(default=480.0, ge=0)
    """After so long also operators of the offices in `stand_ins` may answer; None: never."""
    stand_ins: dict[OfficeId, tuple[OfficeId, ...]] = {}
    """By office, the offices whose operators may answer for it."""
    after_closing: float | None = Field(default=900.0, ge=0)
    """How long after its office has closed those who wait already are still served; None: all of
    them, however long it takes."""
    keep: float = Field(default=400 * 86400.0, ge=86400)
    """How long closed tickets are kept for the figures; they name nobody."""
    step: float = Field(default=0.25, gt=0, lt=1)
    """By what part the wait must have got better before the caller hears of it again."""
    code_delay: float = Field(default=1.0, ge=0)
    """After a wrong four-digit code, before the next one is looked at."""
    shared_numbers: tuple[str, ...] = ()
    """Numbers of switchboards, such as "+39059222111": nobody is known by them."""
    call_back_tries: int = Field(default=3, ge=1)
    """Calls to a caller who asked to be called back."""
    call_back_window: float = Field(default=8 * 3600.0, gt=0)
    """How long after having asked a caller may still be called."""
    call_back_pause: float = Field(default=300.0, ge=0)
    """Between two of these calls."""
    call_back_ring: float = Field(default=30.0, gt=0)
    """How long it rings at the caller's."""


class Staff(Group):
    """For those who keep the staff files."""

    language: Literal["it", "en"] | None = None
    """In which language `voicebot check` and `diff` tell; by default that of the machine."""


class Privacy(Group):
    """What may be kept. All off."""

    log_transcripts: bool = False
    """Log what was understood, with the words; for testing with consent only."""
