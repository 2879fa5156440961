"""Which language an utterance is taken in, and what it then means."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from voicebot.dialogue.reading import CLEARLY, Reading, language_of, read
from voicebot.model import (
    Action,
    Candidate,
    Decision,
    Hypothesis,
    Language,
    Request,
    Understanding,
)
from voicebot.understanding.matcher import Matcher

TODAY = date(2026, 11, 23)


class ScriptedMatcher:
    """Understands what it is told to; counts what it is asked."""

    def __init__(self, **scores: tuple[Decision, float]) -> None:
        self._scores = scores
        self.asked: list[tuple[str, Language, date]] = []

    def understand(self, text: str, language: Language, today: date) -> Understanding:
        self.asked.append((text, language, today))
        decision, score = self._scores[text]
        if decision is Decision.REJECT:
            return Understanding(decision, ())
        request = Request(Action.GOODBYE) if text == "bye" else Request(Action.TALK, "x")
        return Understanding(decision, (Candidate(request, score, text),))


def readings(**by_language: tuple[Decision, float]) -> dict[Language, Reading]:
    matcher = ScriptedMatcher(**by_language)
    words = [Hypothesis(language, language, 0.5) for language in by_language]
    return read(cast(Matcher, matcher), words, TODAY)


def test_the_best_hypothesis_of_each_language_is_read_once() -> None:
    matcher = ScriptedMatcher(a=(Decision.ACCEPT, 1.0), c=(Decision.REJECT, 0.0))
    words = [Hypothesis("it", "a", 0.9), Hypothesis("it", "b", 0.8), Hypothesis("en", "c", 0.7)]
    found = read(cast(Matcher, matcher), words, TODAY)
    assert list(found) == ["it", "en"]
    assert found["it"].hypothesis.text == "a"
    assert matcher.asked == [("a", "it", TODAY), ("c", "en", TODAY)]


def test_what_was_heard_at_second_best_is_asked_about() -> None:
    matcher = ScriptedMatcher(a=(Decision.REJECT, 0.0), b=(Decision.ACCEPT, 1.0))
    words = [Hypothesis("it", "a", 0.9), Hypothesis("it", "b", 0.8)]
    (reading,) = read(cast(Matcher, matcher), words, TODAY).values()
    assert reading.hypothesis.text == "b"
    assert reading.understanding.decision is Decision.CONFIRM


def test_a_command_heard_at_second_best_is_none() -> None:
    matcher = ScriptedMatcher(a=(Decision.REJECT, 0.0), bye=(Decision.ACCEPT, 1.0))
    words = [Hypothesis("it", "a", 0.9), Hypothesis("it", "bye", 0.8)]
    (reading,) = read(cast(Matcher, matcher), words, TODAY).values()
    assert reading.understanding.decision is Decision.REJECT


def test_nothing_heard_is_nothing_read() -> None:
    assert read(cast(Matcher, ScriptedMatcher()), [], TODAY) == {}
    assert language_of({}, None, None) is None
    assert language_of({}, None, "fr") == "fr"


SURE, UNSURE, NOTHING = (Decision.ACCEPT, 0.9), (Decision.CONFIRM, 0.7), (Decision.REJECT, 0.0)
NEARLY = (Decision.ACCEPT, 0.9 - CLEARLY / 2)
LESS = (Decision.ACCEPT, 0.9 - CLEARLY * 1.5)


@pytest.mark.parametrize(
    ("words", "heard", "held", "language"),
    [
        ({"it": SURE, "en": NOTHING}, "en", "it", "en"),  # the sound decides
        ({"it": SURE}, "ar", None, "ar"),  # even where the words are of another
        ({"it": SURE, "en": UNSURE}, None, "en", "en"),  # the call's own, where it makes sense
        ({"it": SURE, "en": NOTHING}, None, "en", "it"),  # else one that does
        ({"it": UNSURE, "en": NOTHING}, None, "en", "en"),  # but only surely
        ({"it": SURE, "fr": NEARLY, "en": NOTHING}, None, "en", "en"),  # and in one alone
        ({"it": SURE, "fr": LESS}, None, None, "it"),
        ({"it": SURE, "fr": NEARLY}, None, None, None),
        ({"it": UNSURE, "fr": NOTHING}, None, None, None),
        ({"it": NOTHING, "fr": NOTHING}, None, "ar", "ar"),
    ],
)
def test_the_language_to_go_on_in(
    words: dict[Language, tuple[Decision, float]],
    heard: Language | None,
    held: Language | None,
    language: Language | None,
) -> None:
    assert language_of(readings(**words), heard, held) == language


@pytest.mark.parametrize(("score", "language"), [(0.8, None), (1.0, "bye")])
def test_a_goodbye_tells_a_language_only_when_it_is_plain(
    score: float, language: Language | None
) -> None:
    assert language_of(readings(bye=(Decision.ACCEPT, score)), None, None) == language
