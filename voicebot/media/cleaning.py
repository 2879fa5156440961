"""Noise around a caller: whether there is any to speak of, and the same sound with less of it.

What is steady in each band over the utterance is taken for noise and turned down, never away:
a recogniser stands noise better than the holes that are left by too thorough a cleaning.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, Audio

NOISY = 21.0
"""dB between the loud and the soft parts of an utterance, below which noise fills its pauses."""

_SIZE = 512
_HOP = 128
"""Samples of a spectrum, and from one to the next: 32 ms and 8 ms."""
_QUIET = 0.15
"""Share of the time that a band holds nothing but noise."""
_ABOVE_QUIET = 2.0
"""How much more power the noise has on the whole than in its quietest moments."""
_LEAST = 0.3
"""The least that is left of any band: some 10 dB are taken away at most."""


def liveliness(audio: Audio) -> float:
    """dB between the loud and the soft tenth of the sound: 40 and more without noise."""
    whole = len(audio.samples) // FRAME_SAMPLES
    if whole == 0:
        return 0.0
    frames = audio.samples[: whole * FRAME_SAMPLES].reshape(whole, FRAME_SAMPLES)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1) + 1.0
    soft, loud = np.quantile(power, (0.1, 0.9))
    return float(10 * np.log10(loud / soft))


def cleaned(audio: Audio) -> Audio:
    """The sound with its steady noise turned down, by Wiener's rule in each band."""
    if len(audio.samples) < _SIZE:
        return audio
    window = np.sqrt(np.hanning(_SIZE + 1)[:-1])
    padded = np.pad(audio.samples.astype(np.float64), (_SIZE, _SIZE + -len(audio.samples) % _HOP))
    spectra = np.fft.rfft(sliding_window_view(padded, _SIZE)[::_HOP] * window)
    power = np.abs(spectra) ** 2
    noise = np.maximum(np.quantile(power, _QUIET, axis=0) * _ABOVE_QUIET, 1e-3)
    surplus = np.maximum(power / noise - 1.0, 0.0)
    gain = np.maximum(surplus / (surplus + 1.0), _LEAST)
    restored = _overlapped(np.fft.irfft(spectra * gain, _SIZE) * window, len(padded))
    weight = _overlapped(np.broadcast_to(window**2, spectra.shape[:1] + (_SIZE,)), len(padded))
    sound = (restored / np.maximum(weight, 1e-6))[_SIZE : _SIZE + len(audio.samples)]
    return Audio(np.rint(sound).clip(-32768, 32767).astype(np.int16), audio.rate)


def _overlapped(frames: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The frames laid over one another, each a hop after the one before."""
    total = np.zeros(size)
    for number, frame in enumerate(frames):
        total[number * _HOP : number * _HOP + _SIZE] += frame
    return total
