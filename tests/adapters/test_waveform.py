import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.waveform import LEAD_SECONDS, TAIL_SECONDS, finish
from voicebot.errors import SpeakingError
from voicebot.model import RATE


def hum(
    seconds: float, rate: int, peak: float = 0.5
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    times = np.arange(round(seconds * rate)) / rate
    return (peak * np.sin(2 * np.pi * 300 * times)).astype(np.float32)


@given(
    rate=st.sampled_from([16_000, 22_050, 24_000]),
    before=st.floats(0.0, 1.0),
    after=st.floats(0.0, 1.0),
    speech=st.floats(0.1, 2.0),
)
def test_the_silence_around_is_always_the_same(
    rate: int, before: float, after: float, speech: float
) -> None:
    silences = [np.zeros(round(seconds * rate), np.float32) for seconds in (before, after)]
    audio = finish(np.concatenate([silences[0], hum(speech, rate), silences[1]]), rate)
    assert audio.rate == RATE
    assert audio.seconds == pytest.approx(LEAD_SECONDS + speech + TAIL_SECONDS, abs=0.025)
    loud = np.flatnonzero(np.abs(audio.samples) > 2000)
    assert loud[0] / RATE == pytest.approx(LEAD_SECONDS, abs=0.015)
    assert audio.samples[0] == audio.samples[-1] == 0


def test_a_weak_consonant_at_the_edge_is_speech() -> None:
    weak = hum(0.1, RATE, 0.5 * 10 ** (-38 / 20))
    audio = finish(np.concatenate([weak, hum(1.0, RATE)]), RATE)
    assert audio.seconds == pytest.approx(LEAD_SECONDS + 1.1 + TAIL_SECONDS, abs=0.025)


def test_pauses_inside_stay() -> None:
    sound = np.concatenate([hum(0.5, RATE), np.zeros(RATE, np.float32), hum(0.5, RATE)])
    assert finish(sound, RATE).seconds == pytest.approx(LEAD_SECONDS + 2.0 + TAIL_SECONDS, abs=0.03)


def test_too_loud_does_not_wrap_round() -> None:
    audio = finish(hum(0.5, RATE, 3.0), RATE)
    assert audio.samples.max() == 32767
    assert audio.samples.min() == -32767


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0, np.float32), np.zeros(RATE, np.float32), np.full(RATE, np.nan, np.float32)],
)
def test_no_sound_is_an_error(samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    with pytest.raises(SpeakingError):
        finish(samples, RATE)
