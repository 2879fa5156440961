"""The recorded callers of `tests/data/speech`, as they are and as a telephone hands them over."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voicebot.model import RATE, Audio, Segment

FOLDER = Path(__file__).resolve().parents[1] / "data" / "speech"


@dataclass(frozen=True, slots=True)
class Clip:
    """One line of callers.tsv."""

    file: str
    language: str
    text: str

    def audio(self) -> Audio:
        """The recording at `RATE`."""
        samples, rate = soundfile.read(FOLDER / self.file, dtype="int16")
        return Audio(soxr.resample(samples, rate, RATE) if rate != RATE else samples)

    def telephone(self) -> Audio:
        """The recording after a telephone line: 8 kHz, A-law, and back."""
        narrow = soxr.resample(self.audio().samples.astype(np.float64) / 32768, RATE, 8000)
        wide = soxr.resample(_alaw(narrow), 8000, RATE)
        return Audio((wide * 32767).clip(-32768, 32767).astype(np.int16))


def clips() -> list[Clip]:
    """All of them."""
    with (FOLDER / "callers.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Clip(row["file"], row["language"], row["text"]) for row in rows]


def segment(audio: Audio) -> Segment:
    """The sound as one utterance that is all speech."""
    return Segment(audio, 0.0, audio.seconds)


def _alaw(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of a sound after A-law's seven bits and sign (G.711)."""
    a = 87.6
    knee = 1 + np.log(a)
    size = np.abs(sound.clip(-1, 1))
    curve = np.where(size < 1 / a, a * size / knee, (1 + np.log(np.maximum(a * size, 1))) / knee)
    step = np.round(curve * 127) / 127
    back = np.where(step < 1 / knee, step * knee / a, np.exp(step * knee - 1) / a)
    restored: NDArray[np.float64] = np.sign(sound) * back
    return restored
