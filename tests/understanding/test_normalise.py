from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.model import LANGUAGES, Language
from voicebot.understanding.normalise import normalise, number_words, words
from voicebot.understanding.numbers import cardinal, ordinal

_LETTERS = "abcdeéèlûﬁßİxyz'’ -.,0123456789²ºª٣۷९ " + "ابتثةىيءأإآؤئوفلكمنسـَّ"


@given(text=st.text() | st.text(_LETTERS), language=st.sampled_from(LANGUAGES))
@settings(max_examples=500)
def test_normalising_twice_changes_nothing(text: str, language: Language) -> None:
    once = normalise(text, language)

    assert normalise(once, language) == once
    assert once == " ".join(once.split())


@pytest.mark.parametrize(
    ("language", "text", "plain"),
    [
        ("it", "L'Ufficio Casa, dell’Università!", "l ufficio casa dell universita"),
        ("it", "Polo 2", "polo due"),
        ("it", "polo2", "polo due"),
        ("it", "Polo III", "polo tre"),
        ("fr", "le Pôle II", "le pole deux"),
        ("it", "il 2º polo, 3ª sede", "il secondo polo terza sede"),
        ("it", "alle 8:30 del 21", "alle otto trenta del ventuno"),
        ("it", "059 2034444", "059 2034444"),
        ("en", "The 2nd hub, o'clock", "the second hub oclock"),
        ("en", "I'd like hub 42", "id like hub forty two"),
        ("fr", "Aujourd'hui à l'Hôtel", "aujourdhui a l hotel"),
        ("fr", "le 2e pôle, le 1er", "le deuxieme pole le premier"),
        ("fr", "71, 80, 91", "soixante et onze quatre vingt quatre vingt onze"),
        ("ar", "المَكْتَبُ", "مكتب"),
        ("ar", "والمكتب، بالمكتب، للمكتب", "مكتب مكتب مكتب"),
        ("ar", "البلدية", "بلديه"),
        ("ar", "الإسكـــان", "اسكان"),
        ("ar", "المركز رقم ٣", "مركز رقم ثلاثه"),
        ("ar", "واحد، واحدة", "واحد واحده"),
        ("ar", "اليوم والاثنين", "اليوم الاثنين"),
    ],
)
def test_what_sounds_the_same_is_written_the_same(
    language: Language, text: str, plain: str
) -> None:
    assert normalise(text, language) == plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_and_words_meet(language: Language) -> None:
    for value in range(100):
        assert normalise(str(value), language) == normalise(cardinal(value, language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_from_nought_to_ninety_nine_has_its_own_words(language: Language) -> None:
    assert len({cardinal(value, language) for value in range(100)}) == 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_number_words_count_what_they_say(language: Language) -> None:
    known = number_words(language)

    for value in range(1, 11):
        assert known[words(cardinal(value, language), language)[0]].value == value
        first, *_ = words(ordinal(value, language), language)
        assert (known[first].value, known[first].ordinal) == (value, True)


@pytest.mark.parametrize("value", [-1, 100])
def test_numbers_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="outside 0 to 99"):
        cardinal(value, "it")
