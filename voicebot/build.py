"""The builders of adapters: from settings to what the house runs on.

What runs in a child process is built there: these are top-level functions that can be named to it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from voicebot import logs
from voicebot.adapters.espeak import Espeak, EspeakVoice
from voicebot.adapters.kokoro import Kokoro, KokoroModel
from voicebot.adapters.piper import Piper
from voicebot.adapters.silero import Silero
from voicebot.adapters.tashkeel import Tashkeel
from voicebot.adapters.whisper import Whisper
from voicebot.answering.wording import Wording, load_catalogues
from voicebot.dialogue import Dialogue
from voicebot.errors import SettingsError, SpeakingError
from voicebot.hearing.language import choose
from voicebot.model import Content, Language, Sentence
from voicebot.ports import Voice
from voicebot.settings import Settings
from voicebot.speaking.voices import Voices
from voicebot.understanding.matcher import Matcher
from voicebot.weights.manifest import load_manifest
from voicebot.weights.store import WeightStore

logger = logging.getLogger(__name__)

ESPEAK_VOICES: Mapping[Language, str] = {"it": "it", "en": "en-gb", "fr": "fr-fr", "ar": "ar"}
"""Whose pronunciation words are compared by."""


def weights(settings: Settings) -> WeightStore:
    """The models on this machine."""
    manifest = load_manifest(settings.paths.models / "manifest.toml")
    return WeightStore(manifest, settings.paths.models, settings.paths.data)


def silero() -> Silero:
    """Voice activity, one model for all calls."""
    return Silero()


def hints(content: Content) -> dict[Language, str]:
    """By language, a sentence and the names that callers are likely to say."""
    return {
        language: " ".join(
            [
                book.example,
                *(f"{Sentence(language, o.names[language]).shown}." for o in content.offices),
            ]
        )
        for language, book in content.books.items()
    }


def whisper(settings: Settings, hints: Mapping[Language, str]) -> Whisper:
    """The recogniser; runs in the ear's process."""
    logs.set_up(settings.log_level)
    folder = weights(settings).ensure("whisper-base")
    return Whisper(folder, settings.speech.threads, choose, hints)


def voices(settings: Settings) -> Voices:
    """Every configured voice, loaded when first needed; runs in the voices' process."""
    logs.set_up(settings.log_level)
    return _VoiceMaker(settings).voices()


class _VoiceMaker:
    """Makes voices by their names in the settings; what they share is made once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._weights = weights(settings)
        self._espeak = Espeak()
        self._kokoro: KokoroModel | None = None

    def voices(self) -> Voices:
        """All of them, in the order of the settings, none loaded yet."""
        ordered = {
            language: [(label, partial(self.voice, label, language)) for label in labels]
            for language, labels in self._settings.speech.voices.items()
        }
        return Voices(ordered, self._settings.speech.loudness)

    def voice(self, label: str, language: Language) -> Voice:
        """One voice, such as `piper:it_IT-paola-medium`."""
        engine, _, name = label.partition(":")
        vowels = Tashkeel() if language == "ar" else None
        if engine == "piper":
            model = self._weights.ensure(f"piper-{name}") / f"{name}.onnx"
            return Piper(model, language, vowels=vowels)
        if engine == "kokoro":
            file = self._weights.ensure("kokoro-voices") / f"{name}.bin"
            return Kokoro(self._kokoro_model(), file, self._espeak)
        if engine == "espeak":
            return EspeakVoice(self._espeak, name, language, vowels)
        raise SettingsError(
            f"speech.voices.{language}: {label!r}: write piper:, kokoro: or espeak: and a voice"
        )

    def _kokoro_model(self) -> KokoroModel:
        if self._kokoro is None:
            file = self._weights.ensure("kokoro-82m") / "model.onnx"
            self._kokoro = KokoroModel(file, self._settings.speech.threads)
        return self._kokoro


def matcher(content: Content) -> Matcher:
    """Understanding by letters and by sound; by letters alone where eSpeak cannot be loaded."""
    try:
        espeak = Espeak()
    except SpeakingError as error:
        logger.warning("words are known by their letters alone: %s", error)
        return Matcher(content.books, content.offices)
    return Matcher(
        content.books,
        content.offices,
        lambda word, language: espeak.phonemes(word, ESPEAK_VOICES[language]),
    )


def dialogue(settings: Settings, content: Content) -> Dialogue:
    """The conversation over this content."""
    wording = Wording(load_catalogues(settings.paths.locales, settings.languages))
    return Dialogue(content, matcher(content), wording, settings.languages)
