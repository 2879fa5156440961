"""Fakes of the ear, of voice activity and of the bot's voice."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.fakes.line import SPEECH_LEVEL
from voicebot.errors import HearingBusy, HearingError
from voicebot.model import RATE, Audio, Heard, Hypothesis, Language, Segment, Sentence


class FakeVoiceActivity:
    """Speech is what is as loud as the fake line's speech."""

    def probability(self, chunk: NDArray[np.int16]) -> float:
        return 0.99 if np.abs(chunk.astype(np.int32)).max() >= SPEECH_LEVEL else 0.02


class FakeEar:
    """Hears what it is told to, utterance after utterance."""

    def __init__(self, *heard: Heard | HearingError, seconds: float = 0.2) -> None:
        self._heard = deque(heard)
        self._seconds = seconds
        self.segments: list[Segment] = []
        self.hurried: list[Segment] = []

    def hurry(self, segment: Segment) -> None:
        self.hurried.append(segment)

    async def hear(
        self,
        segment: Segment,
        languages: Sequence[Language],
        expected: Language | None,
        ahead: bool = False,
    ) -> Heard:
        if ahead and self._heard and isinstance(self._heard[0], HearingBusy):
            raise self._heard[0]  # whoever comes in earnest will meet it again
        self.segments.append(segment)
        heard = self._heard.popleft()
        await asyncio.sleep(self._seconds)
        if isinstance(heard, HearingError):
            raise heard
        return heard


def heard(language: Language, text: str) -> Heard:
    """An utterance whose language is clear."""
    probabilities = {code: 0.01 for code in ("it", "en", "fr", "ar")} | {language: 0.97}
    return Heard(language, probabilities, (Hypothesis(language, text, 0.9),))


def unclear(*readings: tuple[Language, str]) -> Heard:
    """An utterance that could be in several languages."""
    probabilities = {code: 0.25 for code in ("it", "en", "fr", "ar")}
    return Heard(None, probabilities, tuple(Hypothesis(code, text, 0.5) for code, text in readings))


NOTHING = Heard(None, {}, ())
"""The sound held no speech."""


async def fake_prompt(sentence: Sentence, slow: bool) -> Audio:
    """A tone as long as the sentence would take: 15 letters a second."""
    seconds = len(sentence.text) / (11 if slow else 15)
    return Audio(np.full(int(seconds * RATE), 500, np.int16))
