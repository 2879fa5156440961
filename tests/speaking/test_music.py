"""Music on hold: the project's own piece, and what is done to any piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.silero import Silero
from voicebot.bench.channel import Channel
from voicebot.model import FRAME_SAMPLES, RATE, Audio
from voicebot.settings import HOME
from voicebot.speaking.loudness import loudness
from voicebot.speaking.music import Piece

FILE = HOME / "intents" / "music" / "waiting.ogg"


def heard(piece: Piece, seconds: float) -> NDArray[np.int16]:
    playing = piece.play()
    return np.concatenate([playing.pull().samples for _ in range(round(seconds * 50))])


def tone(seconds: float, hz: float = 440.0) -> Audio:
    t = np.arange(round(seconds * RATE)) / RATE
    return Audio((9000 * np.sin(2 * np.pi * hz * t)).astype(np.int16))


@pytest.fixture(scope="module")
def own() -> Audio:
    return read_audio(FILE)


def test_the_file_is_what_the_script_makes(tmp_path: Path, own: Audio) -> None:
    made = tmp_path / "made.ogg"
    script = HOME / "scripts" / "compose_music.py"
    subprocess.run([sys.executable, script, made], check=True, cwd=tmp_path)
    again = read_audio(made).samples.astype(float)
    ours = own.samples.astype(float)
    assert len(again) == len(ours)
    assert np.abs(again - ours).max() < 0.01 * np.abs(ours).max()


def test_it_is_of_the_loudness_that_is_asked_for(own: Audio) -> None:
    assert loudness(Audio(heard(Piece(own, -26.0), 50))) == pytest.approx(-26, abs=0.5)


def test_it_lasts_long_enough_not_to_tire_and_lies_where_a_telephone_carries_it(
    own: Audio,
) -> None:
    assert own.seconds > 45
    power = np.abs(np.fft.rfft(own.samples.astype(float))) ** 2
    hz = np.fft.rfftfreq(len(own.samples), 1 / RATE)
    assert power[(hz > 200) & (hz < 3400)].sum() > 0.9 * power.sum()


@pytest.mark.models
@pytest.mark.parametrize("decibels", [0, -20, -30])
def test_its_echo_is_never_taken_for_a_caller(own: Audio, decibels: float) -> None:
    """Also as the telephone returns it: narrow, in A-law, at any loudness."""
    samples = (heard(Piece(own, -26.0), 52) * 10 ** (decibels / 20)).astype(np.int16)
    for sound in (samples, Channel(telephone=True).carry(Audio(samples), 0).samples):
        activity = Silero().for_call()
        chunks = [sound[i : i + 512] for i in range(0, len(sound) - 512, 512)]
        assert max(activity.probability(chunk) for chunk in chunks) < 0.35


def test_it_goes_round_without_a_click() -> None:
    piece = Piece(tone(3.3, hz=431.7), -20.0)
    sound = heard(piece, 10.0).astype(float)
    steepest = np.abs(np.diff(sound[: 3 * RATE])).max()
    assert np.abs(np.diff(sound)).max() < 1.2 * steepest


def test_every_caller_hears_it_from_the_beginning() -> None:
    piece = Piece(tone(3.0), -20.0)
    assert (heard(piece, 1.0) == heard(piece, 1.0)).all()


def test_frames_are_whole() -> None:
    playing = Piece(tone(2.345), -20.0).play()
    assert {len(playing.pull().samples) for _ in range(300)} == {FRAME_SAMPLES}


@pytest.mark.parametrize("audio", [None, Audio(np.zeros(0, np.int16)), tone(0.3)])
def test_no_music_is_silence(audio: Audio | None) -> None:
    assert not heard(Piece(audio, -26.0), 1.0).any()


def test_silence_for_music_is_silence() -> None:
    assert not heard(Piece(Audio(np.zeros(5 * RATE, np.int16)), -26.0), 6.0).any()
