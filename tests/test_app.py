"""The house put together: it opens whatever is missing, takes calls, and closes without a trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.adapters import clips
from tests.fakes.line import FakeLine
from tests.weights.build import hub_file, make_store, model
from voicebot.app import House
from voicebot.dialogue import Dialogue
from voicebot.errors import ContentError, VoicebotError
from voicebot.model import FRAME_SAMPLES, Audio, KeyPress, Sentence
from voicebot.settings import HOME, Settings
from voicebot.staff.opening import Start
from voicebot.staff.publish import State, Status
from voicebot.switchboard import Door


@contextmanager
def no_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda done, total: None


@pytest.fixture
def modest(settings: Settings, tmp_path: Path) -> Settings:
    """One plain voice for each language, and no rendering ahead."""
    voices = {"it": "espeak:it", "en": "espeak:en-gb", "fr": "espeak:fr-fr", "ar": "espeak:ar"}
    speech = settings.speech.model_copy(
        update={
            "voices": {language: (voice,) for language, voice in voices.items()},
            "render_ahead": False,
        }
    )
    paths = settings.paths.model_copy(update={"data": tmp_path / "data"})
    return settings.model_copy(update={"speech": speech, "paths": paths})


@pytest.fixture
def damaged(modest: Settings, tmp_path: Path) -> Settings:
    """A recogniser whose file is not what the manifest says."""
    root = tmp_path / "root"
    root.mkdir()
    body = b"weights" * 1000
    store = make_store(root, model("whisper-base", "hub", hub_file("model.bin", body)))
    store.folder("whisper-base").mkdir(parents=True)
    (store.folder("whisper-base") / "model.bin").write_bytes(b"X" + body[1:])
    paths = modest.paths.model_copy(update={"models": root / "models", "data": root / "data"})
    return modest.model_copy(update={"paths": paths})


@pytest.fixture
def missing(modest: Settings, tmp_path: Path) -> Settings:
    """No recogniser at all."""
    make_store(tmp_path, model("whisper-base", "hub", hub_file("model.bin", b"x")))
    paths = modest.paths.model_copy(update={"models": tmp_path / "models"})
    return modest.model_copy(update={"paths": paths})


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue) -> None:
    """The sample town need not be read anew for every house."""
    status = Status(State.LIVE, None, (), dialogue.content.version)
    start = Start(dialogue.content, status, HOME / "intents")
    monkeypatch.setattr("voicebot.live.start", lambda *_: start)
    monkeypatch.setattr("voicebot.build.dialogue", lambda settings, content: dialogue)


async def told(line: FakeLine, words: str) -> None:
    """Wait until the bot says that."""
    for _ in range(300):
        if any(words in text for text in line.said()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"it did not say {words!r}: {line.said()}")


def say(line: FakeLine, clip: clips.Clip) -> None:
    """Send a recorded caller, all frames at once."""
    samples = clip.audio().samples
    for start in range(0, len(samples) - FRAME_SAMPLES, FRAME_SAMPLES):
        line.do(Audio(samples[start : start + FRAME_SAMPLES]))


async def by_keys(house: House) -> FakeLine:
    """A caller who presses 2 for English and 5 for the housing office, and listens."""
    line = FakeLine()
    with house.switchboard.admission(Door.PAGE):
        house.switchboard.start(line, Door.PAGE)
    await asyncio.sleep(0.1)
    for key in "25":
        line.do(KeyPress(key))
        await asyncio.sleep(0.2)
    await told(line, "Housing office.")
    assert any(sound for _, sound in line.heard)
    return line


@pytest.mark.parametrize("lack", ["damaged", "missing"])
@pytest.mark.usefixtures("known")
async def test_without_a_recogniser_the_house_opens_and_callers_have_the_keys(
    lack: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    settings: Settings = request.getfixturevalue(lack)
    house = House(settings)
    try:
        with caplog.at_level(logging.ERROR):
            await house.open(no_bar)
        assert "callers have the keys" in caplog.text
        assert "whisper-base" in caplog.text
        line = await by_keys(house)
        say(line, clips.clips()[0])
        await told(line, "I cannot understand speech at the moment.")
    finally:
        await house.close()
    assert line.closed


@pytest.mark.usefixtures("known")
async def test_without_any_voice_the_house_opens_and_callers_read(
    missing: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    voices = {language: ("piper:none",) for language in missing.languages}
    speech = missing.speech.model_copy(update={"voices": voices})
    house = House(missing.model_copy(update={"speech": speech}))
    try:
        with caplog.at_level(logging.ERROR):
            await house.open(no_bar)
        assert "a prompt cannot be rendered" in caplog.text
        line = FakeLine()
        house.switchboard.start(line, Door.PAGE)
        await asyncio.sleep(1)
        line.do(KeyPress("2"))
        await asyncio.sleep(1)
        line.do(KeyPress("5"))
        await told(line, "Housing office.")
    finally:
        await house.close()


@pytest.mark.usefixtures("known")
async def test_after_opening_the_greeting_is_in_memory(missing: Settings) -> None:
    reports: list[tuple[int, int]] = []

    @contextmanager
    def bar(title: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: reports.append((done, total))

    house = House(missing)
    try:
        await house.open(bar)
        town = house.live.dialogue
        greeting = town.wording.greeting(town.content.town, town.languages)
        done, total = reports[-1]
        assert done == total >= len(greeting)
        for sentence in greeting:
            audio = await asyncio.wait_for(house.prompts.audio(sentence), 1)
            assert audio.seconds > 1
        slow = await house.prompts.audio(greeting[0], slow=True)
        assert slow.seconds > (await house.prompts.audio(greeting[0])).seconds * 1.2
    finally:
        await house.close()
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


@pytest.mark.usefixtures("known")
async def test_rendering_ahead_is_left_out_by_setting(
    missing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(missing)

    async def refuse(*_: object) -> None:
        raise AssertionError("it rendered")

    monkeypatch.setattr(house.prompts, "prepare", refuse)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(house.live.run(no_bar), 0.3)
    await house.close()


@pytest.mark.usefixtures("known")
async def test_closing_before_opening_is_harmless(missing: Settings) -> None:
    house = House(missing)
    await house.close()
    await house.close()


@pytest.mark.usefixtures("known")
async def test_the_pages_know_the_house(missing: Settings) -> None:
    house = House(missing)
    transport = httpx.ASGITransport(app=house.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        assert (await browser.get("/healthz")).text == "ok"
        assert (await browser.get("/readyz")).status_code == 200
        assert 'voicebot_calls_running{door="page"} 0' in (await browser.get("/metrics")).text
        assert "Ufficio casa" in (await browser.get("/")).text
        await house.close()
        assert (await browser.get("/readyz")).status_code == 503


def test_broken_staff_files_stop_it_before_anything_runs(missing: Settings, tmp_path: Path) -> None:
    paths = missing.paths.model_copy(update={"intents": tmp_path / "nowhere"})
    with pytest.raises(ContentError):
        House(missing.model_copy(update={"paths": paths}))


def test_a_time_zone_that_is_none_stops_it_too(missing: Settings) -> None:
    with pytest.raises(VoicebotError, match="time_zone"):
        House(missing.model_copy(update={"time_zone": "Europe/Modena"}))


@pytest.mark.usefixtures("known")
async def test_an_unknown_kind_of_voice_is_passed_over(missing: Settings) -> None:
    voices = {**missing.speech.voices, "it": ("vinyl:one", "espeak:it")}
    speech = missing.speech.model_copy(update={"voices": voices})
    house = House(missing.model_copy(update={"speech": speech}))
    try:
        await house.open(no_bar)
        assert (await house.prompts.audio(Sentence("it", "Ciao a tutti."))).seconds > 0.3
    finally:
        await house.close()
