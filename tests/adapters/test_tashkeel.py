import pytest

from voicebot.adapters import tashkeel
from voicebot.adapters.tashkeel import Tashkeel, merge
from voicebot.errors import SpeakingError


def test_a_marked_word_is_kept_and_a_bare_one_replaced() -> None:
    words = ["مَكتب", "الإسكان", "12", "casa"]
    marked = ["مَكْتَبُ", "الْإِسْكَان", "12َ", "casaَ"]
    assert merge(words, marked) == "مَكتب الْإِسْكَان 12 casa"


def test_words_that_cannot_be_paired_stay_as_they_were() -> None:
    assert merge(["مكتب", "الإسكان"], ["مَكْتَبُ"]) == "مكتب الإسكان"


def test_a_model_that_fails_is_an_error_of_speaking(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no such file")

    monkeypatch.setattr(tashkeel, "TashkeelDiacritizer", broken)
    with pytest.raises(SpeakingError):
        Tashkeel()("مكتب")
    assert Tashkeel()("مَكْتَبُ") == "مَكْتَبُ"


def test_a_vowel_never_comes_before_the_shadda_of_its_letter() -> None:
    sorted_by_unicode, as_read = "\u0646\u0650\u0651\u0635", "\u0646\u0651\u0650\u0635"
    assert Tashkeel()(sorted_by_unicode) == Tashkeel()(as_read) == as_read


@pytest.mark.models
def test_bare_sentences_get_their_vowels() -> None:
    assert Tashkeel()("مكتب الإسكان") == "مَكْتَبُ الْإِسْكَان"


@pytest.mark.models
def test_a_name_inside_a_marked_sentence() -> None:
    vowels = Tashkeel()
    spoken = vowels("مَكْتَبُ الإسكان مُغْلَقٌ، الْيَوْمَ.").split()
    assert [spoken[0], *spoken[2:]] == ["مَكْتَبُ", "مُغْلَقٌ،", "الْيَوْمَ."]
    assert "ِ" in spoken[1]
    assert vowels(" ".join(spoken)) == " ".join(spoken)


@pytest.mark.models
@pytest.mark.parametrize("text", ["", "Ufficio casa", "059", "«مكتب»؟", "مكتب 3 - Modena"])
def test_letters_are_never_lost(text: str) -> None:
    marks = {chr(code): None for code in range(0x64B, 0x653)}
    assert Tashkeel()(text).translate({ord(mark): None for mark in marks}) == text
