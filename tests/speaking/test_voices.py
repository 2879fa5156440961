import logging

import numpy as np
import pytest

from voicebot.errors import SpeakingError, WeightsError
from voicebot.model import RATE, Audio, Language
from voicebot.ports import Voice
from voicebot.speaking.loudness import loudness
from voicebot.speaking.voices import Factory, Voices


class FakeVoice:
    """Hums at its own level; refuses the texts it is told to."""

    def __init__(self, name: str, peak: float = 0.1, refuses: str = "\0") -> None:
        self.name = name
        self.hertz = 200 + len(name) * 10
        self._peak = peak
        self._refuses = refuses
        self.said: list[tuple[str, Language]] = []

    def render(self, text: str, language: Language) -> Audio:
        if self._refuses in text:
            raise SpeakingError(f"{self.name} cannot say that")
        self.said.append((text, language))
        times = np.arange(RATE) / RATE
        hum = 32767 * self._peak * np.sin(2 * np.pi * self.hertz * times)
        return Audio(hum.astype(np.int16))


class Loader:
    """Hands over a voice, or fails to; counts how often it is asked."""

    def __init__(self, label: str, outcome: Voice | Exception) -> None:
        self.label = label
        self.asked = 0
        self._outcome = outcome

    def __call__(self) -> Voice:
        self.asked += 1
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    @property
    def factory(self) -> Factory:
        return self.label, self


def voices(*loaders: Loader, target: float = -18.0) -> Voices:
    return Voices({"it": [loader.factory for loader in loaders]}, target)


def test_the_preferred_voice_speaks_and_the_next_is_not_even_loaded() -> None:
    first, second = FakeVoice("first"), Loader("second", FakeVoice("second"))
    loader = Loader("first", first)
    house = voices(loader, second)
    assert loader.asked == 0
    house.render("Buongiorno", "it")
    house.render("Arrivederci", "it")
    assert first.said == [("Buongiorno", "it"), ("Arrivederci", "it")]
    assert (loader.asked, second.asked) == (1, 0)


@pytest.mark.parametrize(
    "failure",
    [SpeakingError("no data"), WeightsError("no file"), ImportError("no module"), OSError("disk")],
)
def test_a_voice_that_cannot_be_loaded_gives_way_with_one_warning(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken, second = Loader("broken", failure), FakeVoice("second")
    house = voices(broken, Loader("second", second))
    with caplog.at_level(logging.WARNING):
        assert house.name("it").startswith("second")
        house.render("uno", "it")
        house.render("due", "it")
    assert len(second.said) == 2
    assert broken.asked == 1
    assert len(caplog.records) == 1
    assert "broken" in caplog.text


def test_a_text_that_one_voice_refuses_is_said_by_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = FakeVoice("first", refuses="§"), FakeVoice("second")
    house = voices(Loader("first", first), Loader("second", second))
    with caplog.at_level(logging.WARNING):
        assert house.render("a §", "it").voice.startswith("second")
        house.render("b §", "it")
        assert house.render("c", "it").voice.startswith("first")
    assert [text for text, *_ in second.said] == ["a §", "b §"]
    assert [text for text, *_ in first.said] == ["c"]
    assert house.name("it").startswith("first")
    assert len(caplog.records) == 1
    assert "§" not in caplog.text


def test_only_when_all_fail_is_it_an_error() -> None:
    house = voices(
        Loader("broken", WeightsError("gone")), Loader("last", FakeVoice("last", refuses="§"))
    )
    with pytest.raises(SpeakingError):
        house.render("§", "it")
    house.render("va bene", "it")


def test_no_voice_at_all() -> None:
    house = voices(Loader("broken", WeightsError("gone")))
    for language in ("it", "fr"):
        with pytest.raises(SpeakingError):
            house.name(language)
        with pytest.raises(SpeakingError):
            house.render("ciao", language)


def test_all_voices_are_equally_loud() -> None:
    for peak in (0.02, 0.1, 0.9):
        house = voices(Loader("v", FakeVoice("v", peak)), target=-20.0)
        assert loudness(house.render("ciao", "it").audio) == pytest.approx(-20.0, abs=0.2)


def test_the_name_tells_the_loudness_too() -> None:
    voice = Loader("v", FakeVoice("v"))
    assert voices(voice, target=-18.0).name("it") != voices(voice, target=-20.0).name("it")
