"""Sentences as sound: from memory where possible, else rendered once and kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from voicebot.errors import SpeakingError
from voicebot.model import Audio, Language, Sentence
from voicebot.ports import Synthesiser
from voicebot.speaking.cache import PromptCache

logger = logging.getLogger(__name__)


class Prompts:
    """The bot's voice for all calls."""

    def __init__(self, cache: PromptCache, synthesiser: Synthesiser) -> None:
        self._cache = cache
        self._synthesiser = synthesiser
        self._names: dict[Language, str] = {}
        self._rendering: dict[tuple[Sentence, float], asyncio.Future[Audio]] = {}

    async def audio(self, sentence: Sentence, speed: float = 1.0) -> Audio:
        """The sentence as sound at `RATE`.

        Raises:
            SpeakingError: no voice could say it.
        """
        voice = await self._voice(sentence.language)
        kept = await asyncio.to_thread(self._cache.get, sentence, voice, speed)
        if kept is not None:
            return kept
        key = (sentence, speed)
        running = self._rendering.get(key)
        if running is not None:
            return await asyncio.shield(running)
        task = asyncio.ensure_future(self._render(sentence, voice, speed))
        self._rendering[key] = task
        task.add_done_callback(lambda _: self._rendering.pop(key, None))
        return await asyncio.shield(task)

    async def prepare(
        self, sentences: Iterable[Sentence], progress: Callable[[int, int], None]
    ) -> int:
        """Have all of these ready in memory; returns how many had to be rendered.

        A sentence that no voice can say is logged and left out: callers read it instead.
        """
        wanted = list(dict.fromkeys(sentences))
        rendered = 0
        for done, sentence in enumerate(wanted):
            progress(done, len(wanted))
            voice = await self._voice(sentence.language)
            if await asyncio.to_thread(self._cache.get, sentence, voice, 1.0) is not None:
                continue
            try:
                await self.audio(sentence)
                rendered += 1
            except SpeakingError as error:
                logger.error("a prompt cannot be rendered (%s): %s", sentence.language, error)
        progress(len(wanted), len(wanted))
        return rendered

    async def _render(self, sentence: Sentence, voice: str, speed: float) -> Audio:
        audio = await self._synthesiser.synthesise(sentence.text, sentence.language, speed)
        await asyncio.to_thread(self._cache.put, sentence, voice, speed, audio)
        return audio

    async def _voice(self, language: Language) -> str:
        name = self._names.get(language)
        if name is None:
            name = self._names[language] = await self._synthesiser.voice_name(language)
        return name
