"""Whisper as its library is usually called, for the benches to compare ours with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from voicebot.adapters.whisper import Choose
from voicebot.errors import WeightsError
from voicebot.model import Expected, Heard, Hypothesis, Language, Segment


class PlainWhisper:
    """faster-whisper's `transcribe` with nothing but its defaults. Blocking."""

    def __init__(self, model_dir: Path, threads: int, choose: Choose) -> None:
        """Load a multilingual model.

        Raises:
            WeightsError: a file is missing or broken.
        """
        import faster_whisper

        try:
            self._model = faster_whisper.WhisperModel(
                str(model_dir), device="cpu", compute_type="int8", cpu_threads=threads
            )
        except Exception as error:
            raise WeightsError(f"{model_dir}: no Whisper model for CTranslate2: {error}") from error
        self._choose = choose

    def expect(self, expected: Expected) -> None:
        """Nothing: what is expected is no part of a plain call."""

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        """See `voicebot.ports.Ear`; its languages are all that the model knows."""
        started = time.perf_counter()
        sound = np.divide(segment.audio.samples, 32768, dtype=np.float32)
        pieces, info = self._model.transcribe(sound, language=expected)
        text = " ".join(piece.text.strip() for piece in pieces)
        shares = dict(info.all_language_probs or [(info.language, info.language_probability)])
        probabilities = {code: float(shares.get(code, 0.0)) for code in languages}
        said = (Hypothesis(info.language, text, float(info.language_probability)),)
        return Heard(
            self._choose(probabilities, segment.speech_seconds),
            probabilities,
            said if text and info.language in languages else (),
            {"recognise": time.perf_counter() - started},
        )
