"""All that can be said and is known beforehand, so that it is rendered before anyone calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from voicebot.answering.answers import Words
from voicebot.answering.counting import LAST_PLACE, all_ranges
from voicebot.answering.wording import Wording
from voicebot.model import (
    OFFICE_ACTIONS,
    Content,
    Language,
    Office,
    OfficeDay,
    Opening,
    Sentence,
    Span,
    SpecialDays,
    Week,
    WeekAhead,
)
from voicebot.model.holding import Standing

_A_MONDAY = date(2024, 1, 1)
"""Any Monday: only the weekdays and the distances between days are spoken."""


def first_prompts(wording: Wording, content: Content, languages: Sequence[Language]) -> Words:
    """What a caller hears first: without these no call is taken."""
    return wording.greeting(content.town, languages) + wording.language_choice(languages)


def fixed_prompts(
    wording: Wording, content: Content, languages: Sequence[Language]
) -> tuple[Sentence, ...]:
    """Every sentence once, what is heard first and most often in front.

    Left out is only what names a date that staff have not written down, and what is told of a
    single day later than tomorrow or of half a day.
    """
    ordered: dict[Sentence, None] = {}
    for words in _all(wording, content, languages):
        ordered.update(dict.fromkeys(words))
    return tuple(ordered)


def _all(wording: Wording, content: Content, languages: Sequence[Language]) -> Iterator[Words]:
    yield first_prompts(wording, content, languages)
    for part in (_conversation, _about, _moments, _waiting):
        for language in languages:
            yield from part(wording, language, content)


def _conversation(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    book = content.books.get(language)
    yield wording.notice(language)
    yield wording.question(language)
    yield wording.key_menu(language, content.offices)
    for attempt in (1, 2):
        yield wording.not_understood(language, attempt, book.example if book else "")
        yield wording.silence(language, attempt)
    yield wording.hearing_trouble(language)
    yield wording.choose(language, content.offices)
    yield wording.choose_by_home(language, content.offices)
    yield wording.unknown_home(language, content.offices)
    for action in OFFICE_ACTIONS:
        yield wording.which_office(language, action)
    yield wording.no_operator(language, content.telephone)
    yield wording.anything_else(language)
    yield wording.goodbye(language)
    yield wording.goodbye_silence(language)
    yield wording.goodbye_failed(language)
    yield wording.too_long(language)
    yield wording.slower(language)
    yield wording.language_changed(language)
    yield wording.wrong_key(language)


def _about(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    for office in content.offices:
        for week in _weeks(office):
            yield wording.week(language, office, WeekAhead(week), _A_MONDAY)
        yield wording.not_connected(language, office)
        yield wording.where(language, office)
        for action in OFFICE_ACTIONS:
            yield wording.confirm(language, office.names[language], action)


def _moments(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    for office in content.offices:
        yield from _moments_of(wording, language, office)
        for special in (*office.exceptions, *content.closures):
            if special.closed_for:
                continue  # what is left open is foreseen with the hours of the day
            yield from _special(wording, language, office, special)
        if office.seasons:
            yield from _seasons(wording, language, office)
    for holiday in dict.fromkeys(content.holidays.values()):
        special = SpecialDays(_A_MONDAY, _A_MONDAY, (), holiday=holiday)
        day = OfficeDay(_A_MONDAY, (), (), special)
        for ahead in (0, 1):
            today = _A_MONDAY - timedelta(days=ahead)
            yield wording.day(language, content.offices[0], day, today)


def _waiting(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    """The queue: all but the code and the numbers that callers key in."""
    say = wording.waiting
    for plain in (
        say.joined,
        say.connected,
        say.still_there,
        say.any_language,
        say.deserted,
        say.closed_meanwhile,
        say.back_in_place,
        say.key_in_code,
        say.wrong_code,
        say.offer_call_back,
        say.consent,
        say.ask_number,
        say.wrong_number,
        say.will_call,
        say.no_call_back,
    ):
        yield plain(language)
    yield say.calling_back(language, content.town[language])
    for calls_back in (True, False):
        yield say.waiting_menu(language, calls_back)
    for position in range(1, LAST_PLACE + 2):
        yield say.place(language, Standing(position, None, 1))
    for minutes in all_ranges():
        yield say.expected(language, minutes)
    for office in content.offices:
        yield say.connecting(language, office)
        yield say.unattended(language, office)
        yield say.not_reached(language, office)
        yield say.trouble(language, office)
        yield say.moved(language, office)
        yield say.whisper(language, office, 0)
        if office.old_numbers:
            yield wording.preset(content.town, office, wording.languages)
    for waited in range(1, 61):
        yield say.whisper(language, content.offices[0], waited * 60)


def _weeks(office: Office) -> tuple[Week, ...]:
    return (office.week, *(season.week for season in office.seasons))


def _moments_of(wording: Wording, language: Language, office: Office) -> Iterator[Words]:
    """Open until, opens again, today and tomorrow: few, since offices share their hours."""
    noon = datetime.combine(_A_MONDAY, time(12))
    ordinary = OfficeDay(_A_MONDAY, (), (), None)
    yield wording.now(language, office, Opening(None, None, ordinary), noon)
    timetables = {(weekday, spans) for week in _weeks(office) for weekday, spans in enumerate(week)}
    for weekday, spans in sorted(timetables):
        day = _A_MONDAY + timedelta(days=weekday)
        for ahead in (0, 1):
            this = OfficeDay(day, spans, spans, None)
            yield wording.day(language, office, this, day - timedelta(days=ahead))
        for span in spans:
            yield from _boundaries(wording, language, office, day, span)


def _boundaries(
    wording: Wording, language: Language, office: Office, day: date, span: Span
) -> Iterator[Words]:
    """Open until the end of that opening, and opens again at its beginning."""
    ordinary = OfficeDay(day, (), (), None)
    opens, closes = datetime.combine(day, span.opens), datetime.combine(day, span.closes)
    yield wording.now(language, office, Opening(closes, None, ordinary), opens)
    for ahead in (0, 1, 2):
        now = opens - timedelta(days=ahead)
        yield wording.now(language, office, Opening(None, opens, ordinary), now)


def _special(
    wording: Wording, language: Language, office: Office, special: SpecialDays
) -> Iterator[Words]:
    """Days that staff have written down: as today, as tomorrow, by their dates."""
    day = OfficeDay(special.first, special.spans, (), special)
    for ahead in (0, 1, 7):
        yield wording.day(language, office, day, special.first - timedelta(days=ahead))
    soon = special.first - timedelta(days=2)
    yield wording.week(language, office, WeekAhead(office.week, (day,)), soon)
    for span in special.spans:
        yield from _boundaries(wording, language, office, special.first, span)


def _seasons(wording: Wording, language: Language, office: Office) -> Iterator[Words]:
    """The change to another season, tomorrow or on any weekday."""
    for weekday in range(7):
        day = _A_MONDAY + timedelta(days=weekday)
        for ahead in (1, 2):
            change = WeekAhead(office.week, (), office.week, day)
            yield wording.week(language, office, change, day - timedelta(days=ahead))
