"""Noise is noticed, and turned down without hurting what was said."""

from __future__ import annotations

import numpy as np

from voicebot.media.cleaning import NOISY, cleaned, liveliness
from voicebot.model import RATE, Audio


def talking(seconds: float = 2.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Syllables of a tone with pauses between them."""
    at = np.arange(round(seconds * RATE)) / RATE
    return 6000 * np.sin(2 * np.pi * 440 * at) * (np.sin(2 * np.pi * 2 * at) > 0)


def noisy(level: float) -> Audio:
    hiss = np.random.default_rng(1).normal(0, level, 2 * RATE)
    return Audio((talking() + hiss).astype(np.int16))


def energy(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


def test_noise_fills_the_pauses() -> None:
    assert liveliness(noisy(1)) > NOISY > liveliness(noisy(900))


def test_steady_noise_is_turned_down_and_speech_is_not() -> None:
    before = noisy(900)
    after = cleaned(before)
    pause, syllable = slice(4400, 7600), slice(400, 3600)
    assert energy(after.samples[pause]) < 0.7 * energy(before.samples[pause])
    assert energy(after.samples[syllable]) > 0.8 * energy(before.samples[syllable])
    assert len(after.samples) == len(before.samples)


def test_a_clean_sound_stays_as_it_is() -> None:
    sound = Audio(talking().astype(np.int16))
    difference = cleaned(sound).samples.astype(np.float64) - sound.samples
    assert np.sqrt(np.mean(difference**2)) < 0.1 * np.sqrt(energy(sound.samples))


def test_too_short_to_tell() -> None:
    blip = Audio(np.ones(100, np.int16))
    assert cleaned(blip).samples is blip.samples
    assert liveliness(blip) == 0.0
