"""The gate before the model: what is no louder than the line's own noise needs no model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

QUIETEST = -60.0
"""dBFS. Below this nothing is speech: a telephone's idle noise is -65 or less."""

HIGHEST_FLOOR = -45.0
"""dBFS. Noise louder than this is left to the model, or quiet callers would be shut out."""

MARGIN = 3.0
"""dB above the noise at which the gate opens."""

_FALL = 0.2
"""Share of the way that the floor goes towards a quieter chunk."""

_RISE = 0.1
"""dB that the floor rises with a louder chunk that is no speech: 3 dB a second."""

_SILENCE = -100.0
_FULL_SCALE = 32768.0


def level(chunk: NDArray[np.int16]) -> float:
    """The root mean square of a chunk in dBFS; -100 for digital silence.

    A constant offset, which some lines carry, is no sound and does not count.
    """
    power = float(np.var(chunk, dtype=np.float32)) / _FULL_SCALE**2
    return max(_SILENCE, 10.0 * math.log10(power)) if power > 0 else _SILENCE


class EnergyGate:
    """Follows the noise of one line, and says which chunks stand out of it."""

    def __init__(self) -> None:
        self._floor = QUIETEST

    @property
    def floor(self) -> float:
        """The noise as it is thought to be, dBFS."""
        return self._floor

    def admits(self, decibels: float) -> bool:
        """Whether a chunk of that level may be speech."""
        return decibels >= max(QUIETEST, self._floor + MARGIN)

    def learn(self, decibels: float) -> None:
        """Take the level of a chunk that was no speech into account."""
        if decibels < self._floor:
            self._floor += _FALL * (decibels - self._floor)
        else:
            self._floor = min(self._floor + _RISE, decibels, HIGHEST_FLOOR)
