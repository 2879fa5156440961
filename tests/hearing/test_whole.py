"""A sound file taken as one utterance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.line import NOISE_LEVEL, SPEECH_LEVEL
from tests.fakes.speech import FakeVoiceActivity
from voicebot.hearing.endpointing import (
    CHUNK_SAMPLES,
    CHUNK_SECONDS,
    MIN_UTTERANCE,
    TAIL,
    Endpointing,
)
from voicebot.hearing.whole import utterance
from voicebot.model import RATE, Audio, Segment


def sound(*parts: tuple[float, int]) -> Audio:
    """Stretches of (seconds, level), each a whole number of chunks."""
    return Audio(
        np.concatenate(
            [
                np.full(round(seconds / CHUNK_SECONDS) * CHUNK_SAMPLES, level, np.int16)
                for seconds, level in parts
            ]
        )
    )


def found(audio: Audio, settings: Endpointing | None = None) -> Segment:
    segment = utterance(audio, FakeVoiceActivity(), settings)
    assert segment is not None
    return segment


def test_the_silence_around_the_words_is_cut_off() -> None:
    segment = found(sound((2.048, 0), (1.024, SPEECH_LEVEL), (3.2, 0)))
    assert segment.started_at == pytest.approx(2.048 - Endpointing().lead, abs=1e-3)
    assert segment.speech_seconds == pytest.approx(1.024)
    assert segment.audio.seconds == pytest.approx(Endpointing().lead + 1.024 + TAIL, abs=1e-3)
    assert segment.audio.rate == RATE


def test_pauses_between_the_words_are_kept() -> None:
    audio = sound((0.512, SPEECH_LEVEL), (3.2, 0), (0.512, SPEECH_LEVEL))
    segment = found(audio)
    assert segment.speech_seconds == pytest.approx(1.024)
    assert np.array_equal(segment.audio.samples, audio.samples)
    assert segment.started_at == 0.0


@pytest.mark.parametrize("missing", [1, 17, CHUNK_SAMPLES - 1])
def test_a_length_that_is_no_whole_number_of_chunks(missing: int) -> None:
    audio = Audio(sound((1.024, SPEECH_LEVEL)).samples[:-missing])
    segment = found(audio)
    assert np.array_equal(segment.audio.samples, audio.samples)


@pytest.mark.parametrize(
    "audio",
    [
        sound((3.2, 0)),
        sound((3.2, NOISE_LEVEL)),
        Audio(np.zeros(0, np.int16)),
        Audio(np.zeros(10, np.int16)),
        sound((1.6, 0), (CHUNK_SECONDS, SPEECH_LEVEL), (1.6, 0)),
    ],
    ids=["silence", "noise", "nothing", "ten samples", "a click"],
)
def test_where_nobody_speaks_there_is_no_utterance(audio: Audio) -> None:
    assert CHUNK_SECONDS < MIN_UTTERANCE
    assert utterance(audio, FakeVoiceActivity()) is None


def test_the_settings_decide_what_is_speech_and_how_much_of_before_is_kept() -> None:
    class Doubtful:
        def probability(self, chunk: NDArray[np.int16]) -> float:
            return 0.4 if chunk.any() else 0.0

    audio = sound((1.6, 0), (1.024, SPEECH_LEVEL))
    assert utterance(audio, Doubtful()) is None
    segment = utterance(audio, Doubtful(), Endpointing(speech_threshold=0.3, lead=0.0))
    assert segment is not None
    assert segment.started_at == pytest.approx(1.6)
