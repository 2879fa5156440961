"""Two ends joined."""

from __future__ import annotations

import numpy as np

from voicebot.media.bridge import Bridge
from voicebot.model import FRAME_SAMPLES, Audio


class Music:
    def pull(self) -> Audio:
        return Audio(np.full(FRAME_SAMPLES, 99, np.int16))


def frame(value: int) -> Audio:
    return Audio(np.full(FRAME_SAMPLES, value, np.int16))


def test_what_one_says_the_other_hears() -> None:
    bridge = Bridge()
    bridge.caller.feed(frame(100))
    bridge.operator.feed(frame(200))
    assert bridge.operator.source.pull().samples.any()
    assert bridge.caller.source.pull().samples.any()


def test_on_hold_the_caller_has_music_and_nobody_hears_the_other() -> None:
    bridge = Bridge()
    bridge.hold(True, Music())
    bridge.caller.feed(frame(100))
    bridge.operator.feed(frame(200))
    assert bridge.caller.source.pull().samples[-1] == 99
    assert not bridge.operator.source.pull().samples.any()
