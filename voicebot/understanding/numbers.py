"""Number words 0 to 99 and small ordinals, and the way back from a word to its value."""

from __future__ import annotations

from typing import NamedTuple

from voicebot.model import Language


class NumberWord(NamedTuple):
    """What a number word counts."""

    value: int
    ordinal: bool


_UNITS: dict[Language, tuple[str, ...]] = {
    "it": tuple(
        "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
        "quattordici quindici sedici diciassette diciotto diciannove".split()
    ),
    "en": tuple(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen".split()
    ),
    "fr": (
        *"zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize".split(),
        *"quatorze quinze seize".split(),
        "dix sept",
        "dix huit",
        "dix neuf",
    ),
    "ar": (
        *"صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة".split(),
        "أحد عشر",
        "اثنا عشر",
        "ثلاثة عشر",
        "أربعة عشر",
        "خمسة عشر",
        "ستة عشر",
        "سبعة عشر",
        "ثمانية عشر",
        "تسعة عشر",
    ),
}
_TENS: dict[Language, tuple[str, ...]] = {
    "it": tuple("venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()),
    "en": tuple("twenty thirty forty fifty sixty seventy eighty ninety".split()),
    "fr": ("vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre vingt", ""),
    "ar": tuple("عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون".split()),
}
_ORDINALS: dict[Language, tuple[tuple[str, ...], ...]] = {
    "it": (
        ("primo", "prima"),
        ("secondo", "seconda"),
        ("terzo", "terza"),
        ("quarto", "quarta"),
        ("quinto", "quinta"),
        ("sesto", "sesta"),
        ("settimo", "settima"),
        ("ottavo", "ottava"),
        ("nono", "nona"),
        ("decimo", "decima"),
    ),
    "en": tuple(
        (word,)
        for word in "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    ),
    "fr": (
        ("premier", "première"),
        ("deuxième", "second", "seconde"),
        ("troisième",),
        ("quatrième",),
        ("cinquième",),
        ("sixième",),
        ("septième",),
        ("huitième",),
        ("neuvième",),
        ("dixième",),
    ),
    "ar": (
        ("أول", "أولى"),
        ("ثاني", "ثانية", "ثان"),
        ("ثالث", "ثالثة"),
        ("رابع", "رابعة"),
        ("خامس", "خامسة"),
        ("سادس", "سادسة"),
        ("سابع", "سابعة"),
        ("ثامن", "ثامنة"),
        ("تاسع", "تاسعة"),
        ("عاشر", "عاشرة"),
    ),
}
_VARIANTS: dict[Language, dict[int, tuple[str, ...]]] = {
    "ar": {
        1: ("واحدة",),
        2: ("اثنين", "اثنتان", "اثنتين", "إثنين"),
        3: ("ثلاث",),
        4: ("أربع",),
        5: ("خمس",),
        6: ("ست",),
        7: ("سبع",),
        8: ("ثمان", "ثماني"),
        9: ("تسع",),
        10: ("عشر",),
        20: ("عشرين",),
    }
}
ARTICLE_ONE: dict[Language, frozenset[str]] = {
    "it": frozenset({"uno"}),
    "en": frozenset({"one"}),
    "fr": frozenset({"un"}),
    "ar": frozenset(),
}
"""Words for one that are more often an article or a pronoun than a number."""


def cardinal(value: int, language: Language) -> str:
    """The words for 0 to 99, separated by blanks.

    Raises:
        ValueError: the value is outside 0 to 99.
    """
    if not 0 <= value <= 99:
        raise ValueError(f"{value} is outside 0 to 99")
    units = _UNITS[language]
    if value < 20:
        return units[value]
    tens, unit = divmod(value, 10)
    if language == "fr":
        return _french(value, tens)
    stem = _TENS[language][tens - 2]
    if unit == 0:
        return stem
    if language == "it":
        return (stem[:-1] if unit in (1, 8) else stem) + units[unit]
    if language == "ar":
        return f"{units[unit]} و{stem}"
    return f"{stem} {units[unit]}"


def _french(value: int, tens: int) -> str:
    units = _UNITS["fr"]
    stem = _TENS["fr"][min(tens, 8) - 2]
    rest = value - (60 if tens in (6, 7) else 80 if tens >= 8 else tens * 10)
    if rest == 0:
        return stem
    joined = rest in (1, 11) and tens < 8
    return f"{stem} et {units[rest]}" if joined else f"{stem} {units[rest]}"


def ordinal(value: int, language: Language, feminine: bool = False) -> str:
    """The word for first to tenth; past that the cardinal's words, up to 99.

    Raises:
        ValueError: the value is outside 0 to 99.
    """
    if 1 <= value <= len(_ORDINALS[language]):
        forms = _ORDINALS[language][value - 1]
        return forms[1] if feminine and len(forms) > 1 and language == "it" else forms[0]
    return cardinal(value, language)


def spellings(language: Language) -> dict[str, NumberWord]:
    """Every number that is written as one word, with what it counts."""
    found: dict[str, NumberWord] = {}
    for value in range(100):
        word = cardinal(value, language)
        if " " not in word:
            found[word] = NumberWord(value, ordinal=False)
    for value, words in _VARIANTS.get(language, {}).items():
        for word in words:
            found.setdefault(word, NumberWord(value, ordinal=False))
    for index, words in enumerate(_ORDINALS[language]):
        for word in words:
            found[word] = NumberWord(index + 1, ordinal=True)
    return found
