"""Keys heard in the sound itself: dual-tone multi-frequency (ITU-T Q.23), for telephones and
gateways that send keys in no other way.

Each 5 ms a window of 20 ms is looked at. A key sounds in it when nearly all its energy lies in one
low and one high tone, near enough to their frequencies and to each other in strength. Four such
windows in a row are a key: a tone of 40 ms holds as many, one of 23 ms does not (Q.24). How strong
and how true a tone is follows from the turn of its phase from one window to the next, which is far
finer than the windows' own resolution: voices hardly ever keep two tones so still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOW = (697.0, 770.0, 852.0, 941.0)
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = ("123A", "456B", "789C", "*0#D")

WINDOW, HOP = 0.02, 0.005
"""Seconds."""

MIN_RUN = 4
"""Windows in a row."""

MAX_GAP = 8
"""Windows without it after which a key is let go: a gap of 20 ms, as of one lost packet, spoils 7;
the shortest pause between two presses, 40 ms, 10."""

MAX_DRIFT = 0.025
"""Of the frequency. By Q.24 1.5 % must be taken, and 3.5 % must not."""

MAX_TWIST = 8.0
"""Decibels by which one tone may be stronger than the other."""

MIN_PURITY = 0.85
"""Of the window's energy."""

MIN_LEVEL = 200.0
"""Height of each tone in samples of 16 bits: 41 dB below the loudest that G.711 carries."""

_SILENCE = 200.0
"""No sample is louder: such windows are not looked at."""

_PAIR = 0.5
"""Of the window's energy, before the correction for the frequency: less is no pair of tones."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A key has begun or ended to sound."""

    key: str
    """One of 0 to 9, *, #, A to D."""
    down: bool


class KeyTones:
    """Listens to one call; `rate` is that of its samples, in Hz."""

    def __init__(self, rate: int = 8000) -> None:
        self._step, length = round(HOP * rate), round(WINDOW * rate)
        self._window = np.hanning(length + 2)[1:-1]
        self._scale = 2 * float((self._window**2).sum()) / float(self._window.sum()) ** 2
        frequencies = np.array((*LOW, *HIGH))
        turns = np.outer(np.arange(length) / rate, frequencies)
        self._basis = (self._window[:, None] * np.exp(-2j * np.pi * turns)).astype(np.complex64)
        # what the phase of a tone right on its frequency turns by from window to window
        self._turn = np.exp(-2j * np.pi * HOP * frequencies)
        self._drift = 2 * np.pi * HOP * frequencies * MAX_DRIFT
        self._rest = np.zeros(0, np.float32)
        self._before: NDArray[np.complex64] = np.zeros(8, np.complex64)
        self._candidate: str | None = None
        self._run = 0
        self._gap = 0
        self.sounding: str | None = None
        """The key that is being heard."""

    def feed(self, samples: NDArray[np.int16]) -> Iterator[Tone]:
        """The next samples, as many as there are."""
        sound = np.concatenate([self._rest, samples.astype(np.float32)])
        count = (len(sound) - len(self._window)) // self._step + 1
        if count < 1:
            self._rest = sound
            return
        self._rest = sound[count * self._step :]
        windows = np.lib.stride_tricks.sliding_window_view(sound, len(self._window))
        for key in self._keys(windows[: count * self._step : self._step]):
            yield from self._count(key)

    def _keys(self, windows: NDArray[np.float32]) -> list[str | None]:
        """The key in each window, if any."""
        if np.abs(windows).max() < _SILENCE:
            self._before = np.zeros(8, np.complex64)
            return [None] * len(windows)
        spectra = windows @ self._basis
        energies = ((windows * self._window.astype(np.float32)) ** 2).sum(axis=1)
        power = np.abs(spectra) ** 2
        lows, highs = power[:, :4].argmax(axis=1), power[:, 4:].argmax(axis=1) + 4
        rows = np.arange(len(windows))
        pure = self._scale * (power[rows, lows] + power[rows, highs]) > _PAIR * energies
        found: list[str | None] = []
        for at in range(len(windows)):
            before = spectra[at - 1] if at else self._before
            pair = (int(lows[at]), int(highs[at]))
            sure = pure[at] and self._sure(pair, before, spectra[at], float(energies[at]))
            found.append(KEYS[pair[0]][pair[1] - 4] if sure else None)
        self._before = spectra[-1]
        return found

    def _sure(
        self,
        pair: tuple[int, int],
        before: NDArray[np.complex64],
        now: NDArray[np.complex64],
        energy: float,
    ) -> bool:
        """Whether the two tones are steady, true, even, and alone."""
        heights = []
        for tone in pair:
            turn = float(np.angle(now[tone] * np.conj(before[tone]) * self._turn[tone]))
            if abs(turn) > self._drift[tone]:
                return False
            heights.append(float(np.abs(now[tone])) / self._response(turn / (2 * np.pi * HOP)))
        low, high = heights
        if min(heights) < MIN_LEVEL * self._window.sum() / 2:
            return False
        if abs(20 * np.log10(high / low)) > MAX_TWIST:
            return False
        return self._scale * (low**2 + high**2) > MIN_PURITY * energy

    @staticmethod
    def _response(off: float) -> float:
        """What the window leaves of a tone that is so many Hz off its frequency."""
        at = off * WINDOW
        return float(np.sinc(at) / (1 - at**2))

    def _count(self, key: str | None) -> Iterator[Tone]:
        """Windows become presses."""
        self._run = self._run + 1 if key == self._candidate else 1
        self._candidate = key
        begins = key is not None and key != self.sounding and self._run >= MIN_RUN
        if self.sounding is not None:
            self._gap = 0 if key == self.sounding else self._gap + 1
            if begins or self._gap >= MAX_GAP:
                yield Tone(self.sounding, False)
                self.sounding, self._gap = None, 0
        if key is not None and begins:
            self.sounding = key
            yield Tone(key, True)
