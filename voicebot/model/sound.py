"""What is heard and said: sound, what comes from a line, words in and words out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voicebot.model.basics import RATE, Language

_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0670]")


_NAME_LENGTH = 60


def prompt_name(text: str) -> str:
    """A text as the name of its recording; a name gives itself."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    name = "-".join(re.findall(r"[^\W_]+", letters))
    if len(name) <= _NAME_LENGTH + 5:
        return name
    cut = name[:_NAME_LENGTH].rpartition("-")[0] or name[:_NAME_LENGTH]
    return f"{cut}-{hashlib.sha256(name.encode()).hexdigest()[:4]}"


# --- sound -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A stretch of mono sound."""

    samples: NDArray[np.int16]
    """Shape (n,), full scale ±32767."""
    rate: int = RATE
    """Hz."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, eq=False)
class Hush(Audio):
    """A frame by which a voice breaks off: what a line holds ahead of it is not to be heard."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One utterance, cut out of the caller's sound by voice activity."""

    audio: Audio
    """At `RATE`, with a little of what came before the first word."""
    started_at: float
    """Seconds since the line opened."""
    speech_seconds: float
    """How much of it was speech by voice activity."""


# --- what comes from a line ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key of the telephone or of the page, counted once however it came."""

    key: str
    """One of 0-9, *, #."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A sentence that the caller wrote instead of saying it."""

    text: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is closed; nothing follows."""

    reason: str
    """`caller` or `lost`."""


LineEvent: TypeAlias = Audio | KeyPress | Typed | HungUp
"""What a line hands over. An `Audio` is one frame of `FRAME_SAMPLES`."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Words to show beside the sound, on lines that have a screen."""

    speaker: str
    """`bot`, `caller`, or `understood` (how the bot took what the caller said)."""
    text: str
    language: Language | None
    """None where nobody has said which it is."""


# --- hearing ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the recogniser took an utterance to say, in one language."""

    language: Language
    text: str
    confidence: float
    """0 to 1, the mean probability of its tokens."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear made of one utterance."""

    language: Language | None
    """Whose language it is by the sound alone; None when it abstains."""
    probabilities: Mapping[Language, float]
    """Over the languages asked for; they sum to at most 1, the rest is other languages."""
    hypotheses: tuple[Hypothesis, ...]
    """Best first; empty when no speech was found in the sound."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """What each step took: `language`, `recognise`."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What callers are likely to say, which recognisers then hear better."""

    hints: Mapping[Language, str]
    """A sentence and the offices' names."""
    phrases: Mapping[Language, tuple[str, ...]]
    """Pieces of all that is understood."""


# --- what the bot says -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentence:
    """A few words in one language, rendered and cached as one piece of sound."""

    language: Language
    text: str
    """As spoken: numbers in words, Arabic with its vowel marks."""
    written: str | None = None
    """As a reader wants it where that is not what is spoken: a telephone number in figures."""

    @property
    def name(self) -> str:
        """Its words, as the name of the file in which staff may record it themselves.

        Small letters and figures without accents, hyphens between the words; of a long sentence
        the first words, and four digits that tell it from others that begin so.
        """
        return prompt_name(self.shown if self.written is None else self.text)

    @property
    def shown(self) -> str:
        """As written for a reader: Arabic without vowel marks."""
        return self.written or _VOWEL_MARKS.sub("", self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A text as sound."""

    audio: Audio
    voice: str
    """The name of the voice that said it: not the preferred one where that could not."""
