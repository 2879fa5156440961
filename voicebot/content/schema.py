"""What each staff file may hold, entry by entry.

What must agree between entries or files is in `checks.py`; how a mistake is told, in
`wording.py`. Texts are strict: a number without quotes is no text.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from voicebot.content.dates import PROVINCES, DateError, parse_date, parse_month_day
from voicebot.content.problems import shown
from voicebot.content.templates import TemplateError, expand
from voicebot.model import Span, told

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_NEARLY_HOURS = re.compile(
    r"\s*([01]?[0-9]|2[0-3])(?:[:.,hH]([0-5][0-9]))?\s*(?:[-–—/]|to|alle)\s*"
    r"([01]?[0-9]|2[0-3])(?:[:.,hH]([0-5][0-9]))?\s*"
)
_TELEPHONE = re.compile(r"\+?[0-9]+(?: [0-9]+)*")


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """An error that brings its own words."""
    return PydanticCustomError("staff", "{message}", {"message": message, "remedy": remedy})


def parse_span(text: str) -> Span | None:
    """`08:30-13:00` as an opening; None where it is not written so, or ends before it begins."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return None
    hour, minute, last_hour, last_minute = map(int, match.groups())
    span = Span(time(hour, minute), time(last_hour, last_minute))
    return span if span.opens < span.closes else None


def _hours(text: str) -> str:
    if parse_span(text) is not None:
        return text
    if _HOURS.fullmatch(text):
        raise wrong(
            told("{text} ends before it begins", text=text),
            told(
                "write the opening time first; what goes past midnight ends at 23:59 and goes on "
                "under the next day"
            ),
        )
    remedy = told('write "08:30-13:00": two digits for hours and for minutes, and no spaces')
    nearly = _NEARLY_HOURS.fullmatch(text)
    if nearly:
        first, minutes, last, last_minutes = (int(part or 0) for part in nearly.groups())
        remedy = told(
            'write "{first:02}:{minutes:02}-{last:02}:{last_minutes:02}"',
            first=first,
            minutes=minutes,
            last=last,
            last_minutes=last_minutes,
        )
    raise wrong(told("{text} is not an opening from one time to another", text=shown(text)), remedy)


def _telephone(text: str) -> str:
    if _TELEPHONE.fullmatch(text) and sum(sign.isdigit() for sign in text) >= 3:
        return text
    digits = " ".join(re.findall("[0-9]+", text))
    example = digits if len(digits) >= 3 else "059 203 4444"
    plus = "+" if text.strip().startswith("+") else ""
    raise wrong(
        told("{text} is not a telephone number of digits and single spaces", text=shown(text)),
        told('write "{plus}{example}"', plus=plus, example=example),
    )


def _key(text: str) -> str:
    if not re.fullmatch("[1-9]", text):
        raise wrong(
            told("{text} is not a single digit from 1 to 9", text=shown(text)),
            told('write one digit in quotes, such as "1"; 0, * and # have meanings of their own'),
        )
    return text


def _spoken(text: str) -> str:
    if not any(sign.isalnum() for sign in text):
        raise wrong(
            told("there are no words in this text"), told("write the words that are to be said")
        )
    return text


def _calendar_name(text: str) -> str:
    if not re.fullmatch(r"[\w-]+\.ics", text):
        raise wrong(
            told("{text} is not the name of a calendar file", text=shown(text)),
            told('put the file beside offices.yaml and write its name, such as "chiusure.ics"'),
        )
    return text


def _said(text: str) -> str:
    if text.startswith("/") != (len(text) > 2 and text.endswith("/")):
        raise wrong(
            told("{text} has a slash at one end only", text=shown(text)),
            told('write a respelling, or IPA between two slashes, such as "/ˈmɔdena/"'),
        )
    if any(sign in text for sign in "[]|"):
        raise wrong(
            told("{text} holds a bracket or a bar", text=shown(text)),
            told("write letters only, or IPA between two slashes"),
        )
    return _spoken(text)


def _day(text: str) -> str:
    try:
        parse_date(text)
    except DateError as error:
        raise wrong(error.message, error.remedy) from error
    return text


def _month_day(text: str) -> str:
    try:
        parse_month_day(text)
    except DateError as error:
        raise wrong(error.message, error.remedy) from error
    return text


def _province(text: str) -> str:
    if text in PROVINCES:
        return text
    remedy = told('write the two letters of the province, such as "MO"')
    if text.strip().upper() in PROVINCES:
        remedy = told('write "{text}"', text=text.strip().upper())
    raise wrong(told("{text} is not a province of Italy", text=shown(text)), remedy)


def _template(text: str) -> str:
    try:
        expand(text)
    except TemplateError as error:
        raise wrong(error.message, error.remedy) from error
    return text


def _frame(text: str) -> str:
    try:
        expand(text, office_allowed=True)
    except TemplateError as error:
        raise wrong(error.message, error.remedy) from error
    return text


Hours = Annotated[str, AfterValidator(_hours)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Key = Annotated[str, AfterValidator(_key)]
Day = Annotated[str, AfterValidator(_day)]
MonthAndDay = Annotated[str, AfterValidator(_month_day)]
Province = Annotated[str, AfterValidator(_province)]
Spoken = Annotated[str, AfterValidator(_spoken)]
Template = Annotated[str, AfterValidator(_template)]
Frame = Annotated[str, AfterValidator(_frame)]
CalendarName = Annotated[str, AfterValidator(_calendar_name)]
Said = Annotated[str, AfterValidator(_said)]
Words = dict[str, Spoken]
"""By language; which languages there must be is looked at in `checks.py`."""
Templates = Annotated[list[Template], Field(min_length=1)]
Frames = Annotated[list[Frame], Field(min_length=1)]


class Entry(BaseModel):
    """A mapping of a staff file: strict, and with no keys but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AreasEntry(Entry):
    """The parts of the town that an office serves."""

    quarters: list[Spoken] = []
    streets: list[Spoken] = []


class WeekEntry(Entry):
    """Openings by day; a day that is left out is closed."""

    monday: list[Hours] = []
    tuesday: list[Hours] = []
    wednesday: list[Hours] = []
    thursday: list[Hours] = []
    friday: list[Hours] = []
    saturday: list[Hours] = []
    sunday: list[Hours] = []


class SeasonEntry(Entry):
    """The weekly hours of a part of every year."""

    first: MonthAndDay = Field(alias="from")
    last: MonthAndDay = Field(alias="to")
    hours: WeekEntry


class DaysEntry(Entry):
    """A day, or days in a row; which of the keys go together is looked at in the checks.

    What is left out is empty here, so that a key with nothing after it is a mistake.
    """

    date: Day = ""
    first: Day = Field(default="", alias="from")
    last: Day = Field(default="", alias="to")
    reason: Words = {}


class ExceptionEntry(DaysEntry):
    """Days on which an office has other hours, or none."""

    closed: bool = False
    hours: list[Hours] = []


class HolidaysEntry(Entry):
    """Whose public holidays the offices keep."""

    country: Literal["IT"]
    province: Province = ""
    """Empty for the national holidays alone."""
    open_anyway: list[Day] = []


class OfficeEntry(Entry):
    """One office."""

    key: Key
    names: Words
    telephone: Telephone
    old_numbers: list[Telephone] = []
    address: Spoken
    directions: Words
    appointment: Literal["never", "preferred", "required"]
    areas: AreasEntry = AreasEntry()
    hours: WeekEntry
    seasons: list[SeasonEntry] = []
    exceptions: list[ExceptionEntry] = []
    calendar: CalendarName = ""


class OfficesFile(Entry):
    """`offices.yaml`."""

    sample: bool = False
    town: Words
    telephone: Telephone
    holidays: HolidaysEntry | None = None
    closures: list[DaysEntry] = []
    calendar: CalendarName = ""
    offices: Annotated[dict[str, OfficeEntry], Field(min_length=1)]


class SharedEntry(Entry):
    """A need that several offices meet."""

    offices: Annotated[list[str], Field(min_length=2)]
    phrases: Templates


class ActionsEntry(Entry):
    """What callers may want of an office."""

    talk: Frames
    hours: Frames
    where: Frames


class CommandsEntry(Entry):
    """What callers may say whatever the office."""

    operator: Templates
    repeat: Templates
    slower: Templates
    position: list[Template] = []
    call_back: list[Template] = []
    goodbye: Templates
    yes: Templates
    no: Templates
    other: Templates = []
    language: dict[str, Templates]


class PhrasesFile(Entry):
    """`it.yaml` and its sisters."""

    language: str
    example: Spoken
    offices: dict[str, Templates]
    shared: list[SharedEntry] = []
    actions: ActionsEntry
    commands: CommandsEntry


class PronunciationFile(Entry):
    """`pronunciation.yaml`: by language and name, how it is said."""

    it: dict[str, Said] = {}
    en: dict[str, Said] = {}
    fr: dict[str, Said] = {}
    ar: dict[str, Said] = {}


class SentenceEntry(Entry):
    """A sentence and what it must be taken to mean."""

    text: Spoken
    office: str | None = None
    offices: Annotated[list[str], Field(min_length=2)] | None = None
    action: str
    to_language: str | None = None


class SentencesFile(Entry):
    """`tests/it.yaml` and its sisters."""

    language: str
    sentences: Annotated[list[SentenceEntry], Field(min_length=1)]
