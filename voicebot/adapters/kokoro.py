"""Kokoro-82M: one model for many voices, each a small file of style vectors.

The model reads phonemes. They come from eSpeak and are rewritten into the alphabet that the model
was trained on, where affricates and English diphthongs are single letters.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voicebot.adapters.espeak import Espeak
from voicebot.adapters.ipa import parts
from voicebot.adapters.waveform import finish
from voicebot.errors import SpeakingError
from voicebot.model import Audio, Language

MAX_TOKENS = 510
"""Phonemes in one run of the model, and rows of a voice file."""

_STYLE = 256
_MODEL_RATE = 24_000
_RUN_PAUSE = 0.2
"""Seconds between two runs of the model for one text."""
_SPEAKERS: dict[str, tuple[Language, str]] = {
    "a": ("en", "en-us"),
    "b": ("en", "en-gb-x-rp"),
    "f": ("fr", "fr-fr"),
    "i": ("it", "it"),
}
"""The language and the eSpeak voice that the first letter of a Kokoro voice stands for."""

_ALPHABET = {
    1: ";:,.!?",
    9: '—…"()“” \u0303ʣʥʦʨᵝꭧAI',
    **{31: "O", 33: "Q", 35: "ST", 39: "W", 41: "Yᵊabcdef", 50: "hijklmnopqrstuvwxyzɑɐɒæ"},
    **{75: "βɔɕç", 80: "ɖðʤə", 85: "ɚɛɜ", 90: "ɟ", 92: "ɡ", 99: "ɥ", 101: "ɨɪʝ"},
    **{110: "ɯɰŋɳɲɴø", 118: "ɸθœ", 123: "ɹ", 125: "ɾɻ", 128: "ʁɽʂʃʈʧ", 135: "ʊʋ", 138: "ʌɣɤ"},
    **{142: "χʎ", 147: "ʒʔ", 156: "ˈˌː", 162: "ʰ", 164: "ʲ", 169: "↓", 171: "→↗↘", 177: "ᵻ"},
}
"""The letters that the model knows, in runs of consecutive numbers, by the number of the first."""
_TOKENS = {letter: first + at for first, run in _ALPHABET.items() for at, letter in enumerate(run)}

_TIE = "^"
_LETTERS = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "ɔ^ɪ": "Y",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
}
_ENGLISH = {
    "ʔˌn\u0329": "tn",
    "ə^l": "ᵊl",
    "e^ə": "ɛː",
    "i^ə": "ɪə",
    "iə": "ɪə",
    "æ": "a",
    "ɚ": "əɹ",
    "ɐ": "ə",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɬ": "l",
    "\u0303": "",
}
_SYLLABIC = re.compile("(\\S)\u0329")
_MARK = re.compile(r"\s*([;:,.!?—…“”()]+)\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…]) ")
_CLAUSE_END = re.compile(r"(?<=[,;:—]) ")
_WORD_END = re.compile(" ")


class KokoroModel:
    """The network that all Kokoro voices share; loaded when the first voice is."""

    def __init__(self, file: Path, threads: int = 1) -> None:
        """
        Args:
            file: the ONNX model.
            threads: processor threads for one synthesis.
        """
        self._file = file
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = None
        self._lock = threading.Lock()

    def load(self) -> onnxruntime.InferenceSession:
        """The session, made by the first call.

        Raises:
            SpeakingError: the file is missing or is no such model.
        """
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def run(self, tokens: list[int], style: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sound of shape (n,) at 24 kHz, full scale ±1, for at most `MAX_TOKENS` tokens."""
        outputs = self.load().run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": style.reshape(1, _STYLE),
                "speed": np.ones(1, dtype=np.float32),
            },
        )
        return np.asarray(outputs[0], dtype=np.float32).ravel()

    def _open(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        # Idle threads would otherwise spin and take the processor from live calls.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The arena keeps the most that the longest sentence ever needed.
        options.enable_cpu_mem_arena = False
        try:
            return onnxruntime.InferenceSession(
                str(self._file), options, providers=["CPUExecutionProvider"]
            )
        # The runtime raises classes of its own that share no base but Exception.
        except Exception as error:
            raise SpeakingError(f"Kokoro cannot be loaded from {self._file}: {error}") from error


class Kokoro:
    """One voice of Kokoro."""

    def __init__(self, model: KokoroModel, voice_file: Path, espeak: Espeak) -> None:
        """Load the voice, and the model if it is the first.

        Args:
            model: shared by the voices.
            voice_file: `<voice>.bin`, float32 of shape (510, 1, 256); the first letter of its name
                is that of its language.
            espeak: makes the phonemes.

        Raises:
            SpeakingError: a file is missing or wrong.
        """
        self._voice = voice_file.stem
        if self._voice[:1] not in _SPEAKERS:
            raise SpeakingError(f"Kokoro voice {self._voice} speaks no language of this house")
        self._language, self._phonemiser = _SPEAKERS[self._voice[:1]]
        try:
            styles = np.fromfile(voice_file, dtype="<f4")
        except OSError as error:
            raise SpeakingError(f"Kokoro voice cannot be read: {error}") from error
        if styles.size != MAX_TOKENS * _STYLE:
            raise SpeakingError(f"{voice_file} is no Kokoro voice: it has {styles.size} numbers")
        self._styles: NDArray[np.float32] = styles.reshape(MAX_TOKENS, _STYLE)
        self._espeak = espeak
        self._model = model
        model.load()

    @property
    def name(self) -> str:
        """What tells its sound from every other's."""
        return f"kokoro:{self._voice} v1"

    def render(self, text: str, language: Language) -> Audio:
        """The text as sound at `RATE`, at the voice's own loudness.

        Raises:
            SpeakingError: the language is not this voice's, or the text cannot be said.
        """
        if language != self._language:
            raise SpeakingError(f"{self.name} speaks {self._language}, not {language}")
        pause = np.zeros(round(_RUN_PAUSE * _MODEL_RATE), dtype=np.float32)
        sounds: list[NDArray[np.float32]] = []
        for run in split(self.phonemes(text)):
            tokens = [_TOKENS[letter] for letter in run]
            # A voice has one style for each length of text.
            style = self._styles[len(tokens) - 1]
            try:
                sounds += [self._model.run(tokens, style), pause]
            except SpeakingError:
                raise
            except Exception as error:
                raise SpeakingError(f"{self.name} cannot say the text: {error}") from error
        return finish(np.concatenate(sounds[:-1]), _MODEL_RATE)

    def phonemes(self, text: str) -> str:
        """The text in the model's alphabet, punctuation kept, since the model phrases by it.

        Raises:
            SpeakingError: there is nothing to say in the text.
        """
        spelt = "".join(
            rewrite(part, self._language) if is_ipa else self._spelt(part)
            for part, is_ipa in parts(text)
        )
        known = "".join(letter for letter in spelt if letter in _TOKENS).strip()
        if not any(letter.isalpha() for letter in known):
            raise SpeakingError("there is nothing to say in the text: it has no letters")
        return known

    def _spelt(self, text: str) -> str:
        """A piece of text; the spaces around it stay, since a name may stand beside it."""
        before, after = " " * text.startswith(" "), " " * text.endswith(" ")
        spelt = ""
        for at, part in enumerate(_MARK.split(text.replace("«", "“").replace("»", "”").strip())):
            if at % 2:
                spelt = f"{spelt.rstrip()} {part}" if part[0] in "(“" else f"{spelt}{part} "
            elif any(letter.isalnum() for letter in part):
                spelt += rewrite(
                    self._espeak.phonemes(part, self._phonemiser, _TIE), self._language
                )
        return f"{before}{spelt.strip()}{after}"


def rewrite(ipa: str, language: Language) -> str:
    """eSpeak's IPA, its sounds tied with `^`, in the model's alphabet."""
    english = _ENGLISH if language == "en" else {}
    for old, new in {**english, **_LETTERS}.items():
        ipa = ipa.replace(old, new)
    if language == "en":
        ipa = _SYLLABIC.sub(r"ᵊ\1", ipa)
    # A hyphen marks where French may link two words; it is no sound.
    return ipa.replace(_TIE, "").replace("-", "")


def split(phonemes: str, most: int = MAX_TOKENS) -> list[str]:
    """Pieces of at most `most` letters, cut after a sentence, else a clause, else a word."""
    pieces = []
    rest = phonemes.strip()
    while len(rest) > most:
        cut = most
        for boundary in (_SENTENCE_END, _CLAUSE_END, _WORD_END):
            ends = [found.start() for found in boundary.finditer(rest, 0, most + 1)]
            if ends and ends[-1] > 0:
                cut = ends[-1]
                break
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in (*pieces, rest) if piece]
