"""Sentences as sound: from memory where possible, else rendered once and kept."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable

from voicebot.errors import SpeakingError
from voicebot.model import Audio, Language, Sentence
from voicebot.ports import Synthesiser
from voicebot.speaking.cache import PromptCache
from voicebot.speaking.sounds import Sounds

logger = logging.getLogger(__name__)


class Prompts:
    """The bot's voice for all calls."""

    def __init__(
        self,
        cache: PromptCache,
        live: Synthesiser,
        ahead: Synthesiser,
        slow_down: Callable[[Audio], Audio],
    ) -> None:
        """
        Args:
            cache: where rendered sentences are kept.
            live: says what a caller is waiting for.
            ahead: says what may be wanted later, giving way to `live`.
            slow_down: the same speech for callers who asked for it; raises SpeakingError.
        """
        self._cache = cache
        self._live = live
        self._ahead = ahead
        self._slow_down = slow_down
        self._voices: dict[Language, str] = {}
        self._stand_ins: dict[Sentence, str] = {}
        """By sentence, the voice that said it where the preferred one could not."""
        self._rendering: dict[Sentence, asyncio.Task[Audio]] = {}
        self._sounds = Sounds()

    async def audio(self, sentence: Sentence, slow: bool = False) -> Audio:
        """The sentence as sound at `RATE`.

        Raises:
            SpeakingError: no voice could say it.
        """
        audio = await self._audio(sentence, self._live)
        return await asyncio.to_thread(self._slow_down, audio) if slow else audio

    def use(self, sounds: Sounds) -> None:
        """From now on go by what staff have settled about the sound of sentences."""
        self._sounds = sounds

    async def prepare(
        self,
        sentences: Iterable[Sentence],
        progress: Callable[[int, int], None],
        still: Callable[[], bool] = lambda: True,
    ) -> None:
        """Have all of these ready in memory, as long as they are `still` wanted.

        A sentence that no voice can say is left out, and callers read it instead; the first one of
        each language is logged, and how many there were.
        """
        wanted = list(dict.fromkeys(sentences))
        unsaid: Counter[Language] = Counter()
        for done, sentence in enumerate(wanted):
            if not still():
                return
            progress(done, len(wanted))
            try:
                await self._audio(sentence, self._ahead)
            except SpeakingError as error:
                if not unsaid[sentence.language]:
                    logger.error("a prompt cannot be rendered (%s): %s", sentence.language, error)
                unsaid[sentence.language] += 1
        for language, count in unsaid.items():
            logger.error("%d prompts could not be rendered (%s)", count, language)
        progress(len(wanted), len(wanted))

    def prune(self, before: float) -> int:
        """Remove from the disk what was last used before that moment, in seconds since the
        epoch; returns how many sentences. Blocking."""
        return self._cache.prune(before)

    async def _audio(self, sentence: Sentence, synthesiser: Synthesiser) -> Audio:
        recorded = self._sounds.recording(sentence)
        if recorded is not None:
            return recorded
        sentence = self._sounds.spoken(sentence)
        voice = self._stand_ins.get(sentence) or await self._voice(sentence.language, synthesiser)
        kept = await asyncio.to_thread(self._cache.get, sentence, voice)
        if kept is not None:
            return kept
        task = self._rendering.get(sentence)
        if task is None:
            task = asyncio.ensure_future(self._render(sentence, voice, synthesiser))
            self._rendering[sentence] = task
            task.add_done_callback(lambda done: self._rendered(sentence, done))
        # a caller who hangs up does not end what another is waiting for
        return await asyncio.shield(task)

    def _rendered(self, sentence: Sentence, task: asyncio.Task[Audio]) -> None:
        self._rendering.pop(sentence, None)
        if not task.cancelled() and task.exception() is not None:
            logger.debug("nobody may be waiting any more for what could not be rendered")

    async def _render(self, sentence: Sentence, voice: str, synthesiser: Synthesiser) -> Audio:
        rendered = await synthesiser.synthesise(sentence.text, sentence.language)
        if rendered.voice != voice:
            self._stand_ins[sentence] = rendered.voice
        await asyncio.to_thread(self._cache.put, sentence, rendered.voice, rendered.audio)
        return rendered.audio

    async def _voice(self, language: Language, synthesiser: Synthesiser) -> str:
        name = self._voices.get(language)
        if name is None:
            name = self._voices[language] = await synthesiser.voice_name(language)
        return name
