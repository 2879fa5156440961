"""All that can be said and is known beforehand, so that it is rendered before anyone calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from voicebot.answering.answers import Words
from voicebot.answering.wording import Wording
from voicebot.model import OFFICE_ACTIONS, Content, Language, Office, Sentence

_A_MONDAY = date(2024, 1, 1)
"""Any Monday: only the weekdays and the distances between days are spoken."""


def first_prompts(wording: Wording, content: Content, languages: Sequence[Language]) -> Words:
    """What a caller hears first: without these no call is taken."""
    return wording.greeting(content.town, languages) + wording.language_choice(languages)


def fixed_prompts(
    wording: Wording, content: Content, languages: Sequence[Language]
) -> tuple[Sentence, ...]:
    """Every sentence once, what is heard first and most often in front.

    Left out is only what names a date, or the hours of a single day later than tomorrow.
    """
    ordered: dict[Sentence, None] = {}
    for words in _all(wording, content, languages):
        ordered.update(dict.fromkeys(words))
    return tuple(ordered)


def _all(wording: Wording, content: Content, languages: Sequence[Language]) -> Iterator[Words]:
    yield first_prompts(wording, content, languages)
    for part in (_conversation, _about, _moments):
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
    yield wording.nothing_to_repeat(language)
    yield wording.wrong_key(language)


def _about(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    for office in content.offices:
        yield wording.week(language, office, office.week)
        yield wording.not_connected(language, office)
        yield wording.where(language, office)
        for action in OFFICE_ACTIONS:
            yield wording.confirm(language, office.names[language], action)


def _moments(wording: Wording, language: Language, content: Content) -> Iterator[Words]:
    for office in content.offices:
        yield from _moments_of(wording, language, office)


def _moments_of(wording: Wording, language: Language, office: Office) -> Iterator[Words]:
    """Open until, opens again, today and tomorrow: few, since offices share their hours."""
    noon = datetime.combine(_A_MONDAY, time(12))
    yield wording.now(language, office, None, None, noon)
    for weekday, spans in enumerate(office.week):
        day = _A_MONDAY + timedelta(days=weekday)
        for ahead in (0, 1):
            yield wording.day(language, office, day, spans, day - timedelta(days=ahead))
        for span in spans:
            opens = datetime.combine(day, span.opens)
            yield wording.now(language, office, datetime.combine(day, span.closes), None, noon)
            for ahead in (0, 1, 2):
                yield wording.now(language, office, None, opens, opens - timedelta(days=ahead))
