"""On the way to a person, event by event, over the sample town."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversation import MONDAY
from voicebot import dialogue as talk
from voicebot.answering.waiting import WaitingWords
from voicebot.dialogue import Dialogue, Means, Phase, State
from voicebot.dialogue.numbers import MAX_WRONG_CODES
from voicebot.model import Arrival, Hypothesis, Language, Sentence
from voicebot.model.holding import Standing, WaitRange

MEANS = Means(connects=True, calls_back=True, number_known=True)
SECOND = Standing(2, WaitRange(120, 240), 1)
FIRST = Standing(1, WaitRange(0, 60), 1)
NIGHT = MONDAY + timedelta(hours=12)

A = TypeVar("A", bound=talk.Action)


@dataclass
class Talk:
    """One conversation under test: what it asked for last, and how it stands."""

    dialogue: Dialogue
    state: State = State()
    actions: tuple[talk.Action, ...] = ()
    now: datetime = MONDAY

    def step(self, *events: talk.Event) -> Talk:
        for event in events:
            before, kept = self.state, copy.deepcopy(self.state)
            self.state, self.actions = self.dialogue.step(before, event, self.now)
            assert before == kept
        return self

    def keys(self, keys: str) -> Talk:
        return self.step(*(talk.Keyed(key) for key in keys))

    def hears(self, text: str, language: Language = "it") -> Talk:
        return self.step(talk.Said((Hypothesis(language, text, 0.9),), language))

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        spoken = (a for a in self.actions if isinstance(a, talk.Say | talk.Announce))
        return tuple(sentence for action in spoken for sentence in action.sentences)

    def stands(self, phase: Phase) -> bool:
        return self.state.phase is phase

    @property
    def said(self) -> str:
        return " ".join(sentence.shown for sentence in self.sentences)

    @property
    def words(self) -> WaitingWords:
        return self.dialogue.wording.waiting

    def wants(self, kind: type[A]) -> A:
        """The one action of that kind."""
        (found,) = (action for action in self.actions if isinstance(action, kind))
        return found

    def does(self, kind: type[talk.Action]) -> bool:
        return any(isinstance(action, kind) for action in self.actions)


@pytest.fixture
def caller(dialogue: Dialogue) -> Talk:
    """An Italian caller who could be put through and called back, on a Monday morning."""
    return Talk(dialogue).step(talk.Opened(means=MEANS)).keys("1")


@pytest.fixture
def waiting(caller: Talk) -> Talk:
    """The same, second in the queue of the Ufficio casa."""
    return caller.keys("5").step(talk.Queued(SECOND, None))


# --- put through -----------------------------------------------------------------------


def test_a_wish_to_talk_to_an_open_office_connects_after_one_short_sentence(caller: Talk) -> None:
    caller.hears("vorrei parlare con l'ufficio casa")
    wish = caller.wants(talk.Connect)
    assert (wish.office, wish.language) == ("ufficio-casa", "it")
    assert caller.said == "Ufficio casa. Resti in linea."
    assert caller.stands(Phase.CONNECTING)


def test_a_closed_office_says_so_first_with_its_hours_and_offers_to_call_back(
    caller: Talk,
) -> None:
    caller.now = NIGHT
    caller.keys("5")
    assert not caller.does(talk.Connect)
    assert caller.wants(talk.TurnedAway) == talk.TurnedAway("ufficio-casa", "it")
    assert caller.sentences[1].shown == "In questo momento siamo chiusi."
    assert "dalle nove alle dodici e trenta" in caller.said
    assert caller.said.endswith("Vuole che la richiamiamo noi? Dica sì, oppure prema cancelletto.")


def test_where_nobody_is_called_back_a_closed_office_asks_what_else(dialogue: Dialogue) -> None:
    night = Talk(dialogue, now=NIGHT).step(talk.Opened(means=Means(connects=True))).keys("15")
    assert night.said.endswith("Posso aiutarla in altro?")
    assert night.stands(Phase.OPEN)


def test_with_no_way_to_a_person_the_number_is_told(dialogue: Dialogue) -> None:
    told = Talk(dialogue).step(talk.Opened()).keys("15")
    assert "Può chiamare direttamente questo numero" in told.said
    assert not told.does(talk.Connect)


def test_nobody_signed_in_is_heard_at_once_with_hours_and_the_offer(caller: Talk) -> None:
    caller.keys("5").step(talk.Unattended())
    assert "nessun operatore per questo ufficio" in caller.said
    assert "dalle nove alle dodici e trenta" in caller.said
    assert caller.stands(Phase.OFFERING)
    assert caller.state.hold is None


@pytest.mark.parametrize("ask", ["0", "operatore"])
def test_a_person_is_asked_for_from_any_state(dialogue: Dialogue, ask: str) -> None:
    """Straight to the office spoken of; asked which where none was; any at the second time."""

    def asks(caller: Talk) -> Talk:
        return caller.keys(ask) if ask == "0" else caller.hears(ask)

    def fresh() -> Talk:
        return Talk(dialogue).step(talk.Opened(means=MEANS)).keys("1")

    spoken_of = fresh().hears("dove si trova il polo due?")
    assert asks(spoken_of).wants(talk.Connect).office == "polo-2"
    which = asks(fresh())
    assert which.stands(Phase.CHOOSING)
    assert asks(which).wants(talk.Connect).office in {o.id for o in dialogue.content.offices}
    near = fresh().hears("il polo per due persone")
    assert near.stands(Phase.CONFIRMING)
    assert asks(near).wants(talk.Connect).office == "polo-2"


def test_zero_before_any_language_is_kept_and_at_the_second_time_enough(
    dialogue: Dialogue,
) -> None:
    chosen = Talk(dialogue).step(talk.Opened(means=MEANS)).keys("03")
    assert chosen.state.language == "fr"
    assert chosen.stands(Phase.CHOOSING)
    stubborn = Talk(dialogue).step(talk.Opened(means=MEANS)).keys("000")
    assert stubborn.does(talk.Connect)


def test_nobody_answering_a_telephone_is_told_and_the_conversation_goes_on(caller: Talk) -> None:
    caller.keys("5").step(talk.Unreached(trouble=False))
    assert "non risponde nessuno" in caller.said
    assert caller.state.hold is None
    assert caller.keys("*").state.phase is Phase.OPEN


# --- an office's own number ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"), [("sì", "it"), ("yes please", "en"), ("oui", "fr"), ("نعم", "ar")]
)
def test_one_yes_goes_on_to_the_office_whose_number_was_rung(
    dialogue: Dialogue, text: str, language: Language
) -> None:
    rung = Talk(dialogue).step(talk.Opened(Arrival(office="polo-1"), MEANS))
    assert "Polo territoriale uno: dica sì, oppure prema uno." in rung.said
    rung.step(talk.Said((Hypothesis(language, text, 0.9),), None))  # too short to tell whose
    assert rung.wants(talk.Connect) == talk.Connect(
        "polo-1", language, rung.wants(talk.Connect).asked
    )


@pytest.mark.parametrize(("key", "language"), [("1", "it"), ("2", "en"), ("3", "fr"), ("4", "ar")])
def test_one_key_chooses_the_language_and_goes_on(
    dialogue: Dialogue, key: str, language: Language
) -> None:
    rung = Talk(dialogue).step(talk.Opened(Arrival(office="polo-1"), MEANS)).keys(key)
    assert rung.wants(talk.Connect).office == "polo-1"
    assert rung.state.language == language


def test_a_no_asks_which_office_and_another_wish_is_followed(dialogue: Dialogue) -> None:
    no = Talk(dialogue).step(talk.Opened(Arrival(office="polo-1"), MEANS)).hears("no")
    assert no.said.endswith("Mi dica quale ufficio cerca.")
    other = Talk(dialogue).step(talk.Opened(Arrival(office="polo-1"), MEANS)).hears("ufficio casa")
    assert other.wants(talk.Connect).office == "ufficio-casa"


# --- waiting ---------------------------------------------------------------------------


def test_joining_the_queue_is_told_with_place_and_range(waiting: Talk) -> None:
    announced = waiting.wants(talk.Announce)
    assert [s.shown for s in announced.sentences] == [
        "Le risponde il primo operatore libero.",
        "Lei è al secondo posto in attesa.",
        "Attesa prevista: fra due e quattro minuti.",
    ]
    assert waiting.stands(Phase.WAITING)


def test_a_withheld_number_hears_its_code_figure_by_figure(caller: Talk) -> None:
    caller.keys("5").step(talk.Queued(SECOND, "4071"))
    code = caller.sentences[-1]
    assert code.text == "Quattro, zero, sette, uno."
    assert code.shown == "4071"


def test_better_by_a_step_is_announced_and_not_over_a_question(waiting: Talk) -> None:
    waiting.step(talk.Told(FIRST, asked=False))
    assert "al primo posto" in waiting.said
    assert waiting.does(talk.Announce)
    waiting.keys("#").step(talk.Told(SECOND, asked=False))
    assert not waiting.actions


def test_questions_are_answered_and_the_place_is_kept(waiting: Talk) -> None:
    for text in ("quando è aperto il polo due?", "dove si trova l'ufficio casa?"):
        waiting.hears(text)
        assert waiting.sentences
        assert "Posso aiutarla in altro" not in waiting.said
        assert waiting.stands(Phase.WAITING)
        assert waiting.state.hold is not None
        assert waiting.state.hold.office == "ufficio-casa"
        assert not waiting.does(talk.Leave)


def test_a_question_about_no_office_in_particular_is_about_the_one_spoken_of(
    waiting: Talk,
) -> None:
    waiting.hears("dove siete?")
    assert "Via Santi" in waiting.said


@pytest.mark.parametrize("ask", ["0", "5"])
def test_zero_and_the_offices_own_key_tell_the_place(waiting: Talk, ask: str) -> None:
    waiting.keys(ask)
    assert waiting.wants(talk.AskPlace)
    waiting.step(talk.Told(FIRST, asked=True))
    assert "al primo posto" in waiting.said
    assert waiting.does(talk.Say)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quanto devo aspettare?", "it"),
        ("how long do I have to wait?", "en"),
        ("combien de temps dois-je attendre ?", "fr"),
        ("كم يجب أن أنتظر؟", "ar"),
    ],
)
def test_the_place_is_told_by_voice(waiting: Talk, text: str, language: Language) -> None:
    assert waiting.hears(text, language).wants(talk.AskPlace)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mi può richiamare?", "it"),
        ("can you call me back please", "en"),
        ("pouvez-vous me rappeler ?", "fr"),
        ("ممكن تتصلوا بي لاحقا", "ar"),
    ],
)
def test_a_call_back_is_asked_for_by_voice(waiting: Talk, text: str, language: Language) -> None:
    assert waiting.hears(text, language).stands(Phase.NUMBER)


def test_who_asks_to_be_called_back_before_waiting_is_asked_by_whom(caller: Talk) -> None:
    caller.hears("vorrei essere richiamato")
    assert caller.stands(Phase.CHOOSING)


def test_another_office_keeps_the_place(waiting: Talk) -> None:
    waiting.hears("polo due")
    assert waiting.wants(talk.ChangeOffice).office == "polo-2"
    waiting.step(talk.Moved("polo-2", SECOND))
    assert waiting.said.startswith("Polo territoriale due. Va bene, conserva il suo posto")
    assert waiting.state.hold is not None
    assert waiting.state.hold.office == "polo-2"


def test_an_office_where_nobody_is_leaves_everything_as_it_was(waiting: Talk) -> None:
    waiting.keys("2").step(talk.NotMoved("polo-2"))
    assert "nessun operatore" in waiting.said
    assert waiting.state.hold is not None
    assert waiting.state.hold.office == "ufficio-casa"


def test_silence_is_met_with_signs_of_life_for_ever(waiting: Talk) -> None:
    first = waiting.step(talk.Silence()).said
    assert "Mentre aspetta" in first
    for _ in range(20):
        waiting.step(talk.Silence())
        assert waiting.said == "Lei è sempre in attesa e il suo posto è conservato."
        assert not waiting.does(talk.HangUp)


def test_a_television_gets_one_answer(waiting: Talk) -> None:
    waiting.hears("vorrei ordinare una pizza margherita")
    assert waiting.said.startswith("Mi scusi, non ho capito. Mentre aspetta")
    for _ in range(5):
        waiting.hears("vorrei ordinare una pizza margherita")
        assert not waiting.actions
    assert waiting.stands(Phase.WAITING)


def test_repeat_slower_and_another_language(waiting: Talk) -> None:
    waiting.keys("0").step(talk.Told(SECOND, asked=True))
    place = waiting.sentences
    assert waiting.keys("9").sentences == place
    assert waiting.keys("6").sentences[-len(place) :] == place
    assert waiting.state.slow
    waiting.keys("82")
    assert waiting.state.language == "en"
    assert waiting.stands(Phase.WAITING)


def test_a_spoken_goodbye_gives_the_place_up(waiting: Talk) -> None:
    waiting.hears("grazie, arrivederci")
    kinds = [type(action) for action in waiting.actions]
    assert kinds == [talk.Leave, talk.Say, talk.HangUp]


def test_a_long_wait_is_no_reason_to_end_the_call(waiting: Talk) -> None:
    assert waiting.step(talk.Expired()).actions == ()
    assert waiting.stands(Phase.WAITING)


def test_the_wider_circle_is_told(waiting: Talk) -> None:
    assert "altra lingua" in waiting.step(talk.Widened()).said


@pytest.mark.parametrize("news", [talk.Deserted(), talk.Closing()])
def test_waiting_in_vain_ends_with_the_offer_of_a_call_back(
    waiting: Talk, news: talk.QueueEvent
) -> None:
    waiting.step(news)
    assert waiting.stands(Phase.OFFERING)
    waiting.hears("no")
    assert waiting.does(talk.Leave)
    assert waiting.stands(Phase.OPEN)


def test_waiting_in_vain_with_no_call_back_leads_to_the_conversation(dialogue: Dialogue) -> None:
    alone = Talk(dialogue).step(talk.Opened(means=Means(connects=True))).keys("15")
    alone.step(talk.Queued(SECOND, None), talk.Deserted())
    assert alone.does(talk.Leave)
    assert alone.said.endswith("Posso aiutarla in altro?")


def test_deafness_leaves_the_keys_of_the_queue(waiting: Talk) -> None:
    waiting.step(talk.Deaf())
    assert "prema cancelletto" in waiting.said
    assert waiting.stands(Phase.WAITING)


# --- joined and back -------------------------------------------------------------------


def test_the_operator_hears_language_office_and_time(waiting: Talk) -> None:
    waiting.keys("83").step(talk.Joined(250.0))
    whisper = " ".join(s.text for s in waiting.wants(talk.Whisper).sentences)
    assert whisper == "Francese. Ufficio casa. Quattro minuti."
    assert waiting.said == "Je vous mets en relation."
    assert waiting.stands(Phase.JOINED)


def test_what_is_said_to_the_operator_is_not_for_the_bot(waiting: Talk) -> None:
    waiting.step(talk.Joined(3.0))
    before = waiting.state
    for event in (talk.Keyed("0"), talk.Silence(), talk.Expired(), talk.Deaf()):
        assert waiting.step(event).actions == ()
    assert waiting.hears("arrivederci").actions == ()
    assert waiting.state == before


def test_a_connection_that_fails_leads_back_to_the_same_place_with_words(waiting: Talk) -> None:
    waiting.step(talk.Joined(3.0), talk.Returned("ufficio-casa", FIRST, handed_on=False))
    assert waiting.said.startswith("Mi dispiace, il collegamento non è riuscito.")
    assert "al primo posto" in waiting.said
    assert waiting.stands(Phase.WAITING)


def test_being_handed_on_names_the_new_office(waiting: Talk) -> None:
    waiting.step(talk.Joined(3.0), talk.Returned("polo-3", FIRST, handed_on=True))
    assert waiting.said.startswith("Polo territoriale tre.")
    assert waiting.state.hold is not None
    assert waiting.state.hold.office == "polo-3"


def test_the_end_of_the_conversation_is_a_goodbye(waiting: Talk) -> None:
    waiting.step(talk.Joined(3.0), talk.Served())
    assert [type(action) for action in waiting.actions] == [talk.Say, talk.HangUp]
    assert "Arrivederci" in waiting.said


# --- calling back ----------------------------------------------------------------------


def test_the_own_number_is_called_with_one_consent(waiting: Talk) -> None:
    waiting.keys("#")
    assert "al numero da cui chiama e lo conserviamo, cifrato, solo fino ad allora" in waiting.said
    waiting.hears("sì va bene")
    assert waiting.wants(talk.CallBack) == talk.CallBack("ufficio-casa", "it", None)
    waiting.step(talk.WillCall())
    assert "la richiamiamo quando è il suo turno" in waiting.said
    assert not waiting.does(talk.Leave)
    assert waiting.does(talk.HangUp)


def test_another_number_is_keyed_in_read_back_and_confirmed(waiting: Talk) -> None:
    waiting.keys("#3331234567#")
    number = waiting.sentences[1]
    assert number.text == "Tre tre tre, uno due tre, quattro cinque sei sette."
    assert number.shown == "3331234567"
    assert waiting.keys("#").wants(talk.CallBack).number == "3331234567"


def test_a_withheld_number_must_be_keyed_in(dialogue: Dialogue) -> None:
    hidden = Talk(dialogue).step(talk.Opened(means=replace(MEANS, number_known=False))).keys("15")
    hidden.step(talk.Queued(SECOND, "1234")).keys("#")
    assert hidden.said.startswith("Digiti il suo numero")
    assert not hidden.keys("#").does(talk.CallBack)
    assert hidden.keys("3331234567##").wants(talk.CallBack).number == "3331234567"


@pytest.mark.parametrize("number", ["12345", "1234567890123456"])
def test_half_a_number_is_asked_again(waiting: Talk, number: str) -> None:
    waiting.keys(f"#{number}#")
    assert "non è un numero di telefono completo" in waiting.said
    assert waiting.state.typed == ""


def test_a_pause_ends_a_number_and_no_begins_it_again(waiting: Talk) -> None:
    waiting.keys("#333123456").step(talk.Silence())
    assert waiting.stands(Phase.CONFIRMING_NUMBER)
    waiting.hears("no")
    assert waiting.stands(Phase.NUMBER)
    assert waiting.state.typed == ""


def test_the_star_leads_back_to_the_music(waiting: Talk) -> None:
    waiting.keys("#33*")
    assert waiting.stands(Phase.NUMBER)
    waiting.keys("*")
    assert waiting.stands(Phase.WAITING)
    assert not waiting.does(talk.Leave)


def test_an_operator_who_is_free_meanwhile_goes_first(waiting: Talk) -> None:
    waiting.keys("#333").step(talk.Joined(30.0))
    assert waiting.stands(Phase.JOINED)
    assert waiting.state.typed == ""


def test_a_call_back_that_cannot_be_noted_leaves_the_place(waiting: Talk) -> None:
    waiting.keys("##").step(talk.WontCall())
    assert "non possiamo richiamare" in waiting.said
    assert waiting.stands(Phase.WAITING)


def test_where_nobody_is_called_back_the_hash_shows_the_other_keys(dialogue: Dialogue) -> None:
    caller = Talk(dialogue).step(talk.Opened(means=Means(connects=True))).keys("15")
    caller.step(talk.Queued(SECOND, None)).keys("#")
    assert "prema zero" in caller.said
    assert "richiamare" not in caller.said


# --- found again -----------------------------------------------------------------------


def test_a_caller_who_was_cut_off_is_back_in_their_place_and_language(dialogue: Dialogue) -> None:
    kept = talk.Kept("polo-1", "fr", SECOND)
    back = Talk(dialogue).step(talk.Opened(means=MEANS, kept=kept))
    assert back.stands(Phase.WAITING)
    assert back.said.startswith("C'est un assistant automatique")  # the notice is owed in each call
    assert "a été conservée" in back.said
    assert "deuxième" in back.said


def test_the_code_finds_the_place_in_any_phase_before_one_waits(dialogue: Dialogue) -> None:
    kept = talk.Kept("polo-1", "fr", SECOND)
    for before in ("", "1", "1*"):
        back = Talk(dialogue).step(talk.Opened(means=MEANS)).keys(f"{before}#")
        assert back.said.endswith("Digiti le quattro cifre.")
        assert back.keys("4071").wants(talk.Resume).code == "4071"
        assert back.step(talk.Resumed(kept)).state.phase is Phase.WAITING


def test_after_three_wrong_codes_the_call_goes_on_without(caller: Talk) -> None:
    caller.keys("#")
    for _ in range(MAX_WRONG_CODES):
        assert caller.stands(Phase.CODE)
        caller.keys("1111").step(talk.NotResumed())
    assert caller.stands(Phase.OPEN)
    assert not caller.keys("#1111").does(talk.Resume)


# --- whatever happens ------------------------------------------------------------------

standings = st.builds(
    Standing,
    st.integers(1, 30),
    st.none() | st.just(WaitRange(30, 500)),
    st.integers(0, 3),
)
offices = st.sampled_from(["ufficio-casa", "polo-1", "polo-2"])
languages = st.sampled_from(["it", "en", "fr", "ar"])
kept = st.builds(talk.Kept, offices, languages, standings)
texts = st.sampled_from(
    ["ufficio casa", "polo due", "sì", "no", "operatore", "dove siete?", "English please", "pizza"]
)
spoken = st.builds(Hypothesis, languages, texts, st.just(0.5))
happenings = st.one_of(
    st.builds(talk.Keyed, st.sampled_from("0123456789*#")),
    st.builds(talk.Said, st.lists(spoken, max_size=2).map(tuple), st.none() | languages),
    st.sampled_from([talk.Silence(), talk.Deaf(), talk.Expired()]),
    st.sampled_from(
        [
            talk.Unattended(),
            talk.Widened(),
            talk.Deserted(),
            talk.Closing(),
            talk.Joined(70.0),
            talk.Served(),
            talk.Unreached(True),
            talk.Unreached(False),
            talk.NotResumed(),
            talk.WillCall(),
            talk.WontCall(),
        ]
    ),
    st.builds(talk.Queued, standings, st.none() | st.just("1234")),
    st.builds(talk.Told, standings, st.booleans()),
    st.builds(talk.Moved, offices, standings),
    st.builds(talk.NotMoved, offices),
    st.builds(talk.Returned, offices, standings, st.booleans()),
    st.builds(talk.Resumed, kept),
)
means = st.builds(Means, st.booleans(), st.booleans(), st.booleans())


@given(
    st.none() | offices, means, st.none() | kept, st.lists(happenings, max_size=30), st.booleans()
)
def test_whatever_happens_a_place_is_kept_or_given_up_with_words(
    dialogue: Dialogue,
    office: str | None,
    means: Means,
    kept: talk.Kept | None,
    events: list[talk.Event],
    night: bool,
) -> None:
    call = Talk(dialogue, now=NIGHT if night else MONDAY)
    call.step(talk.Opened(Arrival(office=office), means, kept))
    assert call.sentences
    for event in events:
        before = call.state
        call.step(event)
        after = call.state
        if before.phase is Phase.ENDED:
            assert (after, call.actions) == (before, ())
            continue
        assert sum(isinstance(a, talk.Say | talk.Announce) for a in call.actions) <= 1
        given_up = before.hold is not None and after.hold is None
        if given_up:
            assert call.sentences, "a place is never given up without a word"
            told = isinstance(event, talk.Served | talk.Unreached | talk.Unattended | talk.WillCall)
            assert told or call.does(talk.Leave)
        assert call.does(talk.HangUp) == (after.phase is Phase.ENDED)
        if after.phase in (Phase.CONNECTING, Phase.WAITING, Phase.JOINED):
            assert after.hold is not None
        if after.phase in (Phase.OPEN, Phase.GREETING):
            assert after.hold is None
        if isinstance(event, talk.Silence) and after.hold is None:
            assert call.sentences, "a caller in no queue is never left in silence"
