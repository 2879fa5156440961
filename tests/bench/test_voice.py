"""Where a voice begins and ceases, in sound made for it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voicebot.bench.voice import begins, ceases, contains, loud, track
from voicebot.media import g711
from voicebot.media.g711 import NARROW


def voice(seconds: float, level: float = -20.0, seed: int = 1) -> NDArray[np.int16]:
    """Sound as loud as a prompt; another one for each seed."""
    noise = np.random.default_rng(seed).normal(0, 32768 * 10 ** (level / 20), int(seconds * NARROW))
    return noise.clip(-32768, 32767).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * NARROW), np.int16)


def test_a_voice_begins_with_its_first_loud_step() -> None:
    sound = np.concatenate([silence(1.0), voice(0.5)])
    assert begins(loud(sound)) == 100
    assert begins(loud(sound), 110) == 110


def test_a_click_and_comfort_noise_are_no_voice() -> None:
    sound = np.concatenate([silence(0.5), voice(0.02, 0.0), voice(0.5, -55.0), voice(0.5)])
    assert begins(loud(sound)) == 102


def test_a_voice_ceases_where_a_pause_begins_not_between_two_syllables() -> None:
    sound = np.concatenate([voice(0.5), silence(0.15), voice(0.5), silence(1.0)])
    assert ceases(loud(sound)) == 115
    assert ceases(loud(voice(2.0))) is None


def test_a_piece_of_a_prompt_is_found_again_after_a_telephone_line() -> None:
    prompt = voice(5.0)
    heard = g711.decode(g711.encode((prompt[17_003 : 17_003 + NARROW] * 0.5).astype(np.int16)))
    assert contains(prompt, heard)
    assert not contains(prompt, voice(1.0, seed=2))
    assert not contains(silence(0), heard)


def test_packets_become_a_track_by_their_timestamps() -> None:
    """Lost ones are silence, late ones stand in their place, double ones count once."""
    sound = voice(0.1).reshape(-1, 160)
    start = 2**32 - 160  # the sender's count goes round
    order = [(0.00, 0), (0.07, 1), (0.07, 1), (0.06, 2), (0.08, 4)]
    came = track([(at, (start + 160 * n) % 2**32, sound[n]) for at, n in order])
    expected = sound.copy()
    expected[3] = 0
    assert np.array_equal(came.samples.reshape(-1, 160), expected)
    assert came.at(160 * 4 + 80) == pytest.approx(0.09)
    assert came.at(160 * 3) == pytest.approx(0.07)
    assert came.index(0.075) == 160 * 4
    assert len(track([]).samples) == 0
