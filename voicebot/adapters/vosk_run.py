"""One Vosk recogniser through one utterance, and what its results say."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.6
"""Share of letters in common from which two decodings are of the same words."""

_NO_WORD = re.compile(r"<.+>|\[[A-Za-z_ ]+\]|![A-Z]+")
"""What stands in a result for noise, laughter, silence or the unknown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One decoding."""

    words: tuple[str, ...]
    confidence: float
    """0 to 1: the mean over the words, those that are no words counted 0."""
    weakest: float
    """Of the least certain word."""
    whole: bool
    """False when something in it was no word."""

    @property
    def text(self) -> str:
        """The words as they are written."""
        return _text(self.words)


def alike(one: Draft, other: Draft) -> bool:
    """Whether two decodings of one sound are much the same, and of words at all."""
    matcher = difflib.SequenceMatcher(None, one.text, other.text, autojunk=False)
    return bool(one.words and other.words) and matcher.ratio() >= ALIKE


class KaldiRecogniser(Protocol):
    """What is used of the library's recogniser."""

    def AcceptWaveform(self, data: bytes) -> int: ...

    def Result(self) -> str: ...

    def PartialResult(self) -> str: ...

    def FinalResult(self) -> str: ...


class Run:
    """A recogniser through one utterance."""

    def __init__(self, recogniser: KaldiRecogniser) -> None:
        """Begin with a recogniser that is new, or whose final result was taken."""
        self.recogniser = recogniser
        self._results: list[Mapping[str, Any]] = []

    def feed(self, samples: NDArray[np.int16]) -> None:
        """The next sound at `RATE`."""
        # Vosk ends a piece at every pause, and forgets it once the result was taken.
        if self.recogniser.AcceptWaveform(samples.tobytes()):
            self._take(self.recogniser.Result())

    @property
    def partial(self) -> str:
        """The words so far; they may still change."""
        going_on = json.loads(self.recogniser.PartialResult()).get("partial", "").split()
        return _text([*(entry["word"] for entry in self._results), *going_on])

    def finish(self) -> Draft:
        """The decoding; the recogniser is free for the next utterance."""
        self._take(self.recogniser.FinalResult())
        words = [entry for entry in self._results if not _NO_WORD.fullmatch(entry["word"])]
        sure = [float(entry["conf"]) for entry in words]
        return Draft(
            words=tuple(str(entry["word"]) for entry in words),
            confidence=min(1.0, sum(sure) / len(self._results)) if self._results else 0.0,
            weakest=min(sure, default=0.0),
            whole=len(words) == len(self._results),
        )

    def _take(self, result: str) -> None:
        self._results += json.loads(result).get("result", [])


def _text(words: Iterable[str]) -> str:
    """Without what is no word; some models part the article from its noun."""
    said = (word for word in words if not _NO_WORD.fullmatch(word))
    return " ".join(said).replace("' ", "'")
