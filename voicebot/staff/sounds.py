"""The staff's own recordings: whether each is heard anywhere, and is a sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from voicebot.content.problems import Problem, Severity
from voicebot.errors import AudioFileError
from voicebot.model import Audio, Content, Sentence, told

MAX_SECONDS = 60.0
"""A longer recording keeps a caller who wants something else."""

_SILENCE = 300
"""Of 32767: a recording with nothing louder was made with the microphone off."""


def check_recordings(
    content: Content,
    folder: Path,
    prompts: Iterable[Sentence],
    read: Callable[[Path], Audio],
) -> Iterator[Problem]:
    """What is wrong with the recordings in the folder.

    Args:
        content: of that folder.
        folder: the staff files.
        prompts: every sentence that can be foreseen.
        read: a sound file, or AudioFileError.
    """
    known: dict[str, set[str]] = {}
    for sentence in prompts:
        known.setdefault(sentence.language, set()).add(sentence.name)
    for (language, name), path in content.recordings.items():
        file = f"{folder.name}/{path}"
        yield from _sound(file, folder / path, read)
        if name not in known.get(language, set()):
            yield Problem(
                file,
                0,
                "",
                told("no sentence of the bot in {language} has this name", language=language),
                _likely(name, known.get(language, set())),
                Severity.WARNING,
            )


def _likely(name: str, names: Iterable[str]) -> str:
    best = process.extractOne(name, list(names), scorer=fuzz.ratio, score_cutoff=60)
    if best is not None:
        return told("did you mean {word}?", word=best[0])
    return told("voicebot prompts lists the names")


def _sound(shown: str, path: Path, read: Callable[[Path], Audio]) -> Iterator[Problem]:
    try:
        audio = read(path)
    except AudioFileError:
        message = told("this is not a sound file that can be read")
        yield Problem(shown, 0, "", message, told("save it again as WAV, MP3, Ogg or FLAC"))
        return
    if audio.seconds > MAX_SECONDS:
        message = told("the recording lasts {seconds} seconds", seconds=round(audio.seconds))
        remedy = told("record at most {most} seconds", most=round(MAX_SECONDS))
        yield Problem(shown, 0, "", message, remedy)
    elif np.abs(audio.samples.astype(np.int32)).max(initial=0) < _SILENCE:
        message = told("nothing is to be heard in the recording")
        yield Problem(shown, 0, "", message, told("record it again, nearer to the microphone"))
