"""One thing said at a time: replaced, paused, resumed, and reported as said to its end once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from tests.fakes.virtual_time import run
from voicebot.errors import SpeakingError
from voicebot.model import FRAME_SAMPLES, Audio, Sentence
from voicebot.speaking.playout import Begun, Drained, Played, PlayoutEvent
from voicebot.speaking.speaker import Speaker

ONE, TWO, THREE = (Sentence("it", text) for text in ("Uno.", "Due.", "Tre."))

LEVEL = {ONE: 1000, TWO: 2000, THREE: 3000}


class Mouth:
    """A speaker with a scripted voice, pulled by hand; keeps what it reports."""

    def __init__(self, seconds: float = 0.0, mute: tuple[Sentence, ...] = ()) -> None:
        self.events: list[PlayoutEvent] = []
        self.asked: list[tuple[Sentence, bool]] = []
        self.dropped: list[Sentence] = []
        self._seconds = seconds
        self._mute = mute
        self.speaker = Speaker(self._prompt, self.events.append, True)

    async def _prompt(self, sentence: Sentence, slow: bool) -> Audio:
        self.asked.append((sentence, slow))
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.dropped.append(sentence)
            raise
        if sentence in self._mute:
            raise SpeakingError("no voice")
        return Audio(np.full(FRAME_SAMPLES * 5, LEVEL[sentence], np.int16))

    async def pull(self, frames: int) -> list[int]:
        """The loudest sample of each of the next frames, 20 ms apart."""
        levels = []
        for _ in range(frames):
            await asyncio.sleep(0.02)
            levels.append(int(self.speaker.playout.pull().samples.max()))
        return levels

    async def pull_all(self) -> list[int]:
        """The levels heard until it is done, each once, in order."""
        levels: list[int] = []
        while self.speaker.busy:
            level = (await self.pull(1))[0]
            if level and level not in levels[-1:]:
                levels.append(level)
        await self.pull(5)  # nothing is to come after the end
        return levels


def play(script: Callable[[asyncio.TaskGroup], Awaitable[None]]) -> None:
    """On virtual time, with a task group as a call has one."""

    async def whole() -> None:
        async with asyncio.TaskGroup() as tasks:
            await script(tasks)

    run(whole())


def test_sentences_are_said_in_order_and_drained_once() -> None:
    mouth = Mouth()

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        assert mouth.speaker.busy
        assert await mouth.pull_all() == [1000, 2000]

    play(script)
    assert mouth.events == [Begun(ONE), Played(ONE), Begun(TWO), Played(TWO), Drained()]
    assert mouth.asked == [(ONE, False), (TWO, False)]
    assert not mouth.speaker.busy


def test_running_dry_between_two_sentences_is_not_the_end() -> None:
    mouth = Mouth(seconds=2.0)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        assert await mouth.pull_all() == [1000, 2000]

    play(script)
    assert mouth.events.count(Drained()) == 1
    assert mouth.events[-1] == Drained()


def test_the_first_sentence_goes_out_while_the_next_is_being_rendered() -> None:
    mouth = Mouth(seconds=1.0)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        assert max(await mouth.pull(60)) == 1000
        await mouth.pull_all()

    play(script)


def test_a_new_thing_replaces_what_is_being_said() -> None:
    mouth = Mouth()

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        assert await mouth.pull(2) == [1000, 1000]
        mouth.speaker.say([THREE], True, tasks)
        assert await mouth.pull_all() == [3000]

    play(script)
    assert mouth.events == [Begun(ONE), Begun(THREE), Played(THREE), Drained()]
    assert mouth.asked[-1] == (THREE, True)


def test_a_new_thing_replaces_what_is_still_being_rendered() -> None:
    mouth = Mouth(seconds=1.0)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        await asyncio.sleep(0.5)
        mouth.speaker.say([THREE], False, tasks)
        assert await mouth.pull_all() == [3000]

    play(script)
    assert mouth.dropped == [ONE]
    assert mouth.events == [Begun(THREE), Played(THREE), Drained()]


def test_a_new_thing_while_the_second_sentence_is_being_rendered() -> None:
    mouth = Mouth(seconds=1.0)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        await mouth.pull(80)  # the first is said, the second is awaited
        mouth.speaker.say([THREE], False, tasks)
        await mouth.pull_all()

    play(script)
    assert mouth.dropped == [TWO]
    assert mouth.events == [Begun(ONE), Played(ONE), Begun(THREE), Played(THREE), Drained()]


def test_a_pause_is_silence_and_the_rest_follows() -> None:
    mouth = Mouth()

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        await mouth.pull(2)
        mouth.speaker.pause()
        assert max((await mouth.pull(50))[1:]) == 0
        assert mouth.speaker.busy
        mouth.speaker.resume()
        assert await mouth.pull_all() == [1000, 2000]

    play(script)
    assert mouth.events[-3:] == [Begun(TWO), Played(TWO), Drained()]
    assert mouth.events.count(Drained()) == 1
    assert mouth.events.count(Begun(TWO)) == 1


def test_a_pause_before_anything_is_rendered_holds_it_back() -> None:
    mouth = Mouth(seconds=0.5)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE], False, tasks)
        mouth.speaker.pause()
        assert max(await mouth.pull(100)) == 0
        assert mouth.events == []
        mouth.speaker.resume()
        assert await mouth.pull_all() == [1000]

    play(script)
    assert mouth.events == [Begun(ONE), Played(ONE), Drained()]


def test_a_sentence_is_begun_once_however_often_it_is_interrupted() -> None:
    mouth = Mouth()

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE], False, tasks)
        for _ in range(3):
            await mouth.pull(2)
            mouth.speaker.pause()
            await mouth.pull(2)
            mouth.speaker.resume()
        await mouth.pull_all()

    play(script)
    assert mouth.events == [Begun(ONE), Played(ONE), Drained()]


def test_stop_forgets_all_and_says_nothing_of_it() -> None:
    mouth = Mouth(seconds=0.5)

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        await mouth.pull(30)
        mouth.speaker.stop()
        assert not mouth.speaker.busy
        assert max((await mouth.pull(50))[1:]) == 0

    play(script)
    assert mouth.events == [Begun(ONE)]


@pytest.mark.parametrize("mute", [ONE, TWO, THREE])
def test_a_sentence_that_no_voice_can_say_is_passed_over(mute: Sentence) -> None:
    mouth = Mouth(mute=(mute,))
    rest = [LEVEL[s] for s in (ONE, TWO, THREE) if s is not mute]

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO, THREE], False, tasks)
        assert await mouth.pull_all() == rest

    play(script)
    for sentence in (ONE, TWO, THREE):
        assert mouth.events.count(Begun(sentence)) == 1  # it is shown all the same
        assert mouth.events.count(Played(sentence)) == 1
    assert mouth.events.count(Drained()) == 1
    assert mouth.events[-1] == Drained()


def test_where_no_voice_works_all_is_shown_and_the_end_is_told() -> None:
    mouth = Mouth(mute=(ONE, TWO))

    async def script(tasks: asyncio.TaskGroup) -> None:
        mouth.speaker.say([ONE, TWO], False, tasks)
        await asyncio.sleep(0.1)

    play(script)
    assert mouth.events == [Begun(ONE), Played(ONE), Begun(TWO), Played(TWO), Drained()]


def test_on_a_line_without_sound_all_counts_as_said_at_once() -> None:
    events: list[PlayoutEvent] = []

    async def prompt(sentence: Sentence, slow: bool) -> Audio:
        raise AssertionError("nothing is rendered for a line without sound")

    async def script(tasks: asyncio.TaskGroup) -> None:
        speaker = Speaker(prompt, events.append, False)
        speaker.say([ONE, TWO], False, tasks)
        assert not speaker.busy

    play(script)
    assert events == [Begun(ONE), Played(ONE), Begun(TWO), Played(TWO), Drained()]
