"""What staff are told, in Italian or English: `locales/<language>/LC_MESSAGES/check.po`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from babel.dates import format_date, format_datetime, get_day_names
from babel.lists import format_list
from babel.messages.pofile import PoFileError, read_po

from voicebot.errors import ContentError
from voicebot.model import Language, Span, tell, told

STAFF_TONGUES: tuple[Language, ...] = ("it", "en")
"""The languages in which staff are told; English is that of the program."""

_LOCALES = {"it": "it_IT", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class StaffWords:
    """One language of the staff."""

    language: Language = "en"
    texts: Mapping[str, str] = field(default_factory=dict)
    """By English template."""

    def say(self, template: str, /, **values: object) -> str:
        """The template in this language, with its values."""
        return tell(told(template, **values), self.texts)

    def tell(self, text: str) -> str:
        """A sentence that was made elsewhere."""
        return tell(text, self.texts)

    def day(self, day: date) -> str:
        """ "Monday 7 December 2026"."""
        return format_date(day, "EEEE d MMMM y", self._locale)

    def moment(self, moment: datetime) -> str:
        """ "Monday 7 December 2026, 10:00"."""
        return format_datetime(moment, "EEEE d MMMM y, HH:mm", locale=self._locale)

    def day_of_year(self, month: int, day: int) -> str:
        """ "7 December"."""
        return format_date(date(2024, month, day), "d MMMM", self._locale)

    def weekdays(self, days: Sequence[int]) -> str:
        """ "Monday, Tuesday and Friday"; 0 is Monday."""
        names = get_day_names("wide", locale=self._locale)
        return self.several([names[day] for day in days])

    def hours(self, spans: Sequence[Span]) -> str:
        """ "8:30-13:00 and 14:30-17:30", with true dashes."""
        texts = [
            f"{span.opens.hour}:{span.opens:%M}\u2013{span.closes.hour}:{span.closes:%M}"
            for span in spans
        ]
        return self.several(texts)

    def several(self, texts: Sequence[str]) -> str:
        """ "one, two and three"."""
        return format_list(list(texts), locale=self._locale)

    @property
    def _locale(self) -> str:
        return _LOCALES.get(self.language, "en_GB")


ENGLISH = StaffWords()


def load_words(locales: Path, language: Language) -> StaffWords:
    """The words of that language, English where it is none of the staff's.

    Raises:
        ContentError: the catalogue is missing or broken.
    """
    if language == "en" or language not in STAFF_TONGUES:
        return ENGLISH
    file = locales / language / "LC_MESSAGES" / "check.po"
    try:
        with file.open("rb") as source:
            catalogue = read_po(source, language, abort_invalid=True)
    except OSError as error:
        raise ContentError(f"{file}: cannot be read: {error.strerror}") from error
    except (PoFileError, ValueError) as error:
        raise ContentError(f"{file}: not a gettext catalogue: {error}") from error
    texts = {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
    return StaffWords(language, texts)
