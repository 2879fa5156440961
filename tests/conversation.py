"""A conversation played on virtual time: `async with` a call, speak, press, read what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fakes.line import FakeLine
from tests.fakes.speech import FakeEar, FakeVoiceActivity, fake_prompt
from tests.fakes.virtual_time import FakeClock, run
from voicebot.call import take_call
from voicebot.dialogue import Dialogue
from voicebot.hearing.endpointing import Endpointing
from voicebot.model import Audio, HungUp, KeyPress, Sentence
from voicebot.services import Patience, People, Services

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Rome"))
"""A Monday morning on which the Ufficio casa is open."""

Prompt = Callable[[Sentence, bool], Awaitable[Audio]]


@dataclass
class Conversation:
    """One call and its caller."""

    line: FakeLine
    ear: FakeEar

    async def say(self, seconds: float = 1.5) -> None:
        """Say the next thing that the ear is to hear, and let the bot begin its answer."""
        await self.line.speak(seconds)
        await asyncio.sleep(1.5)

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.line.do(KeyPress(key))
            await asyncio.sleep(0.3)

    async def listen(self) -> None:
        """Let the bot say all it has to say."""
        await self.line.quiet(1.0)

    def told(self, words: str) -> bool:
        """Whether the bot has said that."""
        return any(words.lower() in caption.lower() for caption in self.line.said())


def services(
    dialogue: Dialogue,
    ear: FakeEar,
    prompt: Prompt = fake_prompt,
    log_transcripts: bool = False,
    people: People | None = None,
) -> Services:
    """What a call needs, with fakes at the ports."""
    return Services(
        dialogue=lambda: dialogue,
        ear=ear,
        voice_activity=FakeVoiceActivity,
        endpointing=Endpointing(),
        prompt=prompt,
        clock=FakeClock(MONDAY),
        patience=Patience(silence=7.0, text_idle=600.0, max_call=900.0),
        people=people or People(),
        log_transcripts=log_transcripts,
    )


def play(
    dialogue: Dialogue,
    script: Callable[[Conversation], Awaitable[None]],
    ear: FakeEar | None = None,
    line: FakeLine | None = None,
    prompt: Prompt = fake_prompt,
    log_transcripts: bool = False,
) -> Conversation:
    """Hold a call while the script plays the caller; hangs up after it, and nothing is left."""
    talk = Conversation(line or FakeLine(), ear or FakeEar())

    async def whole() -> None:
        call = asyncio.ensure_future(
            take_call("test", talk.line, services(dialogue, talk.ear, prompt, log_transcripts))
        )
        await asyncio.sleep(0)
        await script(talk)
        talk.line.do(HungUp("caller"))
        await asyncio.wait_for(call, 10)

    run(whole())
    assert talk.line.closed
    return talk
