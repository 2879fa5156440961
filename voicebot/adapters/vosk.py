"""Recognition by Vosk: while the caller speaks, and with the phrases that callers may say.

It cannot tell the language: how sure one model is says nothing beside another. Vosk 0.3.45 takes
sound at 16 kHz only, and its phrase list belongs to a recogniser; here one is never changed.
The library is loaded with the first model.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from voicebot.adapters.vosk_phrases import PhraseList, phrase_list
from voicebot.adapters.vosk_run import Draft, Run, alike
from voicebot.errors import HearingError, VoicebotError, WeightsError
from voicebot.model import RATE, Audio, Expected, Heard, Hypothesis, Language, Segment

logger = logging.getLogger(__name__)

SURE = 0.7
"""A phrase with a word less certain than this is in doubt."""

MIN_CONFIDENCE = 0.6
"""Below this, over all words, the second opinion is not what was said."""

QUIETER = 0.3
"""Gain of the sound that is heard a second time."""

_SHIFT = RATE // 400
"""Samples by which it begins later: a quarter of a frame."""

CHUNK = RATE // 10
"""Samples that are decoded at once."""

MAX_HELD = 30
"""Seconds of an utterance kept for the second opinion, from its beginning."""

MAX_IDLE = 4
"""Recognisers kept ready for the next utterance, of each kind; more calls at once make more."""


class VoskModel:
    """The model of one language, loaded once: all its recognisers share it. Thread-safe."""

    def __init__(self, folder: Path, language: Language, phrases: Sequence[str] = ()) -> None:
        """
        Args:
            folder: holds `am`, `conf` and `graph`, or the same without subfolders.
            language: what the model recognises.
            phrases: what callers may say. Without any, or where the model's graph is fixed,
                it recognises whatever it knows.

        Raises:
            WeightsError: there is no model there.
        """
        import vosk

        vosk.SetLogLevel(-1)
        self._vosk = vosk
        self.language = language
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:
            raise WeightsError(f"{folder}: no Vosk model: {error}") from error
        self._list_allowed = _takes_phrases(folder)
        self._phrases = self._listed(phrases) if self._list_allowed else None
        self._idle: dict[bool, list[Any]] = {True: [], False: []}
        self._lock = threading.Lock()

    def _listed(self, phrases: Sequence[str]) -> PhraseList | None:
        listed = phrase_list(phrases, self._knows)
        if listed.missing:
            some = ", ".join(listed.missing[:10])
            count = len(listed.missing)
            logger.info("vosk %s: %d words have no sound: %s ...", self.language, count, some)
        return listed if listed.entries else None

    def _knows(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def expect(self, phrases: Sequence[str]) -> None:
        """Expect other phrases in the utterances that begin from now on; none may go on."""
        if self._list_allowed:
            self._phrases = self._listed(phrases)
            with self._lock:
                self._idle[True].clear()

    def stream(self) -> VoskStream:
        """Begin an utterance; any number may go on at once."""
        return VoskStream(self)

    def recognise(self, audio: Audio) -> Hypothesis | None:
        """What was said in a whole utterance; None where nothing was understood.

        Raises:
            HearingError: the recogniser failed.
        """
        stream = self.stream()
        stream.feed(audio)
        return stream.finish()

    def begin(self, expecting: bool) -> Run:
        """A recogniser for one utterance, with the phrase list or without.

        Raises:
            HearingError: the library makes none.
        """
        with self._lock:
            if self._idle[expecting]:
                return Run(self._idle[expecting].pop())
        arguments: list[Any] = [self._model, RATE]
        if expecting and self._phrases is not None:
            # Vosk does not read \u escapes: without the letters themselves no word is known.
            arguments.append(json.dumps(self._phrases.entries, ensure_ascii=False))
        try:
            recogniser = self._vosk.KaldiRecognizer(*arguments)
        except Exception as error:
            raise HearingError(f"Vosk failed: {error}") from error
        recogniser.SetWords(True)
        return Run(recogniser)

    def conclude(self, run: Run, held: NDArray[np.int16]) -> Hypothesis | None:
        """What was said; None where nothing was understood.

        Args:
            run: the utterance, begun with `expecting`.
            held: the sound of it, shape (n,), at `RATE`.
        """
        first = self._end(run, expecting=True)
        best = self._judge(first, held)
        return Hypothesis(self.language, best.text, best.confidence) if best else None

    def _end(self, run: Run, expecting: bool) -> Draft:
        draft = run.finish()
        with self._lock:
            if len(self._idle[expecting]) < MAX_IDLE:
                self._idle[expecting].append(run.recogniser)
        return draft

    def _judge(self, first: Draft, held: NDArray[np.int16]) -> Draft | None:
        phrases = self._phrases
        if not first.words and first.whole:
            return None  # The list has the unknown word: with no word at all nobody spoke.
        if phrases is None:
            return first if first.confidence >= MIN_CONFIDENCE else None
        sure = phrases.knows_unknown and first.whole and first.weakest >= SURE
        if sure and not phrases.is_salad(first.words):
            return first
        return self._second_opinion(first, held)

    def _second_opinion(self, first: Draft, held: NDArray[np.int16]) -> Draft | None:
        """What was said if the phrase list is not believed.

        A model that may say anything finds words in music and hiss too, and is sure of them; but
        other ones when it hears the same again a little quieter.
        """
        free = self._unrestricted(held)
        if first.whole and alike(first, free):
            return first
        if not free.words or free.confidence < MIN_CONFIDENCE:
            return None
        again = self._unrestricted((held[_SHIFT:] * QUIETER).astype(np.int16))
        sure = again.confidence >= MIN_CONFIDENCE and alike(free, again)
        return free if sure else None

    def _unrestricted(self, sound: NDArray[np.int16]) -> Draft:
        run = self.begin(expecting=False)
        for start in range(0, len(sound), CHUNK):
            run.feed(sound[start : start + CHUNK])
        return self._end(run, expecting=False)


class VoskStream:
    """One utterance, recognised while it is spoken. Blocking; used by one thread at a time.

    One that is left unfinished costs nothing further.
    """

    def __init__(self, model: VoskModel) -> None:
        self._model = model
        self._run: Run | None = model.begin(expecting=True)
        self._rate: int | None = None
        self._resample: soxr.ResampleStream | None = None
        self._waiting: NDArray[np.int16] = np.zeros(0, np.int16)
        self._held: list[NDArray[np.int16]] = []
        self._held_samples = 0
        self._partial = ""

    def feed(self, frame: Audio) -> str | None:
        """The next sound, of any length and rate, all of one rate.

        Returns:
            The words so far where they have changed; they may still change. None otherwise.

        Raises:
            HearingError: the rate is another than before, the utterance is finished, or Vosk
                failed.
        """
        run = self._going_on()
        try:
            if not self._decode(run, self._at_rate(frame), CHUNK):
                return None
            partial = run.partial
        except VoicebotError:
            raise
        except Exception as error:
            raise HearingError(f"Vosk failed: {error}") from error
        changed = partial != self._partial and partial != ""
        self._partial = partial
        return partial if changed else None

    def finish(self) -> Hypothesis | None:
        """What was said; None where nothing was understood.

        Raises:
            HearingError: the utterance is finished already, or Vosk failed.
        """
        run = self._going_on()
        self._run = None
        try:
            rest = np.zeros(0, np.int16)
            if self._resample is not None:
                rest = self._resample.resample_chunk(rest, last=True)
            self._decode(run, rest, 1)
            held = np.concatenate([np.zeros(0, np.int16), *self._held])
            return self._model.conclude(run, held)
        except VoicebotError:
            raise
        except Exception as error:
            raise HearingError(f"Vosk failed: {error}") from error

    def _going_on(self) -> Run:
        if self._run is None:
            raise HearingError("the utterance is finished; begin another stream")
        return self._run

    def _at_rate(self, frame: Audio) -> NDArray[np.int16]:
        if self._rate is None:
            self._rate = frame.rate
            if frame.rate != RATE:
                self._resample = soxr.ResampleStream(frame.rate, RATE, 1, dtype="int16")
        if frame.rate != self._rate:
            raise HearingError(f"sound at {frame.rate} Hz in an utterance at {self._rate} Hz")
        if self._resample is None:
            return frame.samples
        converted: NDArray[np.int16] = self._resample.resample_chunk(frame.samples)
        return converted

    def _decode(self, run: Run, samples: NDArray[np.int16], at_least: int) -> bool:
        """Decode what waits and this, if it is enough; whether it was."""
        self._waiting = np.concatenate([self._waiting, samples])
        if len(self._waiting) < at_least:
            return False
        room = max(0, MAX_HELD * RATE - self._held_samples)
        self._held.append(self._waiting[:room])
        self._held_samples += len(self._held[-1])
        for start in range(0, len(self._waiting), CHUNK):
            run.feed(self._waiting[start : start + CHUNK])
        self._waiting = np.zeros(0, np.int16)
        return True


class Vosk:
    """The recogniser of whole utterances, as `voicebot.ports.Ear` but blocking."""

    def __init__(self, models: Mapping[Language, VoskModel]) -> None:
        """Recognise with these, by language."""
        self._models = dict(models)

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those it has a model for."""
        return tuple(self._models)

    def expect(self, expected: Expected) -> None:
        """Expect other words, in every language that it has a model for."""
        for language, model in self._models.items():
            model.expect(expected.phrases.get(language, ()))

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        """What was said, in the expected language. It never tells the language: that is None.

        Raises:
            HearingError: no language is expected, there is no model of it, or Vosk failed.
        """
        if expected is None:
            raise HearingError("Vosk cannot tell the language: name the one to expect")
        if expected not in self._models:
            raise HearingError(f"there is no Vosk model of {expected}")
        started = time.perf_counter()
        best = self._models[expected].recognise(segment.audio)
        return Heard(
            language=None,
            probabilities={code: 0.0 for code in languages},
            hypotheses=(best,) if best else (),
            seconds={"language": 0.0, "recognise": time.perf_counter() - started},
        )


def _takes_phrases(folder: Path) -> bool:
    """Whether the model's graph can be put together with a list; others come as one piece."""
    return any((folder / place / "HCLr.fst").is_file() for place in ("graph", "."))
