"""A child process that works, crashes, hangs, is flooded, idles, and loses its parent."""

from __future__ import annotations

import asyncio
import functools
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from voicebot.adapters.child import Child
from voicebot.adapters.child_side import ChildSettings
from voicebot.adapters.speech_process import ChildSynthesiser, WhisperEar
from voicebot.errors import HearingBusy, HearingError, SpeakingError, VoicebotError, WeightsError
from voicebot.model import Audio, Expected, Heard, Rendered, Segment

PATIENCE = 30.0


class TwoArguments(VoicebotError):
    """An error that pickle cannot rebuild."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


class Workshop:
    """What the child does in these tests."""

    def __init__(self, greeting: str) -> None:
        self._greeting = greeting
        self._done: list[str] = []

    def greet(self, name: str) -> str:
        return f"{self._greeting} {name}"

    def expect(self, expected: Expected) -> None:
        self._greeting = expected.hints["en"]

    def pid(self) -> int:
        return os.getpid()

    def niceness(self) -> int:
        return os.nice(0)

    def interrupt(self) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "still here"

    def crash(self) -> None:
        os._exit(3)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def note(self, what: str) -> list[str]:
        self._done.append(what)
        return self._done

    def fail(self) -> None:
        raise SpeakingError("no voice for it")

    def stumble(self) -> None:
        raise ZeroDivisionError("divided")

    def fail_badly(self) -> None:
        raise TwoArguments("it", "broke")

    def unsayable(self) -> object:
        return threading.Lock()

    # What the ports ask for.

    def hear(self, segment: Segment, languages: Sequence[str], expected: str | None) -> Heard:
        share = segment.audio.seconds / 10
        return Heard(expected, dict.fromkeys(languages, share), ())

    def name(self, language: str) -> str:
        return f"voice of {language}"

    def render(self, text: str, language: str) -> Rendered:
        return Rendered(Audio(np.full(len(text), 100, np.int16)), f"voice of {language}")


def broken_factory() -> Workshop:
    raise WeightsError("the model is missing")


def factory_with(model: pathlib.Path) -> Workshop:
    if not model.exists():
        raise WeightsError("the model is missing")
    return Workshop("hello")


def slow_factory() -> Workshop:
    time.sleep(60)
    return Workshop("late")


@asynccontextmanager
async def running(
    settings: ChildSettings | None = None, factory: Callable[[], Workshop] | None = None
) -> AsyncIterator[Child[Workshop]]:
    child = Child(factory or functools.partial(Workshop, "hello"), settings)
    threads = threading.active_count()
    await child.start()
    try:
        yield child
    finally:
        await child.stop()
        assert not [t for t in threading.enumerate() if t.name.endswith("-child")]
        assert threading.active_count() <= threads + 1  # asyncio's own worker thread


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid: int, seconds: float = 10.0) -> bool:
    for _ in range(round(seconds / 0.05)):
        if not is_alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_it_works_elsewhere_at_lower_priority_and_is_gone_after_stop() -> None:
    async with running(ChildSettings(niceness=3)) as child:
        assert await child.call("greet", "world", patience=PATIENCE) == "hello world"
        pid = await child.call("pid", patience=PATIENCE)
        assert pid != os.getpid()
        assert await child.call("niceness", patience=PATIENCE) == os.nice(0) + 3
        assert await child.call("interrupt", patience=PATIENCE) == "still here"
    assert not is_alive(pid)
    with pytest.raises(HearingError, match="not running"):
        await child.call("pid", patience=PATIENCE)
    await child.stop()


async def test_it_can_be_started_again() -> None:
    child = Child(functools.partial(Workshop, "hello"))
    for _ in range(2):
        await child.start()
        assert await child.call("greet", "again", patience=PATIENCE) == "hello again"
        await child.stop()


async def test_errors_of_the_house_travel_and_others_are_wrapped() -> None:
    async with running() as child:
        with pytest.raises(SpeakingError, match="no voice for it"):
            await child.call("fail", patience=PATIENCE)
        with pytest.raises(HearingError, match="ZeroDivisionError: divided"):
            await child.call("stumble", patience=PATIENCE)
        with pytest.raises(HearingError, match="it: broke"):
            await child.call("fail_badly", patience=PATIENCE)
        with pytest.raises(HearingError, match="pickle"):
            await child.call("unsayable", patience=PATIENCE)
        with pytest.raises(TypeError, match="pickle"):
            await child.call("greet", threading.Lock(), patience=PATIENCE)
        assert await child.call("greet", "you", patience=PATIENCE) == "hello you"


async def test_a_crash_fails_its_call_only() -> None:
    async with running() as child:
        pid = await child.call("pid", patience=PATIENCE)
        crash = asyncio.ensure_future(child.call("crash", patience=PATIENCE))
        after = asyncio.ensure_future(child.call("pid", patience=PATIENCE))
        with pytest.raises(HearingError, match="died"):
            await crash
        assert await after != pid


async def test_a_child_killed_while_idle_is_replaced() -> None:
    async with running() as child:
        pid = await child.call("pid", patience=PATIENCE)
        os.kill(pid, signal.SIGKILL)
        assert await gone(pid)
        assert await child.call("greet", "you", patience=PATIENCE) == "hello you"


async def test_a_hang_is_ended() -> None:
    async with running() as child:
        pid = await child.call("pid", patience=PATIENCE)
        with pytest.raises(HearingError, match="longer than 0.2 s"):
            await child.call("sleep", 60, patience=0.2)
        assert await gone(pid)
        assert await child.call("greet", "you", patience=PATIENCE) == "hello you"


async def test_what_is_too_much_is_refused_lane_by_lane() -> None:
    async with running(ChildSettings(max_waiting=2)) as child:
        busy = asyncio.ensure_future(child.call("sleep", 1.0, patience=PATIENCE))
        await asyncio.sleep(0.2)
        async with asyncio.TaskGroup() as tasks:
            for name in ("a", "b"):
                tasks.create_task(child.call("note", name, patience=PATIENCE))
            await asyncio.sleep(0)
            assert child.waiting == 2
            with pytest.raises(HearingBusy):
                await child.call("note", "c", patience=PATIENCE)
            tasks.create_task(child.call("note", "d", patience=PATIENCE, background=True))
        await busy
        assert child.waiting == 0


async def test_live_calls_go_before_background_ones() -> None:
    async with running() as child:
        busy = asyncio.ensure_future(child.call("sleep", 0.5, patience=PATIENCE))
        await asyncio.sleep(0.1)
        async with asyncio.TaskGroup() as tasks:
            for name in ("later 1", "later 2"):
                tasks.create_task(child.call("note", name, patience=PATIENCE, background=True))
            await asyncio.sleep(0)
            for name in ("now 1", "now 2"):
                tasks.create_task(child.call("note", name, patience=PATIENCE))
        await busy
        order = await child.call("note", "end", patience=PATIENCE)
        assert order == ["now 1", "now 2", "later 1", "later 2", "end"]


async def test_a_caller_who_hangs_up_frees_their_place() -> None:
    async with running(ChildSettings(max_waiting=1)) as child:
        busy = asyncio.ensure_future(child.call("sleep", 0.5, patience=PATIENCE))
        await asyncio.sleep(0.1)
        given_up = asyncio.ensure_future(child.call("note", "never", patience=PATIENCE))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert await child.call("note", "mine", patience=PATIENCE) == ["mine"]
        await busy


async def test_a_caller_who_hangs_up_at_work_does_no_harm() -> None:
    async with running() as child:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await child.call("sleep", 0.5, patience=PATIENCE)
        assert await child.call("greet", "next", patience=PATIENCE) == "hello next"


async def test_stop_ends_what_is_at_work_and_what_waits() -> None:
    async with running() as child:
        calls = [
            asyncio.ensure_future(child.call("sleep", 60, patience=PATIENCE)) for _ in range(3)
        ]
        await asyncio.sleep(0.3)
        await child.stop()
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(result, HearingError)


async def test_an_idle_child_gives_its_memory_back_until_it_is_needed() -> None:
    async with running(ChildSettings(idle_seconds=0.3)) as child:
        pid = await child.call("pid", patience=PATIENCE)
        assert await gone(pid)
        assert await child.call("greet", "back", patience=PATIENCE) == "hello back"


async def test_a_start_that_fails_says_why_and_leaves_nothing() -> None:
    child = Child(broken_factory)
    with pytest.raises(WeightsError, match="the model is missing"):
        await child.start()
    with pytest.raises(HearingError, match="the model is missing"):  # what a call can handle
        await child.call("pid", patience=PATIENCE)
    await child.stop()
    assert not [t for t in threading.enumerate() if t.name.endswith("-child")]


async def test_what_is_mended_after_a_failed_start_is_taken_up(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.adapters.child._RETRY_SECONDS", 0.0)
    model = tmp_path / "model"
    child = Child(functools.partial(factory_with, model))
    with pytest.raises(WeightsError):
        await child.start()
    model.touch()
    assert await child.call("greet", "you", patience=PATIENCE) == "hello you"
    await child.stop()


async def test_a_start_that_hangs_is_ended() -> None:
    child = Child(slow_factory, ChildSettings(start_seconds=1.0, error=SpeakingError))
    with pytest.raises(SpeakingError, match="longer than 1 s"):
        await child.start()
    await child.stop()


PARENT = """
import asyncio, functools, sys
sys.path.insert(0, {here!r})
from {module} import Workshop
from voicebot.adapters.child import Child

async def main():
    child = Child(functools.partial(Workshop, "hello"))
    await child.start()
    sys.stdout.write(str(await child.call("pid", patience=30)) + "\\n")
    sys.stdout.flush()
    await child.call("sleep", 600, patience=600)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the signal of a parent's death is Linux's")
def test_a_child_at_work_dies_with_its_parent(tmp_path: pathlib.Path) -> None:
    script = tmp_path / "parent.py"
    here = pathlib.Path(__file__).resolve()
    script.write_text(PARENT.format(here=str(here.parent), module=Workshop.__module__))
    environment = {**os.environ, "PYTHONPATH": str(here.parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    assert asyncio.run(gone(pid))


async def test_a_child_that_starts_again_is_built_as_is_now_wanted() -> None:
    async with running() as child:
        pid = await child.call("pid", patience=5)
        child.factory = functools.partial(Workshop, "Salve")
        os.kill(pid, signal.SIGKILL)
        assert await child.call("greet", "Anna", patience=20) == "Salve Anna"


async def test_the_ear_hears_through_a_child() -> None:
    async with running() as child:
        sound = Audio(np.zeros(16_000, np.int16))
        heard = await WhisperEar(child).hear(Segment(sound, 0.0, 1.0), ["it", "fr"], "fr")
        assert heard.language == "fr"
        assert heard.probabilities == {"it": 0.1, "fr": 0.1}


async def test_the_synthesiser_speaks_through_a_child() -> None:
    async with running() as child:
        synthesiser = ChildSynthesiser(child, background=True)
        assert await synthesiser.voice_name("it") == "voice of it"
        rendered = await synthesiser.synthesise("ciao", "it")
        assert rendered.audio.samples.tolist() == [100] * 4
        assert rendered.voice == "voice of it"


async def test_a_background_call_may_be_hurried() -> None:
    """What nobody waited for goes before the other background calls once somebody does."""
    async with running() as child:
        busy = asyncio.ensure_future(child.call("sleep", 0.3, patience=5))
        await asyncio.sleep(0.05)
        waiting = [
            asyncio.ensure_future(child.call("note", what, patience=5, background=True))
            for what in ("one", "two")
        ]
        await asyncio.sleep(0.05)
        child.hurry("two")
        child.hurry("unknown")
        await busy
        assert await waiting[1] == ["two"]
        assert await waiting[0] == ["two", "one"]


async def test_background_calls_have_a_bound_of_their_own() -> None:
    async with running(ChildSettings(max_background=1)) as child:
        busy = asyncio.ensure_future(child.call("sleep", 0.3, patience=5))
        await asyncio.sleep(0.05)
        first = asyncio.ensure_future(child.call("note", "a", patience=5, background=True))
        await asyncio.sleep(0.05)
        with pytest.raises(HearingBusy):
            await child.call("note", "b", patience=5, background=True)
        assert await child.call("note", "c", patience=5) == ["c"]
        await asyncio.gather(busy, first)
