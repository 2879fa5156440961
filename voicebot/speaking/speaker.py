"""The bot's mouth in one call: sentences become prompts, prompts become frames."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from voicebot.errors import SpeakingError
from voicebot.model import Audio, Sentence
from voicebot.speaking.playout import Begun, Drained, Played, Playout, PlayoutEvent

logger = logging.getLogger(__name__)


class Speaker:
    """Says one thing at a time; a new thing replaces what was being said.

    The first sentence goes out as soon as it is there, while the rest may still be rendered.
    With `audible` False (a line that only carries text) every sentence counts as said at once.
    """

    def __init__(
        self,
        prompt: Callable[[Sentence, bool], Awaitable[Audio]],
        notify: Callable[[PlayoutEvent], None],
        audible: bool,
    ) -> None:
        self.playout = Playout(self._played)
        self._prompt = prompt
        self._notify = notify
        self._audible = audible
        self._filling: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether something is left to say."""
        return self.playout.busy or (self._filling is not None and not self._filling.done())

    def say(self, sentences: Sequence[Sentence], slow: bool, tasks: asyncio.TaskGroup) -> None:
        """Say these now, in place of what was being said."""
        self.stop()
        if self._audible:
            self._filling = tasks.create_task(self._fill(tuple(sentences), slow))
            return
        for sentence in sentences:
            self._notify(Begun(sentence))
            self._notify(Played(sentence))
        self._notify(Drained())

    def pause(self) -> None:
        """Fall silent at once, ready to go on."""
        self.playout.pause()

    def resume(self) -> None:
        """Go on where the voice stopped."""
        self.playout.resume()

    def stop(self) -> None:
        """Forget what was being said."""
        if self._filling is not None:
            self._filling.cancel()
            self._filling = None
        self.playout.flush()

    async def _fill(self, sentences: tuple[Sentence, ...], slow: bool) -> None:
        for sentence in sentences:
            try:
                self.playout.add(sentence, await self._prompt(sentence, slow))
            except SpeakingError as error:
                logger.error("a sentence stays unsaid (%s): %s", sentence.language, error)
                self._notify(Begun(sentence))
                self._notify(Played(sentence))
        self._filling = None
        if not self.playout.busy:
            self._notify(Drained())

    def _played(self, event: PlayoutEvent) -> None:
        """Between two sentences the playout may run dry while the next is being rendered."""
        if isinstance(event, Drained) and self._filling is not None:
            return
        self._notify(event)
