"""What staff have settled about sound: their own recordings, and how names are said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from voicebot.model import Audio, Language, Sentence

_MARKS = "[\u064b-\u0652\u0670]*"
"""Vowel marks, which may or may not be written."""

RecordingName = tuple[Language, str]
"""Language and `Sentence.name`."""


@dataclass(frozen=True)
class Lexicon:
    """How the names of one language are said, by their spelling."""

    entries: Mapping[str, str]
    """A respelling, or IPA between slashes."""

    def apply(self, text: str) -> str:
        """The text as a voice is to read it."""
        if not self.entries:
            return text
        return self._pattern.sub(lambda found: self._said(found[0]), text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self.entries, key=len, reverse=True)
        words = "|".join(_MARKS.join(map(re.escape, _bare(word))) + _MARKS for word in longest)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {_bare(word).casefold(): said for word, said in self.entries.items()}

    def _said(self, written: str) -> str:
        said = self._folded.get(_bare(written).casefold(), written)
        if said.startswith("/") and said.endswith("/"):
            return f"[[{written}|{said[1:-1]}]]"
        return said


@dataclass(frozen=True, slots=True)
class Sounds:
    """Recordings and pronunciation in use."""

    recordings: Mapping[RecordingName, Audio] = field(default_factory=dict)
    lexicons: Mapping[Language, Lexicon] = field(default_factory=dict)

    def recording(self, sentence: Sentence) -> Audio | None:
        """The staff's own sound of a sentence; None where a voice says it."""
        if not self.recordings:
            return None
        return self.recordings.get((sentence.language, sentence.name))

    def spoken(self, sentence: Sentence) -> Sentence:
        """The sentence with its names as a voice is to read them."""
        lexicon = self.lexicons.get(sentence.language)
        if lexicon is None:
            return sentence
        return replace(sentence, text=lexicon.apply(sentence.text))


def _bare(word: str) -> str:
    return re.sub(_MARKS[:-1], "", word)
