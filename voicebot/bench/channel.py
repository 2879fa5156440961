"""What a telephone does to a caller's sound: a narrow band, A-law, noise around, lost packets.

Everything is seeded: the same clip over the same channel is the same sound, whichever clips were
played before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from voicebot.media import g711
from voicebot.media.g711 import NARROW
from voicebot.model import RATE, Audio

PACKET = 0.02
"""Seconds of sound in one packet."""

_LIVELY = 30.0
"""dB below the loudest packet down to which a packet counts as speech, for the noise's level."""

_Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One kind of line. The default changes nothing."""

    telephone: bool = False
    """8 kHz and A-law, there and back."""
    noise: Audio | None = None
    """Recorded noise at `RATE`, of any length; it is repeated as needed."""
    noise_ratio: float = 10.0
    """dB by which the speech is louder than the noise."""
    loss: float = 0.0
    """Share of packets that never come, 0 to 1; there is silence in their place."""

    def carry(self, audio: Audio, seed: int) -> Audio:
        """What arrives of a sound at `RATE`; `seed` places the noise and the lost packets."""
        random = np.random.default_rng(seed)
        samples = audio.samples
        if self.noise is not None and len(samples):
            samples = _integers(_mix(samples, self.noise.samples, self.noise_ratio, random))
        if self.telephone:
            samples = soxr.resample(alaw(narrow(Audio(samples))), NARROW, RATE, quality="HQ")
        if self.loss > 0:
            samples = _lose(samples, self.loss, random)
        return Audio(samples)


def narrow(audio: Audio) -> NDArray[np.int16]:
    """A sound as a telephone's microphone gives it: at 8 kHz."""
    return np.asarray(soxr.resample(audio.samples, audio.rate, NARROW, quality="HQ"))


def alaw(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """What A-law leaves of a sound."""
    return g711.decode(g711.encode(samples))


def _mix(
    speech: NDArray[np.int16],
    noise: NDArray[np.int16],
    ratio: float,
    random: np.random.Generator,
) -> _Sound:
    """The speech with noise under it, from anywhere in the recording."""
    start = int(random.integers(len(noise)))
    under = np.resize(np.roll(noise, -start), len(speech)).astype(np.float64)
    level = _loudness(under)
    if level == 0:
        return speech.astype(np.float64)
    return speech + under * (_loudness(speech) / level * 10 ** (-ratio / 20))


def _loudness(samples: NDArray[np.int16] | _Sound) -> float:
    """Root mean square of the packets that are not pauses."""
    packet = round(PACKET * RATE)
    whole = max(1, len(samples) // packet)
    power = np.array(
        [np.mean(np.square(part, dtype=np.float64)) for part in np.array_split(samples, whole)]
    )
    lively = power[power >= power.max() * 10 ** (-_LIVELY / 10)]
    return float(np.sqrt(lively.mean()))


def _lose(
    samples: NDArray[np.int16], share: float, random: np.random.Generator
) -> NDArray[np.int16]:
    packet = round(PACKET * RATE)
    lost = random.random(-(-len(samples) // packet)) < share
    return np.where(np.repeat(lost, packet)[: len(samples)], np.int16(0), samples)


def _integers(sound: _Sound) -> NDArray[np.int16]:
    return np.rint(sound).clip(-32768, 32767).astype(np.int16)
