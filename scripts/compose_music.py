#!/usr/bin/env python3
"""Write intents/music/waiting.ogg, the music that callers hear while they wait.

The piece is made here from nothing but sines, so it is this project's own. It is calm, goes round
without a seam, lies where a telephone carries it (250 to 2,500 Hz), and has no voice in it nor
anything that voice activity takes for one. The same script gives the same music.

    scripts/compose_music.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voicebot.model import RATE, Audio
from voicebot.speaking.loudness import level

FILE = Path(__file__).resolve().parent.parent / "intents" / "music" / "waiting.ogg"
LOUDNESS = -20.0
"""LUFS of the file; the switchboard brings it to what its settings say."""

BEAT = RATE * 60 // 75
"""Samples: seventy-five beats a minute."""
BARS = 16
BEATS_A_BAR = 4

Sound = NDArray[np.float64]

# Chords as MIDI notes, a bar each: D, B minor, G, A, with the notes that make them soft.
CHORDS = (
    (62, 66, 69, 73),
    (59, 66, 69, 74),
    (55, 66, 71, 74),
    (57, 64, 71, 73),
    (62, 66, 69, 76),
    (59, 64, 69, 74),
    (55, 62, 67, 71),
    (57, 64, 69, 76),
)
# By beat halves, which note of the chord is plucked; None is a rest.
FIGURES = (
    (0, None, 2, None, 1, None, 3, None),
    (0, 1, 2, None, 3, None, 2, None),
    (0, None, 1, 2, None, 3, None, 1),
)
# A tune over the second half: bar, beat, note, beats held.
TUNE = (
    (8, 0.0, 78, 2.0),
    (8, 2.0, 81, 2.0),
    (9, 0.0, 78, 3.0),
    (10, 0.0, 74, 1.5),
    (10, 1.5, 76, 2.5),
    (11, 1.0, 73, 3.0),
    (12, 0.0, 76, 2.0),
    (12, 2.0, 78, 2.0),
    (13, 0.0, 74, 3.0),
    (14, 0.0, 71, 1.5),
    (14, 1.5, 74, 2.5),
    (15, 0.0, 73, 1.5),
    (15, 1.5, 69, 2.5),
)


def frequency(note: int) -> float:
    """Hz of a MIDI note."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def pluck(note: int, loudness: float) -> Sound:
    """A soft electric piano: a sine bent by another that dies away first."""
    t = np.arange(int(2.4 * RATE)) / RATE
    tone = 2 * np.pi * frequency(note) * t
    bend = 1.9 * np.exp(-t * 4) * np.sin(tone) + 0.5 * np.exp(-t * 9) * np.sin(3 * tone)
    return np.asarray(loudness * np.minimum(t / 0.006, 1) * np.exp(-t * 2.2) * np.sin(tone + bend))


def breath(note: int, seconds: float, loudness: float) -> Sound:
    """A held tone that swells and fades, two voices a hair apart."""
    t = np.arange(int((seconds + 0.8) * RATE)) / RATE
    swell = np.clip(t / 0.7, 0, 1) * np.clip((t[-1] - t) / 0.8, 0, 1)
    voices = sum(
        np.sin(2 * np.pi * frequency(note) * (1 + detune) * t + phase)
        for detune, phase in ((-0.0012, 0.0), (0.0012, 1.3))
    )
    return np.asarray(loudness * np.sin(swell * np.pi / 2) ** 2 * voices)


def compose() -> Sound:
    """All the notes; what rings past the end is heard at the beginning."""
    bar = BEAT * BEATS_A_BAR
    piece = np.zeros(bar * BARS)

    def play(at: float, sound: Sound) -> None:
        where = (int(at) + np.arange(len(sound))) % len(piece)
        np.add.at(piece, where, sound)

    for number in range(BARS):
        chord = CHORDS[number % len(CHORDS)]
        for note in chord:
            play(number * bar, breath(note, bar / RATE, 0.05))
        figure = FIGURES[(number // 2) % len(FIGURES)]
        for half, voice in enumerate(figure):
            if voice is not None:
                accent = 0.20 if half == 0 else 0.13
                play(number * bar + half * BEAT / 2, pluck(chord[voice], accent))
    for number, beat, note, held in TUNE:
        play(number * bar + beat * BEAT, breath(note, held * BEAT / RATE, 0.055))
        play(number * bar + beat * BEAT, pluck(note, 0.11))
    return piece


def in_a_room(piece: Sound) -> Sound:
    """With a second of soft echo, taken round the seam as well."""
    t = np.arange(int(1.2 * RATE)) / RATE
    noise = np.random.default_rng(75).standard_normal(len(t))
    smooth = np.convolve(noise, np.hanning(9) / 4, mode="same")
    room = np.zeros(len(piece))
    room[: len(t)] = smooth * np.exp(-t * 5.5) / 30
    room[0] += 1.0
    return np.asarray(np.fft.irfft(np.fft.rfft(piece) * np.fft.rfft(room), len(piece)))


def music() -> Audio:
    """The piece, levelled."""
    sound = in_a_room(compose())
    sound *= 0.5 / np.abs(sound).max()
    return level(Audio((sound * 32767).astype(np.int16)), LOUDNESS)


def main() -> None:
    """Write the file that the first argument names, else the project's own."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, music().samples, RATE, format="OGG", subtype="VORBIS")


if __name__ == "__main__":
    main()
