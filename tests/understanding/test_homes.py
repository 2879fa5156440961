"""Quarters and streets: known by letters and by sound, in any language's mouth."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.adapters.espeak import Espeak
from voicebot.build import ESPEAK_VOICES
from voicebot.content.load import load_content
from voicebot.model import LANGUAGES, Content, Language, OfficeId
from voicebot.understanding.homes import Homes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(ROOT / "intents", LANGUAGES)


@pytest.fixture(scope="module")
def homes(content: Content) -> Homes:
    espeak = Espeak()
    return Homes(
        content.offices, lambda word, language: espeak.phonemes(word, ESPEAK_VOICES[language])
    )


def test_every_place_is_found_by_its_own_name(content: Content, homes: Homes) -> None:
    for office in content.offices:
        for name in (*office.quarters, *office.streets):
            assert homes.find(f"Abito in {name}, al 12", "it") == (office.id,), name


@pytest.mark.parametrize(
    ("language", "said", "offices"),
    [
        ("it", "al Buonpastore", ("polo-3",)),
        ("it", "alla Madonina", ("polo-1",)),
        ("it", "via Emilia 12", ("polo-1", "polo-2")),
        ("it", "non lo so", ()),
        ("it", "a Modena", ()),
        ("en", "near via Vignolese", ("polo-3",)),
        ("en", "I don't know", ()),
        ("fr", "via Jardini", ("polo-3",)),
        ("ar", "أسكن في كروتشيتا", ("polo-2",)),
        ("it", "", ()),
    ],
)
def test_what_callers_say(
    language: Language, said: str, offices: tuple[OfficeId, ...], homes: Homes
) -> None:
    assert homes.find(said, language) == offices


def test_only_a_plain_name_counts_where_nobody_asked(homes: Homes) -> None:
    assert homes.find("mia madre è disabile e abita alla Crocetta", "it", sure=True) == ("polo-2",)
    assert homes.find("j'aide ma grand-mère à la maison", "fr", sure=True) == ()


def test_a_town_without_areas_knows_no_home(content: Content) -> None:
    office = next(office for office in content.offices if not office.quarters)
    assert Homes([office]).find("alla Crocetta", "it") == ()
