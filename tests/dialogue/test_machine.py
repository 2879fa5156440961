"""The conversation, event by event, over the sample town."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conversation import MONDAY
from voicebot.answering.wording import Words
from voicebot.dialogue import (
    Action,
    Deaf,
    Dialogue,
    Event,
    Expired,
    Finished,
    HangUp,
    Keyed,
    Opened,
    Phase,
    Said,
    Say,
    Show,
    Silence,
    State,
)
from voicebot.dialogue.machine import MAX_FAILURES, MAX_SILENCES
from voicebot.model import Action as Wanted
from voicebot.model import (
    Candidate,
    DayPart,
    Decision,
    Hypothesis,
    Language,
    Request,
    Sentence,
    Understanding,
)
from voicebot.understanding.matcher import Matcher

PHASES = [
    Phase.GREETING,
    Phase.CHOOSING_LANGUAGE,
    Phase.OPEN,
    Phase.CONFIRMING,
    Phase.CHOOSING,
]
"""Those of a caller whom nobody can put through; the others are in test_waiting.py."""

NONSENSE = "vorrei ordinare una pizza margherita"


@dataclass
class Talk:
    """One conversation under test: what was said last, and how it stands."""

    dialogue: Dialogue
    state: State = State()
    actions: tuple[Action, ...] = ()

    def step(self, event: Event) -> Talk:
        """One event; the state it came from stays as it was."""
        before, kept = self.state, copy.deepcopy(self.state)
        self.state, self.actions = self.dialogue.step(before, event, MONDAY)
        assert before == kept
        return self

    def keys(self, *keys: str) -> Talk:
        for key in keys:
            self.step(Keyed(key))
        return self

    def hears(self, text: str, language: Language = "it") -> Talk:
        """The caller says that, and the sound tells in which language."""
        return self.step(Said((Hypothesis(language, text, 0.9),), language))

    def hears_unclearly(self, **texts: str) -> Talk:
        """The caller says something that could be in each of these languages."""
        words = tuple(Hypothesis(language, text, 0.5) for language, text in texts.items())
        return self.step(Said(words, None))

    @property
    def said(self) -> str:
        """What the bot answers to the last event."""
        return " ".join(s.shown for s in self.sentences)

    @property
    def sentences(self) -> Words:
        return tuple(s for a in self.actions if isinstance(a, Say) for s in a.sentences)

    def tells(self, words: Words) -> bool:
        """Whether these sentences are said, in a row."""
        told = self.sentences
        return any(told[i : i + len(words)] == words for i in range(len(told) - len(words) + 1))

    @property
    def hangs_up(self) -> bool:
        return HangUp() in self.actions


@pytest.fixture
def talk(dialogue: Dialogue) -> Talk:
    """A call whose greeting is being said."""
    return Talk(dialogue).step(Opened())


class ScriptedMatcher:
    """Means by each sentence what it is told to, in every language."""

    def __init__(self, **meanings: tuple[Decision, list[tuple[Request, float]]]) -> None:
        self._meanings = meanings

    def understand(self, text: str, language: Language, today: date) -> Understanding:
        decision, requests = self._meanings.get(text, (Decision.REJECT, []))
        candidates = tuple(Candidate(request, score, "") for request, score in requests)
        return Understanding(decision, candidates)

    def homes(self, text: str, language: Language) -> tuple[str, ...]:
        """Nobody lives anywhere."""
        return ()


def scripted(dialogue: Dialogue, **meanings: tuple[Decision, list[tuple[Request, float]]]) -> Talk:
    """A call in Italian in which sentences mean what the test says."""
    matcher = cast(Matcher, ScriptedMatcher(**meanings))
    return Talk(replace(dialogue, matcher=matcher)).step(Opened()).keys("1")


GUESSES = {
    "guess": (
        Decision.CONFIRM,
        [
            (Request(Wanted.HOURS, "polo-2"), 0.7),
            (Request(Wanted.HOURS, "polo-3"), 0.6),
            (Request(Wanted.HOURS, "polo-1"), 0.5),
        ],
    ),
    "yes": (Decision.ACCEPT, [(Request(Wanted.YES), 1.0)]),
    "no": (Decision.ACCEPT, [(Request(Wanted.NO), 1.0)]),
    "tie": (
        Decision.CHOOSE,
        [(Request(Wanted.WHERE, "segreteria"), 0.9), (Request(Wanted.WHERE, "ufficio-casa"), 0.9)],
    ),
}


def in_phase(dialogue: Dialogue, phase: Phase) -> Talk:
    """A call that stands there; in Italian wherever the language is known."""
    if phase is Phase.GREETING:
        return Talk(dialogue).step(Opened())
    talk = scripted(dialogue, **GUESSES)
    match phase:
        case Phase.CHOOSING_LANGUAGE:
            talk.keys("8")
        case Phase.CONFIRMING:
            talk.hears("guess")
        case Phase.CHOOSING:
            talk.hears("tie")
        case Phase.ENDED:
            talk.step(Expired())
        case _:
            pass
    assert talk.state.phase is phase
    return talk


# --- greeting, and whose language ------------------------------------------------------


def test_the_greeting_is_said_in_the_four_languages(talk: Talk) -> None:
    assert [s.language for s in talk.sentences] == ["it", "en", "fr", "ar"]
    assert talk.state.phase is Phase.GREETING
    assert talk.state.language is None


@pytest.mark.parametrize("language", ["it", "en", "fr", "ar"])
def test_who_heard_the_greeting_needs_no_notice(talk: Talk, language: Language) -> None:
    notice = talk.dialogue.wording.notice(language)
    heard = copy.copy(talk)
    for sentence in talk.sentences:
        heard.step(Finished(sentence))
        assert heard.actions == ()
    key = str("it en fr ar".split().index(language) + 1)
    assert not heard.keys(key).tells(notice)
    assert talk.keys(key).tells(notice)
    assert not talk.keys("*").tells(notice)  # it is said once


def test_what_was_said_besides_the_greeting_gives_no_notice(talk: Talk) -> None:
    before = talk.state
    assert talk.step(Finished(Sentence("it", "Altro."))).state == before


@pytest.mark.parametrize(("key", "language"), [("1", "it"), ("2", "en"), ("3", "fr"), ("4", "ar")])
def test_the_first_key_chooses_the_language_and_gives_the_menu(
    talk: Talk, key: str, language: Language
) -> None:
    talk.keys(key)
    menu = talk.dialogue.wording.key_menu(language, talk.dialogue.content.offices)
    assert (talk.state.language, talk.state.phase) == (language, Phase.OPEN)
    assert talk.tells(menu)
    assert {s.language for s in talk.sentences} == {language}


@pytest.mark.parametrize("key", "567890*#")
def test_a_key_that_is_no_language_asks_for_one(talk: Talk, key: str) -> None:
    talk.keys(key)
    assert talk.state.phase is Phase.CHOOSING_LANGUAGE
    assert talk.sentences == talk.dialogue.wording.language_choice(talk.dialogue.languages)


def test_an_offices_key_waits_for_the_language(talk: Talk) -> None:
    talk.keys("5")
    assert talk.state.pending == (Request(Wanted.TALK, "ufficio-casa"),)
    talk.keys("*")  # asked again, and not forgotten
    assert talk.state.pending == (Request(Wanted.TALK, "ufficio-casa"),)
    talk.keys("2")
    assert talk.state.answered == Request(Wanted.TALK, "ufficio-casa")
    assert "Housing office." in talk.said


def test_a_later_office_key_takes_the_place_of_an_earlier_one(dialogue: Dialogue) -> None:
    talk = Talk(replace(dialogue, languages=("fr", "it"))).step(Opened())
    assert talk.keys("4", "5", "1").state.answered == Request(Wanted.TALK, "ufficio-casa")


def test_with_two_languages_their_keys_are_one_and_two(dialogue: Dialogue) -> None:
    talk = Talk(replace(dialogue, languages=("fr", "it"))).step(Opened())
    assert [s.language for s in talk.sentences] == ["fr", "it"]
    assert talk.keys("3").state.phase is Phase.CHOOSING_LANGUAGE  # that is an office's
    talk.keys("2")
    assert talk.state.language == "it"
    assert talk.state.office == "polo-3"


def test_the_sound_tells_the_language(talk: Talk) -> None:
    talk.hears("le pôle deux", "fr")
    assert (talk.state.language, talk.state.office) == ("fr", "polo-2")
    assert {s.language for s in talk.sentences} == {"fr"}


def test_an_unclear_utterance_leads_to_the_choice_and_is_taken_up_after_it(talk: Talk) -> None:
    talk.hears_unclearly(it="polo due", en="hub two")
    assert talk.state.phase is Phase.CHOOSING_LANGUAGE
    talk.keys("2")
    assert (talk.state.language, talk.state.office) == ("en", "polo-2")
    assert talk.state.unplaced == ()


def test_a_key_is_surer_than_what_was_said_before_it(talk: Talk) -> None:
    talk.hears_unclearly(it="polo due", en="hub two").keys("5", "1")
    assert talk.state.office == "ufficio-casa"


def test_what_was_not_understood_is_not_taken_up(talk: Talk) -> None:
    talk.hears_unclearly(it="mah", en="hm").keys("1")
    assert talk.state.answered is None
    assert talk.state.phase is Phase.OPEN


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ({"it": "italiano", "en": "italiano"}, "it"),
        ({"it": "english", "en": "english"}, "en"),
        ({"it": "quattro", "fr": "mah"}, "ar"),
        ({"en": "number two", "fr": "mah"}, "en"),
    ],
)
def test_a_language_is_chosen_by_its_name_or_number(
    talk: Talk, words: dict[str, str], language: Language
) -> None:
    talk.keys("*").hears_unclearly(**words)
    assert (talk.state.language, talk.state.phase) == (language, Phase.OPEN)


def test_a_number_counts_where_the_language_is_being_changed(talk: Talk) -> None:
    talk.keys("1", "8").hears("due")
    assert talk.state.language == "en"


def test_who_is_never_placed_is_let_go_politely(talk: Talk) -> None:
    for _ in range(MAX_FAILURES - 1):
        talk.hears_unclearly(it="mah", en="hm")
        assert talk.state.phase is Phase.CHOOSING_LANGUAGE
    talk.hears_unclearly(it="mah", en="hm")
    assert talk.hangs_up
    assert talk.tells(talk.dialogue.wording.goodbye_failed("it"))


# --- keys in every phase ---------------------------------------------------------------


def test_the_star_gives_the_menu_and_an_unknown_key_says_so_first(talk: Talk) -> None:
    wording, offices = talk.dialogue.wording, talk.dialogue.content.offices
    talk.keys("1", "*")
    assert talk.sentences == wording.key_menu("it", offices)
    talk.keys("#")
    assert talk.sentences == wording.wrong_key("it") + wording.key_menu("it", offices)


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CONFIRMING, Phase.CHOOSING])
@pytest.mark.parametrize("key", "12345")
def test_an_offices_key_reaches_it_from_everywhere(
    dialogue: Dialogue, phase: Phase, key: str
) -> None:
    talk = in_phase(dialogue, phase).keys(key)
    assert talk.state.phase is Phase.OPEN
    assert talk.state.pending == ()
    assert talk.dialogue.content.office(talk.state.office or "").key == key
    assert isinstance(talk.actions[0], Show)


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CONFIRMING, Phase.CHOOSING])
def test_the_star_leads_back_to_the_menu_from_everywhere(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase).keys("*")
    assert talk.tells(dialogue.wording.key_menu("it", dialogue.content.offices))
    assert (talk.state.phase, talk.state.pending) == (Phase.OPEN, ())


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CONFIRMING, Phase.CHOOSING])
def test_zero_tells_how_to_reach_a_person_from_everywhere(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase).keys("0")
    assert talk.tells(dialogue.wording.no_operator("it", dialogue.content.telephone))
    assert (talk.state.phase, talk.state.pending) == (Phase.OPEN, ())


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CONFIRMING, Phase.CHOOSING])
def test_eight_offers_the_languages_from_everywhere(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase).keys("8")
    assert talk.state.phase is Phase.CHOOSING_LANGUAGE
    assert talk.sentences == dialogue.wording.language_choice(dialogue.languages)


@pytest.mark.parametrize("phase", PHASES)
def test_every_key_in_every_phase_is_answered(dialogue: Dialogue, phase: Phase) -> None:
    for key in "0123456789*#":
        talk = in_phase(dialogue, phase).keys(key)
        assert talk.sentences, key
        assert not talk.hangs_up


def test_seven_asks_where_the_office_just_named_is(talk: Talk) -> None:
    talk.keys("2", "5", "7")
    assert talk.state.answered == Request(Wanted.WHERE, "ufficio-casa")
    assert "Via Santi" in talk.said


def test_seven_with_no_office_named_asks_which_and_keeps_the_question(talk: Talk) -> None:
    talk.keys("2", "7")
    assert talk.state.phase is Phase.CHOOSING
    assert talk.keys("5").state.answered == Request(Wanted.WHERE, "ufficio-casa")


def test_hash_is_yes_only_while_confirming(dialogue: Dialogue) -> None:
    talk = in_phase(dialogue, Phase.CONFIRMING).keys("#")
    assert talk.state.answered == Request(Wanted.HOURS, "polo-2")
    assert talk.keys("#").tells(dialogue.wording.wrong_key("it"))


# --- confirming and choosing -----------------------------------------------------------


def test_yes_answers_the_guess(dialogue: Dialogue) -> None:
    talk = in_phase(dialogue, Phase.CONFIRMING)
    assert talk.tells(dialogue.wording.confirm("it", "Polo territoriale due", Wanted.HOURS))
    talk.hears("yes")
    assert talk.state.answered == Request(Wanted.HOURS, "polo-2")


def test_no_leads_to_the_second_guess_and_then_to_the_question(dialogue: Dialogue) -> None:
    talk = in_phase(dialogue, Phase.CONFIRMING).hears("no")
    assert talk.tells(dialogue.wording.confirm("it", "Polo territoriale tre", Wanted.HOURS))
    second = copy.copy(talk).hears("yes")
    assert second.state.answered == Request(Wanted.HOURS, "polo-3")
    talk.hears("no")
    assert (talk.state.phase, talk.state.pending) == (Phase.OPEN, ())
    assert talk.sentences == dialogue.wording.question("it")


def test_another_office_named_while_confirming_is_taken_instead(talk: Talk) -> None:
    talk.hears("il polo per due persone")
    assert talk.state.phase is Phase.CONFIRMING
    assert talk.hears("no, l'ufficio casa").state.office == "ufficio-casa"


def test_what_is_not_understood_while_confirming_is_asked_anew(dialogue: Dialogue) -> None:
    talk = in_phase(dialogue, Phase.CONFIRMING).hears("???")
    assert (talk.state.phase, talk.state.pending) == (Phase.OPEN, ())
    assert "?" in talk.said or "esempio" in talk.said


def test_yes_and_no_where_nothing_was_asked(dialogue: Dialogue) -> None:
    talk = scripted(dialogue, **GUESSES)
    assert talk.hears("yes").sentences == dialogue.wording.question("it")
    assert talk.hears("no").sentences == dialogue.wording.question("it")
    assert talk.keys("5").hears("yes").sentences == dialogue.wording.question("it")
    assert talk.hears("no").hangs_up  # to "anything else?"


@pytest.mark.parametrize(
    ("language", "correction"),
    [("it", "No, l'altro"), ("en", "Not that one"), ("fr", "Non, l'autre"), ("ar", "لا، الآخر")],
)
def test_another_office_than_the_one_that_was_taken(
    talk: Talk, language: Language, correction: str
) -> None:
    names = {"it": "Ufficio casa", "en": "Housing", "fr": "logement", "ar": "مكتب السكن"}
    assert talk.hears(names[language], language).state.office == "ufficio-casa"
    talk.hears(correction, language)
    assert talk.state.phase is Phase.CHOOSING
    offered = {request.office for request in talk.state.pending}
    assert offered == {"polo-1", "polo-2", "polo-3", "segreteria"}
    assert talk.keys("2").state.office == "polo-2"


def test_another_than_the_guess_is_the_next_guess(dialogue: Dialogue) -> None:
    other = {"other": (Decision.ACCEPT, [(Request(Wanted.OTHER), 1.0)])}
    talk = scripted(dialogue, **GUESSES, **other).hears("guess").hears("other")
    assert talk.state.phase is Phase.CONFIRMING
    assert talk.state.pending[0].office == "polo-3"
    assert talk.hears("other").state.phase is Phase.CHOOSING


def test_another_than_nothing_asks_which(dialogue: Dialogue) -> None:
    other = {"other": (Decision.ACCEPT, [(Request(Wanted.OTHER), 1.0)])}
    talk = scripted(dialogue, **other).hears("other")
    assert len(talk.state.pending) == len(dialogue.content.offices)


def test_a_tie_is_a_choice_between_the_two(dialogue: Dialogue) -> None:
    talk = in_phase(dialogue, Phase.CHOOSING)
    offices = [dialogue.content.office(name) for name in ("segreteria", "ufficio-casa")]
    assert talk.sentences == dialogue.wording.choose("it", offices)


@pytest.mark.parametrize(
    ("spoken", "office"),
    [("cinque", "ufficio-casa"), ("il secondo", "ufficio-casa"), ("il primo", "segreteria")],
)
def test_a_choice_is_made_by_key_or_by_place(dialogue: Dialogue, spoken: str, office: str) -> None:
    talk = in_phase(dialogue, Phase.CHOOSING).hears(spoken)
    assert talk.state.answered == Request(Wanted.WHERE, office)


def test_a_need_that_depends_on_the_home_is_asked_by_home(talk: Talk) -> None:
    talk.hears("Mi serve l'assistente sociale")
    offices = talk.dialogue.content.offices[:3]
    assert talk.tells(talk.dialogue.wording.choose_by_home("it", offices))
    assert talk.hears("il terzo").state.office == "polo-3"


@pytest.mark.parametrize(
    ("answer", "language", "office"),
    [
        ("Abito alla Crocetta", "it", "polo-2"),
        ("in via Vignolese", "it", "polo-3"),
        ("I live in Saint Faustino", "en", "polo-3"),
        ("j'habite à la Crochette", "fr", "polo-2"),
        ("أسكن في كروتشيتا", "ar", "polo-2"),
    ],
)
def test_the_home_decides_which_of_them(
    talk: Talk, answer: str, language: Language, office: str
) -> None:
    needs = {
        "it": "assistente sociale",
        "en": "social worker",
        "fr": "assistante sociale",
        "ar": "المرشدة الاجتماعية",
    }
    talk.hears(needs[language], language)
    assert talk.state.phase is Phase.CHOOSING
    assert talk.hears(answer, language).state.office == office


def test_a_street_through_two_areas_leaves_a_choice(talk: Talk) -> None:
    talk.hears("Mi serve l'assistente sociale").hears("Via Emilia 12")
    assert [request.office for request in talk.state.pending] == ["polo-1", "polo-2"]
    assert talk.hears("Via Emilia Est").state.office == "polo-2"


def test_a_home_named_with_the_need_is_not_asked_for(talk: Talk) -> None:
    talk.hears("Mi serve l'assistente sociale, abito alla Crocetta")
    assert talk.state.office == "polo-2"


def test_a_home_that_nobody_knows_leaves_the_keys(talk: Talk) -> None:
    talk.hears("Mi serve l'assistente sociale").hears("Abito a Katmandu")
    offices = talk.dialogue.content.offices[:3]
    assert talk.tells(talk.dialogue.wording.unknown_home("it", offices))
    assert talk.state.phase is Phase.CHOOSING
    assert talk.keys("3").state.office == "polo-3"


def test_the_choice_keeps_what_was_asked_and_the_day(talk: Talk) -> None:
    talk.hears("are you open on Thursday?", "en")
    assert talk.state.phase is Phase.CHOOSING
    talk.hears("the housing office", "en")
    assert talk.state.answered == Request(Wanted.HOURS, "ufficio-casa", day=date(2026, 11, 26))
    assert "Thursday" in talk.said


def test_a_question_about_the_office_just_named(talk: Talk) -> None:
    talk.hears("gli orari dell'ufficio casa").hears("e dove si trova?")
    assert talk.state.answered == Request(Wanted.WHERE, "ufficio-casa")


def test_a_day_on_which_the_office_is_closed_and_one_on_which_it_is_open(talk: Talk) -> None:
    talk.hears("l'ufficio casa è aperto domani?")  # Tuesday
    assert talk.state.answered == Request(Wanted.HOURS, "ufficio-casa", day=date(2026, 11, 24))
    assert "chius" in talk.said
    talk.hears("e mercoledì?")
    assert talk.state.answered == Request(Wanted.HOURS, "ufficio-casa", day=date(2026, 11, 25))
    assert "dalle nove alle dodici e trenta" in talk.said


def test_half_of_a_day_is_kept_while_the_office_is_asked_for(talk: Talk) -> None:
    talk.hears("siete aperti giovedì pomeriggio?").hears("l'ufficio casa")
    thursday = date(2026, 11, 26)
    assert talk.state.answered == Request(
        Wanted.HOURS, "ufficio-casa", day=thursday, part=DayPart.AFTERNOON
    )
    assert "dalle quattordici e trenta alle diciotto" in talk.said
    talk.hears("e giovedì mattina?")
    assert "Giovedì mattina siamo chiusi." in talk.said


def test_a_public_holiday_is_the_answer_on_it_and_before_it(dialogue: Dialogue) -> None:
    state, _ = dialogue.step(State(), Opened(), MONDAY)
    asked = Said((Hypothesis("it", "gli orari dell'ufficio casa", 0.9),), "it")
    told = {}
    for day in (4, 8):
        moment = MONDAY.replace(month=12, day=day)
        _, actions = dialogue.step(state, asked, moment)
        told[day] = " ".join(s.text for a in actions if isinstance(a, Say) for s in a.sentences)
    assert "Oggi siamo chiusi, perché è l'Immacolata Concezione. Riapriamo domani" in told[8]
    assert "Immacolata" not in told[4]  # A Tuesday, on which this office is closed anyway.


# --- not understood, silence, deafness -------------------------------------------------


def test_failures_lead_to_the_example_then_the_keys_then_the_end(talk: Talk) -> None:
    menu = talk.dialogue.wording.key_menu("it", talk.dialogue.content.offices)
    talk.hears(NONSENSE)
    assert "esempio" in talk.said
    assert not talk.tells(menu)
    for _ in range(MAX_FAILURES - 2):
        assert talk.hears(NONSENSE).tells(menu)
    talk.hears(NONSENSE)
    assert talk.hangs_up
    assert talk.state.phase is Phase.ENDED


@pytest.mark.parametrize("success", ["ufficio casa", "può ripetere?", "English please"])
def test_what_is_understood_wipes_the_failures_out(talk: Talk, success: str) -> None:
    for _ in range(MAX_FAILURES - 1):
        talk.hears(NONSENSE)
    talk.hears(success)
    assert talk.state.failures == 0
    assert not talk.hears(NONSENSE).hangs_up


def test_a_key_wipes_the_failures_out(talk: Talk) -> None:
    assert talk.hears(NONSENSE).keys("*").state.failures == 0


def test_repeat_after_a_reprompt_says_the_reprompt_again(talk: Talk) -> None:
    first = talk.hears(NONSENSE).state.said
    assert talk.hears("può ripetere?").sentences == first
    assert talk.hears("può ripetere?").sentences == first


def test_repeat_before_anything_was_said(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, State(language="it", noticed=frozenset({"it"})))
    assert talk.hears("può ripetere?").sentences == dialogue.wording.question("it")


@pytest.mark.parametrize("phase", [Phase.CONFIRMING, Phase.CHOOSING])
def test_repeat_keeps_a_question_open(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase)
    asked, pending = talk.sentences, talk.state.pending
    assert talk.keys("9").sentences == asked
    assert (talk.state.phase, talk.state.pending) == (phase, pending)


def test_slower_repeats_slowly_and_stays_slow(talk: Talk) -> None:
    talk.keys("1", "5")
    said = talk.state.said
    assert [a.slow for a in talk.actions if isinstance(a, Say)] == [False]
    talk.keys("6")
    assert talk.sentences == talk.dialogue.wording.slower("it") + said
    for event in (Keyed("9"), Keyed("3"), Silence(), Deaf(), Keyed("8"), Keyed("2"), Expired()):
        talk.step(event)
        assert [a.slow for a in talk.actions if isinstance(a, Say)] == [True], event


@pytest.mark.parametrize("phase", PHASES)
def test_silence_in_every_phase_is_met_twice_and_then_ends_the_call(
    dialogue: Dialogue, phase: Phase
) -> None:
    talk = in_phase(dialogue, phase)
    pending = talk.state.pending
    for _ in range(MAX_SILENCES - 1):
        assert talk.step(Silence()).sentences
        assert not talk.hangs_up
        assert talk.state.pending == pending
    talk.step(Silence())
    assert talk.hangs_up
    assert talk.tells(dialogue.wording.goodbye_silence("it"))


@pytest.mark.parametrize("phase", [Phase.CONFIRMING, Phase.CHOOSING])
def test_silence_repeats_an_open_question(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase)
    asked = talk.sentences
    assert talk.step(Silence()).sentences == asked
    assert talk.state.phase is phase


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.CHOOSING_LANGUAGE])
def test_silence_offers_the_languages_until_one_is_chosen(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase).step(Silence())
    assert talk.sentences == dialogue.wording.language_choice(dialogue.languages)
    assert talk.state.phase is Phase.CHOOSING_LANGUAGE


@pytest.mark.parametrize("event", [Keyed("*"), Said((), "it"), Deaf()])
def test_whoever_does_something_is_not_silent(talk: Talk, event: Event) -> None:
    talk.keys("1").step(Silence()).step(Silence()).step(event)
    assert talk.state.silences == 0
    assert not talk.step(Silence()).hangs_up


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CONFIRMING, Phase.CHOOSING])
def test_deafness_gives_the_keys_and_leaves_the_question_open(
    dialogue: Dialogue, phase: Phase
) -> None:
    talk = in_phase(dialogue, phase)
    pending = talk.state.pending
    talk.step(Deaf())
    words = dialogue.wording.hearing_trouble("it")
    assert talk.sentences == words + dialogue.wording.key_menu("it", dialogue.content.offices)
    assert (talk.state.phase, talk.state.pending) == (phase, pending)


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.CHOOSING_LANGUAGE])
def test_deafness_before_the_language_is_chosen_offers_its_keys(
    dialogue: Dialogue, phase: Phase
) -> None:
    talk = in_phase(dialogue, phase).step(Deaf())
    assert talk.sentences == dialogue.wording.language_choice(dialogue.languages)
    assert talk.keys("2").state.language == "en"


# --- changing the language, and the end ------------------------------------------------


def test_another_language_by_key_says_the_last_answer_again(talk: Talk) -> None:
    talk.keys("1", "5", "8", "3")
    assert talk.state.language == "fr"
    assert talk.state.answered == Request(Wanted.TALK, "ufficio-casa")
    assert talk.tells(talk.dialogue.wording.language_changed("fr"))
    assert "Bureau du logement." in talk.said
    assert {s.language for s in talk.sentences} == {"fr"}


def test_another_language_by_name_says_the_last_answer_again(talk: Talk) -> None:
    talk.hears("gli orari dell'ufficio casa").hears("English please")
    assert talk.state.answered == Request(Wanted.HOURS, "ufficio-casa")
    assert "Housing office." in talk.said


def test_another_language_before_any_answer_asks_the_question(talk: Talk) -> None:
    talk.keys("1").hears("English please")
    assert talk.tells(talk.dialogue.wording.question("en"))


def test_a_language_that_is_not_configured_leads_to_the_choice(dialogue: Dialogue) -> None:
    talk = Talk(replace(dialogue, languages=("it", "fr"))).step(Opened()).keys("1")
    assert talk.hears("English please").state.phase is Phase.CHOOSING_LANGUAGE


def test_the_notice_is_said_again_in_a_new_language_only(talk: Talk) -> None:
    wording = talk.dialogue.wording
    assert talk.keys("1").tells(wording.notice("it"))
    assert talk.keys("8", "2").tells(wording.notice("en"))
    assert not talk.keys("8", "1").tells(wording.notice("it"))


@pytest.mark.parametrize("phase", PHASES)
def test_a_call_that_lasts_too_long_ends_in_every_phase(dialogue: Dialogue, phase: Phase) -> None:
    talk = in_phase(dialogue, phase).step(Expired())
    assert talk.hangs_up
    assert talk.tells(dialogue.wording.too_long("it"))
    assert talk.state.phase is Phase.ENDED


def test_goodbye_is_answered_and_ends_the_call(talk: Talk) -> None:
    talk.hears("thank you very much, bye", "en")
    assert talk.actions[-1] == HangUp()
    assert talk.tells(talk.dialogue.wording.goodbye("en"))


# --- whatever happens ------------------------------------------------------------------

SPOKEN = [
    *("ufficio casa", "gli orari del polo due", "domani siete aperti?", "il secondo", "sì", "no"),
    *("può ripetere?", "più piano", "operatore", "arrivederci", "English please", "dove siete?"),
    *("il polo per due persone", "mi serve l'assistente sociale", "vorrei cambiare lingua"),
    *("housing office", "français", "", "   ", "???", "مكتب السكن", "zero", NONSENSE),
]
"""What callers may say, in any language the sound may seem to be."""

codes = st.sampled_from(["it", "en", "fr", "ar"])
hypotheses = st.builds(Hypothesis, codes, st.sampled_from(SPOKEN), st.just(0.5))
events = st.one_of(
    st.builds(Keyed, st.sampled_from("0123456789*#")),
    st.builds(Said, st.lists(hypotheses, max_size=3).map(tuple), st.none() | codes),
    st.just(Silence()),
    st.just(Deaf()),
    st.just(Opened()),
    st.builds(Finished, st.builds(Sentence, codes, st.just("Altro."))),
)


@settings(max_examples=150, deadline=None)
@given(happenings=st.lists(events, max_size=25))
def test_whatever_happens_the_caller_is_answered_until_the_end(
    dialogue: Dialogue, happenings: list[Event]
) -> None:
    talk = Talk(dialogue).step(Opened())
    for event in (*happenings, Expired(), Silence(), Keyed("1")):
        before = talk.state
        talk.step(event)
        state, spoken = talk.state, [a for a in talk.actions if isinstance(a, Say)]
        if before.phase is Phase.ENDED:
            assert (state, talk.actions) == (before, ())
            continue
        if isinstance(event, Finished):
            assert (state, talk.actions) == (before, ())
            continue
        assert len(spoken) == 1
        assert spoken[0].sentences
        assert talk.hangs_up == (state.phase is Phase.ENDED)
        if talk.hangs_up:
            assert talk.actions[-1] == HangUp()
        assert bool(state.pending) or state.phase not in (Phase.CONFIRMING, Phase.CHOOSING)
        assert not state.pending or state.phase is not Phase.OPEN
        assert state.slow >= before.slow
    assert talk.state.phase is Phase.ENDED
