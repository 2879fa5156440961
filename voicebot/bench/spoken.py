"""Whether what the bot says can be understood: each sentence rendered, and recognised back."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.bench.figures import rate
from voicebot.model import Language, Sentence
from voicebot.understanding.normalise import words

WANTED = 0.9
"""Share of a sentence's words that must come back."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One sentence, and what a recogniser made of its sound."""

    sentence: Sentence
    heard: str
    kept: float
    """Share of its words, 0 to 1."""

    @property
    def good(self) -> bool:
        """Whether enough of it came back."""
        return self.kept >= WANTED


def kept(said: str, heard: str, language: Language) -> float:
    """The share of the words of `said` that are in `heard`, figures and small words alike.

    A word that the recogniser parts or joins otherwise counts, if its letters are there in a row.
    """
    wanted, found = (_spelt_alike(text, language) for text in (said, heard))
    left, joined = Counter(found), "".join(found)
    count = 0
    for word in wanted:
        if left[word] > 0:
            left[word] -= 1
            count += 1
        elif len(word) > 3 and word in joined:
            count += 1
    return count / len(wanted) if wanted else 1.0


_HOURS = re.compile(r"(\d{1,2})\s?h\s?(\d{2})?\b")
_SHORT = (("i'm", "i am"), ("it's", "it is"), ("we'll", "we will"), ("you're", "you are"))
_LONG_FIGURE = re.compile(r"\d{5,}")


def _spelt_alike(text: str, language: Language) -> tuple[str, ...]:
    """The words, with what sounds the same written the same."""
    text = text.casefold().replace("\u2019", "'")
    text = _LONG_FIGURE.sub(lambda found: " ".join(found[0]), text)
    if language == "fr":
        text = _HOURS.sub(r"\1 heures \2", text)
        return tuple(re.sub(r"(?<=\w\w\w)e?s$", "", word) for word in words(text, language))
    if language == "en":
        for short, long in _SHORT:
            text = text.replace(short, long)
    return words(text, language)


def sample(
    sentences: Iterable[Sentence], languages: Sequence[Language], limit: int | None
) -> list[Sentence]:
    """Sentences of these languages, each text once; at most so many a language, always the same."""
    chosen: list[Sentence] = []
    once = list(dict.fromkeys(sentences))
    for language in languages:
        own = [one for one in once if one.language == language]
        if limit is not None and limit < len(own):
            own = random.Random(language).sample(own, limit)
        chosen += own
    return chosen


def read_back(
    sentences: Iterable[Sentence], listen: Callable[[Sentence], str]
) -> Iterator[ReadBack]:
    """Each sentence with what came back; `listen` renders it and recognises the sound."""
    for sentence in sentences:
        heard = listen(sentence)
        yield ReadBack(sentence, heard, kept(sentence.text, heard, sentence.language))


def summary(results: Sequence[ReadBack]) -> dict[str, Any]:
    """By language, how many sentences kept enough of their words, and the share of all words."""
    figures: dict[str, Any] = {}
    for language in dict.fromkeys(one.sentence.language for one in results):
        own = [one for one in results if one.sentence.language == language]
        lengths = [len(words(one.sentence.text, language)) for one in own]
        came = sum(one.kept * length for one, length in zip(own, lengths, strict=True))
        figures[language] = {
            "sentences": rate(sum(one.good for one in own), len(own)),
            "words_percent": round(100 * came / max(1, sum(lengths)), 2),
        }
    return figures
