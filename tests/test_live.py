"""Published while calls go on: the call keeps what it began with, the next one hears the new."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.fakes.line import FakeLine
from tests.weights.build import hub_file, make_store, model
from voicebot.adapters.audio_file import write_audio
from voicebot.app import House
from voicebot.commands import staff_work
from voicebot.model import RATE, Audio, KeyPress
from voicebot.settings import Settings
from voicebot.staff.publish import State
from voicebot.switchboard import Door


@contextmanager
def no_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda done, total: None


@pytest.fixture
def town(settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the sample town in one language with the plainest voice and no recogniser."""
    make_store(tmp_path, model("whisper-base", "hub", hub_file("model.bin", b"x")))
    shutil.copytree(settings.paths.intents, tmp_path / "intents")
    paths = settings.paths.model_copy(
        update={
            "models": tmp_path / "models",
            "data": tmp_path / "data",
            "intents": tmp_path / "intents",
        }
    )
    voices = {**settings.speech.voices, "en": ("espeak:en-gb",)}
    speech = settings.speech.model_copy(update={"voices": voices, "render_ahead": False})
    return settings.model_copy(update={"paths": paths, "speech": speech, "languages": ("en",)})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    house = House(settings)
    task: asyncio.Task[None] | None = None
    try:
        await house.open(no_bar)
        task = asyncio.create_task(house.live.run(no_bar))
        await asyncio.sleep(0.3)
        yield house
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await house.close()


async def until(met: Callable[[], bool], what: str) -> None:
    for _ in range(600):
        if met():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(what)


async def menu(line: FakeLine) -> str:
    """All that the bot says of the keys."""
    before = len(line.said())
    line.do(KeyPress("*"))
    await until(lambda: any("press zero" in text for text in line.said()[before:]), "no menu")
    return " ".join(line.said()[before:])


def call(house: House) -> FakeLine:
    line = FakeLine()
    house.switchboard.start(line, Door.PAGE)
    return line


def edit(settings: Settings, old: str, new: str) -> None:
    file = settings.paths.intents / "offices.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


async def metrics(house: House) -> str:
    transport = httpx.ASGITransport(app=house.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        return (await browser.get("/metrics")).text


async def test_a_save_is_heard_by_the_next_call_and_a_bad_one_by_none(town: Settings) -> None:
    async with running(town) as house:
        publisher = house.live.publisher
        first = call(house)
        first.do(KeyPress("1"))
        assert "Housing office: press five" in await menu(first)

        edit(town, 'en: "Housing office"', 'en: "House office"')
        await until(lambda: publisher.status.published == 1, "it was not published")
        second = call(house)
        second.do(KeyPress("1"))
        assert "House office: press five" in await menu(second)
        assert "Housing office: press five" in await menu(first)

        edit(town, 'en: "House office"', "en: 12")
        await until(lambda: publisher.status.refused == 1, "it was not refused")
        assert publisher.status.state is State.REFUSED
        third = call(house)
        third.do(KeyPress("1"))
        assert "House office: press five" in await menu(third)
        told = await metrics(house)
        assert "voicebot_content_refused 1\n" in told
        assert "voicebot_content_published_total 1\n" in told
        assert "voicebot_content_version 2\n" in told

        await publisher.rollback(1, "anna")
        fourth = call(house)
        fourth.do(KeyPress("1"))
        assert "Housing office: press five" in await menu(fourth)
        assert "voicebot_content_refused 0\n" in await metrics(house)
        assert all(line.closed is False for line in (first, second, third, fourth))


async def test_what_is_published_is_rendered_ahead_and_what_is_said_next_first(
    town: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = town.speech.model_copy(update={"render_ahead": True})
    ready: list[str] = []

    async with running(town.model_copy(update={"speech": speech})) as house:
        prepare = house.prompts.prepare

        async def note(sentences, *rest):  # type: ignore[no-untyped-def]
            sentences = list(sentences)
            ready.extend(sentence.text for sentence in sentences)
            await prepare(sentences, *rest)

        monkeypatch.setattr(house.prompts, "prepare", note)
        edit(town, 'en: "Housing office"', 'en: "House office"')
        await until(lambda: any("House office: press" in text for text in ready), "not rendered")
        assert "automatic assistant" in ready[0]


async def test_an_emergency_is_heard_by_the_next_call_at_once(town: Settings) -> None:
    async with running(town) as house:
        before = call(house)
        before.do(KeyPress("1"))
        await menu(before)
        staff_work.close(town, staff_work.Closing(None, None, ["en=The river is rising."], []))
        after = call(house)
        after.do(KeyPress("1"))
        await until(lambda: "The river is rising." in after.said(), "it was not told")
        assert "The river is rising." not in before.said()
        assert staff_work.reopen(town, None) == 1
        again = call(house)
        again.do(KeyPress("1"))
        await menu(again)
        assert "The river is rising." not in again.said()


async def test_a_recorded_message_is_heard_in_place_of_the_voice(
    town: Settings, tmp_path: Path
) -> None:
    tone = np.sin(np.arange(3 * RATE) * 2 * np.pi * 440 / RATE) * 9000
    write_audio(tmp_path / "river.wav", Audio(tone.astype(np.int16)))
    async with running(town) as house:
        closing = staff_work.Closing("polo-1", None, [], [str(tmp_path / "river.wav")])
        emergency = staff_work.close(town, closing)
        dialogue = house.live.current()
        (sentence,) = dialogue.wording.emergency("en", emergency)
        audio = await house.prompts.audio(sentence)
        assert audio.seconds == pytest.approx(3.0, abs=0.05)


async def test_callers_may_wait_for_an_office_that_was_published_later(town: Settings) -> None:
    async with running(town) as house:
        content = house.live.dialogue.content
        fewer = replace(content, offices=content.offices[:2])
        for tell in house.live.on_published:
            tell(fewer)
        assert house.queue.rules.offices == tuple(office.id for office in content.offices[:2])
        edit(town, 'telephone: "059 203 4401"', 'telephone: "059 203 4411"')
        await until(lambda: house.live.publisher.status.published == 1, "it was not published")
        assert house.queue.rules.offices == tuple(office.id for office in content.offices)
