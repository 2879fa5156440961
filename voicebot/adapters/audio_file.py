"""Sound files of any format and rate: soundfile first, pydub (ffmpeg) for the rest."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from pydub import AudioSegment
from pydub.exceptions import CouldntDecodeError

from voicebot.errors import AudioFileError
from voicebot.model import RATE, Audio

_PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
)
"""Programs that play a file, the likeliest first, with their options."""

MAX_SECONDS = 600
"""A longer file is no utterance, and too much music to keep in memory."""


def read_audio(path: Path) -> Audio:
    """The file's sound, mono at `RATE`.

    Raises:
        AudioFileError: there is no such file, or it holds no sound that can be read.
    """
    if not path.is_file():
        raise AudioFileError(f"{path}: there is no such file")
    try:
        samples, rate = _by_soundfile(path)
    except soundfile.LibsndfileError:
        samples, rate = _by_pydub(path)
    if len(samples) == 0:
        raise AudioFileError(f"{path}: the file holds no sound")
    if len(samples) > MAX_SECONDS * rate:
        raise AudioFileError(f"{path}: longer than {MAX_SECONDS} seconds; cut it shorter")
    # one sample that is no number would spoil its neighbours, too
    sound = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    resampled = soxr.resample(sound, rate, RATE, quality="HQ")
    return Audio((np.clip(resampled, -1.0, 1.0) * 32767).astype(np.int16))


def write_audio(path: Path, audio: Audio) -> None:
    """Write a 16-bit WAV (or FLAC, by the name's ending).

    Raises:
        AudioFileError: the folder is missing or cannot be written to.
    """
    try:
        soundfile.write(path, audio.samples, audio.rate, subtype="PCM_16")
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        text = f"{path}: cannot be written; name an existing folder and a .wav file"
        raise AudioFileError(text) from error


def play_file(path: Path) -> None:
    """Play a sound file to its end on this machine.

    Raises:
        AudioFileError: there is no program for it, or it failed.
    """
    for name, *options in _PLAYERS:
        program = shutil.which(name)
        if program is not None:
            done = subprocess.run([program, *options, str(path)], check=False)
            if done.returncode != 0:
                raise AudioFileError(f"{path}: {name} cannot play it; open it with another player")
            return
    raise AudioFileError("no program here plays sound: install ffmpeg, or write files with -o")


def _by_soundfile(path: Path) -> tuple[NDArray[np.float32], int]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1, dtype=np.float32), int(rate)


def _by_pydub(path: Path) -> tuple[NDArray[np.float32], int]:
    if shutil.which("ffmpeg") is None:
        raise AudioFileError(
            f"{path}: not WAV, FLAC, Ogg or MP3; install ffmpeg, or convert the file to WAV"
        )
    try:
        segment = AudioSegment.from_file(path).set_channels(1).set_sample_width(2)
    except (CouldntDecodeError, IndexError, OSError, ValueError) as error:
        text = f"{path}: not a sound file that can be read; give WAV, FLAC, Ogg or MP3"
        raise AudioFileError(text) from error
    samples = np.frombuffer(segment.raw_data, np.int16).astype(np.float32)
    samples /= 32768
    return samples, int(segment.frame_rate)
