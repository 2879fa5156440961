"""The voices of the house: for each language the best one that works, all equally loud."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from voicebot.errors import SpeakingError, VoicebotError
from voicebot.model import Language, Rendered
from voicebot.ports import Voice
from voicebot.speaking.loudness import level

logger = logging.getLogger(__name__)

Factory: TypeAlias = tuple[str, Callable[[], Voice]]
"""What settings call a voice, and what loads it (raising a VoicebotError where it cannot)."""


class Voices:
    """Ordered voices per language, each loaded when it is first needed.

    A voice that cannot be loaded is passed over from then on; one that fails at a text is passed
    over for that text. Each is warned of once.
    """

    def __init__(self, factories: Mapping[Language, Sequence[Factory]], target: float) -> None:
        """
        Args:
            factories: by language, the preferred voice first.
            target: LUFS at which every voice comes out.
        """
        self._factories = factories
        self._target = target
        self._loaded: dict[tuple[Language, int], Voice | None] = {}
        self._warned: set[tuple[Language, int]] = set()
        self._lock = threading.Lock()

    def name(self, language: Language) -> str:
        """What tells the sound of this language from another's: its voice and its loudness.

        The voice is the preferred one that can be loaded; it is loaded for that.

        Raises:
            SpeakingError: there is none.
        """
        for index in range(len(self._factories.get(language, ()))):
            voice = self._voice(language, index)
            if voice is not None:
                return self._name(voice)
        raise SpeakingError(f"no voice for {language} can be loaded")

    def render(self, text: str, language: Language) -> Rendered:
        """The text as sound at `RATE`, at the target loudness.

        Raises:
            SpeakingError: no voice of the language could say it.
        """
        last: Exception | None = None
        for index, (label, _) in enumerate(self._factories.get(language, ())):
            voice = self._voice(language, index)
            if voice is None:
                continue
            try:
                audio = level(voice.render(text, language), self._target)
                return Rendered(audio, self._name(voice))
            except VoicebotError as error:
                self._warn(language, index, f"voice {label} failed at a text", error)
                last = error
        raise SpeakingError(f"no voice for {language} could say the text") from last

    def _name(self, voice: Voice) -> str:
        return f"{voice.name} {self._target:g} LUFS"

    def _voice(self, language: Language, index: int) -> Voice | None:
        key = (language, index)
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self._load(language, index)
            return self._loaded[key]

    def _load(self, language: Language, index: int) -> Voice | None:
        label, factory = self._factories[language][index]
        try:
            return factory()
        # ImportError: what an adapter wraps is not installed.
        except (VoicebotError, ImportError, OSError) as error:
            self._warn(language, index, f"voice {label} cannot be loaded", error)
            return None

    def _warn(self, language: Language, index: int, what: str, error: Exception) -> None:
        if (language, index) in self._warned:
            return
        self._warned.add((language, index))
        more = index + 1 < len(self._factories[language])
        then = "the next one speaks" if more else "there is no other"
        logger.warning("%s, %s for %s: %s", what, then, language, error)
