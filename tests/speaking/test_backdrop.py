"""Announcements before music, and before a person."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.model import FRAME_SAMPLES, RATE, Audio, Sentence
from voicebot.ports import AudioSource
from voicebot.speaking.backdrop import MUSIC_UNDER_VOICE, PERSON_UNDER_VOICE, Backdrop
from voicebot.speaking.playout import Playout

HELLO = Sentence("en", "Hello.")


class Steady:
    """A constant sound: its level can be read off every sample."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.pulled = 0

    def pull(self) -> Audio:
        self.pulled += 1
        return Audio(np.full(FRAME_SAMPLES, self.value, np.int16))


def stage() -> tuple[Playout, Backdrop]:
    playout = Playout(lambda event: None)
    return playout, Backdrop(playout)


def levels(source: AudioSource, seconds: float) -> list[int]:
    """The last sample of each frame."""
    return [int(source.pull().samples[-1]) for _ in range(round(seconds * 50))]


def silence(seconds: float) -> Audio:
    return Audio(np.zeros(round(seconds * RATE), np.int16))


def test_nothing_behind_is_the_voice_alone() -> None:
    playout, backdrop = stage()
    playout.add(HELLO, Audio(np.full(RATE, 700, np.int16)))
    assert set(levels(backdrop, 0.5)) == {700}


def test_music_rises_and_is_heard_whole() -> None:
    _, backdrop = stage()
    backdrop.music(Steady(1000))
    heard = levels(backdrop, 1.0)
    assert heard[0] < 100
    assert heard == sorted(heard)
    assert heard[-1] == 1000


def test_music_gives_way_to_an_announcement_and_comes_back() -> None:
    playout, backdrop = stage()
    backdrop.music(Steady(1000))
    levels(backdrop, 1.0)
    playout.add(HELLO, silence(1.0))
    under = levels(backdrop, 1.0)
    assert under[10:] == [pytest.approx(1000 * MUSIC_UNDER_VOICE, abs=2)] * 40
    assert levels(backdrop, 1.5)[-1] == 1000


def test_music_is_low_while_the_caller_speaks() -> None:
    playout, backdrop = stage()
    backdrop.music(Steady(1000))
    levels(backdrop, 1.0)
    playout.pause()
    assert levels(backdrop, 0.3)[-1] == pytest.approx(1000 * MUSIC_UNDER_VOICE, abs=2)


def test_a_person_is_heard_from_the_first_sample_and_the_music_goes() -> None:
    _, backdrop = stage()
    backdrop.music(Steady(1000))
    levels(backdrop, 1.0)
    backdrop.person(Steady(10))
    first = backdrop.pull().samples
    assert first[0] == pytest.approx(1010, abs=2)
    assert levels(backdrop, 0.3)[-1] == 10


def test_a_person_is_never_inaudible_under_a_sentence() -> None:
    playout, backdrop = stage()
    backdrop.person(Steady(1000))
    playout.add(HELLO, silence(1.0))
    assert min(levels(backdrop, 0.8)) == pytest.approx(1000 * PERSON_UNDER_VOICE, abs=2)


def test_what_has_gone_is_not_pulled_any_more() -> None:
    _, backdrop = stage()
    music = Steady(1000)
    backdrop.music(music)
    levels(backdrop, 1.0)
    backdrop.nothing()
    assert levels(backdrop, 0.5)[-1] == 0
    pulled = music.pulled
    levels(backdrop, 1.0)
    assert music.pulled == pulled


def test_no_frame_steps_where_loudness_changes() -> None:
    playout, backdrop = stage()
    backdrop.music(Steady(10_000))
    samples = [backdrop.pull().samples for _ in range(60)]
    playout.add(HELLO, silence(0.5))
    samples += [backdrop.pull().samples for _ in range(100)]
    steps = np.abs(np.diff(np.concatenate(samples).astype(np.int32)))
    assert steps.max() <= 10


def test_loud_on_loud_does_not_wrap_around() -> None:
    playout, backdrop = stage()
    backdrop.person(Steady(30_000))
    playout.add(HELLO, Audio(np.full(RATE, 30_000, np.int16)))
    assert min(levels(backdrop, 0.5)) > 29_000
