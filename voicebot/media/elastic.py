"""Sound between two clocks that never quite agree: fed by one, pulled by the other.

Between the two wait 20 to 40 ms of sound, never more than `LIMIT`. Where one clock is faster, a
frame too many or too few comes now and then. What waits is brought back by reading 319 or 321
samples as 320: the pitch moves by a twentieth of a semitone for a while, and nothing jumps. Other
frames pass as they are.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, RATE

LIMIT = 6 * RATE // 100
"""Samples that may wait: 60 ms. Past it the oldest are left out, in a cross-fade."""

RESERVE = FRAME_SAMPLES
"""Samples that should still wait when a frame has just been pulled, so that the next may be a frame
late, as it is whenever the clocks slip past each other. When two come at once for the same reason,
just `LIMIT` is reached."""

_AFTER_CUT = 4 * RATE // 100
"""Samples left where the limit has been passed: room for a burst to end."""

_WINDOW = RATE // FRAME_SAMPLES
"""Frames (a second) over which the least that waits is found."""

_MEMORY = 4
"""Windows in which nothing may have come late before the reserve is made smaller again."""

_FADE = RATE // 100
_TAPS = 16
_HALF = _TAPS // 2
_HISTORY = _FADE
"""Samples kept after they were pulled: for the filter, and to fade out with."""

_FALL = np.linspace(1, 0, _FADE, dtype=np.float32)
_RISE = _FALL[::-1]


class Elastic:
    """One direction of sound at `RATE`. Not thread-safe."""

    def __init__(self) -> None:
        self._samples: NDArray[np.int16] = np.zeros(_HISTORY + 4 * LIMIT, np.int16)
        self._start = self._end = _HISTORY
        self._filling = True
        self._least = self._most = LIMIT
        self._frames = 0
        self._lows: deque[int] = deque(maxlen=_MEMORY)
        self._owed = 0
        self.gaps = 0
        """Times that nothing was left to pull, since the beginning."""
        self.cuts = 0
        """Times that too much waited, since the beginning."""
        self.clear()

    @property
    def waiting(self) -> int:
        """Samples that are fed and not yet pulled."""
        return self._end - self._start

    def clear(self) -> None:
        """Forget what waits, and begin anew."""
        self._start = self._end = _HISTORY
        self._samples[:_HISTORY] = 0
        self._filling = True
        self._lows.clear()
        self._owed = 0
        self._watch()

    # In

    def feed(self, samples: NDArray[np.int16]) -> None:
        """Sound from the one side: a frame, or as many samples as came."""
        samples = samples[-LIMIT:]
        if self._end + len(samples) + _TAPS > len(self._samples):
            self._move_to_front()
        self._samples[self._end : self._end + len(samples)] = samples
        self._end += len(samples)
        if self.waiting > LIMIT:
            self._cut()
        self._most = max(self._most, self.waiting)

    def _move_to_front(self) -> None:
        kept = self._samples[self._start - _HISTORY : self._end].copy()
        self._samples[: len(kept)] = kept
        self._start, self._end = _HISTORY, len(kept)

    def _cut(self) -> None:
        """Leave out the oldest, where it is most alike to what follows it."""
        self.cuts += 1
        waiting = self._samples[self._start : self._end].astype(np.float32)
        least = self.waiting - _AFTER_CUT
        most = min(least + _FADE, len(waiting) - _FADE)
        old = waiting[:_FADE]
        windows = sliding_window_view(waiting[least : most + _FADE], _FADE)
        alike = windows @ old / (np.sqrt((windows**2).sum(axis=1)) + 1)
        skipped = least + int(np.argmax(alike))
        joined = old * _FALL + waiting[skipped : skipped + _FADE] * _RISE
        self._start += skipped
        self._samples[self._start : self._start + _FADE] = np.rint(joined)
        self._lows.clear()
        self._owed = 0
        self._watch()

    # Out

    def pull(self) -> NDArray[np.int16]:
        """The next `FRAME_SAMPLES` for the other side; silence where there are none."""
        if self._filling and self.waiting < FRAME_SAMPLES + RESERVE:
            return self._silence()
        if self.waiting < FRAME_SAMPLES:
            return self._silence()
        step = self._step()
        frame = self._stretched(step) if step else self._plain()
        self._start += FRAME_SAMPLES + step
        self._owed -= step
        if self._filling:
            self._filling = False
            frame = frame.copy()
            frame[:_FADE] = frame[:_FADE] * _RISE
        self._control()
        return frame

    def _plain(self) -> NDArray[np.int16]:
        return self._samples[self._start : self._start + FRAME_SAMPLES].copy()

    def _stretched(self, step: int) -> NDArray[np.int16]:
        """`FRAME_SAMPLES` made of one more or one fewer."""
        at, weights = _KERNELS[step]
        first = self._start - _HALF + 1
        around = self._samples[first : first + FRAME_SAMPLES + step + _TAPS]
        sums = np.einsum("ij,ij->i", sliding_window_view(around, _TAPS)[at], weights)
        frame: NDArray[np.int16] = np.clip(np.rint(sums), -32768, 32767).astype(np.int16)
        return frame

    def _silence(self) -> NDArray[np.int16]:
        """What is left, then the last of it backwards and fading, so that nothing clicks."""
        rest = self._samples[self._start : self._end]
        tail = self._samples[self._end - _FADE : self._end][::-1] * _FALL
        frame = np.zeros(FRAME_SAMPLES + _FADE, np.int16)
        if not self._filling:
            self.gaps += 1
            frame[: len(rest)] = rest
            frame[len(rest) : len(rest) + _FADE] = tail
            self._filling = True
            self._start = self._end
            self._owed = 0
            self._watch()
        return frame[:FRAME_SAMPLES]

    # The reserve

    def _step(self) -> int:
        """How many samples more than usual to read now: one, none, or one fewer."""
        if self._owed > 0:
            return min(1, self.waiting - FRAME_SAMPLES)
        return max(self._owed, -1)

    def _watch(self) -> None:
        self._least, self._most, self._frames = LIMIT, 0, 0

    def _control(self) -> None:
        """Once a second: is the reserve as it should be?"""
        if self._owed:
            return
        self._least = min(self._least, self.waiting)
        self._frames += 1
        if self._frames < _WINDOW:
            return
        self._lows.append(self._least)
        if self._least < RESERVE:
            # not where regular bursts fill the room to its limit already
            self._owed = -max(0, min(RESERVE - self._least, LIMIT - self._most))
        elif len(self._lows) == _MEMORY:
            self._owed = min(self._lows) - RESERVE
        self._lows = deque((low - self._owed for low in self._lows), maxlen=_MEMORY)
        self._watch()


def _kernel(step: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each sample of a stretched frame, where its window begins, and the window's weights."""
    read = FRAME_SAMPLES + step
    at = np.arange(FRAME_SAMPLES) * (read / FRAME_SAMPLES)
    whole = np.floor(at).astype(np.intp)
    taps = np.arange(-_HALF + 1, _HALF + 1)
    distance = (at - whole)[:, None] - taps
    window = np.i0(8.0 * np.sqrt(np.clip(1 - (distance / _HALF) ** 2, 0, 1))) / np.i0(8.0)
    # what follows the frame may not be there yet; its end falls on samples, so little is lost
    weights = np.sinc(distance) * window * (whole[:, None] + taps < max(read, FRAME_SAMPLES))
    return whole, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


_KERNELS = {step: _kernel(step) for step in (-1, 1)}
