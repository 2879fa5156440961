"""The values that pass between the rooms of the house: frozen, each field with its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Language: TypeAlias = str
"""ISO 639-1 code, one of `LANGUAGES`."""

OfficeId: TypeAlias = str
"""The name of an office in `intents/offices.yaml`, such as `ufficio-casa`."""

LANGUAGES: tuple[Language, ...] = ("it", "en", "fr", "ar")
"""The languages the switchboard speaks, in the order of its keyed choice (1 to 4)."""

RATE = 16_000
"""Hz. Every sound inside the house is mono at this rate; lines convert at their edge."""

FRAME_SECONDS = 0.02
FRAME_SAMPLES = 320
"""Samples in one frame: 20 ms at `RATE`."""


_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0670]")


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


# --- understanding ---------------------------------------------------------------------


class Action(StrEnum):
    """What a caller wants done."""

    TALK = "talk"
    HOURS = "hours"
    WHERE = "where"
    OPERATOR = "operator"
    REPEAT = "repeat"
    SLOWER = "slower"
    GOODBYE = "goodbye"
    LANGUAGE = "language"
    YES = "yes"
    NO = "no"
    NONE = "none"


OFFICE_ACTIONS = (Action.TALK, Action.HOURS, Action.WHERE)
"""The actions that need an office; the others are commands."""


class Decision(StrEnum):
    """How sure the understanding is."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    REJECT = "reject"


class DayPart(StrEnum):
    """The half of a day that a question is about."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


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
    """The half of that day, where one was named with it."""


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
    def shown(self) -> str:
        """As written for a reader: Arabic without vowel marks."""
        return self.written or _VOWEL_MARKS.sub("", self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A text as sound."""

    audio: Audio
    voice: str
    """The name of the voice that said it: not the preferred one where that could not."""


# --- the town --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One opening, local time, within one day."""

    opens: time
    closes: time


Week: TypeAlias = tuple[tuple[Span, ...], ...]
"""Seven days, Monday first, each with its openings in order."""


class Holiday(StrEnum):
    """Why a public holiday is one; those without a name of their own here are `OTHER`."""

    NEW_YEAR = "new_year"
    EPIPHANY = "epiphany"
    EASTER = "easter"
    EASTER_MONDAY = "easter_monday"
    LIBERATION = "liberation"
    LABOUR = "labour"
    REPUBLIC = "republic"
    ASSUMPTION = "assumption"
    SAINT_FRANCIS = "saint_francis"
    ALL_SAINTS = "all_saints"
    NATIONAL_UNITY = "national_unity"
    IMMACULATE_CONCEPTION = "immaculate_conception"
    CHRISTMAS = "christmas"
    SAINT_STEPHEN = "saint_stephen"
    SAN_GEMINIANO = "san_geminiano"
    OTHER = "other"


MonthDay: TypeAlias = tuple[int, int]
"""A day of every year: month 1-12, day 1-31."""


@dataclass(frozen=True, slots=True)
class Season:
    """Weekly hours that hold for a part of every year, in place of the office's usual ones."""

    first: MonthDay
    last: MonthDay
    """Included; earlier in the year than `first` where the season goes past the year's end."""
    week: Week


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """A day, or days in a row, on which other hours hold than on any other such day."""

    first: date
    last: date
    """Included."""
    spans: tuple[Span, ...]
    """The openings of each of these days; empty when closed."""
    reason: Mapping[Language, str] = field(default_factory=dict)
    """As spoken after a colon, in the staff's own words; empty where they gave none."""
    holiday: Holiday | None = None
    """The public holiday that it is, where it is one."""


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """One day of one office as it really is."""

    day: date
    spans: tuple[Span, ...]
    """The openings, in order; empty when closed."""
    usual: tuple[Span, ...]
    """What the weekly hours alone would give."""
    special: SpecialDays | None
    """What sets the weekly hours aside; None on an ordinary day."""

    @property
    def is_changed(self) -> bool:
        """Whether a caller who knows the weekly hours would be wrong about this day."""
        return self.spans != self.usual


@dataclass(frozen=True, slots=True)
class Opening:
    """How an office stands at one moment; every moment is aware, in the town's time zone."""

    open_until: datetime | None
    """When it closes; None while it is closed."""
    next_opening: datetime | None
    """When it next opens, later than the moment; None when it does not within a year."""
    today: OfficeDay

    @property
    def is_open(self) -> bool:
        """Whether somebody is there now."""
        return self.open_until is not None


@dataclass(frozen=True, slots=True)
class WeekAhead:
    """The weekly hours as they hold now, and what differs from them soon."""

    week: Week
    changed: tuple[OfficeDay, ...] = ()
    """Days to come that differ; of special days in a row only the first that does."""
    next_week: Week | None = None
    """The weekly hours of the season that begins next; None where none begins soon."""
    next_from: date | None = None
    """The first day of that season."""


class Appointment(StrEnum):
    """Whether one must have an appointment before coming."""

    NEVER = "never"
    PREFERRED = "preferred"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Office:
    """One office of the town, as staff describe it."""

    id: OfficeId
    key: str
    """The digit that reaches it."""
    names: Mapping[Language, str]
    """As spoken in a sentence without an article: "Ufficio casa", "Housing office"."""
    telephone: str
    """As dialled, digits and spaces."""
    old_numbers: tuple[str, ...]
    """Former direct numbers, now diverted to the switchboard."""
    address: str
    """Street, number, town."""
    directions: Mapping[Language, str]
    """How to get there, one or two sentences."""
    appointment: Appointment
    quarters: tuple[str, ...]
    """The parts of the town it serves; empty where it serves all."""
    streets: tuple[str, ...]
    week: Week
    seasons: tuple[Season, ...] = ()
    """At most one holds on any day."""
    exceptions: tuple[SpecialDays, ...] = ()
    """At most one holds on any day; they go before whatever the whole town does."""


@dataclass(frozen=True, slots=True)
class OfficePhrase:
    """One way in which callers name an office, or a need that belongs to it."""

    text: str
    """As staff wrote it, one expansion of its template."""
    offices: tuple[OfficeId, ...]
    """Usually one; several where the need is met by whichever serves the caller's home."""


@dataclass(frozen=True, slots=True)
class ActionPhrase:
    """A sentence frame that shows what is wanted of an office."""

    text: str
    """One expansion; `{office}` stands where an office is named, or is absent."""
    action: Action


@dataclass(frozen=True, slots=True)
class CommandPhrase:
    """A sentence that needs no office."""

    text: str
    action: Action
    to_language: Language | None = None


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All phrases of one language."""

    language: Language
    offices: tuple[OfficePhrase, ...]
    actions: tuple[ActionPhrase, ...]
    commands: tuple[CommandPhrase, ...]
    example: str
    """A sentence a caller might say, offered when nothing was understood."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of `intents/tests` and what it must be taken to mean."""

    language: Language
    text: str
    offices: tuple[OfficeId, ...]
    """Usually one; several where the caller must be asked which; none for a command."""
    action: Action
    """`Action.NONE` where the sentence must match nothing."""
    to_language: Language | None
    """Only with `Action.LANGUAGE`."""
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that staff keep in files, checked and ready to use."""

    town: Mapping[Language, str]
    """The service's name as greeted: "Servizi sociali del Comune di Modena"."""
    telephone: str
    """The one number, as read out."""
    offices: tuple[Office, ...]
    books: Mapping[Language, PhraseBook]
    examples: tuple[Example, ...]
    version: str
    """The first 12 hex digits of the sha256 of all files."""
    closures: tuple[SpecialDays, ...] = ()
    """When the whole town's offices are closed."""
    holidays: Mapping[date, Holiday] = field(default_factory=dict)
    """The public holidays on which the offices are closed."""

    def office(self, office_id: OfficeId) -> Office:
        """The office of that id; KeyError where there is none."""
        for office in self.offices:
            if office.id == office_id:
                return office
        raise KeyError(office_id)
