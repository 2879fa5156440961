"""Music for who waits: one piece in memory, played to each caller from its beginning, for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, RATE, Audio
from voicebot.ports import AudioSource
from voicebot.speaking.loudness import level

_SEAM = RATE // 20
"""Samples over which the end goes over into the beginning, so that nothing clicks."""

_SILENCE = Audio(np.zeros(FRAME_SAMPLES, np.int16))


RINGING_LOUDNESS = -28.0
"""LUFS of the ringing tone."""


def ringing() -> Audio:
    """What Italian exchanges let a caller hear while it rings: 425 Hz, a second in five."""
    t = np.arange(5 * RATE) / RATE
    tone = np.sin(2 * np.pi * 425 * t) * (t < 1.0)
    return Audio((8000 * tone).astype(np.int16))


class Piece:
    """A piece of music, ready to be played to many at once."""

    def __init__(self, audio: Audio | None, loudness: float) -> None:
        """
        Args:
            audio: the music at `RATE`; None, or less than a second, for silence.
            loudness: LUFS that it is brought to; under that of the voices, or it tires.
        """
        if audio is None or audio.seconds < 1:
            self._frames: tuple[Audio, ...] = (_SILENCE,)
            return
        round_ = _without_seam(level(audio, loudness).samples)
        self._frames = tuple(Audio(frame) for frame in round_.reshape(-1, FRAME_SAMPLES))

    def play(self) -> AudioSource:
        """The music for one caller, who hears it from the beginning."""
        return _Playing(self._frames)


class _Playing:
    """Where one caller is in the piece."""

    def __init__(self, frames: tuple[Audio, ...]) -> None:
        self._frames = frames
        self._next = 0

    def pull(self) -> Audio:
        """The next 20 ms."""
        frame = self._frames[self._next]
        self._next = (self._next + 1) % len(self._frames)
        return frame


def _without_seam(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Whole frames that can go round: the last samples are faded into the first."""
    usable = (len(samples) - _SEAM) // FRAME_SAMPLES * FRAME_SAMPLES
    looped = samples[:usable].astype(np.float32)
    rise = np.linspace(0, 1, _SEAM, dtype=np.float32)
    looped[:_SEAM] = looped[:_SEAM] * rise + samples[usable : usable + _SEAM] * (1 - rise)
    return looped.astype(np.int16)
