"""How loud a sound is to the ear, and bringing every voice to the same loudness.

Loudness is integrated loudness by Recommendation ITU-R BS.1770-4: K-weighting, mean square over
overlapping blocks, an absolute and a relative gate. Its unit is LUFS.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voicebot.model import Audio

PEAK_CEILING_DB = -1.0
"""dBFS that no sample of a levelled sound exceeds."""

_BLOCK_SECONDS = 0.4
_HOP_SECONDS = 0.1
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
"""BS.1770: makes a full-scale 997 Hz sine of one channel -3.01."""
_MAX_GAIN_DB = 40.0
"""A sound quieter than this would need is not speech, and its hiss stays low."""
_LOOK_SECONDS = 0.005
"""How long before and after a peak the limiter bends the level."""
_CLOSE_ENOUGH = 0.1
_ROUNDS = 5
_FULL_SCALE = 32767.0

_Samples = NDArray[np.float64]


def loudness(audio: Audio) -> float:
    """Integrated loudness in LUFS; minus infinity for silence.

    A sound shorter than a block of 0.4 s is one block by itself.
    """
    return _integrated(audio.samples.astype(np.float64) / _FULL_SCALE, audio.rate)


def level(audio: Audio, target: float) -> Audio:
    """The same sound at `target` LUFS, with no sample above `PEAK_CEILING_DB`.

    Peaks are bent down smoothly, never clipped; silence is returned as it is. A sound all of
    peaks may stay below the target, and one that would need more than 40 dB of gain does.
    """
    sound = audio.samples.astype(np.float64) / _FULL_SCALE
    now = _integrated(sound, audio.rate)
    if not math.isfinite(now):
        return audio
    gain = min(target - now, _MAX_GAIN_DB)
    levelled = _limit(sound * _ratio(gain), audio.rate)
    for _ in range(_ROUNDS):
        # The limiter has taken some loudness away: give a little more.
        missing = target - _integrated(levelled, audio.rate)
        if missing < _CLOSE_ENOUGH or gain >= _MAX_GAIN_DB:
            break
        gain = min(gain + missing, _MAX_GAIN_DB)
        levelled = _limit(sound * _ratio(gain), audio.rate)
    return Audio(np.trunc(levelled * _FULL_SCALE).astype(np.int16), audio.rate)


def _integrated(sound: _Samples, rate: int) -> float:
    powers = _block_powers(_k_weighted(sound, rate), rate)
    loud = powers[powers > _ratio(_ABSOLUTE_GATE - _OFFSET) ** 2]
    if not len(loud):
        return -math.inf
    gate = float(np.mean(loud)) * _ratio(_RELATIVE_GATE) ** 2
    return _OFFSET + 10 * math.log10(float(np.mean(loud[loud > gate])))


def _block_powers(weighted: _Samples, rate: int) -> _Samples:
    """The mean square of every block."""
    block = min(round(_BLOCK_SECONDS * rate), len(weighted))
    if block == 0:
        return np.zeros(0)
    energy = np.concatenate(([0.0], np.cumsum(np.square(weighted))))
    starts = np.arange(0, len(weighted) - block + 1, round(_HOP_SECONDS * rate))
    return np.asarray((energy[starts + block] - energy[starts]) / block, dtype=np.float64)


def _k_weighted(sound: _Samples, rate: int) -> _Samples:
    """The sound through both filters, in the frequency domain.

    A second of zeros after the sound takes up their ringing, which would else come round to the
    beginning.
    """
    if not len(sound):
        return sound
    size = len(sound) + rate
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    spectrum = np.fft.rfft(sound, size)
    for numerator, denominator in (shelf(rate), high_pass(rate)):
        spectrum *= np.polynomial.polynomial.polyval(z, numerator)
        spectrum /= np.polynomial.polynomial.polyval(z, denominator)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(sound)], dtype=np.float64)


def shelf(rate: int) -> tuple[_Samples, _Samples]:
    """BS.1770's first filter, a high shelf, at any rate in Hz.

    Numerator and denominator in rising powers of 1/z; the recommendation prints those for 48 kHz,
    and the analogue prototype behind them gives the others.
    """
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    unit = 1 + k / q + k * k
    numerator = (high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k)
    return np.array(numerator) / unit, np.array((unit, 2 * (k * k - 1), 1 - k / q + k * k)) / unit


def high_pass(rate: int) -> tuple[_Samples, _Samples]:
    """BS.1770's second filter, at any rate in Hz; as `shelf`."""
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    unit = 1 + k / q + k * k
    denominator = np.array((unit, 2 * (k * k - 1), 1 - k / q + k * k)) / unit
    return np.array((1.0, -2.0, 1.0)), denominator


def _limit(sound: _Samples, rate: int) -> _Samples:
    """The sound with its peaks under the ceiling, the level moving smoothly around them."""
    ceiling = _ratio(PEAK_CEILING_DB)
    magnitude = np.abs(sound)
    if magnitude.max(initial=0.0) <= ceiling:
        return sound
    look = round(_LOOK_SECONDS * rate)
    needed = ceiling / np.maximum(magnitude, ceiling)
    # The least over a window twice as wide as the smoothing: a weighted mean of it, taken around
    # a peak, holds nothing above what that peak needs.
    padded = np.pad(needed, 2 * look, constant_values=1.0)
    least = np.lib.stride_tricks.sliding_window_view(padded, 2 * look + 1).min(axis=1)
    window = np.hanning(2 * look + 3)[1:-1]
    return np.asarray(sound * np.convolve(least, window / window.sum(), mode="valid"))


def _ratio(decibels: float) -> float:
    """An amplitude ratio."""
    return float(10 ** (decibels / 20))
