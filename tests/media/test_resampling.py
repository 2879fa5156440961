from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voicebot.media.resampling import Resampler

RATIOS = [(8000, 16_000), (16_000, 8000), (16_000, 48_000), (48_000, 16_000)]


def tone(frequency: float, rate: int) -> NDArray[np.int16]:
    samples: NDArray[np.int16] = (
        np.sin(np.arange(rate) * (2 * np.pi * frequency / rate)) * 8000
    ).astype(np.int16)
    return samples


def in_frames(samples: NDArray[np.int16], given: int, wanted: int) -> NDArray[np.int16]:
    """A second of sound, 20 ms at a time."""
    resampler, size = Resampler(given, wanted), given // 50
    out = [resampler.feed(samples[at : at + size]) for at in range(0, len(samples), size)]
    assert all(len(part) == wanted // 50 for part in out)
    return np.concatenate(out)


def decibels(samples: NDArray[np.int16], frequency: float, rate: int) -> tuple[float, float]:
    """How loud the tone is, and all else, against what went in."""
    middle = samples[rate // 4 : rate * 3 // 4].astype(float)
    at = np.arange(len(middle)) * (2 * np.pi * frequency / rate)
    basis = np.stack([np.sin(at), np.cos(at)], axis=1)
    parts = np.linalg.lstsq(basis, middle, rcond=None)[0]
    rest = (middle - basis @ parts).std() / (8000 / 2**0.5)
    return 20 * np.log10(np.hypot(*parts) / 8000), 20 * np.log10(rest)


@pytest.mark.parametrize(("given", "wanted"), RATIOS)
@pytest.mark.parametrize("share", [0.04, 0.125, 0.3, 0.4])
def test_a_telephones_band_passes_whole(given: int, wanted: int, share: float) -> None:
    pitch = share * min(given, wanted)
    level, rest = decibels(in_frames(tone(pitch, given), given, wanted), pitch, wanted)
    assert level == pytest.approx(0, abs=0.1)
    assert rest < -60


@pytest.mark.parametrize(("given", "wanted"), [pair for pair in RATIOS if pair[0] > pair[1]])
@pytest.mark.parametrize("share", [0.58, 0.7, 0.9])
def test_what_does_not_fit_the_narrow_band_is_gone(given: int, wanted: int, share: float) -> None:
    out = in_frames(tone(share * wanted, given), given, wanted)[wanted // 4 :]
    assert np.abs(out).max() < 8


@pytest.mark.parametrize(("given", "wanted"), RATIOS)
def test_it_is_no_more_than_2_ms_late(given: int, wanted: int) -> None:
    click = np.zeros(given, np.int16)
    click[given // 5] = 20_000
    late = np.argmax(np.abs(in_frames(click, given, wanted))) / wanted - 0.2
    assert 0 <= late < 0.002


@given(st.lists(st.integers(0, 400), max_size=20), st.sampled_from(RATIOS))
def test_it_is_the_same_however_it_is_cut(sizes: list[int], rates: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(-9000, 9000, sum(sizes)).astype(np.int16)
    resampler, parts, at = Resampler(*rates), [np.zeros(0, np.int16)], 0
    for size in sizes:
        parts.append(resampler.feed(noise[at : at + size]))
        at += size
    whole = Resampler(*rates).feed(noise)
    got = np.concatenate(parts)
    assert len(got) == len(whole)
    assert np.abs(got.astype(int) - whole.astype(int)).max(initial=0) <= 1


def test_the_same_rate_is_left_alone() -> None:
    samples = tone(1000, 16_000)
    assert (Resampler(16_000, 16_000).feed(samples) == samples).all()


def test_it_never_wraps_around() -> None:
    loud = np.where(np.arange(8000) // 40 % 2, 32_767, -32_768).astype(np.int16)
    out = in_frames(loud, 8000, 16_000)
    assert out.max() == 32_767 and out.min() == -32_768


def test_rates_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="44100"):
        Resampler(44_100, 16_000)
