"""The builders of adapters: from settings to what the house runs on.

What runs in a child process is built there: these are top-level functions that can be named to it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path

from voicebot import logs
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.clock import TownClock
from voicebot.adapters.database import Database
from voicebot.adapters.espeak import Espeak, EspeakVoice
from voicebot.adapters.kokoro import Kokoro, KokoroModel
from voicebot.adapters.language_head import LanguageHead
from voicebot.adapters.piper import Piper
from voicebot.adapters.recogniser import RecogniserByLanguage
from voicebot.adapters.silero import Silero
from voicebot.adapters.speech_process import Recogniser
from voicebot.adapters.tashkeel import Tashkeel
from voicebot.adapters.vosk import Vosk, VoskModel
from voicebot.adapters.whisper import Whisper
from voicebot.adapters.whisper_plain import PlainWhisper
from voicebot.answering.prerender import fixed_prompts
from voicebot.answering.wording import Wording, load_catalogues
from voicebot.dialogue import Dialogue
from voicebot.errors import AudioFileError, SettingsError, SpeakingError, WeightsError
from voicebot.hearing.language import choose
from voicebot.model import Content, Expected, Language, OfficeId, Route, Sentence
from voicebot.ports import Voice
from voicebot.settings import Settings
from voicebot.speaking.loudness import level
from voicebot.speaking.sounds import Lexicon, Sounds
from voicebot.speaking.voices import Voices
from voicebot.staff.check import Examiner
from voicebot.understanding.fillers import fillers
from voicebot.understanding.matcher import Matcher
from voicebot.weights.manifest import load_manifest
from voicebot.weights.store import WeightStore

logger = logging.getLogger(__name__)

ESPEAK_VOICES: Mapping[Language, str] = {"it": "it", "en": "en-gb", "fr": "fr-fr", "ar": "ar"}
"""Whose pronunciation words are compared by."""


def weights(settings: Settings) -> WeightStore:
    """The models on this machine."""
    manifest = load_manifest(settings.paths.models / "manifest.toml")
    return WeightStore(manifest, settings.paths.models, settings.paths.data)


def wanted_models(settings: Settings) -> set[str]:
    """The ids of the models that the settings would use."""
    voices = [
        label.partition(":") for labels in settings.speech.voices.values() for label in labels
    ]
    piper = {f"piper-{name}" for engine, _, name in voices if engine == "piper"}
    recognisers = [label for labels in settings.speech.recognisers.values() for label in labels]
    vosk = {label.partition(":")[2] for label in recognisers if label.startswith("vosk:")}
    return piper | vosk | {"whisper-base", "kokoro-82m"}


def silero() -> Silero:
    """Voice activity, one model for all calls."""
    return Silero()


def routes(settings: Settings, content: Content) -> dict[OfficeId, Route]:
    """How the callers of each office are put through.

    Raises:
        SettingsError: the settings name an office that is none.
    """
    known = {office.id for office in content.offices}
    given = settings.connect.offices
    if unknown := sorted(given.keys() - known):
        raise SettingsError(
            f"connect.offices: there is no office {', '.join(unknown)}; "
            f"write some of {', '.join(sorted(known))}"
        )
    return {office: Route(one.way, one.targets) for office, one in given.items()}


def expected(content: Content) -> Expected:
    """What callers are likely to say, for the recognisers."""
    return Expected(
        hints={
            language: " ".join(
                [
                    book.example,
                    *(f"{Sentence(language, o.names[language]).shown}." for o in content.offices),
                ]
            )
            for language, book in content.books.items()
        },
        phrases={
            language: tuple(expected_phrases(content, language)) for language in content.books
        },
    )


def whisper(settings: Settings, hints: Mapping[Language, str]) -> Whisper:
    """The recogniser; runs in the ear's process."""
    logs.set_up(settings.log_level)
    store = weights(settings)
    folder = store.ensure("whisper-base")
    return Whisper(folder, settings.speech.threads, choose, hints, _language_head(store))


def plain_whisper(settings: Settings) -> PlainWhisper:
    """The same model as its library is usually called; for the benches."""
    return PlainWhisper(weights(settings).ensure("whisper-base"), settings.speech.threads, choose)


def _language_head(store: WeightStore) -> LanguageHead | None:
    """What mends Whisper's belief whose language it is; without it that belief counts alone."""
    try:
        return LanguageHead(store.ensure("language-head") / "head.npz")
    except WeightsError as error:
        logger.warning("languages are told by Whisper alone: %s", error)
        return None


def ear(settings: Settings, expected: Expected) -> Recogniser:
    """Whisper, and Vosk where the settings prefer it; runs in the ear's process.

    A Vosk model that is missing is logged, and Whisper recognises instead.
    """
    first = whisper(settings, expected.hints)
    wanted = {
        language: labels
        for language in settings.languages
        if (labels := settings.speech.recognisers[language])[:1] not in ((), ("whisper",))
    }
    if not wanted:
        return first
    models = {code: _vosk(settings, expected.phrases[code], code, wanted[code]) for code in wanted}
    second = Vosk({code: model for code, model in models.items() if model is not None})
    if not second.languages:
        return first
    fall_back = [code for code in second.languages if "whisper" in wanted[code]]
    return RecogniserByLanguage(first, second, second.languages, fall_back)


def _vosk(
    settings: Settings, phrases: Sequence[str], language: Language, labels: Sequence[str]
) -> VoskModel | None:
    """The first model that is there, of those preferred to Whisper."""
    store = weights(settings)
    for label in takewhile(lambda label: label != "whisper", labels):
        try:
            folder = store.ensure(label.partition(":")[2])
            return VoskModel(folder, language, phrases)
        except WeightsError as error:
            logger.warning("%s cannot be loaded, the next one recognises: %s", label, error)
    return None


def expected_phrases(content: Content, language: Language) -> list[str]:
    """What callers are likely to say, in pieces; where an office is named, pieces meet."""
    book = content.books[language]
    written = [phrase.text for phrase in book.offices]
    written += [phrase.text for phrase in book.actions]
    written += [phrase.text for phrase in book.commands]
    places = [place for office in content.offices for place in (*office.quarters, *office.streets)]
    names = [office.names[language] for office in content.offices]
    pieces = [piece for text in written for piece in text.split("{office}")]
    return [book.example, *names, *places, *pieces, *sorted(fillers(language))]


def voices(settings: Settings) -> Voices:
    """Every configured voice, loaded when first needed; runs in the voices' process."""
    logs.set_up(settings.log_level)
    return _VoiceMaker(settings).voices()


class _VoiceMaker:
    """Makes voices by their names in the settings; what they share is made once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._weights = weights(settings)
        self._espeak = Espeak()
        self._kokoro: KokoroModel | None = None

    def voices(self) -> Voices:
        """All of them, in the order of the settings, none loaded yet."""
        ordered = {
            language: [(label, partial(self.voice, label, language)) for label in labels]
            for language, labels in self._settings.speech.voices.items()
        }
        return Voices(ordered, self._settings.speech.loudness)

    def voice(self, label: str, language: Language) -> Voice:
        """One voice, such as `piper:it_IT-paola-medium`."""
        engine, _, name = label.partition(":")
        vowels = Tashkeel() if language == "ar" else None
        if engine == "piper":
            model = self._weights.ensure(f"piper-{name}") / f"{name}.onnx"
            return Piper(model, language, vowels=vowels)
        if engine == "kokoro":
            file = self._weights.ensure("kokoro-voices") / f"{name}.bin"
            return Kokoro(self._kokoro_model(), file, self._espeak)
        if engine == "espeak":
            return EspeakVoice(self._espeak, name, language, vowels)
        raise SettingsError(
            f"speech.voices.{language}: {label!r}: write piper:, kokoro: or espeak: and a voice"
        )

    def _kokoro_model(self) -> KokoroModel:
        if self._kokoro is None:
            file = self._weights.ensure("kokoro-82m") / "model.onnx"
            self._kokoro = KokoroModel(file, self._settings.speech.threads)
        return self._kokoro


def matcher(content: Content) -> Matcher:
    """Understanding by letters and by sound; by letters alone where eSpeak cannot be loaded."""
    try:
        espeak = Espeak()
    except SpeakingError as error:
        logger.warning("words are known by their letters alone: %s", error)
        return Matcher(content.books, content.offices)
    return Matcher(
        content.books,
        content.offices,
        lambda word, language: espeak.phonemes(word, ESPEAK_VOICES[language]),
    )


def dialogue(settings: Settings, content: Content) -> Dialogue:
    """The conversation over this content."""
    wording = Wording(load_catalogues(settings.paths.locales, settings.languages))
    return Dialogue(content, matcher(content), wording, settings.languages, settings.numbering.plan)


def database(settings: Settings) -> Database:
    """Where the queue and the accounts are kept; not opened yet."""
    return Database(settings.database.url or f"sqlite:///{settings.paths.data}/voicebot.sqlite")


def examiner(settings: Settings) -> Examiner:
    """The whole check of the staff files."""
    clock = TownClock(settings.time_zone)
    return Examiner(settings.languages, matcher, clock, partial(prompts, settings), read_audio)


def prompts(settings: Settings, content: Content) -> tuple[Sentence, ...]:
    """Every sentence that can be foreseen."""
    wording = Wording(load_catalogues(settings.paths.locales, settings.languages))
    return fixed_prompts(wording, content, settings.languages)


def sounds(settings: Settings, content: Content, folder: Path) -> Sounds:
    """What staff have settled about how sentences sound; blocking.

    A recording that cannot be read is logged, and the voice speaks.
    """
    recordings = {}
    for key, path in content.recordings.items():
        try:
            recordings[key] = level(read_audio(folder / path), settings.speech.loudness)
        except AudioFileError as error:
            logger.error("the voice speaks in place of a recording: %s", error)
    lexicons = {code: Lexicon(entries) for code, entries in content.pronunciation.items()}
    return Sounds(recordings, lexicons)
