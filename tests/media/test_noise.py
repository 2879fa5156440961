"""Noise is noticed where it fills the pauses between words."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.media.noise import NOISY, liveliness
from voicebot.model import RATE, Audio


def talking(noise: float) -> Audio:
    """Two seconds of syllables of a tone with pauses between them, and hiss of that level."""
    at = np.arange(2 * RATE) / RATE
    tone = 6000 * np.sin(2 * np.pi * 440 * at) * (np.sin(2 * np.pi * 2 * at) > 0)
    hiss = np.random.default_rng(1).normal(0, noise, len(at))
    return Audio((tone + hiss).astype(np.int16))


@pytest.mark.parametrize(("noise", "noisy"), [(0, False), (10, False), (900, True), (3000, True)])
def test_noise_fills_the_pauses(noise: float, noisy: bool) -> None:
    assert (liveliness(talking(noise)) < NOISY) is noisy


def test_too_short_to_tell() -> None:
    assert liveliness(Audio(np.ones(100, np.int16))) == 0.0
