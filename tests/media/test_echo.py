"""The bot's own voice on a line that sends it back: real voices, A-law both ways."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from voicebot import build
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.silero import Silero
from voicebot.hearing.endpointing import Endpointer, SpeechStarted
from voicebot.hearing.whole import bounds
from voicebot.media import g711
from voicebot.media.echo import EchoGate
from voicebot.model import FRAME_SAMPLES, RATE, Audio

SPEECH = Path(__file__).parent.parent / "data" / "speech"
PROMPTS = ("it-001-0", "en-020-0", "it-004-1")
"""Said by the voices that speak for the bot."""
CALLERS = ("fr-037-0", "ar-commonvoice-286", "ar-commonvoice-288", "it-004-1")
SECONDS = 9.0
HYBRID = np.array([0.2, -0.5, 1.0, 0.6, -0.3, 0.15]) / 1.3
"""What a telephone's hybrid makes of an impulse at 8 kHz."""


@dataclass
class Player:
    """Plays a track."""

    track: NDArray[np.int16]
    place: int = 0

    def pull(self) -> Audio:
        frame = self.track[self.place : self.place + FRAME_SAMPLES]
        self.place += FRAME_SAMPLES
        return Audio(np.pad(frame, (0, FRAME_SAMPLES - len(frame))))


@pytest.fixture(scope="module")
def silero() -> Silero:
    return build.silero()


@pytest.fixture(scope="module")
def prompts() -> NDArray[np.int16]:
    gap = np.zeros(3 * RATE // 10, np.int16)
    clips = [read_audio(SPEECH / f"{name}.flac").samples for name in PROMPTS]
    track = np.concatenate([part for clip in clips for part in (clip, gap)])
    return np.resize(track, round(SECONDS * RATE))


def voice(name: str) -> Audio:
    return read_audio(SPEECH / f"{name}.flac")


def line(
    played: NDArray[np.int16], decibels: float, delay: float, caller: Audio | None, at: float
) -> NDArray[np.int16]:
    """What comes back at `RATE`: the echo so much lower and later, the caller, a faint hiss."""
    there = g711.decode(g711.encode(soxr.resample(played, RATE, g711.NARROW)))
    back = np.convolve(there, HYBRID)[: len(there)] * 10 ** (-decibels / 20)
    back = np.concatenate([np.zeros(round(delay * g711.NARROW)), back])[: len(there)]
    if caller is not None:
        said = soxr.resample(caller.samples, RATE, g711.NARROW).astype(np.float64)
        start = round(at * g711.NARROW)
        back[start : start + len(said)] += said[: len(back) - start]
    back += np.random.default_rng(5).normal(0, 3, len(back))
    sent = g711.encode(back.clip(-32768, 32767).astype(np.int16))
    return np.asarray(soxr.resample(g711.decode(sent), g711.NARROW, RATE), np.int16)


def speech_begins(
    silero: Silero, played: NDArray[np.int16], came: NDArray[np.int16], gated: bool = True
) -> float | None:
    """When a call would take it that the caller speaks, seconds."""
    gate, endpointer = EchoGate(Player(played)), Endpointer(silero.for_call())
    for number in range(len(came) // FRAME_SAMPLES):
        gate.pull()
        frame = Audio(came[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
        for event in endpointer.feed(gate.hear(frame) if gated else frame):
            if isinstance(event, SpeechStarted):
                return (number + 1) * FRAME_SAMPLES / RATE
    return None


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.137, 0.3])
@pytest.mark.parametrize("decibels", [10.0, 20.0, 30.0])
def test_the_bot_does_not_stop_for_its_own_echo(
    silero: Silero, prompts: NDArray[np.int16], decibels: float, delay: float
) -> None:
    came = line(prompts, decibels, delay, None, 0.0)
    assert speech_begins(silero, prompts, came) is None


def test_without_the_gate_it_would(silero: Silero, prompts: NDArray[np.int16]) -> None:
    came = line(prompts, 20.0, 0.1, None, 0.0)
    assert speech_begins(silero, prompts, came, gated=False) is not None


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("decibels", "delay"), [(14.0, 0.05), (20.0, 0.0), (20.0, 0.3)])
def test_a_caller_breaks_in_over_the_echo_as_soon_as_without_one(
    silero: Silero, prompts: NDArray[np.int16], caller: str, decibels: float, delay: float
) -> None:
    said = voice(caller)
    silent = np.zeros_like(prompts)
    clean = line(silent, decibels, delay, said, 3.0)
    alone = speech_begins(silero, silent, clean, gated=False)
    over = speech_begins(silero, prompts, line(prompts, decibels, delay, said, 3.0))
    assert alone is not None and over is not None
    assert over == pytest.approx(alone, abs=0.1)


@pytest.mark.parametrize("caller", CALLERS[:3])
def test_the_bot_falls_silent_in_time(
    silero: Silero, prompts: NDArray[np.int16], caller: str
) -> None:
    said = voice(caller)
    spoken = bounds(said, silero.for_call())
    assert spoken is not None
    over = speech_begins(silero, prompts, line(prompts, 20.0, 0.1, said, 3.0))
    assert over is not None and over - (3.0 + spoken[0]) <= 0.2


def test_a_line_without_echo_is_heard_as_it_is(prompts: NDArray[np.int16]) -> None:
    """Every sample, in its order, though the bot speaks all the time."""
    came = line(np.zeros_like(prompts), 20.0, 0.0, voice("fr-037-0"), 1.0)
    gate = EchoGate(Player(prompts))
    heard = []
    for number in range(len(came) // FRAME_SAMPLES):
        gate.pull()
        frame = Audio(came[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
        heard.append(gate.hear(frame).samples)
    whole = np.concatenate(heard)
    lost = np.abs(whole.astype(int) - came[: len(whole)]) > 0
    assert len(came) - len(whole) < RATE // 10
    assert lost.mean() < 0.01


def test_time_goes_on_under_an_echo(prompts: NDArray[np.int16]) -> None:
    """Silence in its place: as much as there was sound, so that times hold."""
    came = line(prompts, 20.0, 0.1, None, 0.0)
    gate = EchoGate(Player(prompts))
    lengths = []
    for number in range(len(came) // FRAME_SAMPLES):
        gate.pull()
        frame = Audio(came[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
        lengths.append(len(gate.hear(frame).samples))
    assert sum(lengths) == pytest.approx(len(came), abs=6 * FRAME_SAMPLES)
    assert max(lengths) <= 6 * FRAME_SAMPLES


def test_an_echo_that_moves_is_found_again(silero: Silero, prompts: NDArray[np.int16]) -> None:
    """A lost packet, or a gateway that slips: from then on the echo comes 20 ms sooner."""
    came = line(prompts, 20.0, 0.2, None, 0.0)
    at = 4 * RATE
    assert speech_begins(silero, prompts, np.delete(came, slice(at, at + RATE // 50))) is None


def test_what_is_pulled_is_what_is_played(prompts: NDArray[np.int16]) -> None:
    gate = EchoGate(Player(prompts))
    assert np.array_equal(gate.pull().samples, prompts[:FRAME_SAMPLES])


def test_a_silent_side_costs_next_to_nothing(prompts: NDArray[np.int16]) -> None:
    """Most calls, most of the time: the bot is silent, or nothing comes back."""
    loud = Audio(prompts[RATE : RATE + FRAME_SAMPLES])

    def cost(played: NDArray[np.int16], came: Audio) -> float:
        gate, took = EchoGate(Player(played)), []
        for _ in range(300):
            started = time.thread_time()
            gate.pull()
            gate.hear(came)
            took.append(time.thread_time() - started)
        return float(np.median(took))

    busy = cost(prompts, loud)
    assert cost(np.zeros_like(prompts), loud) < busy / 2
    assert busy < 0.002


def test_the_test_line_is_one(prompts: NDArray[np.int16]) -> None:
    """It sends back what it says: as late and as low."""
    came = line(prompts, 20.0, 0.1, None, 0.0).astype(np.float64)
    late = round(0.1 * RATE)
    power = np.mean(came[late:] ** 2) / np.mean(prompts[:-late].astype(np.float64) ** 2)
    assert 10 * np.log10(power) == pytest.approx(-20, abs=4)
