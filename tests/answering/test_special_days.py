"""What callers hear about holidays, closings, exceptions and seasons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.answering.town import HOUSING, TOWN, WORDING, span, week
from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.prerender import fixed_prompts
from voicebot.answering.wording import Words
from voicebot.model import LANGUAGES, DayPart, Holiday, OfficeDay, Season, SpecialDays, WeekAhead
from voicebot.offices.calendar import calendar_of

ROME = ZoneInfo("Europe/Rome")
BRIDGE_REASON = {
    "it": "assemblea del personale",
    "en": "staff meeting",
    "fr": "réunion du personnel",
    "ar": "اجْتِمَاعُ المُوَظَّفِينَ",
}
BREAK_REASON = {
    "it": "Chiusura estiva fino al 20.",
    "en": "summer closing",
    "fr": "fermeture d'été",
    "ar": "العُطْلَةُ الصَّيْفِيَّةُ",
}
EVE = date(2026, 12, 24)
OFFICE = replace(
    HOUSING,
    week=week(*["08:30-13:00"] * 5, "09:00-12:00"),
    exceptions=(
        SpecialDays(date(2026, 12, 7), date(2026, 12, 7), (), BRIDGE_REASON),
        SpecialDays(EVE, EVE, (span("09:00-11:30"),)),
        SpecialDays(date(2026, 12, 31), date(2026, 12, 31), (span("09:00-11:00"),), BRIDGE_REASON),
    ),
    seasons=(Season((6, 15), (9, 15), week(*["08:00-12:00"] * 5)),),
)
MODENA = replace(
    TOWN,
    offices=(OFFICE,),
    closures=(SpecialDays(date(2027, 8, 9), date(2027, 8, 20), (), BREAK_REASON),),
    holidays={
        date(2026, 1, 31): Holiday.SAN_GEMINIANO,
        date(2026, 12, 8): Holiday.IMMACULATE_CONCEPTION,
        date(2026, 12, 25): Holiday.CHRISTMAS,
        date(2026, 12, 26): Holiday.SAINT_STEPHEN,
    },
)
CALENDAR = calendar_of(OFFICE, MODENA)
_VOWEL_MARK = re.compile("[\u064b-\u0652\u0670]")


def texts(words: Words) -> list[str]:
    return [sentence.text for sentence in words]


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def now(language: str, moment: str) -> list[str]:
    return texts(WORDING.now(language, OFFICE, CALENDAR.opening(rome(moment)), rome(moment)))


def notices(language: str, today: date) -> list[str]:
    """What follows the hours of the week."""
    words = texts(WORDING.week(language, OFFICE, CALENDAR.week_ahead(today), today))
    ordinary = texts(WORDING.week(language, OFFICE, WeekAhead(CALENDAR.week_of(today)), today))
    assert words[: len(ordinary)] == ordinary
    return words[len(ordinary) :]


@pytest.mark.parametrize(
    ("language", "moment", "said"),
    [
        # Saturday 31 January 2026: the office would be open.
        (
            "it",
            "2026-01-31T10:00",
            ["Oggi siamo chiusi, perché è San Geminiano.", "Riapriamo lunedì alle otto e trenta."],
        ),
        (
            "en",
            "2026-01-31T10:00",
            [
                "Today we are closed: it is the Feast of San Geminiano.",
                "We open again on Monday at half past eight.",
            ],
        ),
        (
            "fr",
            "2026-01-31T10:00",
            [
                "Aujourd'hui nous sommes fermés : c'est la Saint-Géminien.",
                "Nous rouvrons lundi à huit heures trente.",
            ],
        ),
        (
            "ar",
            "2026-01-31T10:00",
            [
                "اليَوْمَ المَكْتَبُ مُغْلَقٌ بِمُنَاسَبَةِ عِيدِ القِدِّيسِ جِيمِينْيَانُو.",
                "يَفْتَحُ المَكْتَبُ يَوْمَ الِاثْنَيْنِ فِي السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا.",
            ],
        ),
        # The staff's own reason; tomorrow is a holiday, so the day after.
        (
            "it",
            "2026-12-07T10:00",
            [
                "Oggi siamo chiusi: assemblea del personale.",
                "Riapriamo mercoledì alle otto e trenta.",
            ],
        ),
        (
            "ar",
            "2026-12-07T10:00",
            [
                "اليَوْمَ المَكْتَبُ مُغْلَقْ: اجْتِمَاعُ المُوَظَّفِينْ.",
                "يَفْتَحُ المَكْتَبُ يَوْمَ الأَرْبِعَاءِ فِي السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا.",
            ],
        ),
        # Further than a week: the date, with the reason's figure in words and its stop taken off.
        (
            "it",
            "2027-08-10T10:00",
            [
                "Oggi siamo chiusi: Chiusura estiva fino al venti.",
                "Riapriamo lunedì ventitré agosto alle otto.",
            ],
        ),
        (
            "en",
            "2027-08-06T12:00",
            ["We are closed now.", "We open again on Monday the twenty-third of August "
             "at eight o'clock."],
        ),
        # Shorter hours today.
        (
            "fr",
            "2026-12-24T09:30",
            ["En ce moment nous sommes ouverts, jusqu'à onze heures trente."],
        ),
        (
            "fr",
            "2026-12-24T12:00",
            ["En ce moment nous sommes fermés.", "Nous rouvrons lundi à huit heures trente."],
        ),
    ],
)  # fmt: skip
def test_now(language: str, moment: str, said: list[str]) -> None:
    assert now(language, moment) == said


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("it", "2026-12-08", "Martedì siamo chiusi, perché è l'Immacolata Concezione."),
        ("en", "2026-12-08", "On Tuesday we are closed: it is the Feast of the Immaculate "
         "Conception."),
        ("fr", "2026-12-07", "Lundi nous sommes fermés : réunion du personnel."),
        ("ar", "2026-12-08",
         "يَوْمَ الثُّلَاثَاءِ المَكْتَبُ مُغْلَقٌ بِمُنَاسَبَةِ عِيدِ الحَبَلِ بِلَا دَنَسْ."),
        ("it", "2026-12-24",
         "Giovedì ventiquattro dicembre siamo aperti dalle nove alle undici e trenta."),
        ("it", "2026-12-31", "Giovedì trentuno dicembre siamo aperti dalle nove alle undici: "
         "assemblea del personale."),
        ("en", "2026-12-05", "Tomorrow we are open from nine o'clock to midday."),
        ("it", "2026-12-06", "Domenica siamo chiusi."),
    ],
)  # fmt: skip
def test_a_given_day(language: str, day: str, said: str) -> None:
    friday = date(2026, 12, 4)
    at = CALENDAR.on(date.fromisoformat(day))
    assert texts(WORDING.day(language, OFFICE, at, friday))[1:] == [said]


MORNING, AFTERNOON = DayPart.MORNING, DayPart.AFTERNOON
BOTH = OfficeDay(
    date(2026, 12, 3),
    (span("08:30-13:15"), span("14:30-17:30")),
    (span("08:30-13:15"), span("14:30-17:30")),
    None,
)
LATE = "dalle quattordici e trenta alle diciassette e trenta"
MORNING_ONLY = replace(BOTH, spans=BOTH.spans[:1])


@pytest.mark.parametrize(
    ("language", "day", "part", "ahead", "said"),
    [
        (
            "it",
            BOTH,
            AFTERNOON,
            3,
            [f"Giovedì pomeriggio siamo aperti {LATE}."],
        ),
        (
            "it",
            BOTH,
            MORNING,
            0,
            ["Stamattina siamo aperti dalle otto e trenta alle tredici e quindici."],
        ),
        (
            "it",
            BOTH,
            MORNING,
            7,
            [
                "La mattina di giovedì tre dicembre siamo aperti dalle otto e trenta alle tredici "
                "e quindici."
            ],
        ),
        (
            "it",
            MORNING_ONLY,
            AFTERNOON,
            1,
            [
                "Domani pomeriggio siamo chiusi.",
                "Domani siamo aperti dalle otto e trenta alle tredici e quindici.",
            ],
        ),
        (
            "it",
            MORNING_ONLY,
            MORNING,
            1,
            ["Domani siamo aperti dalle otto e trenta alle tredici e quindici."],
        ),
        ("it", replace(BOTH, spans=()), AFTERNOON, 1, ["Domani siamo chiusi."]),
        (
            "en",
            BOTH,
            AFTERNOON,
            2,
            ["On Thursday afternoon we are open from half past two to half past five."],
        ),
        (
            "en",
            BOTH,
            MORNING,
            0,
            ["This morning we are open from half past eight to a quarter past one."],
        ),
        (
            "en",
            BOTH,
            AFTERNOON,
            8,
            [
                "On Thursday the third of December in the afternoon we are open from half past two "
                "to half past five."
            ],
        ),
        (
            "fr",
            BOTH,
            MORNING,
            1,
            ["Demain matin nous sommes ouverts de huit heures trente à treize heures quinze."],
        ),
        (
            "fr",
            BOTH,
            AFTERNOON,
            9,
            [
                "L'après-midi du jeudi trois décembre nous sommes ouverts de quatorze heures "
                "trente à dix-sept heures trente."
            ],
        ),
        (
            "ar",
            BOTH,
            AFTERNOON,
            1,
            [
                "غَدًا بَعْدَ الظُّهْرِ المَكْتَبُ مَفْتُوحٌ مِنَ السَّاعَةِ الثَّانِيَةِ وَالنِّصْفِ إِلَى السَّاعَةِ الخَامِسَةِ "
                "وَالنِّصْفِ بَعْدَ الظُّهْرْ."
            ],
        ),
    ],
)
def test_half_of_a_day(
    language: str, day: OfficeDay, part: DayPart, ahead: int, said: list[str]
) -> None:
    today = day.day - timedelta(days=ahead)
    assert texts(WORDING.day(language, OFFICE, day, today, part))[1:] == said


def test_an_opening_through_the_day_answers_for_both_halves() -> None:
    day = replace(BOTH, spans=(span("09:00-18:00"),))
    whole = WORDING.day("it", OFFICE, day, day.day)
    for part in (DayPart.MORNING, DayPart.AFTERNOON):
        assert WORDING.day("it", OFFICE, day, day.day, part) == whole
    assert WORDING.day("it", OFFICE, day, day.day, DayPart.EVENING) != whole


@pytest.mark.parametrize(
    ("language", "today", "said"),
    [
        ("it", "2026-11-27", []),
        (
            "it",
            "2026-12-04",
            [
                "Attenzione:",
                "Lunedì sette dicembre siamo chiusi: assemblea del personale.",
                "Martedì otto dicembre siamo chiusi, perché è l'Immacolata Concezione.",
            ],
        ),
        (
            "en",
            "2026-12-06",
            [
                "Please note:",
                "Tomorrow we are closed: staff meeting.",
                "On Tuesday the eighth of December we are closed: it is the Feast of the "
                "Immaculate Conception.",
            ],
        ),
        # Christmas and the days about it, on a day that is itself another.
        (
            "fr",
            "2026-12-24",
            [
                "Attention :",
                "Aujourd'hui nous sommes ouverts de neuf heures à onze heures trente.",
                "Demain nous sommes fermés : c'est Noël.",
                "Samedi vingt-six décembre nous sommes fermés : c'est la Saint-Étienne.",
                "Jeudi trente et un décembre nous sommes ouverts de neuf heures à onze heures : "
                "réunion du personnel.",
            ],
        ),
        (
            "en",
            "2027-08-04",
            [
                "Please note:",
                "From Monday the ninth of August to Friday the twentieth of August we are "
                "closed: summer closing.",
            ],
        ),
        (
            "ar",
            "2027-08-04",
            [
                "يُرْجَى الِانْتِبَاهْ:",
                "مِنْ يَوْمِ الِاثْنَيْنِ التَّاسِعِ مِنْ أُغُسْطُس إِلَى يَوْمِ الجُمُعَةِ العِشْرِينَ مِنْ أُغُسْطُس "
                "المَكْتَبُ مُغْلَقْ: العُطْلَةُ الصَّيْفِيَّة.",
            ],
        ),
    ],
)
def test_the_week_with_what_differs_soon(language: str, today: str, said: list[str]) -> None:
    assert notices(language, date.fromisoformat(today)) == said


@pytest.mark.parametrize(
    ("language", "today", "said"),
    [
        (
            "it",
            "2026-06-11",
            [
                "Dal lunedì al venerdì dalle otto e trenta alle tredici.",
                "Sabato dalle nove a mezzogiorno.",
                "Domenica chiuso.",
                "Lunedì cambia l'orario:",
                "Dal lunedì al venerdì dalle otto a mezzogiorno.",
                "Sabato e domenica chiuso.",
            ],
        ),
        (
            "en",
            "2026-07-20",
            ["Monday to Friday from eight o'clock to midday.", "Saturday and Sunday, closed."],
        ),
        (
            "fr",
            "2026-09-15",
            [
                "Du lundi au vendredi de huit heures à midi.",
                "Le samedi et le dimanche, fermé.",
                "Demain nos horaires changent :",
                "Du lundi au vendredi de huit heures trente à treize heures.",
                "Le samedi de neuf heures à midi.",
                "Le dimanche, fermé.",
            ],
        ),
    ],
)
def test_the_week_of_the_season_and_the_change_to_another(
    language: str, today: str, said: list[str]
) -> None:
    day = date.fromisoformat(today)
    words = WORDING.week(language, OFFICE, CALENDAR.week_ahead(day), day)
    assert texts(words)[1:] == said


@pytest.mark.parametrize(
    ("today", "when"),
    [
        (date(2026, 12, 27), "Da lunedì ventotto dicembre a mercoledì trenta dicembre"),
        (date(2026, 12, 29), "Da martedì ventinove dicembre a mercoledì trenta dicembre"),
        (date(2026, 12, 30), "Oggi"),
    ],
)
def test_days_in_a_row_are_told_from_the_first_that_is_left(today: date, when: str) -> None:
    short = SpecialDays(date(2026, 12, 28), date(2026, 12, 30), (span("09:00-11:00"),))
    office = replace(OFFICE, exceptions=(short,))
    ahead = calendar_of(office, MODENA).week_ahead(today)
    said = texts(WORDING.week("it", office, ahead, today))
    assert said[-1] == f"{when} siamo aperti dalle nove alle undici."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holiday_has_a_name_of_its_own_in_words(language: str) -> None:
    day = date(2026, 12, 8)
    said = {
        WORDING.day(
            language,
            OFFICE,
            OfficeDay(day, (), (), SpecialDays(day, day, (), holiday=holiday)),
            day,
        )[1].text
        for holiday in Holiday
    }
    assert len(said) == len(Holiday)
    for text in said:
        assert not re.search(r"\d", text)
        assert language != "ar" or all(_VOWEL_MARK.search(word) for word in text.split()), text


ARABIC_DAYS = "الأَوَّلِ الثَّانِي الثَّالِثِ الرَّابِعِ الخَامِسِ السَّادِسِ السَّابِعِ الثَّامِنِ التَّاسِعِ العَاشِرِ".split()


def test_arabic_days_of_the_month_after_a_preposition() -> None:
    first = date(2027, 8, 1)
    said = [
        GRAMMARS["ar"].on_dates(first + timedelta(days=ahead), first).split(" مِنْ أُغُسْطُس")[0]
        for ahead in range(31)
    ]
    ordinals = [text.split(" ", 3)[3] for text in said]
    assert ordinals[:10] == ARABIC_DAYS
    assert ordinals[10:12] == ["الحَادِيَ عَشَرَ", "الثَّانِيَ عَشَرَ"]
    assert ordinals[19:23] == [
        "العِشْرِينَ",
        "الحَادِي وَالعِشْرِينَ",
        "الثَّانِي وَالعِشْرِينَ",
        "الثَّالِثِ وَالعِشْرِينَ",
    ]
    assert ordinals[29:] == ["الثَّلَاثِينَ", "الحَادِي وَالثَّلَاثِينَ"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "da lunedì nove agosto a mercoledì primo settembre"),
        ("en", "from Monday the ninth of August to Wednesday the first of September"),
        ("fr", "du lundi neuf août au mercredi premier septembre"),
    ],
)
def test_from_one_date_to_another(language: str, said: str) -> None:
    assert GRAMMARS[language].on_dates(date(2027, 8, 9), date(2027, 9, 1)) == said


# --- what can be foreseen --------------------------------------------------------------

PROMPTS = fixed_prompts(WORDING, MODENA, LANGUAGES)


@pytest.mark.parametrize("first", ["2026-12-03", "2026-12-23", "2027-06-10", "2027-08-05"])
def test_all_but_the_dates_of_holidays_is_known_beforehand(first: str) -> None:
    known = set(PROMPTS)
    for hours in range(0, 24 * 18, 3):
        moment = rome(first) + timedelta(hours=hours, minutes=10)
        today = moment.date()
        opening = CALENDAR.opening(moment)
        for language in LANGUAGES:
            said = WORDING.now(language, OFFICE, opening, moment)
            if opening.next_opening is None or (opening.next_opening.date() - today).days < 7:
                assert known.issuperset(said)
            for day in (today, today + timedelta(days=1)):
                assert known.issuperset(WORDING.day(language, OFFICE, CALENDAR.on(day), today))
            ahead = CALENDAR.week_ahead(today)
            staff = [day for day in ahead.changed if day.special and not day.special.holiday]
            told = replace(ahead, changed=tuple(staff))
            if all(day.special and day.special.first > today for day in staff):
                assert known.issuperset(WORDING.week(language, OFFICE, told, today))


def test_prompts_of_special_days_are_words() -> None:
    assert any("San Geminiano" in sentence.text for sentence in PROMPTS)
    assert not any(re.search(r"[\d{}]", sentence.text) for sentence in PROMPTS)
    assert all(sentence.text.endswith((".", "?", "؟", ":")) for sentence in PROMPTS)
