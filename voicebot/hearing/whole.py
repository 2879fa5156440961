"""A sound file taken as one utterance: from its first word to its last."""

from __future__ import annotations

import numpy as np

from voicebot.hearing.endpointing import (
    CHUNK_SAMPLES,
    CHUNK_SECONDS,
    MIN_UTTERANCE,
    TAIL,
    Endpointing,
)
from voicebot.model import RATE, Audio, Segment
from voicebot.ports import VoiceActivity


def utterance(
    audio: Audio, activity: VoiceActivity, settings: Endpointing | None = None
) -> Segment | None:
    """What is spoken in a sound at `RATE`, pauses included; None where nobody speaks."""
    settings = settings or Endpointing()
    speech = _speech(audio, activity, settings)
    if len(speech) * CHUNK_SECONDS < MIN_UTTERANCE:
        return None
    start = max(0, speech[0] * CHUNK_SAMPLES - round(settings.lead * RATE))
    end = (speech[-1] + 1) * CHUNK_SAMPLES + round(TAIL * RATE)
    return Segment(Audio(audio.samples[start:end]), start / RATE, len(speech) * CHUNK_SECONDS)


def bounds(audio: Audio, activity: VoiceActivity) -> tuple[float, float] | None:
    """Where the speech in a sound at `RATE` begins and ends, in seconds; None where nobody speaks.

    To a chunk's length (32 ms); a chunk that is speech belongs to it whole.
    """
    speech = _speech(audio, activity, Endpointing())
    if not speech:
        return None
    return speech[0] * CHUNK_SECONDS, min(audio.seconds, (speech[-1] + 1) * CHUNK_SECONDS)


def _speech(audio: Audio, activity: VoiceActivity, settings: Endpointing) -> list[int]:
    """The numbers of the chunks that are speech."""
    missing = -len(audio.samples) % CHUNK_SAMPLES
    chunks = np.pad(audio.samples, (0, missing)).reshape(-1, CHUNK_SAMPLES)
    return [
        index
        for index, chunk in enumerate(chunks)
        if activity.probability(chunk) >= settings.speech_threshold
    ]
