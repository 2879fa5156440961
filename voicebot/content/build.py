"""Values out of staff files that hold no error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from voicebot.content.checks import StaffFile
from voicebot.content.dates import parse_date, parse_month_day, public_holidays
from voicebot.content.schema import (
    DAYS,
    DaysEntry,
    ExceptionEntry,
    HolidaysEntry,
    OfficeEntry,
    OfficesFile,
    PhrasesFile,
    SentenceEntry,
    SentencesFile,
    WeekEntry,
    parse_span,
)
from voicebot.content.templates import expand
from voicebot.content.tree import line_of
from voicebot.model import (
    OFFICE_ACTIONS,
    Action,
    ActionPhrase,
    Appointment,
    CommandPhrase,
    Content,
    Example,
    Holiday,
    Language,
    Office,
    OfficePhrase,
    PhraseBook,
    Season,
    Span,
    SpecialDays,
    Week,
)

_COMMANDS = (
    Action.OPERATOR,
    Action.REPEAT,
    Action.SLOWER,
    Action.POSITION,
    Action.CALL_BACK,
    Action.GOODBYE,
    Action.YES,
    Action.NO,
    Action.OTHER,
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The test sentences of one language."""

    language: Language
    file: StaffFile
    entries: SentencesFile


def build(
    town: OfficesFile,
    books: Mapping[Language, PhrasesFile],
    sentences: Sequence[Sentences],
    version: str,
) -> Content:
    """The content for the languages of `books`.

    Asking for a language that is not among them asks for no language in particular.
    """
    languages = tuple(books)
    return Content(
        town={code: town.town[code] for code in languages},
        telephone=town.telephone,
        offices=tuple(_office(name, entry, languages) for name, entry in town.offices.items()),
        books={code: _book(code, file, languages) for code, file in books.items()},
        examples=tuple(
            _example(group, index, entry, languages)
            for group in sentences
            for index, entry in enumerate(group.entries.sentences)
        ),
        version=version,
        closures=tuple(_special_days(entry, (), languages) for entry in town.closures),
        holidays=_holidays(town.holidays),
    )


def _office(name: str, entry: OfficeEntry, languages: Sequence[Language]) -> Office:
    return Office(
        id=name,
        key=entry.key,
        names={code: entry.names[code] for code in languages},
        telephone=entry.telephone,
        old_numbers=tuple(entry.old_numbers),
        address=entry.address,
        directions={code: entry.directions[code] for code in languages},
        appointment=Appointment(entry.appointment),
        quarters=tuple(entry.areas.quarters),
        streets=tuple(entry.areas.streets),
        week=_week(entry.hours),
        seasons=tuple(
            Season(parse_month_day(each.first), parse_month_day(each.last), _week(each.hours))
            for each in entry.seasons
        ),
        exceptions=tuple(_exception(each, languages) for each in entry.exceptions),
    )


def _week(entry: WeekEntry) -> Week:
    return tuple(_spans(getattr(entry, day)) for day in DAYS)


def _spans(texts: Sequence[str]) -> tuple[Span, ...]:
    return tuple(span for text in texts if (span := parse_span(text)))


def _exception(entry: ExceptionEntry, languages: Sequence[Language]) -> SpecialDays:
    return _special_days(entry, _spans(entry.hours), languages)


def _special_days(
    entry: DaysEntry, spans: tuple[Span, ...], languages: Sequence[Language]
) -> SpecialDays:
    first = parse_date(entry.date or entry.first)
    last = parse_date(entry.date or entry.last)
    reason = {code: entry.reason[code] for code in languages if code in entry.reason}
    return SpecialDays(first, last, spans, reason)


def _holidays(entry: HolidaysEntry | None) -> Mapping[date, Holiday]:
    """On which days the offices are closed, those taken out on which they are open anyway."""
    if entry is None:
        return {}
    anyway = {parse_date(text) for text in entry.open_anyway}
    kept = public_holidays(entry.province or None).items()
    return {day: holiday for day, holiday in kept if day not in anyway}


def _book(language: Language, file: PhrasesFile, languages: Sequence[Language]) -> PhraseBook:
    offices = [((name,), templates) for name, templates in file.offices.items()]
    shared = [(tuple(entry.offices), entry.phrases) for entry in file.shared]
    return PhraseBook(
        language=language,
        offices=tuple(
            OfficePhrase(text, names)
            for names, templates in [*offices, *shared]
            for text in _expanded(templates)
        ),
        actions=tuple(
            ActionPhrase(text, action)
            for action in OFFICE_ACTIONS
            for text in _expanded(getattr(file.actions, action), office_allowed=True)
        ),
        commands=tuple(_commands(file, languages)),
        example=file.example,
    )


def _commands(file: PhrasesFile, languages: Sequence[Language]) -> Iterator[CommandPhrase]:
    for action in _COMMANDS:
        for text in _expanded(getattr(file.commands, action)):
            yield CommandPhrase(text, action)
    for code, templates in file.commands.language.items():
        to_language = code if code in languages else None
        for text in _expanded(templates):
            yield CommandPhrase(text, Action.LANGUAGE, to_language)


def _expanded(templates: Sequence[str], office_allowed: bool = False) -> tuple[str, ...]:
    """The sentences of all templates, each once, in order."""
    texts = (text for template in templates for text in expand(template, office_allowed))
    return tuple(dict.fromkeys(texts))


def _example(
    group: Sentences, index: int, entry: SentenceEntry, languages: Sequence[Language]
) -> Example:
    offices = entry.offices or ([entry.office] if entry.office is not None else [])
    return Example(
        language=group.language,
        text=entry.text,
        offices=tuple(offices),
        action=Action(entry.action),
        to_language=entry.to_language if entry.to_language in languages else None,
        file=group.file.name,
        line=line_of(group.file.tree, ("sentences", index, "text")),
    )
