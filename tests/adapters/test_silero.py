"""Voice activity on real sound: speech by telephone is heard, what is none is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.adapters import clips
from voicebot.adapters.silero import Silero, SileroVoiceActivity
from voicebot.errors import WeightsError
from voicebot.model import RATE

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def silero() -> Silero:
    return Silero()


def probabilities(activity: SileroVoiceActivity, samples: NDArray[np.int16]) -> NDArray[np.float64]:
    chunks = len(samples) // 512
    return np.array([activity.probability(samples[i * 512 :][:512]) for i in range(chunks)])


@pytest.mark.parametrize("clip", clips.clips(), ids=lambda clip: str(clip.file))
def test_a_caller_by_telephone_is_heard_to_speak(silero: Silero, clip: clips.Clip) -> None:
    heard = probabilities(silero.for_call(), clip.telephone().samples)
    assert (heard > 0.5).sum() * 512 / RATE > 0.8
    assert heard.max() > 0.8


def test_silence_noise_and_tones_are_none(silero: Silero) -> None:
    count = 3 * RATE
    noise = np.random.default_rng(1).normal(0, 600, count).astype(np.int16)
    tone = (8000 * np.sin(2 * np.pi * 425 * np.arange(count) / RATE)).astype(np.int16)
    for sound in (np.zeros(count, np.int16), noise, tone):
        assert (probabilities(silero.for_call(), sound) > 0.5).mean() < 0.05


def test_calls_do_not_hear_each_other(silero: Silero) -> None:
    sound = clips.clips()[0].telephone().samples
    alone = probabilities(silero.for_call(), sound)
    first, second = silero.for_call(), silero.for_call()
    together = []
    for i in range(len(sound) // 512):
        together.append(first.probability(sound[i * 512 :][:512]))
        second.probability(sound[::-1][i * 512 :][:512])
    assert together == alone.tolist()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsError, match="model.onnx"):
        Silero(file)
