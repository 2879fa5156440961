"""What is recognised while the caller may yet go on, on virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.fakes.line import SPEECH_LEVEL
from tests.fakes.speech import FakeEar, FakeVoiceActivity, heard
from tests.fakes.virtual_time import run
from voicebot.errors import HearingBusy, HearingError
from voicebot.hearing.endpointing import EndpointEvent, Endpointing, SpeechEnded
from voicebot.hearing.listener import Listener, Utterance
from voicebot.model import FRAME_SAMPLES, FRAME_SECONDS, Audio, Completeness, Heard

HELLO = heard("it", "Buongiorno")
REQUEST = heard("it", "Buongiorno, vorrei l'ufficio casa")


@dataclass
class Caller:
    """Speaks and pauses into a listener, a frame every 20 ms."""

    ear: FakeEar
    complete: Completeness = Completeness.OPEN
    asked: list[str] = field(default_factory=list)
    """The words whose completeness was asked for."""
    ended: list[tuple[float, SpeechEnded]] = field(default_factory=list)

    def __post_init__(self) -> None:
        languages = ("it", "en", "fr", "ar")
        self.listener = Listener(
            self.ear, FakeVoiceActivity(), Endpointing(), languages, self._completeness
        )

    def _completeness(self, utterance: Utterance) -> Completeness:
        self.asked.append(utterance.hypotheses[0].text)
        return self.complete

    async def make(self, level: int, seconds: float, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        tone = np.where(np.arange(FRAME_SAMPLES) % 2, level, -level).astype(np.int16)
        for _ in range(round(seconds / FRAME_SECONDS)):
            await asyncio.sleep(FRAME_SECONDS)
            events: tuple[EndpointEvent, ...] = self.listener.feed(Audio(tone), None, tasks)
            self.ended += [(loop.time(), e) for e in events if isinstance(e, SpeechEnded)]


def play(caller: Caller, *pieces: tuple[int, float]) -> Utterance | HearingError | None:
    """Make these sounds; returns what was said last, and fails where that takes time."""

    async def script() -> Utterance | HearingError | None:
        async with asyncio.TaskGroup() as tasks:
            for level, seconds in pieces:
                await caller.make(level, seconds, tasks)
            try:
                return await caller.listener.hear(caller.ended[-1][1].segment, None)
            except HearingError as error:
                return error
            finally:
                caller.listener.stop()

    return run(script())


def text(utterance: Utterance | HearingError | None) -> str:
    assert isinstance(utterance, Utterance)
    return utterance.hypotheses[0].text


SPEECH, PAUSE = (SPEECH_LEVEL, 1.0), (0, 1.0)


def test_an_utterance_is_recognised_once_and_before_it_has_ended() -> None:
    caller = Caller(FakeEar(REQUEST))
    assert text(play(caller, SPEECH, PAUSE)) == REQUEST.hypotheses[0].text
    assert len(caller.ear.segments) == 1
    assert caller.ear.hurried == caller.ear.segments
    assert caller.asked == [REQUEST.hypotheses[0].text]


@pytest.mark.parametrize(
    ("complete", "silence"),
    [(Completeness.CLEAR, 0.46), (Completeness.OPEN, 0.7), (Completeness.UNFINISHED, 1.2)],
)
def test_the_words_tell_how_long_to_wait(complete: Completeness, silence: float) -> None:
    """A clear request: as soon as it is recognised, 0.2 s after a pause of a quarter second."""
    caller = Caller(FakeEar(REQUEST), complete)
    play(caller, SPEECH, (0, 1.5))
    assert caller.ended[0][0] - 1.0 == pytest.approx(silence, abs=0.05)


def test_a_caller_who_goes_on_is_heard_whole() -> None:
    caller = Caller(FakeEar(HELLO, REQUEST), Completeness.OPEN)
    assert text(play(caller, SPEECH, (0, 0.55), SPEECH, PAUSE)) == REQUEST.hypotheses[0].text
    first, second = caller.ear.segments
    assert second.audio.seconds > first.audio.seconds + 1.4
    assert caller.asked == [h.hypotheses[0].text for h in (HELLO, REQUEST)]


def test_a_guess_that_the_caller_overtakes_has_no_effect() -> None:
    """The caller goes on 0.1 s after the pause was noticed, before the words are there."""
    caller = Caller(FakeEar(HELLO, REQUEST), Completeness.CLEAR)
    assert text(play(caller, SPEECH, (0, 0.35), SPEECH, PAUSE)) == REQUEST.hypotheses[0].text
    assert caller.asked == [REQUEST.hypotheses[0].text]
    assert len(caller.ended) == 1


def test_an_ear_without_time_for_guesses_hears_at_the_end() -> None:
    class Busy(FakeEar):
        async def hear(self, *arguments: object, ahead: bool = False) -> Heard:
            if ahead:
                raise HearingBusy("too much is waiting")
            return await super().hear(*arguments)  # type: ignore[arg-type]

    caller = Caller(Busy(REQUEST))
    assert text(play(caller, SPEECH, PAUSE)) == REQUEST.hypotheses[0].text


def test_an_ear_that_fails_ahead_has_failed() -> None:
    result = play(Caller(FakeEar(HearingError("it broke"))), SPEECH, PAUSE)
    assert isinstance(result, HearingError)


def test_evidence_about_the_language_counts_once() -> None:
    """A guess in vain, and one that came true: the same as one utterance heard plainly."""
    sure = Heard(None, {"it": 0.5, "en": 0.3, "fr": 0.1, "ar": 0.05}, REQUEST.hypotheses)
    guessed, plain = Caller(FakeEar(sure, sure)), Caller(FakeEar(sure))
    play(guessed, SPEECH, (0, 0.55), SPEECH, PAUSE)

    async def hear_plainly() -> None:
        await plain.listener.hear(guessed.ended[-1][1].segment, None)

    run(hear_plainly())
    assert guessed.listener._evidence == plain.listener._evidence


def test_stopping_leaves_nothing_behind() -> None:
    caller = Caller(FakeEar(REQUEST, seconds=60.0))

    async def script() -> None:
        async with asyncio.TaskGroup() as tasks:
            for level, seconds in (SPEECH, PAUSE):
                await caller.make(level, seconds, tasks)
            caller.listener.stop()

    run(script())
