"""Two ends joined: an hour between clocks that differ, bursts, gaps, hold."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from voicebot.media.bridge import Bridge, End
from voicebot.media.elastic import LIMIT, Elastic
from voicebot.model import FRAME_SAMPLES, FRAME_SECONDS, RATE, Audio

Sound = NDArray[np.int16]

SPEECH = Path(__file__).parent.parent / "data" / "speech" / "it-001-0.flac"
HOUR = 3600.0
LEVEL = 8000
PITCH = 2 * np.pi * 1000 / RATE


def sine(seconds: float = 1.0) -> Sound:
    """1 kHz; whole periods in every frame, so that it can be repeated."""
    samples: Sound = (LEVEL * np.sin(PITCH * np.arange(round(seconds * RATE)))).astype(np.int16)
    return samples


def speech() -> Sound:
    samples, rate = soundfile.read(SPEECH)
    both = soxr.resample(samples, rate, RATE)[: 4 * RATE]
    whole: Sound = (both / np.abs(both).max() * 20_000).astype(np.int16)
    return whole[: len(whole) // FRAME_SAMPLES * FRAME_SAMPLES]


class Talker:
    """One who says the same again and again, and keeps what they hear."""

    def __init__(self, end: End, words: Sound, ppm: float, seconds: float) -> None:
        self.end = end
        self.period = FRAME_SECONDS / (1 + ppm * 1e-6)
        self._words = words.reshape(-1, FRAME_SAMPLES)
        self.ticks = 0
        self._heard = np.zeros((int(seconds / self.period) + 2, FRAME_SAMPLES), np.int16)
        self.delay = 0.0
        """The most that ever waited for them."""
        self.places = np.zeros(len(self._heard), np.int64)
        """Of each frame heard, where it begins in what the other has said."""

    def tick(self, said: int) -> None:
        """20 ms by their own clock, when the other has said so many frames."""
        self.end.feed(Audio(self._words[self.ticks % len(self._words)]))
        self.delay = max(self.delay, self.end.delay)
        self.places[self.ticks] = said * FRAME_SAMPLES - self.end._heard.waiting
        self._heard[self.ticks] = self.end.source.pull().samples
        self.ticks += 1

    @property
    def heard(self) -> Sound:
        return self._heard[: self.ticks].reshape(-1)


def talk(ppm: float, seconds: float, words: Sound) -> tuple[Talker, Talker]:
    """A caller whose clock is so much faster than the operator's."""
    bridge = Bridge()
    caller = Talker(bridge.caller, words, ppm, seconds)
    operator = Talker(bridge.operator, words, 0, seconds)
    at_caller, at_operator = 0.0, 0.007
    while at_operator < seconds:
        if at_caller <= at_operator:
            caller.tick(operator.ticks)
            at_caller += caller.period
        else:
            operator.tick(caller.ticks)
            at_operator += operator.period
        # seen from outside, what waits is most just after the other has spoken
        caller.delay = max(caller.delay, caller.end.delay)
        operator.delay = max(operator.delay, operator.end.delay)
    return caller, operator


def ringing(heard: Sound) -> float:
    """How far it ever is from a pure 1 kHz tone, sample by sample: a click is thousands."""
    worst = 0.0
    for start in range(RATE, len(heard) - RATE * 60, RATE * 60):
        part = heard[start - 2 : start + RATE * 60].astype(np.float32)
        rest = part[2:] + part[:-2] - 2 * np.cos(PITCH) * part[1:-1]
        worst = max(worst, float(np.abs(rest).max()))
    return worst


@pytest.mark.parametrize("ppm", [200.0, -200.0])
def test_an_hour_between_two_clocks_leaves_a_tone_whole(ppm: float) -> None:
    for ear in talk(ppm, HOUR, sine()):
        assert ear.delay <= 0.06
        assert (ear.end._heard.gaps, ear.end._heard.cuts) == (0, 0)
        assert abs(len(ear.heard) / RATE - HOUR) < 1
        # a frame that is stretched is off its pitch by 0.3 %, which is 7 here
        assert ringing(ear.heard) < 40
        quiet = np.abs(ear.heard.reshape(-1, FRAME_SAMPLES)).max(axis=1) < LEVEL * 0.9
        assert not quiet[3:].any()


@pytest.mark.parametrize("ppm", [200.0, -200.0])
def test_an_hour_between_two_clocks_leaves_speech_as_it_was(ppm: float) -> None:
    words = speech()
    for ear in talk(ppm, HOUR, words):
        assert ear.delay <= 0.06
        assert (ear.end._heard.gaps, ear.end._heard.cuts) == (0, 0)
        assert sharpness(ear.heard) <= sharpness(words) * 1.05
        for minute, original in originals(ear, words):
            # the same sound, sample by sample: -40 dB is what the stretched frames differ by
            assert np.corrcoef(minute, original)[0, 1] > 0.9999
            assert np.abs(minute - original).max() < 0.1 * np.abs(original).max()


def sharpness(heard: Sound) -> int:
    """The sharpest turn from one sample to the next: clicks are sharper than speech."""
    minutes = (heard[at : at + 60 * RATE] for at in range(0, len(heard), 60 * RATE))
    return max(int(np.abs(np.diff(one.astype(np.int32), 2)).max()) for one in minutes)


def originals(ear: Talker, words: Sound) -> Iterator[tuple[Sound, NDArray[np.float64]]]:
    """Every fifth minute: what was heard, and the words at the very places that it is made of."""
    fine = 32
    dense = soxr.resample(np.tile(words, 3).astype(np.float64), RATE, RATE * fine)
    dense = dense[len(words) * fine : 2 * len(words) * fine]
    ends = np.append(ear.places[1 : ear.ticks], 0)
    for start in range(10, ear.ticks - 3001, 15000):
        frames = slice(start, start + 3000)
        lengths = ends[frames] - ear.places[frames]
        assert set(np.unique(lengths)) <= {319, 320, 321}
        steps = np.arange(FRAME_SAMPLES) / FRAME_SAMPLES
        at = ear.places[frames, None] + lengths[:, None] * steps
        said = dense[np.rint(at.reshape(-1) * fine).astype(np.int64) % len(dense)]
        yield ear.heard[start * FRAME_SAMPLES : (start + 3000) * FRAME_SAMPLES], said


# --- packets that come as they please ------------------------------------------------------

Lateness = Callable[[int], float]
"""Seconds by which a frame of that number comes late."""


def uneven(late: Lateness, seconds: float = 120.0) -> tuple[Elastic, Sound]:
    """A tone whose frames come late, in their order, to a listener who pulls every 20 ms."""
    elastic, words = Elastic(), sine(FRAME_SECONDS)
    coming = 0.0
    said, heard = 0, []
    for pulled in range(int(seconds / FRAME_SECONDS)):
        now = pulled * FRAME_SECONDS + 0.003
        while (coming := max(coming, said * FRAME_SECONDS + late(said))) <= now:
            elastic.feed(words)
            said += 1
            assert elastic.waiting <= LIMIT
        heard.append(elastic.pull())
    return elastic, np.concatenate(heard)


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(lambda number: 0.0, id="even"),
        pytest.param(lambda number: (number * 7919 % 18) / 1000, id="up to 17 ms late"),
        pytest.param(lambda number: 0.02 * (number % 2 == 0), id="two at once"),
        pytest.param(lambda number: 0.02 * (number % 50 == 0), id="one late now and then"),
    ],
)
def test_frames_that_come_late_or_together_cost_nothing(late: Lateness) -> None:
    elastic, heard = uneven(late)
    assert elastic.gaps == 0
    assert elastic.cuts <= 3, "no more than it takes to find its feet"
    quiet = np.abs(heard.reshape(-1, FRAME_SAMPLES)).max(axis=1) < LEVEL * 0.9
    assert not quiet[50:].any()


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(lambda number: 0.15 * (number % 400 == 0), id="a stall now and then"),
        pytest.param(lambda number: (number * 7919 % 60) / 1000, id="up to 60 ms late"),
        pytest.param(lambda number: 5.0 if number == 500 else 0.0, id="away for five seconds"),
    ],
)
def test_worse_than_that_is_silence_and_never_a_click(late: Lateness) -> None:
    elastic, heard = uneven(late)
    assert 0 < elastic.gaps
    # the tone itself moves by 3,061 between two samples
    assert np.abs(np.diff(heard.astype(np.int32))).max() < 3_900
    assert np.abs(heard[-RATE:]).max() > LEVEL * 0.9


def test_after_a_bad_time_the_delay_becomes_short_again() -> None:
    elastic, words = Elastic(), sine(FRAME_SECONDS)
    for _ in range(2):
        elastic.feed(words)
    waiting = []
    for _ in range(1000):
        elastic.feed(words)
        elastic.pull()
        waiting.append(elastic.waiting)
    assert (waiting[0], waiting[-1]) == (2 * FRAME_SAMPLES, FRAME_SAMPLES)


def test_frames_of_any_length_are_taken() -> None:
    elastic, words = Elastic(), sine()
    lengths = [0, 1, 7, 160, 500, 4000]
    for number in range(500):
        start = 16 * number
        elastic.feed(words[start : start + lengths[number % len(lengths)]])
        assert elastic.waiting <= LIMIT
        assert len(elastic.pull()) == FRAME_SAMPLES


# --- the bridge ------------------------------------------------------------------------


class Music:
    def pull(self) -> Audio:
        return Audio(np.full(FRAME_SAMPLES, 99, np.int16))


def exchange(bridge: Bridge, frames: int = 10) -> tuple[Sound, Sound]:
    """Both say something: what the caller and the operator hear."""
    heard: tuple[list[Sound], list[Sound]] = ([], [])
    for _ in range(frames):
        for number, (end, value) in enumerate(((bridge.caller, 1000), (bridge.operator, 2000))):
            end.feed(Audio(np.full(FRAME_SAMPLES, value, np.int16)))
            heard[number].append(end.source.pull().samples)
    return np.concatenate(heard[0]), np.concatenate(heard[1])


def test_each_hears_the_other_and_not_itself() -> None:
    caller, operator = exchange(Bridge())
    assert set(np.unique(caller[-RATE // 20 :])) == {2000}
    assert set(np.unique(operator[-RATE // 20 :])) == {1000}


def test_on_hold_the_caller_has_music_and_nobody_hears_the_other() -> None:
    bridge = Bridge()
    exchange(bridge)
    bridge.hold(True, Music())
    caller, operator = exchange(bridge)
    assert set(np.unique(caller[FRAME_SAMPLES:])) == {99}
    assert not operator[FRAME_SAMPLES:].any()
    bridge.hold(False)
    caller, operator = exchange(bridge)
    assert set(np.unique(caller[-RATE // 20 :])) == {2000}
    assert set(np.unique(operator[-RATE // 20 :])) == {1000}


def test_hold_comes_and_goes_without_a_click() -> None:
    bridge, heard = Bridge(), []
    tone = sine(FRAME_SECONDS)
    for number in range(40):
        if number in (10, 30):
            bridge.hold(number == 10)
        bridge.operator.feed(Audio(tone))
        heard.append(bridge.caller.source.pull().samples)
    assert np.abs(np.diff(np.concatenate(heard).astype(np.int32))).max() < 3_900


def test_a_bridge_costs_next_to_nothing() -> None:
    bridge, tone = Bridge(), Audio(sine(FRAME_SECONDS))
    costs = []
    for _ in range(20):
        started = time.process_time()
        for _ in range(100):
            bridge.caller.feed(tone)
            bridge.operator.feed(tone)
            bridge.caller.source.pull()
            bridge.operator.source.pull()
        costs.append((time.process_time() - started) / 100)
    # both directions of 20 ms: some 10 µs; the bound is for machines that are busy
    assert statistics.median(costs) < 200e-6
