"""Noise around a caller: whether there is any to speak of."""

from __future__ import annotations

import numpy as np

from voicebot.model import FRAME_SAMPLES, Audio

NOISY = 21.0
"""dB between the loud and the soft parts of an utterance, below which noise fills its pauses:
speech 10 dB above a babble of voices has 14 to 20, 15 dB above it 18 to 25."""


def liveliness(audio: Audio) -> float:
    """dB between the loud and the soft tenth of the sound: 40 and more without noise."""
    whole = len(audio.samples) // FRAME_SAMPLES
    if whole == 0:
        return 0.0
    frames = audio.samples[: whole * FRAME_SAMPLES].reshape(whole, FRAME_SAMPLES)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1) + 1.0
    soft, loud = np.quantile(power, (0.1, 0.9))
    return float(10 * np.log10(loud / soft))
