"""What each language must know to say numbers, clock times, days and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Protocol

from voicebot.answering import arabic, english, french, italian
from voicebot.answering.words import PartWords
from voicebot.model import DayPart, Language, Span


class Grammar(Protocol):
    """One language. Every function answers in words, lower case, without a full stop."""

    @property
    def COMMA(self) -> str:
        """What parts the groups of a telephone number."""

    @property
    def TODAY(self) -> str:
        """As the beginning or the middle of a sentence."""

    @property
    def TOMORROW(self) -> str:
        """As the beginning or the middle of a sentence."""

    @property
    def PLUS(self) -> str:
        """The sign before a country code."""

    @property
    def DIGITS(self) -> tuple[str, ...]:
        """Zero to nine as read out one by one."""

    @property
    def PARTS(self) -> Mapping[DayPart, PartWords]:
        """The halves of a day."""

    def number(self, n: int) -> str:
        """0 to 9999 as the number of a house or of a bus."""

    def at(self, moment: time) -> str:
        """At that time: "alle otto e trenta"."""

    def until(self, moment: time) -> str:
        """Until that time: "fino alle tredici"."""

    def hours(self, spans: Sequence[Span]) -> str:
        """From when to when: "dalle nove alle tredici e dalle quindici alle diciassette"."""

    def days(self, days: Sequence[int]) -> str:
        """Weekdays (0 is Monday, ascending) as the beginning of a line: "dal lunedì al venerdì"."""

    def on_weekday(self, day: int) -> str:
        """On the coming Monday: "lunedì", "on Monday"."""

    def on_date(self, day: date) -> str:
        """On that date, with its weekday."""

    def on_dates(self, first: date, last: date) -> str:
        """From one date to another, both with their weekdays."""

    def finish(self, text: str) -> str:
        """The last touch on a whole sentence: its capital, or its pausal ending."""


GRAMMARS: Mapping[Language, Grammar] = {
    "it": italian,
    "en": english,
    "fr": french,
    "ar": arabic,
}
