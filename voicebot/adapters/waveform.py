"""The last step of every voice: the house's rate, and the same silence around the words."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from voicebot.errors import SpeakingError
from voicebot.model import RATE, Audio

LEAD_SECONDS = 0.06
TAIL_SECONDS = 0.12
_FRAME = RATE // 100
"""Samples over which speech is told from silence: 10 ms."""
_FLOOR_DB = -45.0
"""A frame this far under the loudest one is silence; weak f and s are some 35 under it."""
_FADE = RATE // 200
"""Samples of fade where silence was cut: 5 ms."""


def finish(samples: NDArray[np.float32], rate: int) -> Audio:
    """What a voice made, as the house keeps it.

    Args:
        samples: shape (n,), full scale ±1.
        rate: their rate in Hz.

    Returns:
        Sound at `RATE` with `LEAD_SECONDS` before the first word and `TAIL_SECONDS` after the last.

    Raises:
        SpeakingError: there is no sound in it.
    """
    if not np.all(np.isfinite(samples)):
        raise SpeakingError("the voice gave numbers that are no sound")
    sound = np.asarray(samples, dtype=np.float32)
    if rate != RATE:
        sound = soxr.resample(sound, rate, RATE, quality="HQ")
    first, last = _speech(sound)
    lead, tail = round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)
    padded = np.pad(sound, (lead, tail))
    cut = padded[first : last + lead + tail].copy()
    ramp = np.linspace(0.0, 1.0, _FADE, dtype=np.float32)
    cut[:_FADE] *= ramp
    cut[-_FADE:] *= ramp[::-1]
    return Audio(np.round(np.clip(cut, -1.0, 1.0) * 32767.0).astype(np.int16))


def _speech(sound: NDArray[np.float32]) -> tuple[int, int]:
    """Where the first and the last word begin and end, in samples."""
    frames = np.pad(sound, (0, -len(sound) % _FRAME)).reshape(-1, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    if not len(power) or power.max() < 1e-9:
        raise SpeakingError("the voice gave silence")
    loud = np.flatnonzero(power > power.max() * 10 ** (_FLOOR_DB / 10))
    return int(loud[0]) * _FRAME, min((int(loud[-1]) + 1) * _FRAME, len(sound))
