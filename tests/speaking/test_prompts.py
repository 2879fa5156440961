"""Sentences become sound once, however many callers wait for them."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import SpeakingError
from voicebot.model import RATE, Audio, Language, Rendered, Sentence
from voicebot.speaking.cache import PromptCache
from voicebot.speaking.prompts import Prompts

HELLO = Sentence("it", "Buongiorno.")
BYE = Sentence("it", "Arrivederci.")
BONJOUR = Sentence("fr", "Bonjour.")


class FakeSynthesiser:
    """Renders when it is let; keeps what it was asked."""

    def __init__(self, stand_in: dict[str, str] | None = None, mute: str = "\0") -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[str] = []
        self.names = 0
        self._stand_in = stand_in or {}
        self._mute = mute

    async def voice_name(self, language: Language) -> str:
        self.names += 1
        await asyncio.sleep(0)
        return f"voice-{language}"

    async def synthesise(self, text: str, language: Language) -> Rendered:
        self.asked.append(text)
        await self.gate.wait()
        if self._mute in text:
            raise SpeakingError("no voice can say that")
        sound = np.full(len(text) * 100, len(text), np.int16)
        return Rendered(Audio(sound), self._stand_in.get(text, f"voice-{language}"))


def slowly(audio: Audio) -> Audio:
    return Audio(np.repeat(audio.samples, 2))


def prompts(
    folder: Path, live: FakeSynthesiser, ahead: FakeSynthesiser | None = None, memory: int = 10**6
) -> Prompts:
    return Prompts(PromptCache(folder, memory), live, ahead or live, slowly)


def is_sound_of(audio: Audio, sentence: Sentence) -> bool:
    expected = np.full(len(sentence.text) * 100, len(sentence.text), np.int16)
    return np.array_equal(audio.samples, expected)


async def test_a_sentence_is_rendered_once(tmp_path: Path) -> None:
    live = FakeSynthesiser()
    house = prompts(tmp_path, live)
    first, again = await house.audio(HELLO), await house.audio(HELLO)
    assert is_sound_of(first, HELLO)
    assert is_sound_of(again, HELLO)
    assert first.rate == RATE
    assert live.asked == [HELLO.text]
    assert live.names == 1


async def test_two_callers_who_want_the_same_sentence_wait_for_one_rendering(
    tmp_path: Path,
) -> None:
    live = FakeSynthesiser()
    live.gate.clear()
    house = prompts(tmp_path, live)
    callers = [asyncio.ensure_future(house.audio(HELLO)) for _ in range(2)]
    await asyncio.sleep(0.1)
    live.gate.set()
    sounds = await asyncio.gather(*callers)
    assert all(is_sound_of(sound, HELLO) for sound in sounds)
    assert live.asked == [HELLO.text]


async def test_a_caller_who_hangs_up_does_not_take_the_sentence_from_another(
    tmp_path: Path,
) -> None:
    live = FakeSynthesiser()
    live.gate.clear()
    house = prompts(tmp_path, live)
    leaves, stays = (asyncio.ensure_future(house.audio(HELLO)) for _ in range(2))
    await asyncio.sleep(0.1)
    leaves.cancel()
    await asyncio.sleep(0)
    live.gate.set()
    assert is_sound_of(await stays, HELLO)
    assert leaves.cancelled()
    assert live.asked == [HELLO.text]


async def test_what_the_only_caller_left_is_still_kept(tmp_path: Path) -> None:
    live = FakeSynthesiser()
    live.gate.clear()
    house = prompts(tmp_path, live)
    caller = asyncio.ensure_future(house.audio(HELLO))
    await asyncio.sleep(0.1)
    caller.cancel()
    live.gate.set()
    assert is_sound_of(await house.audio(HELLO), HELLO)
    assert live.asked == [HELLO.text]


async def test_what_is_rendered_is_found_by_the_next_house(tmp_path: Path) -> None:
    await prompts(tmp_path, FakeSynthesiser()).audio(HELLO)
    later = FakeSynthesiser()
    assert is_sound_of(await prompts(tmp_path, later).audio(HELLO), HELLO)
    assert later.asked == []


async def test_a_stand_in_is_kept_under_its_own_name(tmp_path: Path) -> None:
    live = FakeSynthesiser(stand_in={HELLO.text: "stand-in"})
    house = prompts(tmp_path, live)
    await house.audio(HELLO)
    await house.audio(HELLO)
    assert live.asked == [HELLO.text]
    kept = PromptCache(tmp_path, 0)
    assert kept.get(HELLO, "stand-in") is not None
    assert kept.get(HELLO, "voice-it") is None
    # a house whose preferred voice has recovered does not go on with the stand-in's
    recovered = FakeSynthesiser()
    await prompts(tmp_path, recovered).audio(HELLO)
    assert recovered.asked == [HELLO.text]


async def test_each_language_has_its_own_voice(tmp_path: Path) -> None:
    house = prompts(tmp_path, FakeSynthesiser())
    await house.audio(HELLO)
    await house.audio(BONJOUR)
    kept = PromptCache(tmp_path, 0)
    assert kept.get(HELLO, "voice-it") is not None
    assert kept.get(BONJOUR, "voice-fr") is not None


async def test_slow_speech_is_the_same_sound_slowed_down(tmp_path: Path) -> None:
    live = FakeSynthesiser()
    house = prompts(tmp_path, live)
    normal, slow = await house.audio(HELLO), await house.audio(HELLO, slow=True)
    assert np.array_equal(slow.samples, slowly(normal).samples)
    assert is_sound_of(await house.audio(HELLO), HELLO)
    assert live.asked == [HELLO.text]


async def test_speech_that_cannot_be_slowed_down_is_an_error(tmp_path: Path) -> None:
    def fails(audio: Audio) -> Audio:
        raise SpeakingError("no filter")

    live = FakeSynthesiser()
    house = Prompts(PromptCache(tmp_path, 0), live, live, fails)
    with pytest.raises(SpeakingError, match="no filter"):
        await house.audio(HELLO, slow=True)


async def test_a_sentence_that_no_voice_could_say_is_tried_again(tmp_path: Path) -> None:
    live = FakeSynthesiser(mute=HELLO.text)
    house = prompts(tmp_path, live)
    for _ in range(2):
        with pytest.raises(SpeakingError):
            await house.audio(HELLO)
    assert live.asked == [HELLO.text] * 2


async def test_prepare_goes_on_after_a_sentence_that_cannot_be_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live, ahead = FakeSynthesiser(), FakeSynthesiser(mute=HELLO.text)
    house = prompts(tmp_path, live, ahead)
    reports: list[tuple[int, int]] = []
    with caplog.at_level(logging.ERROR):
        await house.prepare([BONJOUR, HELLO, BYE, BONJOUR], lambda *at: reports.append(at))
    assert ahead.asked == [BONJOUR.text, HELLO.text, BYE.text]
    assert live.asked == []
    assert reports == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert "cannot be rendered (it)" in caplog.text
    assert is_sound_of(await house.audio(BYE), BYE)
    assert live.asked == []


async def test_a_live_caller_shares_what_is_being_rendered_ahead(tmp_path: Path) -> None:
    live, ahead = FakeSynthesiser(), FakeSynthesiser()
    ahead.gate.clear()
    house = prompts(tmp_path, live, ahead)
    preparing = asyncio.ensure_future(house.prepare([HELLO], lambda done, total: None))
    await asyncio.sleep(0.1)
    caller = asyncio.ensure_future(house.audio(HELLO))
    await asyncio.sleep(0.1)
    ahead.gate.set()
    assert is_sound_of(await caller, HELLO)
    await preparing
    assert live.asked + ahead.asked == [HELLO.text]
