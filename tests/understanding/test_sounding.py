"""Numbered names that were written down as other words: asked about, never taken."""

from __future__ import annotations

from datetime import date

import pytest

from tests.understanding.phrases import books, offices
from voicebot.adapters.espeak import Espeak
from voicebot.build import ESPEAK_VOICES
from voicebot.model import Action, Decision, Language, OfficeId
from voicebot.understanding.matcher import Matcher

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    espeak = Espeak()
    return Matcher(
        books(),
        offices(),
        lambda word, language: espeak.phonemes(word, ESPEAK_VOICES[language]),
    )


@pytest.mark.parametrize(
    ("language", "heard", "office", "action"),
    [
        ("it", "Vorrei parlare con palo uno.", "polo-1", Action.TALK),
        ("it", "A che ora apre folo tre?", "polo-3", Action.HOURS),
        ("en", "Up to.", "polo-2", Action.TALK),
        ("fr", "À quelle heure ouvre le poil deux ?", "polo-2", Action.HOURS),
        ("fr", "Le Paulin", "polo-1", Action.TALK),
    ],
)
def test_what_sounds_like_a_numbered_name_is_asked_about(
    language: Language, heard: str, office: OfficeId, action: Action, matcher: Matcher
) -> None:
    understood = matcher.understand(heard, language, TODAY)
    assert understood.decision in (Decision.CONFIRM, Decision.CHOOSE)
    requests = [candidate.request for candidate in understood.candidates]
    assert office in [request.office for request in requests]
    assert requests[0].action is action


@pytest.mark.parametrize(
    ("language", "heard"),
    [
        ("it", "Vorrei una pala e un badile."),
        ("en", "I looked up to the sky."),
        ("fr", "Vous pouvez envoyer un plombier ?"),
        ("fr", "Un pôle magnétique."),
    ],
)
def test_other_sentences_ask_for_nothing(language: Language, heard: str, matcher: Matcher) -> None:
    understood = matcher.understand(heard, language, TODAY)
    assert understood.decision is Decision.REJECT


def test_by_letters_alone_nothing_sounds_like_anything() -> None:
    silent = Matcher(books(), offices())
    assert silent.understand("Le Paulin", "fr", TODAY).decision is Decision.REJECT
