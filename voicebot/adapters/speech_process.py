"""The ports of hearing and speaking whose work is done in child processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from voicebot.adapters.child import Child
from voicebot.model import Expected, Heard, Language, Rendered, Segment


class Recogniser(Protocol):
    """What `WhisperEar` calls in its child."""

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        """See `voicebot.ports.Ear`; blocking."""

    def expect(self, expected: Expected) -> None:
        """What callers are likely to say from now on."""


class Renderer(Protocol):
    """What `ChildSynthesiser` calls in its child."""

    def name(self, language: Language) -> str:
        """What tells the language's voice from every other."""

    def render(self, text: str, language: Language) -> Rendered:
        """See `voicebot.ports.Voice`; blocking."""


class WhisperEar:
    """The `Ear` port."""

    def __init__(self, child: Child[Recogniser], patience: float = 20.0) -> None:
        """Hear with `child`; after `patience` seconds of one utterance it is taken for hung."""
        self._child = child
        self._patience = patience

    async def hear(
        self,
        segment: Segment,
        languages: Sequence[Language],
        expected: Language | None,
        ahead: bool = False,
    ) -> Heard:
        """See `voicebot.ports.Ear`."""
        arguments = (segment, tuple(languages), expected)
        heard: Heard = await self._child.call(
            "hear", *arguments, patience=self._patience, background=ahead
        )
        return heard

    def hurry(self, segment: Segment) -> None:
        """See `voicebot.ports.Ear`."""
        self._child.hurry(segment)


class ChildSynthesiser:
    """The `Synthesiser` port."""

    def __init__(
        self, child: Child[Renderer], patience: float = 60.0, background: bool = False
    ) -> None:
        """Speak with `child`, which other synthesisers may share.

        Args:
            child: its `ChildSettings.error` and `busy` are `SpeakingError`.
            patience: seconds of one text after which the child is taken for hung.
            background: whether texts give way to those of live calls, as for rendering ahead.
        """
        self._child = child
        self._patience = patience
        self._background = background

    async def voice_name(self, language: Language) -> str:
        """See `voicebot.ports.Synthesiser`."""
        name: str = await self._child.call(
            "name", language, patience=self._patience, background=self._background
        )
        return name

    async def synthesise(self, text: str, language: Language) -> Rendered:
        """See `voicebot.ports.Synthesiser`."""
        rendered: Rendered = await self._child.call(
            "render", text, language, patience=self._patience, background=self._background
        )
        return rendered
