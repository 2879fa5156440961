"""Two ends joined: what one says the other hears, each at its own clock."""

from __future__ import annotations

from collections import deque

import numpy as np

from voicebot.model import FRAME_SAMPLES, Audio
from voicebot.ports import AudioSource

MAX_FRAMES = 3
"""60 ms may wait for an end; past that the oldest sound is dropped."""

_SILENCE = Audio(np.zeros(FRAME_SAMPLES, np.int16))


class End:
    """One of the two who are joined."""

    def __init__(self) -> None:
        self._heard: deque[Audio] = deque(maxlen=MAX_FRAMES)
        self._other: End = self
        self._music: AudioSource | None = None
        self._apart = False

    @property
    def source(self) -> AudioSource:
        """What this end hears: for its line's `attach`."""
        return self

    def feed(self, frame: Audio) -> None:
        """What this end says, one frame of `FRAME_SAMPLES` at `RATE`."""
        if not self._apart:
            self._other._heard.append(frame)

    def pull(self) -> Audio:
        """The next 20 ms that this end hears."""
        if self._apart:
            return self._music.pull() if self._music else _SILENCE
        return self._heard.popleft() if self._heard else _SILENCE


class Bridge:
    """Joins a caller and an operator. Not thread-safe: fed and pulled on the event loop."""

    def __init__(self) -> None:
        self.caller = End()
        self.operator = End()
        self.caller._other = self.operator
        self.operator._other = self.caller

    def hold(self, on: bool, music: AudioSource | None = None) -> None:
        """Part the two for a while: the caller hears the music, the operator nothing."""
        for end in (self.caller, self.operator):
            end._apart = on
            end._heard.clear()
        self.caller._music = music if on else None
