"""A measured call against a switchboard of a few lines, on virtual time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.bench.test_voice import voice
from tests.fakes.virtual_time import run
from voicebot.adapters.sip_telephone import Heard
from voicebot.bench.callers import Caller
from voicebot.bench.calls import Clip, Phone, greeting, place
from voicebot.bench.response import Outcome, Response
from voicebot.errors import LineError
from voicebot.media import g711

GREETING, ANSWER = voice(4.0, seed=3), voice(3.0, seed=4)
CALLER = Caller(Path("en-1.flac"), "en", "polo-1", "hours", "When do you open?")
CLIP = Clip(CALLER, voice(1.5, seed=5), 0.2, 1.2)


class Bot:
    """Greets, falls silent 0.15 s after the caller begins, answers 0.6 s after they have ended."""

    def __init__(self, answers: bool = True) -> None:
        self.heard: list[Heard] = []
        self.hung_up = False
        self.ended = asyncio.Event()
        self._sent: list[float] = []
        self._to_send: list[bytes] = []
        self._answers = answers
        self._playing = asyncio.create_task(self._play())

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        said, place = GREETING, 0
        spoke: float | None = None
        while True:
            now = loop.time()
            self._sent.append(now)
            if self._to_send and spoke is None:
                spoke = now + 0.2
            if self._to_send:
                self._to_send.pop()
            if spoke is not None and now >= spoke + 0.15 and said is GREETING:
                said, place = np.zeros(0, np.int16), 0
            if spoke is not None and now >= spoke + 1.0 + 0.6 and not len(said) and self._answers:
                said = ANSWER
            part = said[place : place + 160]
            place += len(part)
            payload = g711.encode(np.pad(part, (0, 160 - len(part))))
            self.heard.append(Heard(now, round((now - began) * 8000), payload))
            await asyncio.sleep(0.02)

    def say(self, samples: NDArray[np.int16]) -> int:
        self._to_send = [g711.SILENCE] * (len(samples) // 160)
        return len(self._sent)

    async def said(self, number: int) -> float:
        await asyncio.sleep((number + 2 - len(self._sent)) * 0.02)
        return self._sent[number]

    async def hang_up(self) -> None:
        self.hung_up = True
        self._playing.cancel()
        await asyncio.wait([self._playing])


def placed(answers: bool = True, patient: bool = False) -> Response:
    async def dial() -> Phone:
        return Bot(answers)

    async def call() -> Response:
        return await place(dial, CLIP, await greeting(dial), patient)

    return run(call())


def test_a_call_that_breaks_in() -> None:
    response = placed()
    assert response.outcome is Outcome.ANSWERED
    assert response.seconds == pytest.approx(0.6, abs=0.03)
    assert response.barge_in == pytest.approx(0.15, abs=0.03)


def test_a_call_that_waits() -> None:
    response = placed(patient=True)
    assert response.outcome is Outcome.ANSWERED and response.barge_in is None
    assert response.seconds == pytest.approx(0.6, abs=0.03)


def test_a_call_without_an_answer() -> None:
    assert placed(answers=False).outcome is Outcome.SILENT


def test_a_call_that_is_refused() -> None:
    async def dial() -> Phone:
        raise LineError("the switchboard refused: 486 Busy Here")

    response = run(place(dial, CLIP, GREETING, False))
    assert response.outcome is Outcome.REFUSED
