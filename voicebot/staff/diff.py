"""Who is affected by a change of the staff files, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from voicebot.model import Content, Language, Office, PhraseBook, Season, Span, Week
from voicebot.offices.calendar import Calendar, calendar_of
from voicebot.staff.words import StaffWords

LOOK_AHEAD = 400
"""Days from today whose hours are compared: a year, and what belongs to its last days."""

MAX_SHOWN = 6
"""Phrases named of each kind; of the others only how many."""


def diff(before: Content, after: Content, today: date, words: StaffWords) -> list[str]:
    """Every difference that a caller may notice, one a line; none where nobody is affected."""
    lines = [*_town(before, after, words)]
    old = {office.id: office for office in before.offices}
    new = {office.id: office for office in after.offices}
    for office in before.offices:
        if office.id not in new:
            lines.append(words.say("{office} is no longer there", office=_name(office, words)))
    kept = [(old[office.id], office) for office in after.offices if office.id in old]
    for office in after.offices:
        if office.id not in old:
            name = _name(office, words)
            lines.append(
                words.say("{office} is new, with the key {key}", office=name, key=office.key)
            )
    hours = [(_name(b, words), [*_hours(b, a, before, after, today, words)]) for b, a in kept]
    lines += _for_all_or_each(hours, words)
    for b, a in kept:
        lines += (f"{_name(a, words)}: {text}" for text in _about(b, a, words))
    for language in after.books:
        lines += _phrases(before, after, language, words)
    return lines


def _name(office: Office, words: StaffWords) -> str:
    return office.names.get(words.language) or next(iter(office.names.values()))


def _town(before: Content, after: Content, words: StaffWords) -> Iterator[str]:
    for language, name in after.town.items():
        if before.town.get(language) not in (None, name):
            yield words.say('the greeting says "{name}" ({language})', name=name, language=language)
    if before.telephone != after.telephone:
        yield words.say(
            "the one number is {new}, was {old}", new=after.telephone, old=before.telephone
        )
    for language in before.books.keys() | after.books.keys():
        if language not in after.books:
            yield words.say("the language {language} is no longer spoken", language=language)
        elif language not in before.books:
            yield words.say("the language {language} is new", language=language)


def _for_all_or_each(hours: Sequence[tuple[str, list[str]]], words: StaffWords) -> Iterator[str]:
    """What happens to every office alike is told once."""
    common = (
        [text for text in hours[0][1] if all(text in texts for _, texts in hours)]
        if (len(hours) > 1)
        else []
    )
    for text in common:
        yield words.say("all offices: {change}", change=text)
    for name, texts in hours:
        yield from (f"{name}: {text}" for text in texts if text not in common)


# --- hours -----------------------------------------------------------------------------


def _hours(
    b: Office, a: Office, before: Content, after: Content, today: date, words: StaffWords
) -> Iterator[str]:
    yield from _week(b.week, a.week, words)
    yield from _seasons(b, a, words)
    old, new = calendar_of(b, before), calendar_of(a, after)
    runs: list[tuple[date, date, tuple[Span, ...], tuple[Span, ...] | None]] = []
    for ahead in range(LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        change = _special_change(old, new, day)
        if change is None:
            continue
        was, now = change
        if runs and runs[-1][1] == day - timedelta(days=1) and runs[-1][2] == now:
            first, _, _, earlier = runs[-1]
            runs[-1] = (first, day, now, was if earlier == was else None)
        else:
            runs.append((day, day, now, was))
    for first, last, now, before_then in runs:
        yield _change_of_days(first, last, now, before_then, words)


def _special_change(
    old: Calendar, new: Calendar, day: date
) -> tuple[tuple[Span, ...], tuple[Span, ...]] | None:
    """How a day was and is, where no change of weekly hours accounts for it."""
    was, now = old.on(day), new.on(day)
    if was.spans == now.spans or (not was.is_changed and not now.is_changed):
        return None
    return was.spans, now.spans


def _change_of_days(
    first: date,
    last: date,
    now: tuple[Span, ...],
    was: tuple[Span, ...] | None,
    words: StaffWords,
) -> str:
    if first == last:
        when = words.say("on {day}", day=words.day(first))
    else:
        when = words.say("from {first} to {last}", first=words.day(first), last=words.day(last))
    return _told(when, now, was, words)


def _told(when: str, now: tuple[Span, ...], was: tuple[Span, ...] | None, words: StaffWords) -> str:
    """ "closed on 7 December, was open 8:30-13:00"; `was` is None where it was of several kinds."""
    say = partial(words.say, when=when)
    if not now:
        if was is None:
            return say("closed {when}, was as usual")
        return say("closed {when}, was open {before}", before=words.hours(was))
    hours = words.hours(now)
    if was is None:
        return say("open {hours} {when}, was as usual", hours=hours)
    if not was:
        return say("open {hours} {when}, was closed", hours=hours)
    return say("open {hours} {when}, was open {before}", hours=hours, before=words.hours(was))


def _week(before: Week, after: Week, words: StaffWords) -> Iterator[str]:
    """Weekdays that change alike together."""
    groups: dict[tuple[tuple[Span, ...], tuple[Span, ...]], list[int]] = {}
    for weekday, (was, now) in enumerate(zip(before, after, strict=True)):
        if was != now:
            groups.setdefault((was, now), []).append(weekday)
    for (was, now), days in groups.items():
        when = words.say("every week on {days}", days=words.weekdays(days))
        yield _told(when, now, was, words)


def _seasons(b: Office, a: Office, words: StaffWords) -> Iterator[str]:
    old = {(season.first, season.last): season for season in b.seasons}
    new = {(season.first, season.last): season for season in a.seasons}
    for dates, season in old.items():
        if dates not in new:
            yield words.say("no other hours any more {season}", season=_season(season, words))
    for dates, season in new.items():
        was = old[dates].week if dates in old else b.week
        if dates in old and was == season.week:
            continue
        for line in _week(was, season.week, words):
            yield words.say("{season}: {change}", season=_season(season, words), change=line)


def _season(season: Season, words: StaffWords) -> str:
    return words.say(
        "every year from {first} to {last}",
        first=words.day_of_year(*season.first),
        last=words.day_of_year(*season.last),
    )


# --- what else is told of an office ----------------------------------------------------


def _about(b: Office, a: Office, words: StaffWords) -> Iterator[str]:
    if b.key != a.key:
        yield words.say("the key is {new}, was {old}", new=a.key, old=b.key)
    if b.telephone != a.telephone:
        yield words.say("the telephone is {new}, was {old}", new=a.telephone, old=b.telephone)
    if b.address != a.address:
        yield words.say("the address is {new}, was {old}", new=a.address, old=b.address)
    if b.appointment != a.appointment:
        yield words.say(
            "an appointment: {new}, was {old}",
            new=_appointment(a, words),
            old=_appointment(b, words),
        )
    yield from _texts(b.names, a.names, partial(words.say, 'the name is "{new}" ({language})'))
    yield from _texts(
        b.directions,
        a.directions,
        partial(words.say, 'the way there is told as "{new}" ({language})'),
    )
    added = partial(words.say, "also for {places}")
    removed = partial(words.say, "no longer for {places}")
    for was, now in ((b.quarters, a.quarters), (b.streets, a.streets)):
        if more := [place for place in now if place not in was]:
            yield added(places=words.several(more))
        if less := [place for place in was if place not in now]:
            yield removed(places=words.several(less))
    if more := [number for number in a.old_numbers if number not in b.old_numbers]:
        yield words.say("the old numbers {numbers} lead here", numbers=words.several(more))
    if less := [number for number in b.old_numbers if number not in a.old_numbers]:
        yield words.say(
            "the old numbers {numbers} lead here no longer", numbers=words.several(less)
        )


def _appointment(office: Office, words: StaffWords) -> str:
    return {
        "never": words.say("not needed"),
        "preferred": words.say("better to have one"),
        "required": words.say("required"),
    }[office.appointment.value]


def _texts(
    before: Mapping[Language, str], after: Mapping[Language, str], say: partial[str]
) -> Iterator[str]:
    for language, text in after.items():
        if before.get(language) not in (None, text):
            yield say(new=text, language=language)


# --- phrases ---------------------------------------------------------------------------


def _phrases(
    before: Content, after: Content, language: Language, words: StaffWords
) -> Iterator[str]:
    if language not in before.books:
        return
    old, new = before.books[language], after.books[language]
    names = {office.id: _name(office, words) for office in (*before.offices, *after.offices)}
    groups = {
        words.several([names.get(each, each) for each in offices])
        for offices in {phrase.offices for phrase in (*old.offices, *new.offices)}
    }
    by_group = [
        {
            group: [
                p.text
                for p in book.offices
                if words.several([names.get(each, each) for each in p.offices]) == group
            ]
            for group in groups
        }
        for book in (old, new)
    ]
    for group in sorted(groups):
        yield from _set(by_group[0][group], by_group[1][group], f"{language}: {group}", words)
    yield from _set(_general(old), _general(new), language, words)
    if old.example != new.example:
        yield words.say('{language}: the example is "{new}"', language=language, new=new.example)


def _general(book: PhraseBook) -> list[str]:
    """The phrases that belong to no office."""
    actions = [f"{phrase.action}: {phrase.text}" for phrase in book.actions]
    return actions + [f"{phrase.action}: {phrase.text}" for phrase in book.commands]


def _set(
    before: Iterable[str], after: Iterable[str], where: str, words: StaffWords
) -> Iterator[str]:
    was, now = dict.fromkeys(before), dict.fromkeys(after)
    if more := [text for text in now if text not in was]:
        yield words.say(
            "{where}: understood from now on: {phrases}", where=where, phrases=_some(more, words)
        )
    if less := [text for text in was if text not in now]:
        yield words.say(
            "{where}: no longer understood: {phrases}", where=where, phrases=_some(less, words)
        )


def _some(texts: Sequence[str], words: StaffWords) -> str:
    shown = [f'"{text}"' for text in texts[:MAX_SHOWN]]
    if len(texts) > MAX_SHOWN:
        shown.append(words.say("{count} more", count=len(texts) - MAX_SHOWN))
    return words.several(shown)
