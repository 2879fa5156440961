"""What a peer sends, as an even flow of frames: packets of any size in, 20 ms out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voicebot.model import FRAME_SAMPLES, FRAME_SECONDS, Audio

PATIENCE = 0.1
"""Seconds without a packet after which silence stands in, so that endpointing does not stall."""

MAX_GAP = 25
"""Frames (half a second) of silence put in place of lost packets at most; past that the peer
has paused, and `tick` has filled the time already."""


class Inbound:
    """Cuts one peer's sound into frames and fills what is missing with silence."""

    def __init__(self) -> None:
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._quiet = 0.0

    def feed(self, samples: NDArray[np.int16], lost: int = 0) -> Iterator[Audio]:
        """A packet's samples at `RATE`, `lost` samples after the packet before it."""
        if lost and self._quiet < PATIENCE:
            gap = np.zeros(min(lost, MAX_GAP * FRAME_SAMPLES), np.int16)
            samples = np.concatenate([gap, samples])
        self._quiet = 0.0
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= FRAME_SAMPLES:
            yield Audio(self._rest[:FRAME_SAMPLES])
            self._rest = self._rest[FRAME_SAMPLES:]

    def tick(self) -> Iterator[Audio]:
        """To be called every 20 ms: a frame of silence while no packet comes."""
        self._quiet += FRAME_SECONDS
        if self._quiet > PATIENCE:
            yield Audio(np.zeros(FRAME_SAMPLES, np.int16))

    @property
    def quiet(self) -> float:
        """Seconds since the last packet."""
        return self._quiet
