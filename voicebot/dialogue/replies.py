"""What the bot says about requests: the facts asked for, and the questions that settle them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from voicebot.answering.wording import Wording, Words
from voicebot.dialogue.events import Show
from voicebot.model import Action, Content, Language, Office, OfficeId, Request
from voicebot.offices.calendar import calendar_of


@dataclass(frozen=True, slots=True)
class Replies:
    """The town's facts in the bot's words."""

    content: Content
    wording: Wording

    def facts(self, request: Request, language: Language, now: datetime) -> Words:
        """What a caller is told who asks for that; the request names an office."""
        office, say = self._office(request), self.wording
        if request.action is Action.WHERE:
            return say.where(language, office)
        calendar, today = calendar_of(office, self.content), now.date()
        is_today = request.day == today and calendar.opening(now).emergency is not None
        if request.day is not None and not is_today:
            return say.day(language, office, calendar.on(request.day), today, request.part)
        words = say.week(language, office, calendar.week_ahead(today), today)
        words += say.now(language, office, calendar.opening(now), now)
        if request.action is Action.TALK:
            words += say.not_connected(language, office)
        return words

    def is_open(self, office: OfficeId, now: datetime) -> bool:
        """Whether somebody should be there."""
        return calendar_of(self.content.office(office), self.content).opening(now).is_open

    def closed_now(self, office: Office, language: Language, now: datetime) -> Words | None:
        """That the office is closed, the most urgent first; None while it is open."""
        calendar = calendar_of(office, self.content)
        opening = calendar.opening(now)
        if opening.is_open:
            return None
        name, *hours = self._week(office, language, now)
        return (name, *self.wording.now(language, office, opening, now), *hours)

    def hours(self, office: Office, language: Language, now: datetime) -> Words:
        """Days and hours of an office that has been named before."""
        return self._week(office, language, now)[1:]

    def _week(self, office: Office, language: Language, now: datetime) -> Words:
        today = now.date()
        ahead = calendar_of(office, self.content).week_ahead(today)
        return self.wording.week(language, office, ahead, today)

    def caption(self, request: Request, language: Language) -> Show:
        """How the request was understood, for who reads."""
        name = self._office(request).names[language]
        return Show(self.wording.understood(language, name, request.action), language)

    def confirm(self, request: Request, language: Language) -> Words:
        """Whether this is what was meant."""
        name = self._office(request).names[language]
        return self.wording.confirm(language, name, request.action)

    def choose(self, requests: Sequence[Request], language: Language) -> Words:
        """Which of these is meant, each with its key."""
        offices = [self._office(request) for request in requests]
        if len(offices) >= len(self.content.offices) - 1:
            words = self.wording.which_office(language, requests[0].action)
            return words + self.menu(language)
        if self.by_home(requests):
            return self.wording.choose_by_home(language, offices)
        return self.wording.choose(language, offices)

    def by_home(self, requests: Sequence[Request]) -> bool:
        """Whether these offices do the same work, each for its part of the town."""
        offices = [self._office(request) for request in requests]
        return len(offices) > 1 and all(office.quarters for office in offices)

    def unknown_home(self, requests: Sequence[Request], language: Language) -> Words:
        """The part of town that was named is none of theirs."""
        offices = [self._office(request) for request in requests]
        return self.wording.unknown_home(language, offices)

    def menu(self, language: Language) -> Words:
        """All the keys."""
        return self.wording.key_menu(language, self.content.offices)

    def _office(self, request: Request) -> Office:
        return self.content.office(request.office or "")
