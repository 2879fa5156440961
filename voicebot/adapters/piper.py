"""Piper's voices: natural and quick, one model file each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from voicebot.adapters.ipa import for_piper, plain
from voicebot.adapters.waveform import finish
from voicebot.errors import SpeakingError
from voicebot.model import Audio, Language

_SENTENCE_PAUSE = 0.25
"""Seconds between two sentences of one text; each is synthesised by itself."""


class Piper:
    """One voice of Piper."""

    def __init__(
        self,
        model: Path,
        language: Language,
        *,
        threads: int = 1,
        vowels: Callable[[str], str] | None = None,
    ) -> None:
        """Load the voice.

        Args:
            model: the `.onnx` file; its `.onnx.json` lies beside it.
            language: what it speaks.
            threads: processor threads for one synthesis.
            vowels: puts the marks into Arabic text; None for the other languages.

        Raises:
            SpeakingError: a file is missing or is no Piper voice.
        """
        self._label = model.stem
        self._language = language
        self._vowels = vowels
        try:
            config = json.loads(model.with_name(model.name + ".json").read_text("utf-8"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            # Idle threads would otherwise spin and take the processor from live calls.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            options.enable_cpu_mem_arena = False
            self._voice = PiperVoice(
                session=onnxruntime.InferenceSession(
                    str(model), options, providers=["CPUExecutionProvider"]
                ),
                config=PiperConfig.from_dict(config),
                # Piper would put marks over words that carry theirs already.
                use_tashkeel=False,
            )
        # The runtime raises classes of its own that share no base but Exception.
        except Exception as error:
            raise SpeakingError(f"Piper voice {model.name} cannot be loaded: {error}") from error

    @property
    def name(self) -> str:
        """What tells its sound from every other's."""
        return f"piper:{self._label} v1"

    def render(self, text: str, language: Language) -> Audio:
        """The text as sound at `RATE`, at the voice's own loudness.

        Raises:
            SpeakingError: the language is not this voice's, or the text cannot be said.
        """
        if language != self._language:
            raise SpeakingError(f"{self.name} speaks {self._language}, not {language}")
        spoken = self._vowels(plain(text)) if self._vowels else for_piper(text)
        settings = SynthesisConfig(normalize_audio=False)
        try:
            chunks = list(self._voice.synthesize(spoken, settings))
        except Exception as error:
            raise SpeakingError(f"{self.name} cannot say the text: {error}") from error
        if not chunks:
            raise SpeakingError(f"{self.name} finds nothing to say in the text")
        rate = self._voice.config.sample_rate
        pause = np.zeros(round(_SENTENCE_PAUSE * rate), dtype=np.float32)
        parts: list[NDArray[np.float32]] = []
        for chunk in chunks:
            parts += [np.atleast_1d(chunk.audio_float_array), pause]
        return finish(np.concatenate(parts[:-1]), rate)
