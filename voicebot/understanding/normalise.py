"""Makes sentences comparable: one spelling for what sounds or means the same.

The result is words of lower-case letters and digits with single blanks between them;
normalising it again changes nothing. Any text is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from voicebot.model import Language
from voicebot.understanding.numbers import NumberWord, cardinal, ordinal, spellings

_APOSTROPHES = re.compile("[’‘ʼ`´′＇]")
_ELISION = re.compile(r"(?<=\w)'(?=\w)")
_WHOLE: Mapping[Language, re.Pattern[str]] = {"fr": re.compile(r"\baujourd'hui\b")}
"""Words whose apostrophe parts no article."""
_WHERE = re.compile(r"\bo(?:ù|u\u0300)(?!\w)|^ou\b|\bou(?= (?:est|sont|se|puis|dois|je)\b)")
"""The French "where"; without its accent it is written like "or"."""
_DIGITS_BESIDE_LETTERS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_ORDINAL: Mapping[Language, re.Pattern[str]] = {
    "it": re.compile(r"\b0*(\d{1,2})([oa])\b"),
    "en": re.compile(r"\b0*(\d{1,2})(st|nd|rd|th)\b"),
    "fr": re.compile(r"\b0*(\d{1,2})(ers?|e|re|ere|eme|ieme|nde?)\b"),
}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4"}
"""Recognisers like to write an office's number so. The other small ones are words as well."""
_ROMAN_WORD = re.compile(rf"\b(?:{'|'.join(_ROMAN)})\b")
_NUMBER = re.compile(r"\b\d{1,2}\b")
_UNWORDLY = re.compile(r"[\W_]+")
_ROUNDS = 8
"""Rounds to a fixed point; two do for anything a person writes."""

_ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ء": None}
    | {"ـ": None, "ی": "ي", "ک": "ك", "ھ": "ه", "ە": "ه"}
)
_KEPT_ARTICLE = frozenset("اليوم الاثنين الثلاثا الاربعا الخميس الجمعه السبت الاحد".split())
"""Today and the days of the week: without its article Monday is "two" and today is "day"."""
_ARTICLE = re.compile(r"^(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{3})")
_AND = re.compile(r"^و(?=\w{4})")
_PREPOSITION = re.compile(r"^[بلك](?=\w{5})")


def normalise(text: str, language: Language) -> str:
    """The words of `text` in their plain form, separated by single blanks."""
    for _ in range(_ROUNDS):
        plain = _once(text, language)
        if plain == text:
            break
        text = plain
    return text


def words(text: str, language: Language) -> tuple[str, ...]:
    """The words of the normalised text."""
    return tuple(normalise(text, language).split())


@cache
def number_words(language: Language) -> Mapping[str, NumberWord]:
    """The numbers that are one normalised word, by that word."""
    plain = {normalise(word, language): number for word, number in spellings(language).items()}
    return MappingProxyType({word: number for word, number in plain.items() if word})


def _once(text: str, language: Language) -> str:
    text = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text).casefold())
    if whole := _WHOLE.get(language):
        text = whole.sub(lambda match: match[0].replace("'", ""), text)
    if language == "fr":
        text = _WHERE.sub("ouh", text)
    # English keeps its short forms in one piece; Italian and French part the article.
    text = _ELISION.sub("" if language == "en" else " ", text)
    text = "".join(map(_plain_character, unicodedata.normalize("NFKD", text)))
    text = _ROMAN_WORD.sub(lambda match: _ROMAN[match[0]], text)
    text = _words_for_digits(text, language)
    text = _UNWORDLY.sub(" ", text).strip()
    if language == "ar":
        text = " ".join(map(_bare_arabic, text.translate(_ARABIC_LETTERS).split()))
    return text


def _plain_character(character: str) -> str:
    """ASCII digits, no marks; the blank of what cannot be in a word is left to the caller."""
    if character.isascii():
        return character
    if unicodedata.category(character).startswith("M"):
        return ""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _words_for_digits(text: str, language: Language) -> str:
    if not any(character.isdigit() for character in text):
        return text
    if pattern := _ORDINAL.get(language):
        text = pattern.sub(
            lambda match: f" {ordinal(int(match[1]), language, match[2] == 'a')} ", text
        )
    text = _DIGITS_BESIDE_LETTERS.sub(" ", text)
    return _NUMBER.sub(lambda match: f" {cardinal(int(match[0]), language)} ", text)


def _bare_arabic(word: str) -> str:
    """Without the article and the particles written onto the word."""
    while True:
        # Short remainders are kept whole: there the letters are more likely the word's own.
        if kept := _kept_article().get(word):
            return kept
        if word in _arabic_numbers():
            return word
        shorter = _ARTICLE.sub("", word) if _ARTICLE.match(word) else _AND.sub("", word)
        if shorter == word:
            shorter = _PREPOSITION.sub("", word)
        if shorter == word:
            return word
        word = shorter


@cache
def _kept_article() -> Mapping[str, str]:
    """The words that keep their article, by their spellings with particles."""
    forms: dict[str, str] = {}
    for kept in _KEPT_ARTICLE:
        for form in (kept, "ل" + kept[1:], "ب" + kept, "ك" + kept):
            forms |= {form: kept, "و" + form: kept, "ف" + form: kept}
    return forms


@cache
def _arabic_numbers() -> frozenset[str]:
    return frozenset(word.translate(_ARABIC_LETTERS) for word in spellings("ar"))
