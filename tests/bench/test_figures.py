"""Shares with their intervals, and percentiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.bench.figures import percentile, rate, wilson


@pytest.mark.parametrize(
    ("count", "of", "interval"),
    # published examples (Newcombe 1998, table I, method 3)
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_is_wilsons(count: int, of: int, interval: tuple[float, float]) -> None:
    assert wilson(count, of) == pytest.approx(interval, abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert rate(0, 0) == {"count": 0, "of": 0, "percent": None, "interval": [0.0, 100.0]}


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] <= high + 1e-12 <= 1 + 1e-12


def test_a_share_is_written_in_percent() -> None:
    assert rate(1, 3)["percent"] == 33.33


def test_percentiles_are_values_that_occurred() -> None:
    values = [0.4, 0.1, 0.3, 0.2]
    assert percentile(values, 0.5) == 0.2
    assert percentile(values, 0.95) == 0.4
    assert percentile(values, 0.0) == 0.1
    assert percentile([], 0.5) == 0.0
