"""Whose language: chosen when it is clear, asked for when it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.hearing.language import LanguageEvidence, changed, choose
from voicebot.model import LANGUAGES

CLEAR_FRENCH = {"it": 0.02, "en": 0.02, "fr": 0.9, "ar": 0.01}
FRENCH_OR_ITALIAN = {"it": 0.06, "en": 0.01, "fr": 0.86, "ar": 0.01}
PORTUGUESE = {"it": 0.06, "en": 0.01, "fr": 0.01, "ar": 0.0}

probabilities = st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4).map(
    lambda shares: {
        code: share / max(1.0, sum(shares)) for code, share in zip(LANGUAGES, shares, strict=True)
    }
)


def test_a_clear_sentence_is_chosen() -> None:
    assert choose(CLEAR_FRENCH, 2.5) == "fr"


def test_a_language_that_is_none_of_ours_is_not_taken_for_the_nearest() -> None:
    assert choose(PORTUGUESE, 4.0) is None


def test_the_shorter_the_speech_the_clearer_it_must_be() -> None:
    assert choose(FRENCH_OR_ITALIAN, 2.5) == "fr"
    assert choose(FRENCH_OR_ITALIAN, 0.6) is None


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose({}, 3.0) is None
    assert choose(dict.fromkeys(LANGUAGES, 0.0), 3.0) is None
    assert LanguageEvidence().decided() is None


def test_where_one_language_is_spoken_its_mass_decides() -> None:
    assert choose({"it": 0.9}, 1.0) == "it"
    assert choose({"it": 0.5}, 3.0) == "it"
    assert choose({"it": 0.1}, 3.0) is None


def test_one_word_is_taken_for_none_of_ours_sooner_than_a_sentence() -> None:
    nearly = {"it": 0.6, "en": 0.0, "fr": 0.0, "ar": 0.0}
    assert choose(nearly, 2.5) == "it"
    assert choose(nearly, 0.8) is None


@given(probabilities, st.floats(0.1, 15.0))
def test_a_choice_is_the_likeliest_and_more_speech_never_undoes_it(
    heard: dict[str, float], seconds: float
) -> None:
    chosen = choose(heard, seconds)
    if chosen is not None:
        assert heard[chosen] == max(heard.values())
        assert choose(heard, seconds + 1.0) == chosen


def test_a_few_doubtful_words_of_one_language_are_enough_together() -> None:
    once = LanguageEvidence().add(FRENCH_OR_ITALIAN, 0.7)
    assert once.decided() is None
    assert once.add(FRENCH_OR_ITALIAN, 0.7).add(FRENCH_OR_ITALIAN, 0.7).decided() == "fr"


def test_evidence_for_two_languages_cancels_out() -> None:
    english = {"it": 0.02, "en": 0.9, "fr": 0.02, "ar": 0.01}
    assert LanguageEvidence().add(CLEAR_FRENCH, 3.0).add(english, 3.0).decided() is None


def test_evidence_of_other_languages_counts_too() -> None:
    doubtful = LanguageEvidence().add(PORTUGUESE, 3.0).add(PORTUGUESE, 3.0)
    assert doubtful.decided() is None
    assert sum(doubtful.probabilities().values()) < 0.1


def test_a_language_that_one_utterance_did_not_list_is_not_favoured() -> None:
    evidence = LanguageEvidence().add({"it": 0.5, "en": 0.5}, 2.0).add(CLEAR_FRENCH, 2.0)
    assert set(evidence.probabilities()) == set(LANGUAGES)
    assert evidence.probabilities()["fr"] < 0.9


@given(st.lists(st.integers(5, 100), min_size=5, max_size=5), st.floats(0.1, 15.0))
def test_one_utterance_weighs_in_evidence_as_it_does_alone(
    shares: list[int], seconds: float
) -> None:
    # None so small that it is lifted to the floor; the last is for all other languages.
    heard = {code: share / sum(shares) for code, share in zip(LANGUAGES, shares, strict=False)}
    assert LanguageEvidence().add(heard, seconds).probabilities() == pytest.approx(heard)


@given(st.lists(st.tuples(probabilities, st.floats(0.1, 15.0)), max_size=8))
def test_evidence_stays_a_distribution_and_its_order_does_not_matter(
    heard: list[tuple[dict[str, float], float]],
) -> None:
    forward, backward = LanguageEvidence(), LanguageEvidence()
    for share, seconds in heard:
        forward = forward.add(share, seconds)
    for share, seconds in reversed(heard):
        backward = backward.add(share, seconds)
    assert 0 <= sum(forward.probabilities().values()) <= 1 + 1e-9
    assert forward.probabilities() == pytest.approx(backward.probabilities())


def test_the_language_of_a_call_changes_on_clear_evidence_only() -> None:
    surely_french = {"it": 0.01, "en": 0.0, "fr": 0.97, "ar": 0.0}
    assert changed("it", surely_french, 2.5) == "fr"
    assert changed("fr", surely_french, 2.5) is None
    assert changed("it", surely_french, 0.8) is None
    assert changed("it", FRENCH_OR_ITALIAN, 2.5) is None
    assert changed("it", PORTUGUESE, 5.0) is None
