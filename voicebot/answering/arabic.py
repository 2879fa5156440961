"""Arabic: Modern Standard, fully vowelled, the twelve-hour clock with its part of the day.

Times and days are built in the genitive throughout: every one of them follows a preposition or a
word for "day", so one form of each is enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from voicebot.answering.weekly import day_runs
from voicebot.answering.words import PartWords, join
from voicebot.model import DayPart, Span

COMMA = "،"
TODAY = "اليَوْمَ"
TOMORROW = "غَدًا"
PARTS = {
    DayPart.MORNING: PartWords("اليَوْمَ صَبَاحًا", "{when} صَبَاحًا", "{when} صَبَاحًا"),
    DayPart.AFTERNOON: PartWords("اليَوْمَ بَعْدَ الظُّهْرِ", "{when} بَعْدَ الظُّهْرِ", "{when} بَعْدَ الظُّهْرِ"),
    DayPart.EVENING: PartWords("اليَوْمَ مَسَاءً", "{when} مَسَاءً", "{when} مَسَاءً"),
}
PLUS = "زَائِد"
DIGITS = (
    "صِفْر",
    "وَاحِد",
    "اِثْنَان",
    "ثَلَاثَة",
    "أَرْبَعَة",
    "خَمْسَة",
    "سِتَّة",
    "سَبْعَة",
    "ثَمَانِيَة",
    "تِسْعَة",
)

_TENS = ("عِشْرِين", "ثَلَاثِين", "أَرْبَعِين", "خَمْسِين", "سِتِّين", "سَبْعِين", "ثَمَانِين", "تِسْعِين")
_UNITS_BEFORE_TENS = (
    "",
    "وَاحِدٍ",
    "اثْنَيْنِ",
    "ثَلَاثَةٍ",
    "أَرْبَعَةٍ",
    "خَمْسَةٍ",
    "سِتَّةٍ",
    "سَبْعَةٍ",
    "ثَمَانِيَةٍ",
    "تِسْعَةٍ",
)
_TEENS = (
    "عَشَرَة",
    "أَحَدَ عَشَرَ",
    "اثْنَيْ عَشَرَ",
    "ثَلَاثَةَ عَشَرَ",
    "أَرْبَعَةَ عَشَرَ",
    "خَمْسَةَ عَشَرَ",
    "سِتَّةَ عَشَرَ",
    "سَبْعَةَ عَشَرَ",
    "ثَمَانِيَةَ عَشَرَ",
    "تِسْعَةَ عَشَرَ",
)
_HUNDREDS = (
    "",
    "مِئَة",
    "مِئَتَيْن",
    "ثَلَاثِمِئَة",
    "أَرْبَعِمِئَة",
    "خَمْسِمِئَة",
    "سِتِّمِئَة",
    "سَبْعِمِئَة",
    "ثَمَانِمِئَة",
    "تِسْعِمِئَة",
)
_OF_MINUTES = ("", "", "", *"ثَلَاثِ أَرْبَعِ خَمْسِ سِتِّ سَبْعِ ثَمَانِي تِسْعِ عَشْرِ".split())
"""Three to ten before the plural; minutes are feminine, so these numbers lose their ending."""
_AND_TENS = ("", *"إِحْدَى اثْنَتَيْنِ ثَلَاثٍ أَرْبَعٍ خَمْسٍ سِتٍّ سَبْعٍ ثَمَانٍ تِسْعٍ".split())
"""Counts of minutes before "and twenty"."""
_AND_TEN = ("", *"إِحْدَى اثْنَتَيْ ثَلَاثَ أَرْبَعَ خَمْسَ سِتَّ سَبْعَ ثَمَانِيَ تِسْعَ".split())
"""Counts of minutes before "teen"."""
_HOURS = (
    "",
    "الوَاحِدَةِ",
    "الثَّانِيَةِ",
    "الثَّالِثَةِ",
    "الرَّابِعَةِ",
    "الخَامِسَةِ",
    "السَّادِسَةِ",
    "السَّابِعَةِ",
    "الثَّامِنَةِ",
    "التَّاسِعَةِ",
    "العَاشِرَةِ",
    "الحَادِيَةَ عَشْرَةَ",
    "الثَّانِيَةَ عَشْرَةَ",
)
_WEEKDAYS = ("الِاثْنَيْنِ", "الثُّلَاثَاءِ", "الأَرْبِعَاءِ", "الخَمِيسِ", "الجُمُعَةِ", "السَّبْتِ", "الأَحَدِ")
_MONTHS = tuple(
    ("يَنَايِر فِبْرَايِر مَارِس أَبْرِيل مَايُو يُونْيُو يُولْيُو أُغُسْطُس سِبْتَمْبِر أُكْتُوبَر نُوفَمْبِر دِيسَمْبِر").split()
)
_ORDINALS = (
    "",
    "الأَوَّلَ",
    "الثَّانِيَ",
    "الثَّالِثَ",
    "الرَّابِعَ",
    "الخَامِسَ",
    "السَّادِسَ",
    "السَّابِعَ",
    "الثَّامِنَ",
    "التَّاسِعَ",
    "العَاشِرَ",
)
_PLURAL_TENS = ("العِشْرِين", "الثَّلَاثِين")
"""Twenty and thirty: the same in the accusative and in the genitive."""
_MIDNIGHT = "مُنْتَصَفِ اللَّيْلِ"

_MARKS = re.compile("[\u064b-\u0652\u0670]")
_PAUSE = re.compile(r"([^\s\u064b-\u0652])(\u0651?)([\u064b-\u0650])(\u0651?)(?=\s*(?:[.،؛:؟!]|$))")


def number(n: int) -> str:
    """0 to 9999 as a label is counted, in its pausal form: "مِئَة وَثَلَاثَةٍ وَعِشْرِين"."""
    thousands, rest = divmod(n, 1000)
    parts = []
    if thousands:
        plural = "أَلْف" if thousands == 1 else "أَلْفَيْن"
        parts = [plural if thousands < 3 else f"{DIGITS[thousands]} آلَافٍ"]
    hundreds, small = divmod(rest, 100)
    if hundreds:
        parts.append(_HUNDREDS[hundreds])
    if small or not parts:
        parts.append(_below_hundred(small))
    return " وَ".join(parts)


def _below_hundred(n: int) -> str:
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return _TEENS[n - 10]
    tens, unit = _TENS[n // 10 - 2], n % 10
    return f"{_UNITS_BEFORE_TENS[unit]} وَ{tens}" if unit else tens


def minutes(n: int) -> str:
    """A count of minutes after "and", 1 to 59."""
    if n <= 2:
        return "دَقِيقَةٍ" if n == 1 else "دَقِيقَتَيْنِ"
    if n <= 10:
        return f"{_OF_MINUTES[n]} دَقَائِقَ"
    if n < 20:
        return f"{_AND_TEN[n - 10]} عَشْرَةَ دَقِيقَةً"
    tens, unit = _TENS[n // 10 - 2] + "َ", n % 10
    return f"{_AND_TENS[unit]} وَ{tens} دَقِيقَةً" if unit else f"{tens} دَقِيقَةً"


_PAST = {0: "", 15: " وَالرُّبْعِ", 20: " وَالثُّلُثِ", 30: " وَالنِّصْفِ"}
_TO = {
    40: " إِلَّا ثُلُثًا",
    45: " إِلَّا رُبْعًا",
    50: " إِلَّا عَشْرَ دَقَائِقَ",
    55: " إِلَّا خَمْسَ دَقَائِقَ",
}


def _clock(moment: time) -> tuple[str, str]:
    """The time after a preposition, and its part of the day; both empty-safe to join."""
    if moment.hour == 0 and moment.minute == 0:
        return _MIDNIGHT, ""
    hour = moment.hour + (moment.minute in _TO)
    if moment.minute in _TO:
        rest = _TO[moment.minute]
    elif moment.minute in _PAST:
        rest = _PAST[moment.minute]
    else:
        rest = f" وَ{minutes(moment.minute)}"
    return f"السَّاعَةِ {_HOURS[(hour - 1) % 12 + 1]}{rest}", _part_of_day(hour % 24)


def _part_of_day(hour: int) -> str:
    if hour < 4 or hour >= 23:
        return "لَيْلًا"
    if hour < 12:
        return "صَبَاحًا"
    if hour < 14:
        return "ظُهْرًا"
    return "بَعْدَ الظُّهْرِ" if hour < 18 else "مَسَاءً"


def _whole(moment: time) -> str:
    return " ".join(part for part in _clock(moment) if part)


def at(moment: time) -> str:
    """ "فِي السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا"."""
    return f"فِي {_whole(moment)}"


def until(moment: time) -> str:
    """ "حَتَّى السَّاعَةِ الوَاحِدَةِ ظُهْرًا"."""
    return f"حَتَّى {_whole(moment)}"


def hours(spans: Sequence[Span]) -> str:
    """From when to when; the part of the day once where both ends share it."""
    return join([_span(span) for span in spans], " وَ", " وَ")


def _span(span: Span) -> str:
    opens, part = _clock(span.opens)
    if part and part != _clock(span.closes)[1]:
        opens = f"{opens} {part}"
    from_ = "مِنْ" if opens.startswith(_MIDNIGHT) else "مِنَ"
    return f"{from_} {opens} إِلَى {_whole(span.closes)}"


def days(days: Sequence[int]) -> str:
    """ "مِنَ الِاثْنَيْنِ إِلَى الجُمُعَةِ", "يَوْمَيِ الثُّلَاثَاءِ وَالخَمِيسِ"."""
    if len(days) == 7:
        return "كُلَّ يَوْمٍ"
    runs = day_runs(days)
    ranges = [f"مِنَ {_WEEKDAYS[run[0]]} إِلَى {_WEEKDAYS[run[-1]]}" for run in runs if len(run) > 1]
    singles = [_WEEKDAYS[run[0]] for run in runs if len(run) == 1]
    if singles:
        word = ("يَوْمَ", "يَوْمَيِ", "أَيَّامَ")[min(len(singles), 3) - 1]
        ranges.append(f"{word} {' وَ'.join(singles)}")
    return " وَ".join(ranges)


def on_weekday(day: int) -> str:
    """ "يَوْمَ الِاثْنَيْنِ"."""
    return f"يَوْمَ {_WEEKDAYS[day]}"


def on_date(day: date) -> str:
    """ "يَوْمَ الجُمُعَةِ السَّابِعَ وَالعِشْرِينَ مِنْ نُوفَمْبِر"."""
    return f"{on_weekday(day.weekday())} {_ordinal(day.day)} مِنْ {_MONTHS[day.month - 1]}"


def on_dates(first: date, last: date) -> str:
    """ "مِنْ يَوْمِ الِاثْنَيْنِ العَاشِرِ مِنْ أُغُسْطُس إِلَى يَوْمِ الجُمُعَةِ الحَادِي وَالعِشْرِينَ مِنْ أُغُسْطُس"."""
    return f"مِنْ {_genitive_date(first)} إِلَى {_genitive_date(last)}"


def _genitive_date(day: date) -> str:
    month = _MONTHS[day.month - 1]
    return f"يَوْمِ {_WEEKDAYS[day.weekday()]} {_genitive(_ordinal(day.day))} مِنْ {month}"


def _genitive(ordinal: str) -> str:
    """The day of a month after a preposition: its first word changes, a teen's does not."""
    unit, space, rest = ordinal.partition(" ")
    if rest == "عَشَرَ" or not unit.endswith("\u064e") or unit.startswith(_PLURAL_TENS):
        return ordinal
    stem = unit[:-1]
    return stem + ("" if stem.endswith("ي") else "\u0650") + space + rest


def _ordinal(n: int) -> str:
    """The day of a month, masculine accusative as it agrees with "يَوْمَ"."""
    if n <= 10:
        return _ORDINALS[n]
    unit = "الحَادِيَ" if n % 10 == 1 else _ORDINALS[n % 10]
    if n < 20:
        return f"{unit} عَشَرَ"
    tens = "العِشْرِينَ" if n < 30 else "الثَّلَاثِينَ"
    return f"{unit} وَ{tens}" if n % 10 else tens


def finish(text: str) -> str:
    """The sentence with pausal endings, as it is spoken: no final case vowel before a stop."""
    return _PAUSE.sub(_paused, text)


def _paused(match: re.Match[str]) -> str:
    letter, vowel, shadda = match[1], match[3], match[2] or match[4]
    if vowel == "\u064b" and letter != "ة":  # "masaa'an" is said in full
        return match[0]
    return letter + (shadda or ("" if letter in "ةاىويآ" else "ْ"))


def shown(text: str) -> str:
    """The text as it is written for readers, without its vowel marks; other scripts unchanged."""
    return _MARKS.sub("", text)
