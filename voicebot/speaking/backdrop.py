"""A voice before a background: announcements over music, or over whom the caller talks to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, FRAME_SECONDS, Audio
from voicebot.ports import AudioSource
from voicebot.speaking.playout import Playout

MUSIC_UNDER_VOICE = 0.12
"""Gain of music under an announcement, and while the caller speaks: -18 dB."""

PERSON_UNDER_VOICE = 0.35
"""Gain of a person under an announcement: -9 dB, so that no word of theirs is lost."""

_FALL, _RISE = 0.12, 0.8
"""Seconds from full loudness to nothing, and back."""


class _Layer:
    """A background on its way to a loudness."""

    def __init__(self, source: AudioSource, under_voice: float, gain: float) -> None:
        self.source = source
        self.under_voice = under_voice
        self.gain = gain

    def pull(self, target: float) -> NDArray[np.float32]:
        """The next 20 ms, its loudness moved towards the target without a step."""
        before = self.gain
        fall, rise = FRAME_SECONDS / _FALL, FRAME_SECONDS / _RISE
        self.gain = min(max(target, before - fall), before + rise)
        ramp = np.linspace(before, self.gain, FRAME_SAMPLES, dtype=np.float32)
        return self.source.pull().samples * ramp


class Backdrop:
    """An `AudioSource` for one line: what `voice` says, and behind it whatever is set.

    The background gives way to the voice at once and comes back slowly; it never delays it. Not
    thread-safe: set and pulled on the event loop.
    """

    def __init__(self, voice: Playout) -> None:
        self._voice = voice
        self._behind: _Layer | None = None
        self._leaving: _Layer | None = None

    def music(self, source: AudioSource) -> None:
        """Music from now, rising from silence."""
        self._set(_Layer(source, MUSIC_UNDER_VOICE, 0.0))

    def person(self, source: AudioSource) -> None:
        """Somebody's voice from now, at once."""
        self._set(_Layer(source, PERSON_UNDER_VOICE, 1.0))

    def nothing(self) -> None:
        """Silence behind the voice."""
        self._set(None)

    def _set(self, layer: _Layer | None) -> None:
        self._leaving, self._behind = self._behind, layer

    def pull(self) -> Audio:
        """The next 20 ms."""
        front = self._voice.pull()
        if self._behind is None and self._leaving is None:
            return front
        mixed = front.samples.astype(np.float32)
        if self._leaving is not None:
            mixed += self._leaving.pull(0.0)
            if self._leaving.gain == 0:
                self._leaving = None
        if self._behind is not None:
            speaking = self._voice.busy or self._voice.paused
            mixed += self._behind.pull(self._behind.under_voice if speaking else 1.0)
        return Audio(np.clip(mixed, -32768, 32767).astype(np.int16))
