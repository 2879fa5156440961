"""The staff's own recordings, and how names are said."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.adapters import ipa
from voicebot.model import RATE, Audio, Sentence, prompt_name
from voicebot.speaking.sounds import Lexicon, Sounds


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Grazie per aver chiamato.", "grazie-per-aver-chiamato"),
        ("Perché? È così!", "perche-e-cosi"),
        ("L'ufficio è chiuso.", "l-ufficio-e-chiuso"),
        ("المَكْتَبُ مُغْلَقٌ الآنَ.", "المكتب-مغلق-الان"),
    ],
)
def test_a_sentence_is_named_by_its_words(text: str, name: str) -> None:
    assert prompt_name(text) == name
    assert prompt_name(name) == name


def test_long_sentences_that_begin_alike_have_names_of_their_own() -> None:
    start = "Dal lunedì al venerdì dalle otto e trenta alle tredici e dalle quattordici "
    names = {prompt_name(start + end) for end in ("alle sedici.", "alle diciassette.")}
    assert len(names) == 2
    assert all(len(name) <= 65 and prompt_name(name) == name for name in names)


def test_a_recording_takes_the_place_of_its_sentence_in_its_language() -> None:
    audio = Audio(np.ones(RATE, np.int16))
    sounds = Sounds({("it", "grazie-per-aver-chiamato"): audio})
    assert sounds.recording(Sentence("it", "Grazie per aver chiamato.")) is audio
    assert sounds.recording(Sentence("fr", "Grazie per aver chiamato.")) is None
    assert sounds.recording(Sentence("it", "Arrivederci.")) is None


NAMES = Lexicon({"Redecocca": "Redecòcca", "Modena": "/ˈmɔdena/", "Via Emilia": "Vìa Emìlia"})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Piazzale Redecocca, Modena.", "Piazzale Redecòcca, [[Modena|ˈmɔdena]]."),
        ("REDECOCCA", "Redecòcca"),
        ("Modenese e Immodena", "Modenese e Immodena"),
        ("In via Emilia.", "In Vìa Emìlia."),
    ],
)
def test_names_are_said_as_staff_write_them(written: str, said: str) -> None:
    assert NAMES.apply(written) == said


def test_arabic_is_known_with_its_marks_and_without() -> None:
    lexicon = Lexicon({"مودينا": "مُودِنَا"})
    assert lexicon.apply("بَلَدِيَّةِ مُودِينَا") == "بَلَدِيَّةِ مُودِنَا"
    assert lexicon.apply("بلدية مودينا") == "بلدية مُودِنَا"


def test_without_names_nothing_changes() -> None:
    sentence = Sentence("it", "Modena", "MO")
    assert Sounds().spoken(sentence) is sentence
    assert Lexicon({}).apply("Modena") == "Modena"
    assert Sounds(lexicons={"it": NAMES}).spoken(sentence).written == "MO"


def test_each_voice_takes_the_part_that_it_can_read() -> None:
    text = NAMES.apply("A Modena.")
    assert ipa.plain(text) == "A Modena."
    assert ipa.for_piper(text) == "A [[ˈmɔdena]]."
    assert list(ipa.parts(text)) == [("A ", False), ("ˈmɔdena", True), (".", False)]
