"""What a line does to a sound: no more and no less than a telephone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voicebot.bench.channel import PACKET, Channel, alaw
from voicebot.model import RATE, Audio


def tone(hertz: float, size: float = 8000, seconds: float = 1.0) -> Audio:
    time = np.arange(round(seconds * RATE)) / RATE
    return Audio(np.rint(size * np.sin(2 * np.pi * hertz * time)).astype(np.int16))


def power(samples: NDArray[np.int16]) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


def hiss(seed: int = 1, seconds: float = 3.0) -> Audio:
    random = np.random.default_rng(seed)
    return Audio(random.normal(0, 500, round(seconds * RATE)).astype(np.int16))


def test_a_plain_channel_changes_nothing() -> None:
    sound = tone(440)
    assert np.array_equal(Channel().carry(sound, 3).samples, sound.samples)


@pytest.mark.parametrize(
    ("sample", "restored"),
    # from the tables of G.711: the middle of the first, second and last steps of each sign
    [(0, 8), (15, 8), (16, 24), (511, 504), (512, 528), (32767, 32256), (-1, -8), (-32768, -32256)],
)
def test_alaw_has_the_steps_of_the_standard(sample: int, restored: int) -> None:
    assert alaw(np.array([sample], np.int16))[0] == restored


@given(st.integers(-32768, 32767))
def test_alaw_errs_by_half_a_step_and_does_nothing_more_the_second_time(sample: int) -> None:
    once = alaw(np.array([sample], np.int16))
    assert np.array_equal(alaw(once), once)
    # sixteen steps a segment: a thirty-second of the sample, eight at the least
    assert abs(int(once[0]) - sample) <= max(8, abs(sample) / 32 + 1)


def test_a_telephone_carries_no_more_than_its_band() -> None:
    channel = Channel(telephone=True)
    kept, cut = tone(1000), tone(6000)
    assert power(channel.carry(kept, 0).samples) == pytest.approx(power(kept.samples), rel=0.05)
    assert power(channel.carry(cut, 0).samples) < power(cut.samples) / 1000
    assert len(channel.carry(kept, 0).samples) == len(kept.samples)


@pytest.mark.parametrize("ratio", [0.0, 10.0, 20.0])
def test_noise_is_as_loud_as_asked_whatever_the_pauses(ratio: float) -> None:
    speech = np.concatenate([tone(300).samples, np.zeros(3 * RATE, np.int16)])
    noisy = Channel(noise=hiss(), noise_ratio=ratio).carry(Audio(speech), 5).samples
    added = noisy.astype(np.float64) - speech
    found = 10 * np.log10(power(tone(300).samples) / np.mean(added**2))
    assert found == pytest.approx(ratio, abs=0.5)


def test_silent_noise_and_silent_speech_are_no_error() -> None:
    silence = Audio(np.zeros(RATE, np.int16))
    assert np.array_equal(Channel(noise=silence).carry(tone(300), 1).samples, tone(300).samples)
    assert not Channel(noise=hiss()).carry(silence, 1).samples.any()
    empty = Audio(np.zeros(0, np.int16))
    assert len(Channel(True, hiss(), 10, 0.5).carry(empty, 1).samples) == 0


def test_packets_are_lost_whole_and_as_many_as_asked() -> None:
    sound = Audio(np.full(400 * round(PACKET * RATE) + 7, 1000, np.int16))
    packets = Channel(loss=0.25).carry(sound, 2).samples[:-7].reshape(400, -1)
    lost = (packets == 0).all(axis=1)
    assert ((packets == 0).any(axis=1) == lost).all()
    assert 70 <= lost.sum() <= 130


def test_the_same_seed_gives_the_same_sound_and_another_one_another() -> None:
    channel = Channel(True, hiss(), 10, 0.03)
    first, again, other = (channel.carry(tone(500), seed).samples for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
