"""The gate before the model: quiet lines cost nothing, quiet callers are heard."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.hearing.energy import HIGHEST_FLOOR, EnergyGate, level


def test_levels_are_in_decibels_of_full_scale() -> None:
    square = np.tile(np.array([32767, -32767], np.int16), 256)
    assert level(square) == pytest.approx(0.0, abs=0.01)
    assert level((square // 10).astype(np.int16)) == pytest.approx(-20.0, abs=0.1)
    assert level(np.zeros(512, np.int16)) == -100.0


def test_a_constant_offset_is_no_sound() -> None:
    assert level(np.full(512, 3000, np.int16)) == -100.0


def test_silence_is_held_back_from_the_start() -> None:
    assert not EnergyGate().admits(-75.0)


def test_a_quiet_voice_on_a_quiet_line_passes() -> None:
    gate = EnergyGate()
    for _ in range(100):
        gate.learn(-75.0)
    assert gate.admits(-55.0)


def test_steady_noise_is_held_back_after_a_while_and_a_voice_above_it_passes() -> None:
    gate = EnergyGate()
    assert gate.admits(-50.0)
    for _ in range(32 * 10):
        gate.learn(-50.0)
    assert not gate.admits(-49.0)
    assert gate.admits(-40.0)


def test_noise_that_goes_away_is_forgotten_within_a_second() -> None:
    gate = EnergyGate()
    for _ in range(32 * 10):
        gate.learn(-46.0)
    for _ in range(31):
        gate.learn(-75.0)
    assert gate.admits(-58.0)


def test_loud_noise_never_shuts_callers_out() -> None:
    gate = EnergyGate()
    for _ in range(32 * 600):
        gate.learn(-10.0)
    assert gate.floor <= HIGHEST_FLOOR
    assert gate.admits(-41.0)
