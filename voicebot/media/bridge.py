"""Two ends joined: what one says the other hears, each at its own clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicebot.media.elastic import Elastic
from voicebot.model import FRAME_SAMPLES, RATE, Audio
from voicebot.ports import AudioSource

_FADE = RATE // 100
_FALL = np.linspace(1, 0, _FADE, dtype=np.float32)
_RISE = _FALL[::-1]


class End:
    """One of the two who are joined."""

    def __init__(self) -> None:
        self._heard = Elastic()
        self._other: End = self
        self._music: AudioSource | None = None
        self._apart = False
        self._last: NDArray[np.int16] = np.zeros(FRAME_SAMPLES, np.int16)
        self._turning = False

    @property
    def source(self) -> AudioSource:
        """What this end hears: for its line's `attach`."""
        return self

    @property
    def delay(self) -> float:
        """Seconds of sound that wait for this end now, 0.06 at most."""
        return self._heard.waiting / RATE

    def feed(self, frame: Audio) -> None:
        """What this end says, at `RATE`: a frame of 20 ms, early or late."""
        if not self._apart:
            self._other._heard.feed(frame.samples)

    def pull(self) -> Audio:
        """The next 20 ms that this end hears."""
        if not self._apart:
            samples = self._heard.pull()
        elif self._music is not None:
            samples = self._music.pull().samples
        else:
            samples = np.zeros(FRAME_SAMPLES, np.int16)
        if self._turning:
            self._turning = False
            samples = samples.copy()
            # what was heard last goes on backwards while it fades, so that nothing clicks
            samples[:_FADE] = samples[:_FADE] * _RISE + self._last[: -_FADE - 1 : -1] * _FALL
        self._last = samples
        return Audio(samples)

    def _turn(self, apart: bool, music: AudioSource | None) -> None:
        self._apart, self._music = apart, music
        self._heard.clear()
        self._turning = True


class Bridge:
    """Joins a caller and an operator. Not thread-safe: fed and pulled on the event loop."""

    def __init__(self) -> None:
        self.caller = End()
        self.operator = End()
        self.caller._other = self.operator
        self.operator._other = self.caller

    def hold(self, on: bool, music: AudioSource | None = None) -> None:
        """Part the two for a while: the caller hears the music, the operator nothing."""
        self.caller._turn(on, music if on else None)
        self.operator._turn(on, None)
