import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voicebot.model import RATE, Audio
from voicebot.speaking.loudness import PEAK_CEILING_DB, high_pass, level, loudness, shelf

CEILING = 32767 * 10 ** (PEAK_CEILING_DB / 20)


def sine(hertz: float, seconds: float, peak: float, rate: int = RATE) -> Audio:
    times = np.arange(round(seconds * rate)) / rate
    return Audio(np.round(32767 * peak * np.sin(2 * np.pi * hertz * times)).astype(np.int16), rate)


def speechlike(seconds: float, peak: float, seed: int) -> Audio:
    """Noise that swells and dies some four times a second, as syllables do."""
    noise = np.random.default_rng(seed).normal(0, 1, round(seconds * RATE))
    swell = np.abs(np.sin(np.arange(len(noise)) / RATE * 2 * np.pi * 2)) ** 3
    sound = noise * swell
    return Audio((32767 * peak * sound / np.abs(sound).max()).astype(np.int16))


@pytest.mark.parametrize(
    ("filter_", "numerator", "denominator"),
    [
        (
            shelf,
            (1.53512485958697, -2.69169618940638, 1.19839281085285),
            (1.0, -1.69065929318241, 0.73248077421585),
        ),
        (high_pass, (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
    ],
)
def test_filters_are_those_of_the_recommendation_at_48_khz(
    filter_: object, numerator: tuple[float, ...], denominator: tuple[float, ...]
) -> None:
    assert callable(filter_)
    given_numerator, given_denominator = filter_(48_000)
    assert given_numerator == pytest.approx(numerator, abs=1e-7)
    assert given_denominator == pytest.approx(denominator, abs=1e-7)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
def test_a_full_scale_sine_is_3_01_below_zero(rate: int) -> None:
    assert loudness(sine(997, 3.0, 1.0, rate)) == pytest.approx(-3.01, abs=0.1)


def test_half_the_amplitude_is_six_less() -> None:
    difference = loudness(sine(997, 2.0, 0.5)) - loudness(sine(997, 2.0, 0.25))
    assert difference == pytest.approx(6.02, abs=0.02)


def test_pauses_do_not_make_speech_quieter() -> None:
    tone = sine(500, 2.0, 0.3)
    pause = np.zeros(10 * RATE, np.int16)
    with_pause = Audio(np.concatenate([tone.samples, pause]))
    assert loudness(with_pause) == pytest.approx(loudness(tone), abs=0.6)


def test_low_rumble_counts_for_little() -> None:
    assert loudness(sine(25, 2.0, 0.5)) < loudness(sine(500, 2.0, 0.5)) - 8


def test_a_word_shorter_than_a_block_is_measured() -> None:
    assert loudness(sine(997, 0.1, 1.0)) == pytest.approx(-3.0, abs=0.5)


@pytest.mark.parametrize("samples", [np.zeros(0, np.int16), np.zeros(RATE, np.int16)])
def test_silence_has_no_loudness_and_is_left_alone(samples: NDArray[np.int16]) -> None:
    silence = Audio(samples)
    assert loudness(silence) == -math.inf
    assert np.array_equal(level(silence, -18.0).samples, samples)


@given(
    seconds=st.floats(0.3, 3.0),
    peak=st.floats(0.01, 1.0),
    seed=st.integers(0, 1000),
    target=st.floats(-30.0, -16.0),
)
def test_every_sound_comes_out_equally_loud_and_under_the_ceiling(
    seconds: float, peak: float, seed: int, target: float
) -> None:
    sound = speechlike(seconds, peak, seed)
    levelled = level(sound, target)
    assert len(levelled.samples) == len(sound.samples)
    assert loudness(levelled) == pytest.approx(target, abs=0.5)
    assert np.abs(levelled.samples.astype(int)).max() <= CEILING


@given(st.lists(st.integers(-32768, 32767), max_size=3000), st.floats(-40.0, -10.0))
def test_no_sound_whatever_breaks_the_ceiling(values: list[int], target: float) -> None:
    levelled = level(Audio(np.array(values, np.int16)), target)
    assert levelled.samples.dtype == np.int16
    assert np.abs(levelled.samples.astype(int)).max(initial=0) <= max(
        CEILING, 0 if levelled.samples.any() else 1
    )


def test_peaks_are_bent_not_clipped() -> None:
    """A clipped sine stays at the ceiling for many samples together; a limited one touches it."""
    quiet = sine(200, 1.0, 0.05).samples
    loud = sine(200, 0.05, 1.0).samples
    levelled = level(Audio(np.concatenate([quiet, loud, quiet])), -12.0).samples
    at_ceiling = np.abs(levelled.astype(int)) >= CEILING - 1
    longest = max(len(run) for run in "".join("x" if hit else " " for hit in at_ceiling).split())
    assert at_ceiling.any()
    assert longest < 0.1 * RATE / 200


def test_hiss_is_not_blown_up() -> None:
    hiss = np.random.default_rng(1).integers(-3, 4, RATE).astype(np.int16)
    assert np.abs(level(Audio(hiss), -18.0).samples.astype(int)).max() <= 3 * 100 + 1
