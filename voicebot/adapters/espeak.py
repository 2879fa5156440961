"""eSpeak NG inside the process: a voice for every language, and the phonemes of a text.

The library keeps one global state for the whole process (voice, parameters, callback), so every
use of it, whoever makes it, goes through the one lock of this module.
"""

from __future__ import annotations

import ctypes
import re
import threading
import unicodedata
from collections.abc import Callable
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from voicebot.adapters.ipa import plain
from voicebot.adapters.waveform import finish
from voicebot.errors import SpeakingError
from voicebot.model import Audio, Language

NATURAL_RATE = 155
"""Words a minute; eSpeak's own 175 is hurried for a telephone."""

# Of espeak-ng/speak_lib.h.
_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_END_PAUSE = 0x1000
_PARAMETER_RATE = 1
_PHONEMES_IPA = 0x02
_PHONEMES_TIE = 0x80
_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_SWITCH = re.compile(r"\([^()]*\)")
"""What eSpeak writes around a word that it reads by another language's rules."""

_SHADDA = "\u0651"
_VOWEL_BEFORE_SHADDA = re.compile(f"([\u064b-\u0650\u0652]){_SHADDA}")
_ARTICLE_SUN_LETTER = re.compile(f"(?<!\\S)(ال[تثدذرزسشصضطظلن]){_SHADDA}")
_ARTICLE_ALEF = re.compile("(?<!\\S)(ال\u0650)ا")


class _VoiceRecord(ctypes.Structure):
    """The fields of `espeak_VOICE` up to the one that is read."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
    )


_lock = threading.Lock()
_library: ctypes.CDLL | None = None
_rate = 0
_identifiers: dict[str, str] = {}
"""The voice file of each language tag; the library itself does not find `fr-fr` by name."""
_chunks: list[NDArray[np.int16]] = []


def _take(samples: Any, count: int, _events: Any) -> int:
    if samples and count > 0:
        _chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
    return 0


_collect = _Callback(_take)
"""Held here: the library calls it for as long as the process lives."""


class Espeak:
    """The engine. All instances are one: they share the library, its state and its lock."""

    def __init__(self) -> None:
        """Load the library with the data of its own package.

        Raises:
            SpeakingError: the library or its data cannot be loaded.
        """
        with _lock:
            self._library = _open()

    def phonemes(self, text: str, voice: str, tie: str = "") -> str:
        """The text in IPA with stress marks, clauses joined by a blank, no punctuation.

        Args:
            text: words of the voice's language.
            voice: as in `synthesise`.
            tie: one character to write between the letters of one sound, as in d͡ʒ; or none.

        Raises:
            SpeakingError: there is no such voice.
        """
        mode = _PHONEMES_IPA | (_PHONEMES_TIE | ord(tie) << 8 if tie else 0)
        buffer = ctypes.create_string_buffer(_encode(text, voice))
        rest = ctypes.c_void_p(ctypes.addressof(buffer))
        clauses = []
        with _lock:
            self._choose(voice)
            while rest.value:
                clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, mode)
                clauses.append((clause or b"").decode("utf-8", "replace"))
        return " ".join(_SWITCH.sub("", " ".join(clauses)).split())

    def synthesise(self, text: str, voice: str) -> tuple[NDArray[np.int16], int]:
        """The text as eSpeak says it: samples of shape (n,), and their rate in Hz.

        Args:
            text: words of the voice's language.
            voice: an eSpeak voice such as `it` or `en-gb`, with a variant after `+` if wanted.

        Raises:
            SpeakingError: there is no such voice, or the text cannot be said.
        """
        encoded = _encode(text, voice)
        with _lock:
            self._choose(voice)
            self._library.espeak_SetParameter(_PARAMETER_RATE, NATURAL_RATE, 0)
            _chunks.clear()
            status = self._library.espeak_Synth(
                encoded, len(encoded) + 1, 0, 0, 0, _CHARS_UTF8 | _END_PAUSE, None, None
            )
            parts = list(_chunks)
            _chunks.clear()
        if status != 0 or not parts:
            raise SpeakingError(f"eSpeak voice {voice} gave no sound (status {status})")
        return np.concatenate(parts), _rate

    def _choose(self, voice: str) -> None:
        """Switch to the voice; the lock is held."""
        tag, plus, variant = voice.partition("+")
        identifier = _identifiers.get(tag.lower())
        name = f"{identifier}{plus}{variant}".encode()
        if identifier is None or self._library.espeak_SetVoiceByName(name) != 0:
            raise SpeakingError(f"eSpeak has no voice {voice}; write it, en-gb, fr-fr or ar")


class EspeakVoice:
    """One eSpeak voice: the last resort of every language, and robotic, but always there."""

    def __init__(
        self,
        espeak: Espeak,
        voice: str,
        language: Language,
        vowels: Callable[[str], str] | None = None,
    ) -> None:
        """
        Args:
            espeak: the engine.
            voice: an eSpeak voice of that language: `it`, `en-gb`, `fr-fr`, `ar`.
            language: what it speaks.
            vowels: puts the marks into Arabic text; None for the other languages.
        """
        self._espeak = espeak
        self._voice = voice
        self._language = language
        self._vowels = vowels

    @property
    def name(self) -> str:
        """What tells its sound from every other's."""
        return f"espeak:{self._voice} rate={NATURAL_RATE} v1"

    def render(self, text: str, language: Language) -> Audio:
        """The text as sound at `RATE`, at eSpeak's own loudness.

        Raises:
            SpeakingError: the language is not this voice's, or the text has nothing to say.
        """
        if language != self._language:
            raise SpeakingError(f"{self.name} speaks {self._language}, not {language}")
        written = plain(text)
        spoken = self._vowels(written) if self._vowels else written
        samples, rate = self._espeak.synthesise(spoken, self._voice)
        return finish(samples.astype(np.float32) / 32768.0, rate)


def _open() -> ctypes.CDLL:
    """The library, initialised once a process; the lock is held."""
    global _library, _rate
    if _library is not None:
        return _library
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        # The path compiled into the library is that of the machine it was built on.
        data = espeakng_loader.get_data_path()
    except (OSError, RuntimeError) as error:
        raise SpeakingError(f"eSpeak NG cannot be loaded: {error}") from error
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    rate = library.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, data.encode(), _INITIALIZE_DONT_EXIT)
    if rate <= 0:
        raise SpeakingError(f"eSpeak NG finds no data in {data}; reinstall espeakng-loader")
    library.espeak_SetSynthCallback(_collect)
    _identifiers.update(_list_voices(library))
    _library, _rate = library, rate
    return library


def _list_voices(library: ctypes.CDLL) -> dict[str, str]:
    """The voice file for every language tag, such as `roa/fr` for `fr-fr`."""
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceRecord))
    records = library.espeak_ListVoices(None)
    best: dict[str, tuple[int, str]] = {}
    index = 0
    while records[index]:
        record = records[index].contents
        identifier = record.identifier.decode()
        at = 0
        # Each tag is a byte of priority (less is better) and a string; a zero byte ends the list.
        while (priority := record.languages[at][0]) != 0:
            tag = ctypes.string_at(ctypes.addressof(record.languages.contents) + at + 1)
            found = (priority, identifier)
            best[tag.decode().lower()] = min(best.get(tag.decode().lower(), found), found)
            at += len(tag) + 2
        index += 1
    return {tag: identifier for tag, (_, identifier) in best.items()}


def _encode(text: str, voice: str) -> bytes:
    """UTF-8 for C: composed letters, no NUL, Arabic as eSpeak's rules want it spelt.

    Raises:
        SpeakingError: there is no letter or digit in it.
    """
    if not any(letter.isalnum() for letter in text):
        raise SpeakingError("there is nothing to say in the text: it has no letters")
    spelt = unicodedata.normalize("NFC", text).replace("\0", " ")
    if voice.startswith("ar"):
        # Unicode's order is vowel, then shadda; eSpeak drops the vowel unless shadda comes first.
        spelt = _VOWEL_BEFORE_SHADDA.sub(_SHADDA + r"\1", spelt)
        # It doubles a sun letter after the article by itself: with shadda there would be three.
        spelt = _ARTICLE_SUN_LETTER.sub(r"\1", spelt)
        # It reads the silent alef after the article's own vowel as a long a.
        spelt = _ARTICLE_ALEF.sub(r"\1", spelt)
    return spelt.encode("utf-8", "replace")
