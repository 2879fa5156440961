"""Whether a caller who pauses has said all, by the sample town's own phrases."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot.dialogue import Dialogue, Said, State, completeness
from voicebot.model import Action, Completeness, Hypothesis, Language, Request

TODAY = date(2026, 11, 23)
HELD = State(language="it")


def judged(
    dialogue: Dialogue, text: str, language: Language | None = "it", state: State = HELD
) -> Completeness:
    said = Said((Hypothesis(language or "it", text, 0.9),), language)
    return completeness(dialogue.matcher, state, said, TODAY)


@pytest.mark.parametrize(
    "text", ["Quali sono gli orari dell'ufficio casa?", "Mi hanno sfrattato", "Un operatore"]
)
def test_a_clear_request_is_all(dialogue: Dialogue, text: str) -> None:
    assert judged(dialogue, text) is Completeness.CLEAR
    assert judged(dialogue, text, state=State()) is Completeness.CLEAR


@pytest.mark.parametrize("text", ["Buongiorno", "Che bella giornata", "Quando siete aperti?"])
def test_what_is_no_request_yet_tells_nothing(dialogue: Dialogue, text: str) -> None:
    assert judged(dialogue, text) is Completeness.OPEN


def test_a_question_about_the_office_spoken_of_is_clear(dialogue: Dialogue) -> None:
    state = State(language="it", answered=Request(Action.HOURS, "ufficio-casa"))
    assert judged(dialogue, "Quando siete aperti?", state=state) is Completeness.CLEAR


@pytest.mark.parametrize("text", ["Vorrei parlare con l'ufficio", "Chiamo per", "Sono il..."])
def test_half_a_sentence_is_unfinished(dialogue: Dialogue, text: str) -> None:
    assert judged(dialogue, text) is Completeness.UNFINISHED


def test_nothing_is_clear_while_the_language_is_not(dialogue: Dialogue) -> None:
    readings = (Hypothesis("it", "Che tempo fa", 0.5), Hypothesis("fr", "Quel temps", 0.5))
    said = Said(readings, None)
    assert completeness(dialogue.matcher, State(), said, TODAY) is Completeness.OPEN
