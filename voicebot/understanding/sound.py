"""What words sound like, coarsely: what a recogniser on a bad line cannot tell apart is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from voicebot.model import Language

Pronounce: TypeAlias = Callable[[str, Language], str]
"""From a word to its pronunciation in the International Phonetic Alphabet."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("ɛəɜæœø", "e"),
        **dict.fromkeys("ɔɒ", "o"),
        **dict.fromkeys("ɪj", "i"),
        **dict.fromkeys("ʊw", "u"),
        **dict.fromkeys("ɑʌɐ", "a"),
        **dict.fromkeys("ɾɹʁrɽ", "r"),
        **dict.fromkeys("ħχh", "h"),
        **dict.fromkeys("qkɡg", "k"),
        **dict.fromkeys("θð", "t"),
        **dict.fromkeys("ɲŋ", "n"),
        **dict.fromkeys("ˈˌː-ˤʕʔ̪̃̈‿͡ ", None),
    }
)
"""Near vowels and consonants as one; stress, length and what is hardly heard left out."""
_NASAL = re.compile("[^\\W\\d_]\u0303")
"""The French "un", "an" and "on" are one vowel on a telephone, and not far from a."""

_ROUGH = str.maketrans({"b": "p", "d": "t", "v": "f", "z": "s", "ʒ": "ʃ", "u": "o", "i": "e"})
"""The voice in consonants and the height of vowels."""


def coarse(pronunciation: str) -> str:
    """A pronunciation with what sounds near written the same, doubled sounds as one."""
    return _once(_NASAL.sub("a", pronunciation).translate(_SAME))


def rough(sounds: str) -> str:
    """Coarse sounds without what a telephone takes away first."""
    return _once(sounds.translate(_ROUGH))


def _once(sounds: str) -> str:
    return "".join(sound for at, sound in enumerate(sounds) if at == 0 or sound != sounds[at - 1])
