"""Voice activity by Silero VAD, the ONNX model that faster-whisper carries."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voicebot.errors import HearingError, WeightsError

_CHUNK = 512
_CONTEXT = 64
"""Samples. The model sees the end of the chunk before ahead of each chunk."""

_STATE = (1, 1, 128)


def default_model() -> Path:
    """Where faster-whisper keeps its Silero model; that package itself is not loaded.

    Raises:
        WeightsError: the package or the file is not there.
    """
    spec = importlib.util.find_spec("faster_whisper")
    if spec is None or spec.origin is None:
        raise WeightsError("faster-whisper, which carries Silero VAD, is not installed")
    path = Path(spec.origin).parent / "assets" / "silero_vad_v6.onnx"
    if not path.is_file():
        raise WeightsError(f"{path}: there is no such file; install faster-whisper 1.2.1 or later")
    return path


class Silero:
    """The model, loaded once for all calls."""

    def __init__(self, path: Path | None = None) -> None:
        """Load `path`, by default faster-whisper's.

        Raises:
            WeightsError: it is missing or no model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        file = path or default_model()
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise WeightsError(f"{file}: cannot be loaded as Silero VAD: {error}") from error

    def for_call(self) -> SileroVoiceActivity:
        """Voice activity for one call."""
        return SileroVoiceActivity(self._session)


class SileroVoiceActivity:
    """The `VoiceActivity` of one call: the shared model with a state of its own."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._input = np.zeros((1, _CONTEXT + _CHUNK), np.float32)
        self._h = np.zeros(_STATE, np.float32)
        self._c = np.zeros(_STATE, np.float32)

    def probability(self, chunk: NDArray[np.int16]) -> float:
        """How likely the chunk (512 samples at `RATE`, 32 ms) is speech, 0 to 1.

        Raises:
            HearingError: the model failed.
        """
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        np.multiply(chunk, 1 / 32768, out=self._input[0, _CONTEXT:])
        try:
            output, self._h, self._c = self._session.run(
                None, {"input": self._input, "h": self._h, "c": self._c}
            )
        except Exception as error:
            raise HearingError(f"voice activity failed: {error}") from error
        return float(output.reshape(-1)[-1])
