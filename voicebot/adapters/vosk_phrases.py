"""The phrases that a Vosk model is made to expect, spelt as the model spells. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

UNKNOWN = ("[unk]", "<UNK>", "<unk>")
"""The names that models give to what is none of their words; some have no such word."""

UNKNOWN_WEIGHT = 20
"""How often the unknown word stands in the list for each entry. With few, whatever is said is
forced into phrases: of 24 utterances outside a list of 22 entries, 23 were at weight 0, 7 at 23,
and as many phrases were recognised as before."""

MAX_UNKNOWN = 20_000
"""Past this more of it changes little, and reading the list takes long."""

_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_BREAKS = re.compile(r"[^\w'’ʼ-]+")
_APOSTROPHES = re.compile("[’ʼ]")


@dataclass(frozen=True, slots=True)
class PhraseList:
    """What is expected."""

    entries: tuple[str, ...]
    """Phrases, then each of their words by itself, then the unknown word as often as is good."""
    pairs: frozenset[tuple[str, str]]
    """The words that follow each other in a phrase."""
    missing: tuple[str, ...]
    """Words that the model has no sound for, in order; the phrases are cut there."""
    knows_unknown: bool
    """Whether the unknown word is among the entries. Without it any sound becomes a phrase."""

    def is_salad(self, words: Sequence[str]) -> bool:
        """Whether half of the words or more stand beside others than in any phrase.

        Callers join phrases as they like, but each phrase is whole; a sound that is forced into
        the list gives words in any order.
        """
        joints = list(zip(words, words[1:], strict=False))
        strange = sum(joint not in self.pairs for joint in joints)
        return bool(joints) and strange >= len(joints) / 2


def phrase_list(phrases: Iterable[str], knows: Callable[[str], bool]) -> PhraseList:
    """The list for one model.

    Args:
        phrases: as people write them: capitals, points and vowel marks do not matter.
        knows: whether the model has a sound for a word. Vosk itself leaves other words out of a
            phrase, and makes neighbours of those beside it.
    """
    unknown = next(filter(knows, UNKNOWN), None)
    runs: dict[tuple[str, ...], None] = {}
    missing: dict[str, None] = {}
    for phrase in phrases:
        run: list[str] = []
        for word in _words(phrase):
            spelt = _spelt(word, knows)
            if spelt is None:
                missing[word] = None
                runs[tuple(run)] = None
                run = []
            else:
                run += spelt
        runs[tuple(run)] = None
    singles = [(word,) for run in runs for word in run]
    entries = [" ".join(run) for run in dict.fromkeys([*runs, *singles]) if run]
    if unknown is not None and entries:
        times = min(MAX_UNKNOWN, UNKNOWN_WEIGHT * len(entries))
        entries += [unknown, f"{unknown} {unknown}"] * times
    pairs = frozenset(pair for run in runs for pair in zip(run, run[1:], strict=False))
    return PhraseList(tuple(entries), pairs, tuple(missing), unknown is not None)


def _words(phrase: str) -> list[str]:
    plain = _APOSTROPHES.sub("'", _VOWEL_MARKS.sub("", phrase))
    words = (word.strip("'-_").lower() for word in _BREAKS.sub(" ", plain).split())
    return [word for word in words if word]


def _spelt(word: str, knows: Callable[[str], bool]) -> list[str] | None:
    """The word as the model writes it; models differ over "l'ufficio" and "rendez-vous"."""
    head, apostrophe, tail = word.partition("'")
    ways = [[word], [f"{head}'", tail], [head, tail]] if apostrophe else [[word]]
    ways.append(word.replace("-", " ").split())
    ways.append([word.upper()])
    return next((way for way in ways if all(map(knows, way))), None)
