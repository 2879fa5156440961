"""What the bot tells about an office: hours, address, how to reach it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from voicebot.answering.catalogue import Catalogues
from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.reading import (
    digits_in_words,
    sentences,
    split_address,
    telephone_in_words,
)
from voicebot.answering.weekly import WeekLine, group_week
from voicebot.model import (
    Appointment,
    DayPart,
    Emergency,
    Holiday,
    Language,
    Office,
    OfficeDay,
    Opening,
    Sentence,
    Span,
    Week,
    WeekAhead,
)

TOWN_LANGUAGE: Language = "it"
"""The language of addresses: a street is found by the name on its sign."""

Words = tuple[Sentence, ...]

_WEEK = 7
_NOON, _EARLY_AFTERNOON, _EARLY_EVENING = time(12), time(14), time(18)


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

    def week(self, language: Language, office: Office, ahead: WeekAhead, today: date) -> Words:
        """Days and hours of a whole week, and what is different in the days to come."""
        lines = self._week(language, ahead.week)
        if ahead.next_week is not None and ahead.next_from is not None:
            when = self._when(language, ahead.next_from, today)
            lines = (
                *lines,
                self._say(language, "{when} our hours change:", when=when),
                *self._week(language, ahead.next_week),
            )
        if ahead.changed:
            changed = [self._changed(language, day, today) for day in ahead.changed]
            lines = (*lines, self._say(language, "Please note:"), *changed)
        return self._named(language, office, *lines)

    def day(
        self,
        language: Language,
        office: Office,
        day: OfficeDay,
        today: date,
        part: DayPart | None = None,
    ) -> Words:
        """The hours of one day or of half of it, and why they are not the usual ones."""
        whole = self._on(language, day, self._when(language, day.day, today))
        if part is None or not day.spans:
            return self._named(language, office, whole)
        within = tuple(span for span in day.spans if _lies_in(span, part))
        if within == day.spans:
            return self._named(language, office, whole)
        when = self._when_in(language, day.day, today, part)
        if within:
            of_part = replace(day, spans=within)
            return self._named(language, office, self._on(language, of_part, when))
        closed_then = self._say(language, "{when} we are closed.", when=when)
        return self._named(language, office, closed_then, whole)

    def now(self, language: Language, office: Office, opening: Opening, now: datetime) -> Words:
        """Open until when, or closed, why, and until when; the office has been named before."""
        if opening.open_until is not None:
            until = GRAMMARS[language].until(opening.open_until.time())
            return (self._say(language, "We are open now, {until}.", until=until),)
        closed_now: Words = (self._closed_now(language, opening.today),)
        if opening.emergency is not None:
            closed_now = self.emergency(language, opening.emergency)
        if opening.next_opening is None and opening.emergency is not None:
            unknown = self._say(language, "We cannot say yet when we will open again.")
            return (*closed_now, unknown)
        if opening.next_opening is None:
            return (*closed_now, *self._call_directly(language, office.telephone))
        again = self._say(
            language,
            "We open again {when} {at}.",
            when=self._when(language, opening.next_opening.date(), now.date()),
            at=GRAMMARS[language].at(opening.next_opening.time()),
        )
        return (*closed_now, again)

    def emergency(self, language: Language, emergency: Emergency) -> Words:
        """That an emergency keeps an office closed, in the words of staff where they gave any."""
        message = emergency.message.get(language, "").strip()
        if not message:
            return (self._say(language, "We are closed because of an emergency."),)
        spoken = digits_in_words(message, GRAMMARS[language])
        return tuple(closed(language, part) for part in sentences(spoken))

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

    def _closed_now(self, language: Language, today: OfficeDay) -> Sentence:
        """A whole day of another kind is named with its reason; a break or an evening is not."""
        if today.special is not None and not today.spans:
            return self._on(language, today, GRAMMARS[language].TODAY)
        return self._say(language, "We are closed now.")

    def _changed(self, language: Language, day: OfficeDay, today: date) -> Sentence:
        """A day that differs from the weekly hours, or all days in a row that do so alike."""
        special = day.special
        if special is not None and max(special.first, today) < special.last:
            when = GRAMMARS[language].on_dates(max(special.first, today), special.last)
        elif (day.day - today).days < 2:
            when = self._when(language, day.day, today)
        else:
            when = GRAMMARS[language].on_date(day.day)
        return self._on(language, day, when)

    def _on(self, language: Language, day: OfficeDay, when: str) -> Sentence:
        """Open or closed on a day, or on days in a row; `when` names them."""
        special = day.special
        reason = special.reason.get(language, "") if special is not None else ""
        reason = digits_in_words(reason.strip().rstrip("."), GRAMMARS[language])
        if day.spans:
            hours = GRAMMARS[language].hours(day.spans)
            if not reason:
                return self._say(language, "{when} we are open {hours}.", when=when, hours=hours)
            return self._say(
                language,
                "{when} we are open {hours}: {reason}.",
                when=when,
                hours=hours,
                reason=reason,
            )
        if reason:
            return self._say(language, "{when} we are closed: {reason}.", when=when, reason=reason)
        if special is not None and special.holiday is not None:
            holiday = self._holiday(language, special.holiday)
            return self._say(
                language, "{when} we are closed: it is {holiday}.", when=when, holiday=holiday
            )
        return self._say(language, "{when} we are closed.", when=when)

    def _holiday(self, language: Language, holiday: Holiday) -> str:
        names = {
            Holiday.NEW_YEAR: self._text(language, "New Year's Day"),
            Holiday.EPIPHANY: self._text(language, "Epiphany"),
            Holiday.EASTER: self._text(language, "Easter Sunday"),
            Holiday.EASTER_MONDAY: self._text(language, "Easter Monday"),
            Holiday.LIBERATION: self._text(language, "Liberation Day"),
            Holiday.LABOUR: self._text(language, "Labour Day"),
            Holiday.REPUBLIC: self._text(language, "Republic Day"),
            Holiday.ASSUMPTION: self._text(language, "the Feast of the Assumption"),
            Holiday.SAINT_FRANCIS: self._text(language, "the Feast of Saint Francis"),
            Holiday.ALL_SAINTS: self._text(language, "All Saints' Day"),
            Holiday.NATIONAL_UNITY: self._text(language, "National Unity Day"),
            Holiday.IMMACULATE_CONCEPTION: self._text(
                language, "the Feast of the Immaculate Conception"
            ),
            Holiday.CHRISTMAS: self._text(language, "Christmas Day"),
            Holiday.SAINT_STEPHEN: self._text(language, "Saint Stephen's Day"),
            Holiday.SAN_GEMINIANO: self._text(language, "the Feast of San Geminiano"),
            Holiday.OTHER: self._text(language, "a public holiday"),
        }
        return names[holiday]

    def _week(self, language: Language, week: Week) -> Words:
        if not any(week):
            return (self._never_open(language),)
        return tuple(self._week_line(language, line) for line in group_week(week))

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
        if 1 < ahead < _WEEK:
            return GRAMMARS[language].on_weekday(day.weekday())
        return GRAMMARS[language].on_date(day)

    def _when_in(self, language: Language, day: date, today: date, part: DayPart) -> str:
        """Half of a day, named as the day would be."""
        words = GRAMMARS[language].PARTS[part]
        ahead = (day - today).days
        if ahead == 0:
            return words.today
        frame = words.weekday if 0 < ahead < _WEEK else words.dated
        return frame.format(when=self._when(language, day, today))

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


def _lies_in(span: Span, part: DayPart) -> bool:
    """Whether an opening is worth naming to who asks about that half of a day.

    A morning may end a little late: what closes by two is no opening of the afternoon, and what
    closes by six none of the evening.
    """
    if part is DayPart.EVENING:
        return span.closes > _EARLY_EVENING
    if part is DayPart.MORNING:
        return span.opens < _NOON
    return span.opens >= _NOON or span.closes > _EARLY_AFTERNOON


def closed(language: Language, text: str) -> Sentence:
    """The text as a sentence, with its full stop: voices fall at one."""
    stop = "" if text.endswith((".", "!", "?", "؟", ":")) else "."
    return Sentence(language, GRAMMARS[language].finish(text + stop))
