from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.understanding.phrases import HUBS, NAMES, books, offices
from voicebot.model import (
    LANGUAGES,
    Action,
    Candidate,
    DayPart,
    Decision,
    Language,
    OfficeId,
    PhraseBook,
    Request,
)
from voicebot.understanding.matcher import Matcher

WEDNESDAY = date(2025, 6, 4)
BOOKS = books()
MATCHER = Matcher(BOOKS, offices())

OFFICE_SENTENCES = [
    ("it", "Buongiorno, vorrei parlare con l'ufficio casa.", "ufficio-casa", Action.TALK),
    ("it", "Chiamo per una casa popolare.", "ufficio-casa", Action.TALK),
    ("it", "Mi hanno mandato lo sfratto e non so cosa fare", "ufficio-casa", Action.TALK),
    ("it", "non riesco più a pagare questo mese l'affitto", "ufficio-casa", Action.TALK),
    ("it", "Quali sono gli orari dell'ufficio casa?", "ufficio-casa", Action.HOURS),
    ("it", "dove si trova la segreteria?", "segreteria", Action.WHERE),
    ("it", "A che ora apre il polo uno?", "polo-1", Action.HOURS),
    ("it", "Quando è aperto il polo territoriale numero due?", "polo-2", Action.HOURS),
    ("it", "Polo 2.", "polo-2", Action.TALK),
    ("it", "il 2º polo", "polo-2", Action.TALK),
    ("it", "Devo parlare con l'assistente sociale del polo tre.", "polo-3", Action.TALK),
    ("it", "Mi passa la segreteria, per favore, grazie e arrivederci", "segreteria", Action.TALK),
    ("it", "No, il polo tre", "polo-3", Action.TALK),
    ("en", "Please put me through to territorial hub one.", "polo-1", Action.TALK),
    ("en", "What time does the second hub close?", "polo-2", Action.HOURS),
    ("en", "Opening hours for hub number 3", "polo-3", Action.HOURS),
    ("en", "I can't pay my rent any more", "ufficio-casa", Action.TALK),
    ("en", "Is the secretariat open?", "segreteria", Action.HOURS),
    ("fr", "À quelle heure ouvre le pôle un ?", "polo-1", Action.HOURS),
    ("fr", "Je voudrais le 2e pôle", "polo-2", Action.TALK),
    ("fr", "Passez-moi l'assistante sociale du pôle trois.", "polo-3", Action.TALK),
    ("fr", "J'appelle pour un logement social.", "ufficio-casa", Action.TALK),
    ("ar", "صباح الخير، أريد التحدث مع مكتب السكن من فضلك.", "ufficio-casa", Action.TALK),
    ("ar", "متى يغلق المركز الثالث؟", "polo-3", Action.TALK),
    ("ar", "متى يفتح المركز رقم ١؟", "polo-1", Action.HOURS),
    ("ar", "هل السكرتارية مفتوحة؟", "segreteria", Action.HOURS),
]
MISHEARD = [
    ("it", "pollo due", "polo-2"),
    ("it", "Pol due per favore", "polo-2"),
    ("it", "polo d'ue", "polo-2"),
    ("it", "vorrei l'uficio casa", "ufficio-casa"),
    ("it", "l'ufficiocasa", "ufficio-casa"),
    ("it", "vorrei la segretaria", "segreteria"),
    ("it", "la se greteria", "segreteria"),
    ("it", "case popolare", "ufficio-casa"),
    ("en", "the housing of ice", "ufficio-casa"),
    ("en", "the housin office please", "ufficio-casa"),
    ("en", "hub tree", "polo-3"),
    ("en", "the secretary at please", "segreteria"),
    ("fr", "le bureau du logements", "ufficio-casa"),
    ("fr", "le secrétaria s'il vous plaît", "segreteria"),
    ("ar", "سكرتاريه", "segreteria"),
]
ELSEWHERE = [
    ("it", "Vorrei ordinare una pizza margherita."),
    ("it", "Che tempo fa domani?"),
    ("it", "vorrei"),
    ("it", "ufficio"),
    ("it", "due"),
    ("it", "A che ora parte il treno per Bologna?"),
    ("it", "una spedizione al polo nord"),
    ("it", ""),
    ("it", "?!"),
    ("en", "What is the score of the football match?"),
    ("en", "I want to book a flight to London."),
    ("en", "the office"),
    ("fr", "Je voudrais acheter un billet de train."),
    ("fr", "Quel temps fait-il à Paris ?"),
    ("ar", "كيف حال الطقس غدا؟"),
    ("ar", "أريد شراء سيارة جديدة"),
]
COMMANDS = [
    ("it", "Vorrei parlare con un operatore.", Request(Action.OPERATOR)),
    ("it", "Può ripetere, per favore?", Request(Action.REPEAT)),
    ("it", "Va bene così, grazie, arrivederci.", Request(Action.GOODBYE)),
    ("it", "grazie, arrivederci", Request(Action.GOODBYE)),
    ("it", "Grazie mille", Request(Action.GOODBYE)),
    ("it", "sì", Request(Action.YES)),
    ("it", "sì, certo, grazie", Request(Action.YES)),
    ("it", "no grazie", Request(Action.NO)),
    ("it", "Possiamo parlare inglese?", Request(Action.LANGUAGE, to_language="en")),
    ("it", "Francese", Request(Action.LANGUAGE, to_language="fr")),
    ("it", "vorrei cambiare lingua", Request(Action.LANGUAGE)),
    ("it", "English please", Request(Action.LANGUAGE, to_language="en")),
    ("it", "français s'il vous plaît", Request(Action.LANGUAGE, to_language="fr")),
    ("it", "العربية", Request(Action.LANGUAGE, to_language="ar")),
    ("en", "I would like to talk to a person.", Request(Action.OPERATOR)),
    ("en", "Sorry, can you say that again?", Request(Action.REPEAT)),
    ("en", "more slowly please", Request(Action.SLOWER)),
    ("en", "That is all, thank you, goodbye.", Request(Action.GOODBYE)),
    ("fr", "Merci, au revoir.", Request(Action.GOODBYE)),
    ("fr", "Oui, d'accord", Request(Action.YES)),
    ("ar", "شكرا، مع السلامة.", Request(Action.GOODBYE)),
    ("ar", "أريد التحدث مع موظف.", Request(Action.OPERATOR)),
    ("ar", "نعم", Request(Action.YES)),
]


@pytest.mark.parametrize(("language", "text", "office", "action"), OFFICE_SENTENCES)
def test_the_office_is_found_inside_the_sentence(
    language: Language, text: str, office: str, action: Action
) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision is Decision.ACCEPT
    assert understood.request == Request(action, office)


@pytest.mark.parametrize(("language", "text", "office"), MISHEARD)
def test_recognition_errors_are_survived(language: Language, text: str, office: str) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision in (Decision.ACCEPT, Decision.CONFIRM)
    assert understood.request == Request(Action.TALK, office)


@pytest.mark.parametrize(("language", "text"), ELSEWHERE)
def test_what_is_no_request_is_rejected(language: Language, text: str) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision is Decision.REJECT
    assert understood.request is None


@pytest.mark.parametrize(("language", "text", "request_"), COMMANDS)
def test_commands_are_the_whole_sentence(language: Language, text: str, request_: Request) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision is Decision.ACCEPT
    assert understood.request == request_


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Mi serve l'assistente sociale"),
        ("it", "il polo territoriale"),
        ("it", "vorrei parlare con il polo"),
        ("it", "il polo quattro"),
        ("en", "I need a social worker"),
        ("en", "the hub please"),
        ("fr", "l'assistante sociale"),
        ("ar", "أريد التحدث مع المرشدة الاجتماعية"),
    ],
)
def test_what_fits_several_offices_is_asked(language: Language, text: str) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision is Decision.CHOOSE
    assert [candidate.request.office for candidate in understood.candidates] == list(HUBS)


def test_two_offices_in_one_sentence_are_asked() -> None:
    understood = MATCHER.understand("l'ufficio casa o la segreteria", "it", WEDNESDAY)

    assert understood.decision is Decision.CHOOSE
    assert {candidate.request.office for candidate in understood.candidates} == {
        "segreteria",
        "ufficio-casa",
    }


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("il polo per due persone", Decision.CONFIRM),
        ("il polo uno due", Decision.ACCEPT),
        ("polo per uno sfratto", Decision.ACCEPT),
    ],
)
def test_a_number_that_may_count_something_else_is_not_trusted(
    text: str, decision: Decision
) -> None:
    assert MATCHER.understand(text, "it", WEDNESDAY).decision is decision


@pytest.mark.parametrize(
    ("language", "text", "request_"),
    [
        ("it", "Quando siete aperti?", Request(Action.HOURS)),
        ("en", "When are you open?", Request(Action.HOURS)),
        ("it", "e domani?", Request(Action.HOURS, day=date(2025, 6, 5))),
        ("it", "Quando siete aperti venerdì?", Request(Action.HOURS, day=date(2025, 6, 6))),
        ("it", "Polo uno domani", Request(Action.HOURS, "polo-1", day=date(2025, 6, 5))),
        ("it", "Vorrei parlare con il polo uno domani", Request(Action.TALK, "polo-1")),
        (
            "en",
            "Is the housing office open today?",
            Request(Action.HOURS, "ufficio-casa", day=WEDNESDAY),
        ),
        (
            "fr",
            "Le secrétariat est-il ouvert lundi matin ?",
            Request(Action.HOURS, "segreteria", day=date(2025, 6, 9), part=DayPart.MORNING),
        ),
        (
            "ar",
            "هل المركز الثاني مفتوح يوم الاثنين؟",
            Request(Action.HOURS, "polo-2", day=date(2025, 6, 9)),
        ),
    ],
)
def test_hours_with_and_without_an_office_or_a_day(
    language: Language, text: str, request_: Request
) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert understood.decision is Decision.ACCEPT
    assert understood.request == request_


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English?", "en"),
        ("العربية", "ar"),
        ("français s'il vous plaît", "fr"),
        ("parlate italiano?", "it"),
        ("I live in an English town with my wife", None),
        ("ufficio casa", None),
        ("", None),
    ],
)
def test_a_language_may_be_asked_for_in_any_language(text: str, language: Language | None) -> None:
    assert MATCHER.language_command(text) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_reaches_its_own_offices(language: Language) -> None:
    for phrase in BOOKS[language].offices:
        understood = MATCHER.understand(phrase.text, language, WEDNESDAY)
        leading = {candidate.request.office for candidate in understood.candidates}
        expected = Decision.ACCEPT if len(phrase.offices) == 1 else Decision.CHOOSE
        assert (understood.decision, leading) == (expected, set(phrase.offices)), phrase.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_official_name_counts_as_a_phrase(language: Language) -> None:
    for office, names in NAMES.items():
        understood = MATCHER.understand(names[language], language, WEDNESDAY)
        assert understood.request == Request(Action.TALK, office)
        assert understood.candidates[0].phrase


@given(text=st.text(max_size=80), language=st.sampled_from(LANGUAGES))
def test_any_text_is_understood_somehow(text: str, language: Language) -> None:
    understood = MATCHER.understand(text, language, WEDNESDAY)

    assert all(0.0 <= candidate.score <= 1.0 for candidate in understood.candidates)


_VOCABULARY = sorted(
    {word for phrase in BOOKS["it"].offices for word in phrase.text.split()}
    | {"due", "tre", "vorrei", "orari", "domani", "operatore", "pizza", "pollo", "no"}
)
_SENTENCES = st.lists(st.sampled_from(_VOCABULARY), max_size=9).map(" ".join)


@settings(deadline=None)
@given(text=_SENTENCES)
def test_candidates_of_a_choice_or_an_office_come_best_first_once_each(text: str) -> None:
    understood = MATCHER.understand(text, "it", WEDNESDAY)
    named = [each for each in understood.candidates if each.request.office is not None]

    scores = [candidate.score for candidate in named]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.request.office for candidate in named}) == len(named)


@settings(deadline=None, max_examples=50)
@given(text=_SENTENCES, seed=st.integers(0, 5))
def test_the_order_of_the_phrases_does_not_matter(text: str, seed: int) -> None:
    book = BOOKS["it"]
    phrases, actions, commands = list(book.offices), list(book.actions), list(book.commands)
    for group in (phrases, actions, commands):
        Random(seed).shuffle(group)
    shuffled = PhraseBook("it", tuple(phrases), tuple(actions), tuple(commands), book.example)

    plain = Matcher({"it": book}, offices()).understand(text, "it", WEDNESDAY)
    other = Matcher({"it": shuffled}, offices()).understand(text, "it", WEDNESDAY)

    assert other.decision is plain.decision
    assert _meant(other.candidates) == _meant(plain.candidates)


def _meant(candidates: Sequence[Candidate]) -> list[tuple[OfficeId | None, float]]:
    return [(each.request.office, round(each.score, 6)) for each in candidates]
