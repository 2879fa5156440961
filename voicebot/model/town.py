"""The town, as staff describe it in their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from voicebot.model.basics import Language, OfficeId
from voicebot.model.hours import Emergency, Holiday, Season, SpecialDays, Week
from voicebot.model.request import Action


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
    pronunciation: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)
    """By language and name: a respelling, or IPA between slashes."""
    recordings: Mapping[tuple[Language, str], str] = field(default_factory=dict)
    """By language and `Sentence.name`: the staff's own sound, a path within their folder."""
    emergencies: tuple[Emergency, ...] = ()
    """What is closed just now, whatever the files say; no part of them."""

    def office(self, office_id: OfficeId) -> Office:
        """The office of that id; KeyError where there is none."""
        for office in self.offices:
            if office.id == office_id:
                return office
        raise KeyError(office_id)
