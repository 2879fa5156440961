"""Clock times, days, dates and numbers in words."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest

from tests.answering.town import span
from voicebot.answering import arabic
from voicebot.answering.grammar import GRAMMARS
from voicebot.model import LANGUAGES

TABLES = Path(__file__).parent / "clock"


def quarters(language: str) -> list[tuple[str, str]]:
    lines = (TABLES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [(line[:5], line[6:]) for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quarter_of_an_hour_as_the_table_has_it(language: str) -> None:
    table = quarters(language)
    assert len(table) == 96
    said = [(clock, GRAMMARS[language].at(time.fromisoformat(clock))) for clock, _ in table]
    assert said == table


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_of_the_day_has_its_own_words(language: str) -> None:
    grammar = GRAMMARS[language]
    moments = [time(hour, minute) for hour in range(24) for minute in range(60)]
    said = {grammar.at(moment) for moment in moments}
    assert len(said) == 24 * 60
    for words in said:
        assert not re.search(r"\d|\s\s|^\s|\s$", words), words


@pytest.mark.parametrize(
    ("language", "spans", "said"),
    [
        ("it", "08:30-13:00", "dalle otto e trenta alle tredici"),
        ("it", "12:00-13:00", "da mezzogiorno alle tredici"),
        ("it", "01:00-12:00", "dall'una a mezzogiorno"),
        (
            "it",
            "08:30-13:00 14:30-17:30",
            "dalle otto e trenta alle tredici "
            "e dalle quattordici e trenta alle diciassette e trenta",
        ),
        ("en", "08:30-13:00", "from half past eight to one o'clock"),
        ("en", "08:45-12:00", "from a quarter to nine to midday"),
        (
            "en",
            "07:30-18:30",
            "from half past seven in the morning to half past six",
        ),
        ("fr", "08:30-13:00", "de huit heures trente à treize heures"),
        ("fr", "12:00-13:30", "de midi à treize heures trente"),
        ("fr", "01:00-12:00", "d'une heure à midi"),
        (
            "ar",
            "08:30-13:00",
            "مِنَ السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا إِلَى السَّاعَةِ الوَاحِدَةِ ظُهْرًا",
        ),
        (
            "ar",
            "14:30-17:30",
            "مِنَ السَّاعَةِ الثَّانِيَةِ وَالنِّصْفِ إِلَى السَّاعَةِ الخَامِسَةِ وَالنِّصْفِ بَعْدَ الظُّهْرِ",
        ),
        ("ar", "00:00-01:00", "مِنْ مُنْتَصَفِ اللَّيْلِ إِلَى السَّاعَةِ الوَاحِدَةِ لَيْلًا"),
    ],
)
def test_from_when_to_when(language: str, spans: str, said: str) -> None:
    assert GRAMMARS[language].hours([span(text) for text in spans.split()]) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "fino all'una"),
        ("en", "until one o'clock in the morning"),
        ("fr", "jusqu'à une heure"),
        ("ar", "حَتَّى السَّاعَةِ الوَاحِدَةِ لَيْلًا"),
    ],
)
def test_until(language: str, said: str) -> None:
    assert GRAMMARS[language].until(time(1)) == said


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("it", [0, 1, 2, 3, 4], "dal lunedì al venerdì"),
        ("it", [4, 5, 6], "dal venerdì alla domenica"),
        ("it", [1, 3], "martedì e giovedì"),
        ("it", [0, 1, 2, 4], "dal lunedì al mercoledì e il venerdì"),
        ("it", [0, 2, 4], "lunedì, mercoledì e venerdì"),
        ("it", list(range(7)), "tutti i giorni"),
        ("en", [0, 1, 2, 3, 4], "Monday to Friday"),
        ("en", [0, 1, 2, 4], "Monday to Wednesday and Friday"),
        ("en", list(range(7)), "every day"),
        ("fr", [0, 1, 2, 3, 4], "du lundi au vendredi"),
        ("fr", [1, 3], "le mardi et le jeudi"),
        ("fr", list(range(7)), "tous les jours"),
        ("ar", [0, 1, 2, 3, 4], "مِنَ الِاثْنَيْنِ إِلَى الجُمُعَةِ"),
        ("ar", [2], "يَوْمَ الأَرْبِعَاءِ"),
        ("ar", [1, 3], "يَوْمَيِ الثُّلَاثَاءِ وَالخَمِيسِ"),
        ("ar", [0, 2, 4], "أَيَّامَ الِاثْنَيْنِ وَالأَرْبِعَاءِ وَالجُمُعَةِ"),
        ("ar", [0, 1, 2, 4], "مِنَ الِاثْنَيْنِ إِلَى الأَرْبِعَاءِ وَيَوْمَ الجُمُعَةِ"),
        ("ar", list(range(7)), "كُلَّ يَوْمٍ"),
    ],
)
def test_days_in_runs(language: str, days: list[int], said: str) -> None:
    assert GRAMMARS[language].days(days) == said


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("it", date(2026, 11, 27), "venerdì ventisette novembre"),
        ("it", date(2026, 8, 1), "sabato primo agosto"),
        ("en", date(2026, 11, 27), "on Friday the twenty-seventh of November"),
        ("en", date(2026, 3, 12), "on Thursday the twelfth of March"),
        ("en", date(2026, 1, 31), "on Saturday the thirty-first of January"),
        ("fr", date(2026, 11, 27), "vendredi vingt-sept novembre"),
        ("fr", date(2026, 5, 1), "vendredi premier mai"),
        ("ar", date(2026, 11, 27), "يَوْمَ الجُمُعَةِ السَّابِعَ وَالعِشْرِينَ مِنْ نُوفَمْبِر"),
        ("ar", date(2026, 5, 1), "يَوْمَ الجُمُعَةِ الأَوَّلَ مِنْ مَايُو"),
        ("ar", date(2026, 12, 31), "يَوْمَ الخَمِيسِ الحَادِيَ وَالثَّلَاثِينَ مِنْ دِيسَمْبِر"),
        ("ar", date(2026, 12, 11), "يَوْمَ الجُمُعَةِ الحَادِيَ عَشَرَ مِنْ دِيسَمْبِر"),
        ("ar", date(2026, 12, 30), "يَوْمَ الأَرْبِعَاءِ الثَّلَاثِينَ مِنْ دِيسَمْبِر"),
    ],
)
def test_dates(language: str, day: date, said: str) -> None:
    assert GRAMMARS[language].on_date(day) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_date_of_a_leap_year_is_different(language: str) -> None:
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + n) for n in range(366)]
    assert len({GRAMMARS[language].on_date(day) for day in days}) == 366


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        (
            "it",
            {
                0: "zero",
                3: "tre",
                21: "ventuno",
                23: "ventitré",
                28: "ventotto",
                60: "sessanta",
                103: "centotré",
                123: "centoventitré",
                221: "duecentoventuno",
                1000: "mille",
                2048: "duemilaquarantotto",
            },
        ),
        (
            "en",
            {
                0: "zero",
                14: "fourteen",
                21: "twenty-one",
                60: "sixty",
                103: "one hundred and three",
                221: "two hundred and twenty-one",
                1005: "one thousand and five",
                2100: "two thousand one hundred",
            },
        ),
        (
            "fr",
            {
                0: "zéro",
                21: "vingt et un",
                61: "soixante et un",
                71: "soixante et onze",
                74: "soixante-quatorze",
                80: "quatre-vingts",
                81: "quatre-vingt-un",
                91: "quatre-vingt-onze",
                200: "deux cents",
                221: "deux cent vingt et un",
                1000: "mille",
                2000: "deux mille",
            },
        ),
        (
            "ar",
            {
                0: "صِفْر",
                8: "ثَمَانِيَة",
                11: "أَحَدَ عَشَرَ",
                60: "سِتِّين",
                74: "أَرْبَعَةٍ وَسَبْعِين",
                100: "مِئَة",
                221: "مِئَتَيْن وَوَاحِدٍ وَعِشْرِين",
                1000: "أَلْف",
                2000: "أَلْفَيْن",
                3005: "ثَلَاثَة آلَافٍ وَخَمْسَة",
            },
        ),
    ],
)
def test_numbers(language: str, numbers: dict[int, str]) -> None:
    assert {n: GRAMMARS[language].number(n) for n in numbers} == numbers


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_different(language: str) -> None:
    assert len({GRAMMARS[language].number(n) for n in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("مَكْتَبُ السَّكَنِ.", "مَكْتَبُ السَّكَنْ."),
        ("مَكْتَبُ السَّكَنِ: اِضْغَطُوا", "مَكْتَبُ السَّكَنْ: اِضْغَطُوا"),
        ("مُسَاعِدٌ آلِيٌّ.", "مُسَاعِدٌ آلِيّ."),
        ("السَّاعَةِ.", "السَّاعَة."),
        ("صَبَاحًا.", "صَبَاحًا."),
        ("مَسَاءً.", "مَسَاءً."),
        ("دَقِيقَةً.", "دَقِيقَة."),
        ("لَمْ أَفْهَمْ.", "لَمْ أَفْهَمْ."),
    ],
)
def test_arabic_falls_silent_before_a_stop(written: str, spoken: str) -> None:
    assert arabic.finish(written) == spoken


def test_captions_show_arabic_without_its_marks() -> None:
    assert arabic.shown("السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا") == "الساعة الثامنة والنصف صباحا"
    assert arabic.shown("هٰذَا مُؤْتَمَرٌ آخَرُ") == "هذا مؤتمر آخر"
    assert arabic.shown("Perché no? Été") == "Perché no? Été"
