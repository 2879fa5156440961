"""A telephone whose keys sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.adapters.sip_peers import g711, linear
from voicebot.media.tones import HIGH, KEYS, LOW

RATE = 8000


@dataclass(frozen=True)
class Keypad:
    """A telephone that sends its keys as tones."""

    length: float = 0.08
    pause: float = 0.08
    """Seconds."""
    level: float = 4000.0
    """Height of the low tone."""
    twist: float = 0.0
    """Decibels by which the high tone is stronger."""
    drift: float = 0.0
    """By which both frequencies are off."""
    noise: float | None = None
    """Decibels by which the tones are stronger than white noise."""

    def tone(self, key: str, length: float) -> NDArray[np.float64]:
        low, high = next((LOW[r], HIGH[k.index(key)]) for r, k in enumerate(KEYS) if key in k)
        at = np.arange(round(length * RATE)) * 2 * np.pi / RATE * (1 + self.drift)
        strong = self.level * 10 ** (self.twist / 20)
        tones: NDArray[np.float64] = self.level * np.sin(at * low) + strong * np.sin(at * high + 1)
        return tones

    def press(self, keys: str, start: float = 0.0) -> NDArray[np.int16]:
        """The sound of these keys as it comes out of G.711."""
        parts = [np.zeros(round(start * RATE))]
        for key in keys:
            parts += [self.tone(key, self.length), np.zeros(round(self.pause * RATE))]
        sound = np.concatenate([*parts, np.zeros(800)])
        if self.noise is not None:
            power = (self.tone("1", 0.5) ** 2).mean() / 10 ** (self.noise / 10)
            sound += np.random.default_rng(5).normal(0, np.sqrt(power), len(sound))
        return linear(g711(np.clip(sound, -32000, 32000).astype(np.int16)))
