from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicebot.model import FRAME_SAMPLES, Audio, Sentence
from voicebot.speaking.playout import (
    PAUSE_BETWEEN,
    REWIND,
    Begun,
    Drained,
    Played,
    Playout,
    PlayoutEvent,
)

ONE, TWO = Sentence("it", "uno"), Sentence("it", "due")


def tone(samples: int, value: int = 1000) -> Audio:
    return Audio(np.full(samples, value, np.int16))


def drain(playout: Playout, frames: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.concatenate([playout.pull().samples for _ in range(frames)])


def test_sentences_are_said_in_order_and_reported() -> None:
    told: list[PlayoutEvent] = []
    playout = Playout(told.append)
    playout.add(ONE, tone(700, 1))
    playout.add(TWO, tone(300, 2))
    sound = drain(playout, 60)
    assert told == [Begun(ONE), Played(ONE), Begun(TWO), Played(TWO), Drained()]
    assert (sound == 1).sum() == 700
    assert (sound == 2).sum() == 300
    assert not playout.busy


def test_nothing_to_say_is_silence() -> None:
    frame = Playout(lambda _: None).pull()
    assert len(frame.samples) == FRAME_SAMPLES
    assert not frame.samples.any()


def test_a_pause_silences_the_next_frame_within_ten_milliseconds() -> None:
    playout = Playout(lambda _: None)
    playout.add(ONE, tone(16000))
    drain(playout, 5)
    playout.pause()
    cut = playout.pull().samples
    assert cut[0] == 1000  # no click: it fades from the last sample
    assert not cut[160:].any()
    assert not playout.pull().samples.any()


def test_it_goes_on_a_quarter_of_a_second_earlier() -> None:
    playout = Playout(lambda _: None)
    playout.add(ONE, Audio(np.arange(16000, dtype=np.int16)))
    drain(playout, 30)
    playout.pause()
    drain(playout, 10)
    playout.resume()
    frame = playout.pull().samples
    assert frame[-1] == 30 * FRAME_SAMPLES - REWIND + FRAME_SAMPLES - 1


def test_flush_forgets_and_a_new_sentence_begins_at_its_start() -> None:
    told: list[PlayoutEvent] = []
    playout = Playout(told.append)
    playout.add(ONE, tone(16000))
    drain(playout, 3)
    playout.pause()
    playout.flush()
    playout.add(TWO, tone(320, 7))
    drain(playout, 1 + PAUSE_BETWEEN // FRAME_SAMPLES)
    assert told == [Begun(ONE), Begun(TWO), Played(TWO), Drained()]


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=5), st.sets(st.integers(0, 30)))
def test_no_sample_is_lost_whatever_pauses(lengths: list[int], pauses: set[int]) -> None:
    playout = Playout(lambda _: None)
    total = 0
    for length in lengths:
        playout.add(ONE, tone(length))
        total += length
    heard = 0
    for step in range(400):
        if step in pauses:
            playout.pause()
            playout.pull()
            playout.resume()
        heard += int((playout.pull().samples == 1000).sum())
    assert not playout.busy
    assert heard + len(pauses) * 160 >= total - len(lengths)
