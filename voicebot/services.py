"""What every call uses, put together in app.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from voicebot.dialogue import Dialogue
from voicebot.hearing.endpointing import Endpointing
from voicebot.holding.queue import Queue
from voicebot.model import Audio, NumberingPlan, OfficeId, Route, Sentence
from voicebot.ports import Clock, Dialler, Ear, VoiceActivity
from voicebot.speaking.music import Piece


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call waits. Seconds."""

    silence: float
    text_idle: float
    max_call: float
    """Of talking with the bot; neither waiting nor talking with an operator counts."""
    sign_of_life: float = 60.0
    """Between two of them, while the caller waits and nothing gets better."""


@dataclass(frozen=True, slots=True)
class People:
    """How callers get to a person."""

    queue: Queue | None = None
    """None: nobody is held, and nobody is called back."""
    dialler: Dialler | None = None
    """Calls people by telephone; None while there is no telephone side."""
    routes: Mapping[OfficeId, Route] = field(default_factory=dict)
    """Where the callers of each office go; an office that is not here has the queue."""
    calls_back: bool = False
    """Whether the settings let callers be called back."""
    numbering: NumberingPlan = NumberingPlan()
    """How the numbers that callers key in are to be read."""
    ring: float = 25.0
    """Seconds that a telephone may ring before the next one is tried."""
    music: Piece = Piece(None, 0.0)
    """What is heard while waiting."""
    ringing: Piece = Piece(None, 0.0)
    """What is heard while a telephone rings."""


@dataclass(frozen=True, slots=True)
class Services:
    """All of it."""

    dialogue: Callable[[], Dialogue]
    """The conversation as published now; a call keeps the one it began with."""
    ear: Ear
    voice_activity: Callable[[], VoiceActivity]
    endpointing: Endpointing
    prompt: Callable[[Sentence, bool], Awaitable[Audio]]
    """A sentence as sound, slowed down or not; raises SpeakingError."""
    clock: Clock
    patience: Patience
    people: People = People()
    log_transcripts: bool = False
    """Whether what callers say is written to the log; they must have agreed to it."""
