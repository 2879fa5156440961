from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicebot.media.inbound import MAX_GAP, Inbound
from voicebot.model import FRAME_SAMPLES


@given(st.lists(st.integers(0, 1500), max_size=30))
def test_every_sample_comes_out_once_and_in_order(sizes: list[int]) -> None:
    inbound, sent, got = Inbound(), 0, []
    for size in sizes:
        packet = np.arange(sent, sent + size).astype(np.int16)
        sent += size
        got += [frame.samples for frame in inbound.feed(packet)]
    assert all(len(frame) == FRAME_SAMPLES for frame in got)
    heard = np.concatenate(got) if got else np.zeros(0, np.int16)
    assert (heard == np.arange(len(heard)).astype(np.int16)).all()
    assert 0 <= sent - len(heard) < FRAME_SAMPLES


def test_a_lost_packet_is_as_long_a_silence() -> None:
    inbound = Inbound()
    list(inbound.feed(np.ones(FRAME_SAMPLES, np.int16)))
    frames = list(inbound.feed(np.ones(FRAME_SAMPLES, np.int16), lost=2 * FRAME_SAMPLES))
    assert [int(frame.samples.any()) for frame in frames] == [0, 0, 1]


def test_a_long_gap_is_not_made_up_for() -> None:
    frames = list(Inbound().feed(np.ones(FRAME_SAMPLES, np.int16), lost=10**9))
    assert len(frames) == MAX_GAP + 1


def test_silence_stands_in_when_no_packet_comes() -> None:
    inbound = Inbound()
    assert [len(list(inbound.tick())) for _ in range(8)] == [0, 0, 0, 0, 0, 1, 1, 1]
    list(inbound.feed(np.ones(FRAME_SAMPLES, np.int16)))
    assert not list(inbound.tick())
    assert inbound.quiet < 0.1
