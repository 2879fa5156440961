"""Frames in, utterances out: when the caller has begun to speak, and when they have ended.

Nothing here knows a clock: all times are counted from the samples that came in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voicebot.hearing.energy import EnergyGate, level
from voicebot.model import RATE, Audio, Segment
from voicebot.ports import VoiceActivity

CHUNK_SAMPLES = 512
CHUNK_SECONDS = CHUNK_SAMPLES / RATE
"""What voice activity looks at in one go: 32 ms."""

MIN_UTTERANCE = 0.25
"""Seconds of speech below which a sound is no utterance: a cough, a knock."""

TAIL = 0.3
"""Seconds kept after the last speech: final consonants are below voice activity's threshold."""

_HYSTERESIS = 0.15
"""By how much the probability may fall below the threshold before speech is over."""

_LAPSE = 0.1
"""Seconds without speech that undo a beginning which has not lasted `min_speech`."""

_WARM_UP = 3
"""Chunks that the gate held back and the model gets with the first it lets through."""


@dataclass(frozen=True, slots=True)
class Endpointing:
    """When the caller has begun and ended to speak. Seconds."""

    speech_threshold: float = 0.5
    """Probability of speech that opens an utterance."""
    min_speech: float = 0.1
    """Speech that must be heard before the bot's voice gives way."""
    pause: float = 0.25
    """Silence after which what has been said is recognised, whether or not it was all."""
    end_silence: float = 0.7
    """Silence that ends an utterance."""
    end_silence_clear: float = 0.4
    """The same where the words so far are a clear request."""
    end_silence_unfinished: float = 1.2
    """The same where the words so far stop in the middle of a sentence."""
    max_utterance: float = 15.0
    """Past this an utterance is taken as it is."""
    lead: float = 0.3
    """Sound kept from before the first word."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller is speaking."""

    at: float
    """Seconds since the line opened, of the first speech; the event comes a little later."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechPaused:
    """The caller has paused; what they said so far."""

    segment: Segment
    """If nothing more is said, `SpeechEnded` brings this same object."""


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The caller goes on after `SpeechPaused`."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechEnded:
    """The caller has ended, or has spoken for too long to wait for the end."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Noise:
    """What had begun like speech was too short to be any; follows its `SpeechStarted`."""


EndpointEvent: TypeAlias = SpeechStarted | SpeechPaused | SpeechResumed | SpeechEnded | Noise


def _chunks(seconds: float) -> int:
    """The nearest number of whole chunks, at least one."""
    return max(1, round(seconds / CHUNK_SECONDS))


class Endpointer:
    """One call's segmenter."""

    def __init__(self, voice_activity: VoiceActivity, settings: Endpointing | None = None) -> None:
        self._activity = voice_activity
        self._settings = settings or Endpointing()
        self._gate = EnergyGate()
        self._seen = 0
        """Chunks since the line opened."""
        self._pending: NDArray[np.int16] = np.zeros(0, np.int16)
        self._skipped: deque[NDArray[np.int16]] = deque(maxlen=_WARM_UP)
        self._sound: deque[NDArray[np.int16]] = deque()
        """The last chunks: while it is quiet the lead, then the utterance too."""
        self._begin_utterance()

    def _begin_utterance(self) -> None:
        self._onset: int | None = None
        """The chunk with the first speech, counted from the opening of the line."""
        self._started = False
        self._speech = 0
        self._quiet = 0
        """Chunks of speech so far, and chunks since the last of it."""
        self._paused: Segment | None = None
        self._end_silence = self._settings.end_silence

    def reset(self) -> None:
        """Forget the sound heard so far and any utterance begun; time goes on."""
        self._begin_utterance()
        self._sound.clear()

    def wait_for_end(self, segment: Segment, seconds: float) -> None:
        """Take so much silence after what `SpeechPaused` brought for the end.

        Does nothing when the caller has gone on, or when the utterance has ended.
        """
        if self._paused is segment:
            self._end_silence = seconds

    def feed(self, frame: Audio) -> tuple[EndpointEvent, ...]:
        """Take the next sound of the line, at `RATE`, usually one frame of 20 ms.

        Returns what it brought about, in order; usually nothing. `SpeechStarted` is always
        followed by one `SpeechEnded` or `Noise`, unless `reset` comes between; before that
        `SpeechPaused` and `SpeechResumed` may alternate.
        """
        self._pending = np.concatenate([self._pending, frame.samples])
        events: list[EndpointEvent] = []
        while len(self._pending) >= CHUNK_SAMPLES:
            chunk, self._pending = np.split(self._pending, [CHUNK_SAMPLES])
            event = self._take(chunk)
            if event is not None:
                events.append(event)
        return tuple(events)

    def _take(self, chunk: NDArray[np.int16]) -> EndpointEvent | None:
        self._seen += 1
        self._sound.append(chunk)
        is_speech = self._is_speech(chunk)
        if self._onset is None:
            if not is_speech:
                self._trim()
                return None
            self._onset = self._seen - 1
        if not is_speech:
            self._quiet += 1
            return self._ended() if self._started else self._begun()
        self._speech += 1
        self._quiet = 0
        if self._paused is not None:
            self._paused, self._end_silence = None, self._settings.end_silence
            return SpeechResumed()
        return self._ended() if self._started else self._begun()

    def _is_speech(self, chunk: NDArray[np.int16]) -> bool:
        decibels = level(chunk)
        if self._onset is None and not self._gate.admits(decibels):
            self._skipped.append(chunk)
            self._gate.learn(decibels)
            return False
        # The model goes by what it heard before: a beginning out of nowhere is less clear to it.
        while self._skipped:
            self._activity.probability(self._skipped.popleft())
        threshold = self._settings.speech_threshold
        if self._onset is not None:
            threshold -= min(_HYSTERESIS, threshold / 2)
        is_speech = self._activity.probability(chunk) >= threshold
        if not is_speech:
            self._gate.learn(decibels)
        return is_speech

    def _trim(self) -> None:
        """Keep the lead only, so that a silent line holds no more than that."""
        lead = round(self._settings.lead / CHUNK_SECONDS)
        while len(self._sound) > lead:
            self._sound.popleft()

    def _begun(self) -> SpeechStarted | None:
        if self._speech >= _chunks(self._settings.min_speech) and self._onset is not None:
            self._started = True
            return SpeechStarted(self._onset * CHUNK_SECONDS)
        if self._quiet >= _chunks(_LAPSE):
            self._begin_utterance()
            self._trim()
        return None

    def _ended(self) -> SpeechPaused | SpeechEnded | Noise | None:
        lasted = self._seen - (self._onset or 0)
        too_long = lasted >= _chunks(self._settings.max_utterance)
        if self._quiet < _chunks(self._end_silence) and not too_long:
            return self._pausing()
        ended = SpeechEnded(self._paused or self._segment()) if self._is_utterance() else Noise()
        if isinstance(ended, SpeechEnded):
            # what is left may lead the next utterance
            for _ in range(self._kept()):
                self._sound.popleft()
        self._begin_utterance()
        self._trim()
        return ended

    def _pausing(self) -> SpeechPaused | None:
        if self._quiet != _chunks(self._settings.pause) or not self._is_utterance():
            return None
        self._paused = self._segment()
        return SpeechPaused(self._paused)

    def _is_utterance(self) -> bool:
        return self._speech * CHUNK_SECONDS >= MIN_UTTERANCE

    def _segment(self) -> Segment:
        """The utterance and its tail."""
        sound = np.concatenate(list(islice(self._sound, self._kept())))
        onset = self._onset or 0
        return Segment(Audio(sound), onset * CHUNK_SECONDS, self._speech * CHUNK_SECONDS)

    def _kept(self) -> int:
        """The chunks that belong to the utterance."""
        return len(self._sound) - max(0, self._quiet - _chunks(TAIL))
