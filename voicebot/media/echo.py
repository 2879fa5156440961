"""The bot's own voice, as a telephone line sends it back: to be told from the caller's.

What was just played is sought in what comes in: delayed, fainter, and smeared over a few
milliseconds. A frame that it explains is echo and becomes silence; any other frame passes as it
came, also where both voices are in it. All of it looks at 4 kHz: most of a voice is below 2 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicebot.media.resampling import Resampler
from voicebot.model import FRAME_SAMPLES, RATE, Audio
from voicebot.ports import AudioSource

_LOW = 4000
"""Hz."""

_FRAME = FRAME_SAMPLES * _LOW // RATE
_WINDOW = _LOW * 32 // 100
"""Samples of incoming sound that an echo is sought by."""

_HISTORY = _WINDOW + _LOW * 52 // 100
"""Samples of outgoing sound that is remembered: an echo may be half a second late, our own
buffers included."""

_TAPS = 24
_BEFORE = 8
"""Samples (a quarter of a millisecond each) over which an echo is smeared, and how many of them
lie before the strongest."""

_SHORT = 2 * _FRAME
"""What a decision is taken by: the last 40 ms."""

ECHO = 0.25
"""Share of its power that may be left of a sound when the echo is taken out, for it to be one."""

_RESEMBLANCE = 0.4
"""Squared correlation with what was played, from which an echo's path is worth working out."""

_LOUDER = 2.0
"""How much more power what was played has than its echo, at least: 3 dB."""

_EVIDENCE = _LOW * 5 // 100
"""Samples that must be loud before it is decided whether they are an echo: 50 ms, which take some
70 of a voice."""

_MOST_HELD = 5
"""Frames: what has little below 2 kHz (a hiss) is not held back for longer than this."""

_FAINT = 32768.0 * 10 ** (-62 / 20)
"""Root mean square below which a frame is nobody's voice."""

_REFIT = 5
"""Frames of echo between two looks at its path: it may change a little."""

_Sound = NDArray[np.float32]
_NO_SOUND = np.zeros(_FRAME, np.float32)
_NOTHING = Audio(np.zeros(0, np.int16))


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """How the line sends sound back."""

    delay: int
    """Samples from playing to hearing, both counted from the start of the call."""
    filter: _Sound
    """Shape (_TAPS,): what becomes of an impulse, from `_BEFORE` samples before `delay` on."""


class EchoGate:
    """Stands between one line and one call: sees what is played, and what is heard.

    An `AudioSource` for the line, over the call's own. Costs nothing to speak of while either
    side is silent.
    """

    def __init__(self, source: AudioSource) -> None:
        self._source = source
        self._played = np.zeros(_HISTORY, np.float32)
        self._heard = np.zeros(_WINDOW, np.float32)
        self._played_count = 0
        self._heard_count = 0
        """Samples since the start of the call; the histories end there."""
        self._audible = 0
        """Samples after which nothing that was played is remembered any more."""
        self._down_played = Resampler(RATE, _LOW)
        self._down_heard = Resampler(RATE, _LOW)
        self._held: list[Audio] = []
        self._passing = False
        """Whether the last frame was somebody's voice."""
        self._path: _Path | None = None
        self._since_fit = 0

    def pull(self) -> Audio:
        """The next frame to be played."""
        frame = self._source.pull()
        low = _NO_SOUND
        if frame.samples.any():
            self._audible = _HISTORY
            low = self._down_played.feed(frame.samples).astype(np.float32)
        elif self._audible > 0:
            self._audible -= _FRAME
        self._played = np.concatenate([self._played[len(low) :], low])
        self._played_count += len(low)
        return frame

    def hear(self, frame: Audio) -> Audio:
        """What is to be listened to of the sound so far: silence in place of an echo.

        The first frames of a sound that may yet prove to be an echo are held back, and come
        together with the one that decides; until then the answer is empty.
        """
        self._held.append(frame)
        verdict = self._verdict(frame)
        if verdict is None:
            return _NOTHING
        held, self._held = self._held, []
        if verdict:
            return Audio(np.zeros(len(held) * FRAME_SAMPLES, np.int16))
        return frame if len(held) == 1 else Audio(np.concatenate([f.samples for f in held]))

    def _verdict(self, frame: Audio) -> bool | None:
        """Whether it is but an echo; None where too little was heard to tell."""
        loud = self._audible > 0 and _rms(frame.samples) >= _FAINT
        low = self._down_heard.feed(frame.samples).astype(np.float32) if loud else _NO_SOUND
        self._heard = np.concatenate([self._heard[len(low) :], low])
        self._heard_count += len(low)
        echo = loud and self._is_echo()
        self._passing = loud and echo is False
        return echo

    def _is_echo(self) -> bool | None:
        if self._path is not None and self._left(self._path, _SHORT) <= ECHO:
            self._since_fit += 1
            if self._since_fit >= _REFIT:
                self._adopt(self._fit(self._path.delay))
            return True
        enough = np.count_nonzero(np.abs(self._heard) > _FAINT / 2) >= _EVIDENCE
        if not enough and not self._passing and len(self._held) < _MOST_HELD:
            return None
        found = self._search()
        return found is not None and self._adopt(self._fit(found))

    def _adopt(self, path: _Path | None) -> bool:
        """Take a path that explains the whole window for the line's own."""
        if path is None or self._left(path, _WINDOW) > ECHO:
            return False
        self._path, self._since_fit = path, 0
        return self._left(path, _SHORT) <= ECHO

    def _left(self, path: _Path, length: int) -> float:
        """Share of the power of the last `length` samples that is left without the echo."""
        heard = self._heard[-length:]
        delayed = self._delayed(path.delay, length)
        power = float(heard @ heard)
        if delayed is None or power == 0:
            return 1.0
        rest = heard - np.convolve(delayed, path.filter, "valid")
        return float(rest @ rest) / power

    def _delayed(self, delay: int, length: int) -> _Sound | None:
        """What was played so much before the last `length` samples that were heard, and what the
        filter reaches beyond them; None where it is not remembered."""
        end = self._heard_count - delay + _BEFORE - self._played_count + _HISTORY
        start = end - length - _TAPS + 1
        if start < 0:
            return None
        if end > _HISTORY:
            # of the echo's first part, what would come before its strongest is not played yet
            return np.pad(self._played[start:], (0, end - _HISTORY)) if start < _HISTORY else None
        return self._played[start:end]

    def _search(self) -> int | None:
        """The delay at which what was played is most like what is heard, if it is at all."""
        heard = self._heard
        size = 1 << (_HISTORY - 1).bit_length()
        spectrum = np.fft.rfft(self._played, size) * np.conj(np.fft.rfft(heard, size))
        product = np.fft.irfft(spectrum, size)[: _HISTORY - _WINDOW + 1]
        energy = np.concatenate([[0.0], np.cumsum(np.square(self._played, dtype=np.float64))])
        around = energy[_WINDOW:] - energy[:-_WINDOW]
        power = float(heard @ heard)
        likeness = np.where(around > _LOUDER * power, product, 0.0) ** 2 / (around * power + 1.0)
        start = int(np.argmax(likeness))
        if likeness[start] < _RESEMBLANCE:
            return None
        return (self._heard_count - _WINDOW) - (self._played_count - _HISTORY + start)

    def _fit(self, delay: int) -> _Path | None:
        """The filter that makes what was played most like what is heard, at about that delay."""
        played = self._delayed(delay, _WINDOW)
        if played is None:
            return None
        square = _covariance(played)
        square[np.diag_indices(_TAPS)] += 1e-3 * np.trace(square) / _TAPS + 1.0
        likeness = np.correlate(played, self._heard, "valid")
        taps = np.linalg.solve(square, likeness)[::-1]
        return _Path(delay, taps.astype(np.float32))


def _covariance(sound: _Sound) -> NDArray[np.float64]:
    """The products of the sound with itself, shifted by less than `_TAPS` samples each.

    Made from the first row along the diagonals: as one product of matrices it would be spread over
    threads, which wait for each other for longer than they work.
    """
    length = len(sound) - _TAPS + 1
    square = np.empty((_TAPS, _TAPS))
    square[0] = np.correlate(sound, sound[:length], "valid")
    for row in range(1, _TAPS):
        leaves, enters = sound[row - 1], sound[row - 1 + length]
        square[row, row:] = (
            square[row - 1, row - 1 : -1]
            - leaves * sound[row - 1 : _TAPS - 1]
            + enters * sound[row - 1 + length : _TAPS - 1 + length]
        )
    lower = np.tril_indices(_TAPS, -1)
    square[lower] = square.T[lower]
    return square


def _rms(samples: NDArray[np.int16]) -> float:
    sound = samples.astype(np.float32)
    return float(np.sqrt(sound @ sound / max(1, len(sound))))
