"""Hearing, voices, and the patience of the conversation."""

from __future__ import annotations

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
)

from voicebot.model import LANGUAGES, Language
from voicebot.settings.group import Group


class Speech(Group):
    """Hearing and voices."""

    threads: int = Field(default=2, ge=1)
    """Processor threads for one recognition."""
    voices: dict[Language, tuple[str, ...]] = {
        "it": ("piper:it_IT-paola-medium", "kokoro:if_sara", "espeak:it"),
        "en": (
            "piper:en_GB-cori-medium",
            "kokoro:bf_emma",
            "piper:en_US-joe-medium",
            "espeak:en-gb",
        ),
        "fr": ("piper:fr_FR-siwis-medium", "kokoro:ff_siwis", "espeak:fr-fr"),
        "ar": ("piper:ar_JO-kareem-medium", "espeak:ar"),
    }
    """By language, `engine:voice`, the preferred first; what is missing falls to the next."""
    recognisers: dict[Language, tuple[str, ...]] = dict.fromkeys(LANGUAGES, ("whisper",))
    """By language, `whisper` or `vosk:model`, the preferred first; the next one recognises where a
    model is missing or has understood nothing. Whisper tells the language in any case."""
    slower: float = Field(default=0.75, gt=0.3, lt=1.0)
    """Speed of speech after the caller asks to go slower; 1.0 is natural."""
    loudness: float = Field(default=-18.0, ge=-40.0, le=-10.0)
    """LUFS at which every voice is brought."""
    render_ahead: bool = True
    """Render all that can be foreseen at the start; else each sentence when first needed."""
    prompt_memory: int = Field(default=128 * 1024 * 1024, ge=0)
    """Bytes of rendered prompts held in memory; the rest is read from disk when needed."""
    keep_prompts: int = Field(default=60, ge=1)
    """Days for which a rendered prompt that is not used stays on disk."""
    max_waiting: int = Field(default=16, ge=1)
    """Utterances that may wait for recognition; past that callers are asked to use the keys."""

    @field_validator("recognisers")
    @classmethod
    def _recognisers(
        cls, value: dict[Language, tuple[str, ...]]
    ) -> dict[Language, tuple[str, ...]]:
        for label in (label for labels in value.values() for label in labels):
            engine, _, model = label.partition(":")
            if label != "whisper" and (engine != "vosk" or not model):
                raise ValueError(f"{label!r}: write whisper, or vosk: and a model")
        return value

    @field_validator("voices", "recognisers")
    @classmethod
    def _every_language(
        cls, value: dict[Language, tuple[str, ...]], info: ValidationInfo
    ) -> dict[Language, tuple[str, ...]]:
        """A language that is left out keeps what it has by default."""
        unknown = [code for code in value if code not in LANGUAGES]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: write some of {', '.join(LANGUAGES)}")
        default: dict[Language, tuple[str, ...]] = cls.model_fields[str(info.field_name)].default
        return {**default, **value}


class Endpointing(Group):
    """When the caller has begun and ended to speak. Seconds."""

    speech_threshold: float = Field(default=0.5, gt=0, lt=1)
    """Probability of speech that opens an utterance."""
    min_speech: float = Field(default=0.1, gt=0)
    """Speech that must be heard before the bot's voice gives way."""
    pause: float = Field(default=0.25, gt=0)
    """Silence after which what has been said is recognised, whether or not it was all."""
    end_silence: float = Field(default=0.7, gt=0)
    """Silence that ends an utterance."""
    end_silence_clear: float = Field(default=0.4, gt=0)
    """The same where the words so far are a clear request."""
    end_silence_unfinished: float = Field(default=1.2, gt=0)
    """The same where the words so far stop in the middle of a sentence."""
    max_utterance: float = Field(default=15.0, gt=1)
    """Past this an utterance is taken as it is."""
    lead: float = Field(default=0.3, ge=0)
    """Sound kept from before the first word."""


class Conversation(Group):
    """Patience of the conversation. Seconds."""

    silence: float = Field(default=7.0, gt=0)
    """Silence after the bot has spoken before it asks again."""
    text_idle: float = Field(default=600.0, gt=0)
    """A written conversation is closed after this much quiet."""
    max_call: float = Field(default=1800.0, gt=0)
    """A caller who has talked with the bot for longer is said goodbye to; neither waiting nor
    talking with an operator counts."""
    sign_of_life: float = Field(default=60.0, gt=0)
    """A caller who waits hears that they are not forgotten after so long without news."""
