"""What callers hear, sentence by sentence."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.answering.town import EXAMPLES, HOUSING, HUB, MORNINGS, SHUT, TOWN, WORDING, week
from voicebot.answering.prerender import fixed_prompts
from voicebot.answering.wording import Words
from voicebot.model import (
    LANGUAGES,
    OFFICE_ACTIONS,
    Action,
    OfficeDay,
    Opening,
    Sentence,
    Span,
    WeekAhead,
)
from voicebot.offices.calendar import calendar_of

ROME = ZoneInfo("Europe/Rome")
FRIDAY = date(2026, 11, 27)
PROMPTS = fixed_prompts(WORDING, TOWN, LANGUAGES)

_VOWEL_MARK = re.compile("[\u064b-\u0652\u0670]")
_ARABIC_WORD = re.compile("[\u0621-\u0652\u0670]+")


def texts(words: Words) -> list[str]:
    return [sentence.text for sentence in words]


def ordinary(day: date, spans: tuple[Span, ...] = ()) -> OfficeDay:
    """A day on which only the weekly hours count."""
    return OfficeDay(day, spans, spans, None)


def test_the_greeting_names_the_town_once_and_invites_in_every_language() -> None:
    greeting = WORDING.greeting(TOWN.town)
    assert [sentence.language for sentence in greeting] == list(LANGUAGES)
    assert greeting[0].text == (
        "Servizi sociali del Comune di Modena, assistente automatico: mi dica che cosa le serve."
    )
    assert greeting[1].text == "Social services, automatic assistant: please speak."


def test_the_greeting_begins_with_the_first_language() -> None:
    first, second = WORDING.greeting(TOWN.town, ("fr", "it"))
    assert first.text.startswith("Services sociaux de la Ville de Modène, assistant automatique")
    assert second == Sentence("it", "Servizi sociali, assistente automatico: mi dica pure.")


def test_languages_have_the_key_of_their_place() -> None:
    assert texts(WORDING.language_choice())[:3] == [
        "Per l'italiano, prema uno.",
        "For English, press two.",
        "Pour le français, tapez trois.",
    ]
    assert texts(WORDING.language_choice(("fr", "it"))) == [
        "Pour le français, tapez un.",
        "Per l'italiano, prema due.",
    ]


def test_the_menu_has_every_office_the_operator_and_the_other_keys() -> None:
    assert texts(WORDING.key_menu("it", TOWN.offices)) == [
        "Polo territoriale uno: prema uno.",
        "Archivio: prema due.",
        "Ufficio casa: prema cinque.",
        "Per un operatore, prema zero.",
        "Per sentirmi parlare più lentamente prema sei, per l'indirizzo dell'ufficio appena "
        "nominato sette, per un'altra lingua otto, per riascoltare nove.",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "it",
            [
                "Ufficio casa.",
                "Dal lunedì al venerdì dalle otto e trenta alle tredici.",
                "Martedì e giovedì anche dalle quattordici e trenta alle diciassette e trenta.",
                "Sabato e domenica chiuso.",
            ],
        ),
        (
            "en",
            [
                "Housing office.",
                "Monday to Friday from half past eight to one o'clock.",
                "Tuesday and Thursday also from half past two to half past five.",
                "Saturday and Sunday, closed.",
            ],
        ),
        (
            "fr",
            [
                "Bureau du logement.",
                "Du lundi au vendredi de huit heures trente à treize heures.",
                "Le mardi et le jeudi aussi de quatorze heures trente à dix-sept heures trente.",
                "Le samedi et le dimanche, fermé.",
            ],
        ),
        (
            "ar",
            [
                "مَكْتَبُ السَّكَنْ.",
                "مِنَ الِاثْنَيْنِ إِلَى الجُمُعَةِ مِنَ السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا إِلَى السَّاعَةِ الوَاحِدَةِ ظُهْرًا.",
                "يَوْمَيِ الثُّلَاثَاءِ وَالخَمِيسِ أَيْضًا مِنَ السَّاعَةِ الثَّانِيَةِ وَالنِّصْفِ "
                "إِلَى السَّاعَةِ الخَامِسَةِ وَالنِّصْفِ بَعْدَ الظُّهْرْ.",
                "يَوْمَيِ السَّبْتِ وَالأَحَدِ المَكْتَبُ مُغْلَقْ.",
            ],
        ),
    ],
)
def test_the_week(language: str, said: list[str]) -> None:
    assert texts(WORDING.week(language, HOUSING, WeekAhead(MORNINGS), FRIDAY)) == said


def test_an_office_that_never_opens_says_so_and_gives_its_number() -> None:
    assert texts(WORDING.week("it", SHUT, WeekAhead(SHUT.week), FRIDAY)) == [
        "Archivio.",
        "Non ci sono orari di apertura al pubblico.",
    ]
    now = datetime(2026, 11, 27, 9, tzinfo=ROME)
    assert texts(WORDING.now("it", SHUT, Opening(None, None, ordinary(FRIDAY)), now)) == [
        "In questo momento siamo chiusi.",
        "Può chiamare direttamente questo numero:",
        "Zero cinque nove, due zero tre, quattro quattro nove nove.",
    ]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (FRIDAY, "Oggi siamo aperti dalle otto e trenta alle tredici."),
        (FRIDAY - timedelta(days=1), "Domani siamo aperti dalle otto e trenta alle tredici."),
        (FRIDAY - timedelta(days=2), "Venerdì siamo aperti dalle otto e trenta alle tredici."),
        (
            FRIDAY - timedelta(days=7),
            "Venerdì ventisette novembre siamo aperti dalle otto e trenta alle tredici.",
        ),
        (
            FRIDAY + timedelta(days=1),
            "Venerdì ventisette novembre siamo aperti dalle otto e trenta alle tredici.",
        ),
    ],
)
def test_a_day_is_named_as_people_name_it(today: date, said: str) -> None:
    words = WORDING.day("it", HOUSING, ordinary(FRIDAY, MORNINGS[4]), today)
    assert texts(words) == ["Ufficio casa.", said]


def test_a_closed_day() -> None:
    saturday = FRIDAY + timedelta(days=1)
    closed = ordinary(saturday)
    assert texts(WORDING.day("en", HOUSING, closed, FRIDAY))[1] == "Tomorrow we are closed."
    assert texts(WORDING.day("fr", HOUSING, closed, saturday))[1] == (
        "Aujourd'hui nous sommes fermés."
    )


@pytest.mark.parametrize(
    ("language", "opens", "said"),
    [
        ("it", datetime(2026, 11, 27, 14, 30), "Riapriamo oggi alle quattordici e trenta."),
        ("it", datetime(2026, 11, 28, 8, 30), "Riapriamo domani alle otto e trenta."),
        ("it", datetime(2026, 11, 30, 8, 30), "Riapriamo lunedì alle otto e trenta."),
        ("it", datetime(2026, 12, 4, 8), "Riapriamo venerdì quattro dicembre alle otto."),
        ("en", datetime(2026, 11, 30, 8, 30), "We open again on Monday at half past eight."),
        ("fr", datetime(2026, 11, 28, 12), "Nous rouvrons demain à midi."),
        (
            "ar",
            datetime(2026, 11, 30, 8, 30),
            "يَفْتَحُ المَكْتَبُ يَوْمَ الِاثْنَيْنِ فِي السَّاعَةِ الثَّامِنَةِ وَالنِّصْفِ صَبَاحًا.",
        ),
    ],
)
def test_closed_now_and_open_again(language: str, opens: datetime, said: str) -> None:
    now = datetime(2026, 11, 27, 13, 30, tzinfo=ROME)
    opening = Opening(None, opens.replace(tzinfo=ROME), ordinary(FRIDAY, MORNINGS[4]))
    words = WORDING.now(language, HOUSING, opening, now)
    assert texts(words)[1:] == [said]


def test_open_now() -> None:
    now = datetime(2026, 11, 27, 10, tzinfo=ROME)
    until = datetime(2026, 11, 27, 13, tzinfo=ROME)
    opening = Opening(until, None, ordinary(FRIDAY, MORNINGS[4]))
    assert texts(WORDING.now("it", HOUSING, opening, now)) == [
        "In questo momento siamo aperti, fino alle tredici."
    ]


def test_where_in_the_towns_language() -> None:
    assert texts(WORDING.where("it", HOUSING)) == [
        "Ufficio casa.",
        "L'indirizzo è:",
        "Via Santi sessanta, Modena.",
        "Autobus quattro, fermata Santi.",
        "Di fronte al parco.",
        "È meglio prendere prima un appuntamento.",
        "Il numero di telefono è:",
        "Zero cinque nove, due zero tre, quattro quattro zero cinque.",
    ]


def test_where_in_another_language_says_the_street_in_the_towns() -> None:
    words = WORDING.where("fr", HOUSING)
    assert words[1:4] == (
        Sentence("fr", "L'adresse est :"),
        Sentence("it", "Via Santi, Modena."),
        Sentence("fr", "Numéro soixante."),
    )
    # A number that cannot be told apart from the street is said with it.
    assert WORDING.where("en", SHUT)[2] == Sentence("it", "Via Emilia Est dodici A, Modena.")
    assert WORDING.where("en", HUB)[2] == Sentence("it", "Piazza Grande, Modena.")


def test_nobody_to_put_through_to() -> None:
    assert texts(WORDING.not_connected("en", HUB)) == [
        "I am sorry, I cannot put you through: no operator is on this line now.",
        "You can call this number directly:",
        "Plus three nine, zero five nine, two zero three, four four zero one.",
    ]


def test_reprompts_change_with_the_attempt() -> None:
    assert texts(WORDING.not_understood("it", 1, EXAMPLES["it"])) == [
        "Mi scusi, non ho capito.",
        "Può dire, per esempio:",
        "Vorrei gli orari dell'ufficio casa.",
    ]
    for language in LANGUAGES:
        first = WORDING.not_understood(language, 1, EXAMPLES[language])
        assert first != WORDING.not_understood(language, 2, EXAMPLES[language])
        assert WORDING.silence(language, 1) != WORDING.silence(language, 2)


def test_what_is_asked_back_depends_on_what_is_wanted() -> None:
    name = HOUSING.names["it"]
    assert texts(WORDING.confirm("it", name, Action.TALK)) == ["Ufficio casa, giusto?"]
    assert texts(WORDING.confirm("it", name, Action.HOURS)) == [
        "Ufficio casa: vuole gli orari, giusto?"
    ]
    for language in LANGUAGES:
        assert len({WORDING.confirm(language, name, action) for action in OFFICE_ACTIONS}) == 3
        assert len({WORDING.which_office(language, action) for action in OFFICE_ACTIONS}) == 3


def test_choosing_reuses_the_sentences_of_the_menu() -> None:
    menu = set(WORDING.key_menu("fr", TOWN.offices))
    assert set(WORDING.choose("fr", [HUB, HOUSING])[1:]) < menu
    assert set(WORDING.choose_by_home("fr", [HUB])[2:]) < menu


def test_captions_of_what_was_understood() -> None:
    assert WORDING.understood("it", "Ufficio casa", Action.HOURS) == "Ufficio casa · orari"
    assert WORDING.understood("en", None, Action.REPEAT) == "repeat"
    assert WORDING.understood("ar", HOUSING.names["ar"], Action.HOURS) == "مكتب السكن · أوقات العمل"
    for language in LANGUAGES:
        assert len({WORDING.understood(language, None, action) for action in Action}) == len(Action)


def test_the_same_question_gets_the_same_sentences() -> None:
    assert fixed_prompts(WORDING, TOWN, LANGUAGES) == PROMPTS
    assert len(set(PROMPTS)) == len(PROMPTS)


@pytest.mark.parametrize("sentence", PROMPTS, ids=lambda sentence: sentence.language)
def test_every_prompt_can_be_spoken(sentence: Sentence) -> None:
    text = sentence.text
    assert not re.search(r"\d", text), text
    assert not re.search(r"[{}]|\s\s|^\s|\s$", text), text
    assert text.endswith((".", "?", "؟", ":")), text
    assert text[0] == text[0].upper(), text
    if sentence.language == "ar":
        assert not re.search("[A-Za-z]", text), text


def test_arabic_prompts_carry_their_vowels() -> None:
    words = [
        word
        for sentence in PROMPTS
        if sentence.language == "ar"
        for word in _ARABIC_WORD.findall(sentence.text)
    ]
    bare = sorted({word for word in words if not _VOWEL_MARK.search(word)})
    assert len(words) > 500
    assert bare == []


def test_all_that_a_call_may_say_is_known_beforehand() -> None:
    """Whatever the moment, its sentences are among the prompts unless they name a date."""
    known = set(PROMPTS)
    for hours in range(0, 24 * 7, 3):
        now = datetime(2026, 11, 23, tzinfo=ROME) + timedelta(hours=hours, minutes=10)
        for office in (HOUSING, SHUT):
            calendar, today = calendar_of(office, TOWN), now.date()
            for language in LANGUAGES:
                said = WORDING.now(language, office, calendar.opening(now), now)
                assert known.issuperset(said)
                for day in (today, today + timedelta(days=1)):
                    said = WORDING.day(language, office, calendar.on(day), today)
                    assert known.issuperset(said)


def test_a_week_that_was_changed_is_said_anew() -> None:
    changed = week("10:00-11:00")
    words = WORDING.week("it", HOUSING, WeekAhead(changed), FRIDAY)
    assert texts(words)[1] == "Lunedì dalle dieci alle undici."
