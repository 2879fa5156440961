"""From one rate to another, a frame at a time: as many samples out as time came in.

A windowed-sinc filter for whole ratios (8, 16 and 48 kHz), 1 to 2 ms late. Block resamplers such as
soxr's streams hand over 60 ms at a time or more, which live sound can't wait for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TAPS = 25
"""Taps on each side at double rate: 60 dB down a tenth beyond the band, 1.5 ms late at 16 kHz."""


class Resampler:
    """One stream of mono sound from `given` Hz to `wanted` Hz; one must divide the other."""

    def __init__(self, given: int, wanted: int) -> None:
        self._up = max(1, wanted // given)
        self._down = max(1, given // wanted)
        if given * self._up != wanted * self._down:
            raise ValueError(f"{given} Hz and {wanted} Hz: one must be a multiple of the other")
        self._filter = _low_pass(self._up * self._down) * self._up
        self._before = np.zeros(len(self._filter) - 1, np.float32)
        self._skip = 0

    def feed(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """The next stretch, of any length."""
        if self._up == self._down or not len(samples):
            return samples
        spread = np.zeros(len(self._before) + len(samples) * self._up, np.float32)
        spread[: len(self._before)] = self._before
        spread[len(self._before) :: self._up] = samples
        self._before = spread[len(spread) - len(self._before) :]
        out = np.convolve(spread, self._filter, "valid")[self._skip :: self._down]
        self._skip = (self._skip - len(samples) * self._up) % self._down
        return np.clip(np.rint(out), -32768, 32767).astype(np.int16)


def _low_pass(ratio: int) -> NDArray[np.float32]:
    """A filter that keeps the lower of two bands, `ratio` apart; gain 1."""
    reach = _TAPS * ratio // 2
    at = np.arange(-reach, reach + 1)
    taps = np.sinc(at * 0.96 / ratio) * np.kaiser(len(at), 6.0)
    narrow: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return narrow
