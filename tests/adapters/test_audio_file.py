"""Sound files of every usual kind become mono sound at the house's rate."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voicebot.adapters.audio_file import MAX_SECONDS, read_audio, write_audio
from voicebot.errors import AudioFileError
from voicebot.model import RATE, Audio

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg")


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> NDArray[np.float64]:
    return np.asarray(0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate))


def is_the_tone(audio: Audio, level: float = 0.5) -> bool:
    """Whether it is a second of 440 Hz at that level, within what a codec may do to it."""
    middle = audio.samples[2000:14_000] / 32767
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    hertz = float(np.argmax(spectrum)) * RATE / len(middle)
    loud = float(np.sqrt(np.mean(middle**2)) * np.sqrt(2))
    return abs(hertz - 440) < 3 and abs(loud - level) < 0.1 and abs(audio.seconds - 1) < 0.1


@pytest.mark.parametrize(
    ("name", "rate", "subtype"),
    [
        ("plain.wav", RATE, "PCM_16"),
        ("alaw.wav", 8000, "ALAW"),
        ("mulaw.wav", 8000, "ULAW"),
        ("float.wav", 48_000, "FLOAT"),
        ("deep.flac", 44_100, "PCM_24"),
        ("vorbis.ogg", 22_050, "VORBIS"),
        ("opus.ogg", 48_000, "OPUS"),
        ("layer.mp3", 44_100, "MPEG_LAYER_III"),
    ],
)
def test_every_usual_format_is_read(tmp_path: Path, name: str, rate: int, subtype: str) -> None:
    file = tmp_path / name
    soundfile.write(file, tone(rate), rate, subtype=subtype)
    audio = read_audio(file)
    assert audio.rate == RATE
    assert audio.samples.dtype == np.int16
    assert audio.samples.ndim == 1
    assert is_the_tone(audio)


def test_the_channels_are_mixed(tmp_path: Path) -> None:
    file = tmp_path / "stereo.wav"
    left = tone(44_100)
    soundfile.write(file, np.stack([left, np.zeros_like(left)], axis=1), 44_100)
    assert is_the_tone(read_audio(file), level=0.25)


@needs_ffmpeg
@pytest.mark.parametrize("options", [["-c:a", "aac", "x.m4a"], ["-c:a", "libopus", "x.webm"]])
def test_what_soundfile_cannot_read_goes_by_ffmpeg(tmp_path: Path, options: list[str]) -> None:
    plain = tmp_path / "plain.wav"
    soundfile.write(plain, tone(48_000), 48_000)
    *codec, name = options
    file = tmp_path / name
    command = ["ffmpeg", "-loglevel", "error", "-i", str(plain), *codec, str(file)]
    subprocess.run(command, check=True)
    assert is_the_tone(read_audio(file))


def test_the_ending_of_the_name_does_not_matter(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(RATE), RATE)
    file = (tmp_path / "a.wav").rename(tmp_path / "voce.registrata")
    assert is_the_tone(read_audio(file))


def test_what_is_too_loud_is_clipped_and_does_not_wrap_round(tmp_path: Path) -> None:
    file = tmp_path / "loud.wav"
    soundfile.write(file, np.full(RATE, 3.0), RATE, subtype="FLOAT")
    assert read_audio(file).samples[1000:-1000].min() > 32_000


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_numbers_do_no_harm(tmp_path: Path, value: float) -> None:
    file = tmp_path / "odd.wav"
    samples = tone(RATE)
    samples[5000] = value
    soundfile.write(file, samples, RATE, subtype="FLOAT")
    audio = read_audio(file)
    assert len(audio.samples) == RATE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.wav", b"Buongiorno, questo non e' un suono.\n" * 50),
        ("empty.wav", b""),
        ("head.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
        ("zeros.mp3", bytes(2000)),
    ],
)
def test_what_is_no_sound_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(AudioFileError) as error:
        read_audio(file)
    assert str(file) in str(error.value)


def test_a_file_of_no_samples(tmp_path: Path) -> None:
    file = tmp_path / "none.wav"
    soundfile.write(file, np.zeros(0), RATE)
    with pytest.raises(AudioFileError, match="no sound"):
        read_audio(file)


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.wav", tmp_path):
        with pytest.raises(AudioFileError, match="no such file"):
            read_audio(path)


def test_a_file_that_is_too_long_is_no_utterance(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    soundfile.write(file, np.zeros((MAX_SECONDS + 1) * 1000), 1000, subtype="PCM_U8")
    with pytest.raises(AudioFileError, match="longer than 600 seconds"):
        read_audio(file)


def test_where_there_is_no_ffmpeg_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "x.m4a"
    file.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(100))
    with pytest.raises(AudioFileError, match="install ffmpeg, or convert"):
        read_audio(file)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    audio = Audio((tone(RATE) * 32767).astype(np.int16))
    write_audio(tmp_path / name, audio)
    assert np.abs(read_audio(tmp_path / name).samples.astype(int) - audio.samples).max() <= 2


@pytest.mark.parametrize("name", ["no/such/folder.wav", "a.sound", "noending", "."])
def test_where_it_cannot_be_written_the_remedy_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(AudioFileError, match=r"existing folder and a \.wav file"):
        write_audio(tmp_path / name, Audio(np.zeros(100, np.int16)))
