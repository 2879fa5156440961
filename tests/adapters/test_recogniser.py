"""Two recognisers as one, and how the settings choose them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from voicebot import build
from voicebot.adapters.recogniser import RecogniserByLanguage
from voicebot.adapters.vosk import Vosk
from voicebot.content.load import load_content
from voicebot.errors import HearingError, WeightsError
from voicebot.model import LANGUAGES, RATE, Audio, Expected, Heard, Hypothesis, Language, Segment
from voicebot.settings import Settings

SEGMENT = Segment(Audio(np.zeros(RATE, np.int16)), 0.0, 1.0)

Asked = tuple[tuple[Language, ...], Language | None]


class Scripted:
    """Hears what it is told to; the words by language."""

    def __init__(self, heard: Heard | dict[Language, str] | HearingError) -> None:
        self._heard = heard
        self.asked: list[Asked] = []

        self.expected: list[Expected] = []

    def expect(self, expected: Expected) -> None:
        self.expected.append(expected)

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        assert segment is SEGMENT
        self.asked.append((tuple(languages), expected))
        if isinstance(self._heard, HearingError):
            raise self._heard
        if isinstance(self._heard, Heard):
            return self._heard
        assert expected is not None
        text = self._heard.get(expected)
        words = (Hypothesis(expected, text, 0.8),) if text else ()
        return Heard(None, {expected: 0.0}, words, {"language": 0.0, "recognise": 0.5})


EXPECTED = build.expected(load_content(Settings().paths.intents, LANGUAGES))

WHISPERED = Heard(
    "it",
    {"it": 0.7, "fr": 0.2, "en": 0.05, "ar": 0.05},
    (Hypothesis("it", "polo tue", 0.6), Hypothesis("fr", "pôle tout", 0.5)),
    {"language": 0.1, "recognise": 0.2},
)


def hear(
    second: Scripted,
    preferred: Sequence[Language] = ("it",),
    fall_back: Sequence[Language] = (),
    first: Heard = WHISPERED,
    expected: Language | None = None,
) -> Heard:
    both = RecogniserByLanguage(Scripted(first), second, preferred, fall_back)
    return both.hear(SEGMENT, LANGUAGES, expected)


def test_the_words_are_the_second_ones_where_it_is_preferred() -> None:
    second = Scripted({"it": "polo due"})
    heard = hear(second)
    assert heard.hypotheses == (Hypothesis("it", "polo due", 0.8), WHISPERED.hypotheses[1])
    assert second.asked == [(("it",), "it")]


def test_the_language_is_always_the_first_ones() -> None:
    heard = hear(Scripted({"it": "polo due", "fr": "pôle deux"}), ("it", "fr"))
    assert (heard.language, heard.probabilities) == ("it", WHISPERED.probabilities)
    assert [one.text for one in heard.hypotheses] == ["polo due", "pôle deux"]


def test_the_second_one_is_not_asked_in_other_languages() -> None:
    second = Scripted({"ar": "القطب"})
    assert hear(second, ("ar",)) is WHISPERED
    assert second.asked == []


def test_where_nobody_spoke_nobody_is_asked_again() -> None:
    second = Scripted({"it": "polo due"})
    assert hear(second, first=Heard(None, {}, ())).hypotheses == ()
    assert second.asked == []


def test_what_is_asked_of_the_first_one_is_what_was_asked() -> None:
    first = Scripted(WHISPERED)
    both = RecogniserByLanguage(first, Scripted({}), ("it",), ())
    both.hear(SEGMENT, ("it", "fr"), "it")
    assert first.asked == [(("it", "fr"), "it")]


def test_nothing_understood_is_nothing_or_the_first_ones_words() -> None:
    assert hear(Scripted({})).hypotheses == WHISPERED.hypotheses[1:]
    assert hear(Scripted({}), fall_back=("it",)).hypotheses == WHISPERED.hypotheses


def test_a_second_one_that_fails_is_logged_and_passed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = hear(Scripted(HearingError("Vosk failed: out of memory")))
    assert heard.hypotheses == WHISPERED.hypotheses
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "out of memory" in caplog.text
    assert "polo" not in caplog.text


def test_a_first_one_that_fails_fails_all() -> None:
    both = RecogniserByLanguage(Scripted(HearingError("deaf")), Scripted({}), ("it",), ())
    with pytest.raises(HearingError, match="deaf"):
        both.hear(SEGMENT, LANGUAGES, None)


def test_both_are_told_what_to_expect() -> None:
    first, second = Scripted(WHISPERED), Scripted({})
    RecogniserByLanguage(first, second, ("it",), ()).expect(EXPECTED)
    assert first.expected == second.expected == [EXPECTED]


def test_the_time_of_both_is_counted() -> None:
    seconds = hear(Scripted({"it": "polo due"})).seconds
    assert set(seconds) == {"language", "recognise"}
    assert seconds["language"] == 0.1
    assert 0.2 < seconds["recognise"] < 5


# --- by the settings -------------------------------------------------------------------


class FakeVoskModel:
    """Stands for a model that is there."""

    made: list[tuple[str, Language, int]] = []

    def __init__(self, folder: Path, language: Language, phrases: Sequence[str]) -> None:
        self.made.append((folder.name, language, len(phrases)))

    def recognise(self, audio: Audio) -> Hypothesis | None:
        return Hypothesis("it", "polo due", 0.9)


class FakeStore:
    """Has the Italian model and no other."""

    def ensure(self, model_id: str) -> Path:
        if model_id != "vosk-small-it":
            raise WeightsError(f"{model_id}: not on this machine yet")
        return Path("models") / model_id


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Whisper; and a machine with the Italian Vosk model."""
    whisper = Scripted(WHISPERED)
    monkeypatch.setattr(FakeVoskModel, "made", [])
    monkeypatch.setattr(build, "whisper", lambda settings, hints: whisper)
    monkeypatch.setattr(build, "weights", lambda settings: FakeStore())
    monkeypatch.setattr(build, "VoskModel", FakeVoskModel)
    return whisper


def preferring(**recognisers: tuple[str, ...]) -> Settings:
    speech = Settings().speech.model_dump() | {"recognisers": recognisers}
    return Settings.model_validate({"speech": speech})


def test_a_language_that_is_left_out_keeps_whisper() -> None:
    recognisers = preferring(it=("vosk:vosk-small-it", "whisper")).speech.recognisers
    assert recognisers["it"] == ("vosk:vosk-small-it", "whisper")
    assert [recognisers[code] for code in ("en", "fr", "ar")] == [("whisper",)] * 3


@pytest.mark.parametrize("label", ["vosk", "vosk:", "whispr", "kaldi:it", ""])
def test_a_recogniser_that_there_is_not_is_refused(label: str) -> None:
    with pytest.raises(ValidationError, match="write whisper, or vosk: and a model"):
        preferring(it=(label,))


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValidationError, match="write some of it, en, fr, ar"):
        preferring(de=("whisper",))


def test_by_default_it_is_whisper_alone(first: Scripted) -> None:
    assert build.ear(Settings(), EXPECTED) is first
    assert build.ear(preferring(it=()), EXPECTED) is first


def test_a_model_that_is_there_recognises_its_language(first: Scripted) -> None:
    ear = build.ear(preferring(it=("vosk:vosk-small-it",)), EXPECTED)
    heard = ear.hear(SEGMENT, LANGUAGES, None)
    assert [one.text for one in heard.hypotheses] == ["polo due", "pôle tout"]
    ((model, language, phrases),) = FakeVoskModel.made
    assert (model, language) == ("vosk-small-it", "it")
    assert phrases > 1000


def test_a_model_that_is_missing_leaves_it_to_whisper(
    first: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        ear = build.ear(
            preferring(fr=("vosk:vosk-small-fr", "whisper"), en=("vosk:no-such",)), EXPECTED
        )
    assert ear is first
    assert "vosk:vosk-small-fr cannot be loaded" in caplog.text
    assert "vosk:no-such cannot be loaded" in caplog.text


def test_the_first_model_that_is_there_is_taken(first: Scripted) -> None:
    build.ear(preferring(it=("vosk:bigger-it", "vosk:vosk-small-it", "whisper")), EXPECTED)
    assert [model for model, _, _ in FakeVoskModel.made] == ["vosk-small-it"]


def test_what_comes_after_whisper_is_not_loaded(first: Scripted) -> None:
    assert build.ear(preferring(it=("whisper", "vosk:vosk-small-it")), EXPECTED) is first
    assert FakeVoskModel.made == []


def test_the_settings_say_which_models_are_wanted() -> None:
    settings = preferring(it=("vosk:vosk-small-it", "whisper"), ar=("whisper",))
    assert "vosk-small-it" in build.wanted_models(settings)
    assert not any("vosk" in model for model in build.wanted_models(Settings()))


def test_the_expected_phrases_are_of_the_content(settings: Settings) -> None:
    content = load_content(settings.paths.intents, settings.languages)
    for language in LANGUAGES:
        phrases = build.expected_phrases(content, language)
        assert {office.names[language] for office in content.offices} <= set(phrases)
        assert {place for office in content.offices for place in office.quarters} <= set(phrases)
        assert not any("{" in phrase for phrase in phrases)


def test_without_a_language_vosk_says_what_it_needs() -> None:
    with pytest.raises(HearingError, match="cannot tell the language"):
        Vosk({}).hear(SEGMENT, LANGUAGES, None)
    with pytest.raises(HearingError, match="no Vosk model of it"):
        Vosk({}).hear(SEGMENT, LANGUAGES, "it")
