"""What one caller is being told: sentences in order, pulled by the line a frame at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, RATE, Audio, Hush, Sentence

PAUSE_BETWEEN = RATE * 3 // 10
"""Samples of silence after each sentence."""

REWIND = RATE // 4
"""Samples said again when the bot goes on after an interruption, so that no word is cut."""

_FADE = RATE // 100
_SILENCE = Audio(np.zeros(FRAME_SAMPLES, np.int16))


@dataclass(frozen=True, slots=True)
class Begun:
    """The first sample of a sentence goes out; told once, also where it is begun again."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Played:
    """A sentence was said to its end."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Drained:
    """Nothing is left to say."""


PlayoutEvent: TypeAlias = Begun | Played | Drained


def in_a_row(sounds: Iterable[Audio]) -> Audio:
    """Sentences as a caller hears them one after another."""
    gap = np.zeros(PAUSE_BETWEEN, np.int16)
    pieces = [piece for sound in sounds for piece in (sound.samples, gap)]
    return Audio(np.concatenate([np.zeros(0, np.int16), *pieces]))


class Playout:
    """An `AudioSource` for one line, paused and resumed when the caller breaks in.

    Not thread-safe: pulled and filled on the event loop. `notify` is called from `pull` and
    must not block.
    """

    def __init__(self, notify: Callable[[PlayoutEvent], None]) -> None:
        self._notify = notify
        self._waiting: deque[tuple[Sentence, NDArray[np.int16]]] = deque()
        self._position = 0
        self._begun = False
        self._paused = False
        self._fade_in = False
        self._last_sample = 0

    @property
    def busy(self) -> bool:
        """Whether anything is left to say, paused or not."""
        return bool(self._waiting)

    @property
    def paused(self) -> bool:
        """Whether the bot holds its tongue."""
        return self._paused

    def add(self, sentence: Sentence, audio: Audio) -> None:
        """Say this after what is there; `audio` at `RATE`."""
        gap = np.zeros(PAUSE_BETWEEN, np.int16)
        self._waiting.append((sentence, np.concatenate([audio.samples, gap])))

    def pause(self) -> None:
        """Fall silent with the next frame; what was being said is kept."""
        self._paused = True

    def resume(self) -> None:
        """Go on where the voice stopped, a quarter of a second earlier."""
        if self._paused:
            self._paused = False
            self._fade_in = self._position > 0
            self._position = max(0, self._position - REWIND)

    def flush(self) -> None:
        """Forget all that is left to say."""
        self._waiting.clear()
        self._position = 0
        self._begun = False
        self._paused = False
        self._fade_in = False

    def pull(self) -> Audio:
        """The next 20 ms."""
        if self._paused or not self._waiting:
            return self._fall_silent()
        sentence, samples = self._waiting[0]
        if not self._begun:
            self._begun = True
            self._notify(Begun(sentence))
        frame = samples[self._position : self._position + FRAME_SAMPLES]
        self._position += FRAME_SAMPLES
        if len(frame) < FRAME_SAMPLES:
            frame = np.pad(frame, (0, FRAME_SAMPLES - len(frame)))
        if self._fade_in:
            self._fade_in = False
            frame = frame.copy()
            frame[:_FADE] = (frame[:_FADE] * np.linspace(0, 1, _FADE)).astype(np.int16)
        if self._position >= len(samples):
            self._waiting.popleft()
            self._position = 0
            self._begun = False
            self._notify(Played(sentence))
            if not self._waiting:
                self._notify(Drained())
        self._last_sample = int(frame[-1])
        return Audio(frame)

    def _fall_silent(self) -> Audio:
        """Silence, led in by a 10 ms fade where a voice was cut, so that nothing clicks.

        Sentences end in silence: a voice that is cut was interrupted.
        """
        if self._last_sample == 0:
            return _SILENCE
        frame = np.zeros(FRAME_SAMPLES, np.int16)
        frame[:_FADE] = (self._last_sample * np.linspace(1, 0, _FADE)).astype(np.int16)
        self._last_sample = 0
        return Hush(frame)
