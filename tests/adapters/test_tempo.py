"""Slowed-down speech: longer by the factor, at the same pitch, nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.adapters.tempo import stretch
from voicebot.errors import SpeakingError
from voicebot.model import RATE, Audio


def tone(seconds: float, hertz: float = 220.0, rate: int = RATE) -> Audio:
    at = np.arange(int(seconds * rate)) / rate
    return Audio((8000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16), rate)


def pitch(audio: Audio) -> float:
    """The strongest frequency, Hz."""
    spectrum = np.abs(np.fft.rfft(audio.samples * np.hanning(len(audio.samples))))
    return float(np.argmax(spectrum) * audio.rate / len(audio.samples))


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.0, 1.5])
def test_the_length_follows_the_speed_and_the_pitch_stays(speed: float) -> None:
    slow = stretch(tone(2.0), speed)
    assert slow.samples.dtype == np.int16
    assert slow.rate == RATE
    assert slow.seconds == pytest.approx(2.0 / speed, rel=0.03)
    assert pitch(slow) == pytest.approx(220.0, abs=3)


def test_what_is_loud_stays_as_loud_from_beginning_to_end() -> None:
    slow = stretch(tone(2.0), 0.75).samples.astype(float)
    tenths = np.array_split(slow, 10)
    assert all(
        np.sqrt(np.mean(part**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.15) for part in tenths
    )


def test_the_rate_is_kept() -> None:
    slow = stretch(tone(1.0, rate=24_000), 0.75)
    assert slow.rate == 24_000
    assert slow.seconds == pytest.approx(1 / 0.75, rel=0.05)


def test_the_original_is_left_as_it_was() -> None:
    audio = tone(0.5)
    audio.samples.flags.writeable = False  # as the prompt cache hands it over
    before = audio.samples.copy()
    stretch(audio, 0.75)
    assert np.array_equal(audio.samples, before)


@pytest.mark.parametrize("samples", [1, 100, 320])
def test_very_short_sounds_do_no_harm(samples: int) -> None:
    assert stretch(Audio(np.ones(samples, np.int16)), 0.75).rate == RATE


def test_no_sound_stays_no_sound() -> None:
    assert len(stretch(Audio(np.zeros(0, np.int16)), 0.75).samples) == 0


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_a_speed_that_cannot_be_is_an_error(speed: float) -> None:
    with pytest.raises(SpeakingError, match="slowed down"):
        stretch(tone(0.5), speed)
