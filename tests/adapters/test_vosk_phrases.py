"""The phrase list for a Vosk model."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.vosk_phrases import MAX_UNKNOWN, PhraseList, phrase_list


def listed(phrases: Iterable[str], vocabulary: str) -> PhraseList:
    known = set(vocabulary.split())
    return phrase_list(phrases, lambda word: word in known)


def test_phrases_come_with_each_word_once() -> None:
    got = listed(["Ufficio casa", "ufficio, CASA!", "casa"], "ufficio casa")
    assert got.entries == ("ufficio casa", "casa", "ufficio")
    assert got.missing == ()
    assert not got.knows_unknown


def test_the_unknown_word_stands_as_often_as_its_weight() -> None:
    for name in ("[unk]", "<UNK>"):
        got = listed(["casa", "ufficio"], f"ufficio casa {name}")
        assert got.entries.count(name) == got.entries.count(f"{name} {name}") == 40
        assert got.knows_unknown


def test_a_long_list_does_not_drown_in_the_unknown_word() -> None:
    words = [f"w{number}" for number in range(2000)]
    assert listed(words, " ".join([*words, "[unk]"])).entries.count("[unk]") == MAX_UNKNOWN


def test_a_phrase_is_cut_at_a_word_without_sound() -> None:
    got = listed(["vorrei la segreteria del polo"], "vorrei la del polo")
    assert got.entries[:2] == ("vorrei la", "del polo")
    assert ("la", "del") not in got.pairs
    assert got.missing == ("segreteria",)


def test_apostrophes_and_hyphens_are_as_the_model_writes_them() -> None:
    assert listed(["l’ufficio"], "l'ufficio l' ufficio").entries[0] == "l'ufficio"
    assert listed(["l'ufficio"], "l' ufficio").entries[0] == "l' ufficio"
    assert listed(["l'ufficio"], "l ufficio").entries[0] == "l ufficio"
    assert listed(["rendez-vous"], "rendez vous").entries[0] == "rendez vous"
    assert listed(["hub a"], "hub A").entries[0] == "hub A"


def test_arabic_loses_its_vowel_marks() -> None:
    assert listed(["مَكْتَبُ"], "مكتب").entries == ("مكتب",)


def test_words_in_no_order_of_a_phrase_are_salad() -> None:
    got = listed(["vorrei parlare con", "ufficio casa"], "vorrei parlare con ufficio casa")
    assert not got.is_salad(["vorrei", "parlare", "con", "ufficio", "casa"])
    assert not got.is_salad(["casa"])
    assert got.is_salad(["casa", "con", "ufficio"])
    assert got.is_salad(["casa", "ufficio"])


@given(st.lists(st.text(alphabet="abc d'-.", max_size=12), max_size=8))
def test_every_entry_is_of_words_that_the_model_knows(phrases: list[str]) -> None:
    known = {"a", "b", "ab", "a'", "d", "bc"}
    got = phrase_list(phrases, lambda word: word in known)
    assert {word for entry in got.entries for word in entry.split()} <= known
    assert len(set(got.entries)) == len(got.entries)
