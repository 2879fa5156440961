"""The vowel marks of Arabic text, without which a voice cannot read it.

Fixed sentences are stored with their marks; the names that staff type are not. A word that carries
a mark is left exactly as it is; a bare word gets the marks that its sentence suggests.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable

from piper.tashkeel import TashkeelDiacritizer

from voicebot.errors import SpeakingError

_MARK = re.compile("[\u064b-\u0652\u0670]")
_VOWEL_BEFORE_SHADDA = re.compile("([\u064b-\u0650\u0652])\u0651")
_LETTER = re.compile("[\u0621-\u064a]")


class Tashkeel:
    """Puts vowel marks on bare words. Loads its small model when the first one comes."""

    def __init__(self) -> None:
        self._model: Callable[[str], str] | None = None
        self._lock = threading.Lock()

    def __call__(self, text: str) -> str:
        """The text with marks on every Arabic word; everything else as it was.

        Where a letter has a shadda and a vowel, the shadda comes first: Unicode sorts them the
        other way round, and the voices' reading rules then miss the vowel.

        Raises:
            SpeakingError: the model cannot be loaded or fails.
        """
        words = text.split()
        if any(_is_bare(word) for word in words):
            text = merge(words, self._marked(words))
        return _VOWEL_BEFORE_SHADDA.sub("\u0651\\1", text)

    def _marked(self, words: list[str]) -> list[str]:
        try:
            with self._lock:
                self._model = self._model or TashkeelDiacritizer()
                return self._model(unicodedata.normalize("NFC", " ".join(words))).split()
        except Exception as error:
            raise SpeakingError(f"the vowel marks of the text cannot be found: {error}") from error


def merge(words: list[str], marked: list[str]) -> str:
    """The words, each bare Arabic one replaced by its marked form.

    The marked list is what the model made of the very same words, in order.
    """
    if len(words) != len(marked):
        return " ".join(words)
    chosen = (new if _is_bare(old) else old for old, new in zip(words, marked, strict=True))
    return " ".join(chosen)


def _is_bare(word: str) -> bool:
    return _LETTER.search(word) is not None and _MARK.search(word) is None
