"""What the bot tells about an office: hours, address, how to reach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from voicebot.answering.catalogue import Catalogues
from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.reading import (
    digits_in_words,
    sentences,
    split_address,
    telephone_in_words,
)
from voicebot.answering.weekly import WeekLine, group_week
from voicebot.model import Appointment, Language, Office, Sentence, Span, Week

TOWN_LANGUAGE: Language = "it"
"""The language of addresses: a street is found by the name on its sign."""

Words = tuple[Sentence, ...]


class Answers:
    """The answers in every language. Pure: the same arguments give the same sentences.

    Each sentence is a piece of sound of its own, so the office's name stands alone in front and
    everything after it recurs from office to office.
    """

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that are spoken, in the order of their keys."""
        return tuple(self._catalogues.texts)

    def office_name(self, language: Language, office: Office) -> str:
        """The name as spoken, its figures in words."""
        return digits_in_words(office.names[language], GRAMMARS[language])

    def week(self, language: Language, office: Office, week: Week) -> Words:
        """Days and hours of a whole week."""
        if not any(week):
            return self._named(language, office, self._never_open(language))
        lines = [self._week_line(language, line) for line in group_week(week)]
        return self._named(language, office, *lines)

    def day(
        self, language: Language, office: Office, day: date, spans: Sequence[Span], today: date
    ) -> Words:
        """The hours of one day."""
        when = self._when(language, day, today)
        if not spans:
            return self._named(
                language, office, self._say(language, "{when} we are closed.", when=when)
            )
        hours = GRAMMARS[language].hours(spans)
        line = self._say(language, "{when} we are open {hours}.", when=when, hours=hours)
        return self._named(language, office, line)

    def now(
        self,
        language: Language,
        office: Office,
        open_until: datetime | None,
        next_opening: datetime | None,
        now: datetime,
    ) -> Words:
        """Open until when, or closed until when; the office has been named before.

        All moments are in the town's time zone.
        """
        if open_until is not None:
            until = GRAMMARS[language].until(open_until.time())
            return (self._say(language, "We are open now, {until}.", until=until),)
        closed_now = self._say(language, "We are closed now.")
        if next_opening is None:
            return (closed_now, *self._call_directly(language, office.telephone))
        again = self._say(
            language,
            "We open again {when} {at}.",
            when=self._when(language, next_opening.date(), now.date()),
            at=GRAMMARS[language].at(next_opening.time()),
        )
        return closed_now, again

    def where(self, language: Language, office: Office) -> Words:
        """Address, how to get there, whether an appointment is needed, and the telephone."""
        directions = digits_in_words(office.directions.get(language, ""), GRAMMARS[language])
        return self._named(
            language,
            office,
            *self._address(language, office.address),
            *(closed(language, part) for part in sentences(directions)),
            self._appointment(language, office.appointment),
            self._say(language, "The telephone number is:"),
            self._telephone(language, office.telephone),
        )

    def not_connected(self, language: Language, office: Office) -> Words:
        """The caller cannot be put through to the office named before; its number instead."""
        return (self._nobody(language), *self._call_directly(language, office.telephone))

    def no_operator(self, language: Language, telephone: str) -> Words:
        """There is no operator to put the caller through to; the number to call instead."""
        return (
            self._nobody(language),
            self._say(language, "You can call again, in office hours, on this number:"),
            self._telephone(language, telephone),
        )

    def _nobody(self, language: Language) -> Sentence:
        return self._say(
            language, "I am sorry, I cannot put you through: no operator is on this line now."
        )

    def _call_directly(self, language: Language, telephone: str) -> Words:
        heading = self._say(language, "You can call this number directly:")
        return heading, self._telephone(language, telephone)

    def _named(self, language: Language, office: Office, *rest: Sentence) -> Words:
        return (self._say(language, "{office}.", office=self.office_name(language, office)), *rest)

    def _never_open(self, language: Language) -> Sentence:
        return self._say(language, "There are no opening hours for the public.")

    def _week_line(self, language: Language, line: WeekLine) -> Sentence:
        days = GRAMMARS[language].days(line.days)
        if not line.spans:
            return self._say(language, "{days}, closed.", days=days)
        hours = GRAMMARS[language].hours(line.spans)
        if line.also:
            return self._say(language, "{days} also {hours}.", days=days, hours=hours)
        return self._say(language, "{days} {hours}.", days=days, hours=hours)

    def _when(self, language: Language, day: date, today: date) -> str:
        """Today, tomorrow, a weekday while it can be no other week's, or the date."""
        ahead = (day - today).days
        if ahead == 0:
            return GRAMMARS[language].TODAY
        if ahead == 1:
            return GRAMMARS[language].TOMORROW
        if 1 < ahead < 7:
            return GRAMMARS[language].on_weekday(day.weekday())
        return GRAMMARS[language].on_date(day)

    def _address(self, language: Language, address: str) -> Words:
        """In the town's own language; the number of the house in the caller's."""
        heading = self._say(language, "The address is:")
        town = GRAMMARS[TOWN_LANGUAGE]
        parts = split_address(address)
        if language == TOWN_LANGUAGE or parts.number is None:
            whole = digits_in_words(address.strip().replace("/", " "), town)
            return heading, closed(TOWN_LANGUAGE, whole)
        number = GRAMMARS[language].number(parts.number)
        return (
            heading,
            closed(TOWN_LANGUAGE, parts.place),
            self._say(language, "Number {number}.", number=number),
        )

    def _appointment(self, language: Language, appointment: Appointment) -> Sentence:
        if appointment is Appointment.NEVER:
            return self._say(language, "No appointment is needed.")
        if appointment is Appointment.PREFERRED:
            return self._say(language, "It is better to make an appointment first.")
        return self._say(language, "You can come by appointment only.")

    def _telephone(self, language: Language, telephone: str) -> Sentence:
        spoken = closed(language, telephone_in_words(telephone, GRAMMARS[language]))
        return replace(spoken, written=telephone)

    def _say(self, language: Language, msgid: str, **values: str) -> Sentence:
        return Sentence(language, GRAMMARS[language].finish(self._text(language, msgid, **values)))

    def _text(self, language: Language, msgid: str, **values: str) -> str:
        return self._catalogues.text(language, msgid).format(**values)


def closed(language: Language, text: str) -> Sentence:
    """The text as a sentence, with its full stop: voices fall at one."""
    stop = "" if text.endswith((".", "!", "?", "؟", ":")) else "."
    return Sentence(language, GRAMMARS[language].finish(text + stop))
