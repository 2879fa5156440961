#!/usr/bin/env python3
"""Make recorded callers of written sentences, for `voicebot bench understanding`.

    scripts/make_callers.py FOLDER [--sentences FOLDER] [--languages it,en,fr,ar]
                            [--each VOICES] [--every N]

Each sentence of `tests/callers/<language>.txt`, or one in so many (--every), is said by so many
voices (--each, 1 by default), at a speed between 0.85 and 1.2 and a pitch a little higher or lower.
Voices, speeds and pitches go round among the sentences, so that the same arguments make the same
callers; what is there already is not made again. FOLDER then holds the recordings (16 kHz FLAC) and
callers.tsv. A blend of two Kokoro voices is a voice of its own, and where the second one is of
another language it speaks with an accent.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voicebot import build
from voicebot.adapters.audio_file import write_audio
from voicebot.adapters.espeak import Espeak, EspeakVoice
from voicebot.adapters.kokoro import Kokoro, KokoroModel
from voicebot.adapters.piper import Piper
from voicebot.adapters.tashkeel import Tashkeel
from voicebot.adapters.tempo import stretch
from voicebot.bench.callers import COLUMNS, LIST
from voicebot.bench.sentences import read_sentences
from voicebot.model import LANGUAGES, Audio, Language
from voicebot.ports import Voice
from voicebot.settings import load_settings
from voicebot.speaking.loudness import level

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "callers"
SPEEDS = (1.0, 0.85, 1.1, 0.95, 1.2)
PITCHES = (1.0, 0.94, 1.06)
LOUDNESS = (-23.0, -30.0, -19.0)
"""LUFS: near the telephone, far from it, too near."""

VOICES: dict[Language, tuple[str, ...]] = {
    "it": ("if_sara", "im_nicola", "if_sara+im_nicola", "im_nicola+bf_emma", "if_sara+ff_siwis"),
    "en": ("bf_emma", "piper:en_US-joe-medium", "bf_emma+im_nicola", "bf_emma+ff_siwis"),
    "fr": ("ff_siwis", "ff_siwis+im_nicola", "ff_siwis+bf_emma", "ff_siwis+if_sara"),
    "ar": ("espeak:ar", "espeak:ar+f3", "espeak:ar+m3", "espeak:ar+f5"),
}
"""Kokoro's by their names, blended by a plus; others with their engine before them."""


def main() -> None:
    """Read the arguments, make the callers, write their list."""
    options = _arguments()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        cast = Cast(Path(scratch))
        rows = [
            row
            for language in options.languages.split(",")
            for row in _callers(options, language, cast)
        ]
    with (folder / LIST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerows([(*COLUMNS, "voice"), *rows])


class Cast:
    """The voices, each made when first needed."""

    def __init__(self, scratch: Path) -> None:
        """`scratch` takes the files of blended voices."""
        self._weights = build.weights(load_settings())
        self._espeak = Espeak()
        self._scratch = scratch
        self._kokoro: KokoroModel | None = None
        self._voices: dict[str, Voice] = {}

    def voice(self, label: str, language: Language) -> Voice:
        """One voice of `VOICES`."""
        if label not in self._voices:
            self._voices[label] = self._make(label, language)
        return self._voices[label]

    def _make(self, label: str, language: Language) -> Voice:
        engine, colon, name = label.rpartition(":")
        if engine == "piper":
            return Piper(self._weights.ensure(f"piper-{name}") / f"{name}.onnx", language)
        if engine == "espeak":
            vowels = Tashkeel() if language == "ar" else None
            return EspeakVoice(self._espeak, name, language, vowels)
        folder = self._weights.ensure("kokoro-voices")
        styles = [np.fromfile(folder / f"{part}.bin", dtype="<f4") for part in name.split("+")]
        file = self._scratch / f"{name}.bin"
        np.mean(styles, axis=0, dtype=np.float32).tofile(file)
        if self._kokoro is None:
            self._kokoro = KokoroModel(self._weights.ensure("kokoro-82m") / "model.onnx", 1)
        return Kokoro(self._kokoro, file, self._espeak)


def _callers(
    options: argparse.Namespace, language: Language, cast: Cast
) -> Iterator[tuple[str, ...]]:
    """The lines of the list for one language; the recordings are made on the way."""
    spoken = read_sentences(options.sentences, language)
    chosen = list(enumerate(spoken))[:: options.every]
    voices = VOICES[language]
    for number, sentence in chosen:
        for again in range(options.each):
            turn = number * options.each + again
            label = voices[turn % len(voices)]
            file = options.folder / f"{language}-{number:03d}-{again}.flac"
            if not file.is_file():
                audio = cast.voice(label, language).render(sentence.text, language)
                write_audio(file, _varied(audio, turn))
            yield (file.name, language, sentence.target, sentence.action, sentence.text, label)
        _say(f"\r{language} {number + 1}/{len(spoken)} ")
    _say("\n")


def _varied(audio: Audio, turn: int) -> Audio:
    """The same words by somebody of another pitch, pace and distance from the telephone."""
    pitch = PITCHES[turn % len(PITCHES)]
    if pitch != 1.0:
        audio = Audio(soxr.resample(audio.samples, pitch, 1.0, quality="HQ"))
    audio = stretch(audio, SPEEDS[turn % len(SPEEDS)] / pitch)
    return level(audio, LOUDNESS[turn // 2 % len(LOUDNESS)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make recorded callers of written sentences.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="one sentence in so many")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
