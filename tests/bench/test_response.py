"""What a caller met, judged from sound made for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.bench.test_voice import silence, voice
from voicebot.bench.callers import Caller
from voicebot.bench.response import Outcome, Response, Spoken, judge, summary
from voicebot.bench.voice import Track
from voicebot.media.g711 import NARROW

CALLER = Caller(Path("it-1.flac"), "it", "ufficio-casa", "hours", "Che orari avete?")
GREETING = voice(10.0, seed=7)
SPOKEN = Spoken(102.0, 104.0)
"""The track begins at 100 s."""


def judged(*parts: NDArray[np.int16]) -> Response:
    samples = np.concatenate([*parts, silence(1.0)])
    arrived = np.asarray(100.0 + 0.02 * np.arange(len(samples) // 160), np.float64)
    return judge(CALLER, SPOKEN, Track(samples[: len(arrived) * 160], arrived), GREETING)


def greeted(seconds: float) -> NDArray[np.int16]:
    return GREETING[: int(seconds * NARROW)]


def test_a_caller_who_broke_in_and_was_answered() -> None:
    response = judged(greeted(2.18), silence(2.5), voice(2.0))
    assert response.outcome is Outcome.ANSWERED
    assert response.barge_in == pytest.approx(0.18, abs=0.011)
    assert response.seconds == pytest.approx(0.68, abs=0.011)


def test_a_caller_who_waited_for_the_end_of_the_greeting() -> None:
    response = judged(greeted(0.5), silence(4.0), voice(2.0))
    assert (response.outcome, response.barge_in) == (Outcome.ANSWERED, None)
    assert response.seconds == pytest.approx(0.5, abs=0.011)


def test_a_click_or_comfort_noise_is_no_answer() -> None:
    response = judged(greeted(2.1), silence(2.1), voice(0.02, -10), voice(2.0, -55))
    assert response.outcome is Outcome.SILENT


def test_an_answer_before_the_caller_has_ended_is_none() -> None:
    response = judged(greeted(2.1), silence(1.4), voice(2.0))
    assert response.outcome is Outcome.EARLY
    assert response.seconds == pytest.approx(-0.5, abs=0.011)


def test_the_rest_of_the_greeting_is_no_answer() -> None:
    rest = GREETING[int(1.9 * NARROW) : int(6 * NARROW)]
    assert judged(greeted(2.1), silence(2.5), rest).outcome is Outcome.WENT_ON


def test_a_bot_that_cannot_be_interrupted_goes_on() -> None:
    assert judged(greeted(9.0)).outcome is Outcome.WENT_ON


def test_the_figures_count_only_answers() -> None:
    responses = [
        Response(CALLER, Outcome.ANSWERED, 0.5, 0.1),
        Response(CALLER, Outcome.ANSWERED, 0.7, None),
        Response(CALLER, Outcome.EARLY, -1.0, 0.3),
        Response(CALLER, Outcome.SILENT),
    ]
    figures = summary(responses)
    assert figures["seconds"]["response it"] == {"p50": 0.5, "p95": 0.7}
    assert figures["seconds"]["barge_in all"] == {"p50": 0.1, "p95": 0.3}
    assert figures["outcome"]["it"]["early"]["percent"] == 25.0
