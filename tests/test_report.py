"""What `voicebot listen` and `ask` print: exactly these fields, whatever was heard."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.fakes.speech import NOTHING, heard, unclear
from voicebot.dialogue import Dialogue
from voicebot.model import Heard, Hypothesis
from voicebot.report import report_heard, report_text
from voicebot.understanding.matcher import Matcher

TODAY = date(2026, 11, 23)

FIELDS = [
    "language",
    "language_probabilities",
    "text",
    "office",
    "action",
    "day",
    "decision",
    "candidates",
    "seconds",
]


@pytest.fixture
def matcher(dialogue: Dialogue) -> Matcher:
    return dialogue.matcher


def test_the_fields_of_a_clear_utterance(matcher: Matcher) -> None:
    sound = Heard(
        "it",
        {"it": 0.98765432, "en": 0.01},
        (Hypothesis("it", "gli orari dell'ufficio casa", 0.9),),
        {"language": 0.123456789, "recognise": 0.2},
    )
    report = report_heard(sound, matcher, TODAY)
    assert sorted(report) == sorted(FIELDS)
    assert report["language"] == "it"
    assert report["language_probabilities"] == {"it": 0.9877, "en": 0.01}
    assert report["text"] == "gli orari dell'ufficio casa"
    assert (report["office"], report["action"], report["day"]) == ("ufficio-casa", "hours", None)
    assert report["decision"] == "accept"
    assert report["candidates"][0] == {"office": "ufficio-casa", "action": "hours", "score": 1.0}
    assert list(report["seconds"]) == ["language", "recognise", "understand"]
    assert report["seconds"]["language"] == 0.1235
    assert report["seconds"]["understand"] >= 0


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("domani è aperto il polo due?", "it", ("polo-2", "hours", "2026-11-24", "accept")),
        ("where is hub one?", "en", ("polo-1", "where", None, "accept")),
        ("are you open on Thursday?", "en", (None, "hours", "2026-11-26", "accept")),
        ("operatore", "it", (None, "operator", None, "accept")),
        ("il polo per due persone", "it", ("polo-2", "talk", None, "confirm")),
        ("mi serve l'assistente sociale", "it", ("polo-1", "talk", None, "choose")),
        ("vorrei ordinare una pizza", "it", (None, "none", None, "reject")),
        ("", "it", (None, "none", None, "reject")),
        ("sì", "it", (None, "none", None, "reject")),  # outside a conversation it asks nothing
        ("no", "en", (None, "none", None, "reject")),
    ],
)
def test_what_is_asked_for(
    matcher: Matcher,
    text: str,
    language: str,
    expected: tuple[str | None, str, str | None, str],
) -> None:
    report = report_text(text, language, matcher, TODAY)
    found = (report["office"], report["action"], report["day"], report["decision"])
    assert found == expected
    assert sorted(report) == sorted(FIELDS)
    assert report["language_probabilities"] == {language: 1.0}
    json.dumps(report)


def test_only_a_change_of_language_names_one(matcher: Matcher) -> None:
    named = report_text("English please", "it", matcher, TODAY)
    assert (named["action"], named["to_language"]) == ("language", "en")
    open_ = report_text("vorrei cambiare lingua", "it", matcher, TODAY)
    assert (open_["action"], open_["to_language"]) == ("language", None)
    assert sorted(open_) == sorted([*FIELDS, "to_language"])


def test_silence_is_reported_as_nothing(matcher: Matcher) -> None:
    report = report_heard(NOTHING, matcher, TODAY)
    assert sorted(report) == sorted(FIELDS)
    assert report["language"] is None
    assert report["text"] == ""
    assert report["candidates"] == []
    assert (report["action"], report["decision"]) == ("none", "reject")


def test_words_decide_between_languages_that_the_sound_leaves_open(matcher: Matcher) -> None:
    report = report_heard(unclear(("fr", "du bleu"), ("it", "polo due")), matcher, TODAY)
    assert (report["language"], report["office"]) == ("it", "polo-2")
    assert report["text"] == "polo due"


def test_where_the_language_stays_open_the_best_request_is_shown(matcher: Matcher) -> None:
    report = report_heard(
        unclear(("it", "boh"), ("en", "hub two"), ("fr", "hub two")), matcher, TODAY
    )
    assert report["text"] in ("boh", "hub two")
    nothing = report_heard(unclear(("it", "boh"), ("en", "hm")), matcher, TODAY)
    assert (nothing["language"], nothing["text"], nothing["decision"]) == (None, "boh", "reject")


def test_a_language_that_is_given_is_used(matcher: Matcher) -> None:
    report = report_heard(unclear(("fr", "boh")), matcher, TODAY, given="fr")
    assert report["language"] == "fr"
    assert report["text"] == "boh"
    assert report_heard(heard("it", "polo due"), matcher, TODAY, given="it")["office"] == "polo-2"
