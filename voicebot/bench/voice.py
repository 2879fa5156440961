"""Where a voice begins and ends in recorded telephone sound, by its level alone.

The bot's prompts are clean and of one loudness, so that no model is needed; what is short (a click)
or faint (comfort noise) is no voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicebot.media.g711 import NARROW

STEP = 0.01
"""Seconds that one level stands for."""

VOICE = -42.0
"""dBFS from which a step is loud; a prompt's vowels are at -25 to -12, comfort noise below -50."""

WINDOW = 0.2
"""Seconds in which a voice must be loud for a good part: a word, not a click."""

SHARE = 0.5
"""How much of the window must be loud."""

PAUSE = 0.3
"""Seconds without a loud step after which a voice has ceased."""

SAME = 0.6
"""Correlation from which a sound is a piece of another."""

_STEP_SAMPLES = round(STEP * NARROW)
_FULL_SCALE = 32768.0
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What came over the wire, and when."""

    samples: NDArray[np.int16]
    """At 8 kHz, in the order of the sender's clock; zero where nothing came."""
    arrived: NDArray[np.float64]
    """Of each packet of 20 ms, the moment at which it came, in seconds; interpolated where none
    did."""

    def at(self, sample: int) -> float:
        """When the caller could hear this sample at the earliest: seconds."""
        packet, offset = divmod(sample, _PACKET)
        return float(self.arrived[min(packet, len(self.arrived) - 1)]) + offset / NARROW

    def index(self, moment: float) -> int:
        """The first sample that came at that moment or later."""
        return int(np.searchsorted(self.arrived, moment)) * _PACKET


_PACKET = round(0.02 * NARROW)


def track(packets: Sequence[tuple[float, int, NDArray[np.int16]]]) -> Track:
    """Packets (moment, timestamp in samples, 160 samples) as one track; duplicates count once."""
    if not packets:
        return Track(np.zeros(0, np.int16), np.zeros(0))
    first = packets[0][1]
    numbered = {}
    for at, timestamp, samples in packets:
        number = ((timestamp - first + 2**31) % 2**32 - 2**31) // _PACKET
        if 0 <= number and number not in numbered and len(samples) == _PACKET:
            numbered[number] = (at, samples)
    count = max(numbered) + 1
    sound = np.zeros((count, _PACKET), np.int16)
    for number, (_, samples) in numbered.items():
        sound[number] = samples
    known = sorted(numbered)
    arrived = np.interp(np.arange(count), known, [numbered[number][0] for number in known])
    return Track(sound.reshape(-1), arrived)


def loud(samples: NDArray[np.int16], threshold: float = VOICE) -> _Flags:
    """For each 10 ms of 8 kHz sound, whether it is as loud as a voice."""
    steps = samples[: len(samples) // _STEP_SAMPLES * _STEP_SAMPLES].reshape(-1, _STEP_SAMPLES)
    power = steps.var(axis=1, dtype=np.float64) / _FULL_SCALE**2
    return np.asarray(power >= 10 ** (threshold / 10))


def begins(flags: _Flags, start: int = 0) -> int | None:
    """The step at or after `start` in which a voice begins; None where there is none."""
    window = round(WINDOW / STEP)
    for step in range(start, len(flags) - window + 1):
        if flags[step] and flags[step : step + window].mean() >= SHARE:
            return step
    return None


def ceases(flags: _Flags, start: int = 0) -> int | None:
    """The first quiet step at or after `start` that begins a pause; None where none does."""
    quiet = round(PAUSE / STEP)
    for step in range(start, len(flags) - quiet + 1):
        if not flags[step : step + quiet].any():
            return step
    return None


def contains(whole: NDArray[np.int16], piece: NDArray[np.int16]) -> bool:
    """Whether `piece` occurs somewhere in `whole`: the same recording, not the same words."""
    if len(piece) == 0 or len(whole) < len(piece):
        return False
    long, short = whole.astype(np.float64), piece.astype(np.float64)
    size = 1 << (len(long) + len(short) - 2).bit_length()
    spectrum = np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size))
    product = np.fft.irfft(spectrum, size)[: len(long) - len(short) + 1]
    energy = np.concatenate([[0.0], np.cumsum(long**2)])
    around = energy[len(short) :] - energy[: len(energy) - len(short)]
    scale = np.sqrt(around * np.sum(short**2))
    return bool(np.max(product / np.maximum(scale, 1.0)) >= SAME)
