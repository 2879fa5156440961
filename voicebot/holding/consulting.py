"""An operator asks a colleague about the caller, who hears music meanwhile."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from voicebot.holding.headset import Conversation
from voicebot.model import FRAME_SAMPLES, Audio

if TYPE_CHECKING:
    from voicebot.holding.desk import Desk
    from voicebot.holding.seat import Seat

MAX_FRAMES = 5
"""100 ms of one operator's sound may wait for the other; past that the oldest is dropped."""

_SILENCE = Audio(np.zeros(FRAME_SAMPLES, np.int16))


class _Heard(Conversation):
    """One of the two: what she says is what the other hears."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.other = self
        self.frames: deque[Audio] = deque(maxlen=MAX_FRAMES)
        self.attach(self)

    def feed(self, event: object) -> None:
        if isinstance(event, Audio):
            self.other.frames.append(event)

    def pull(self) -> Audio:
        return self.frames.popleft() if self.frames else _SILENCE


class Consultation:
    """From the moment the colleague is rung to the one when either lets go."""

    def __init__(self, desk: Desk, asks: Seat, asked: Seat) -> None:
        self._desk, self._asks, self._asked = desk, asks, asked
        self._over = False

    def other(self, seat: Seat) -> Seat:
        """The colleague, seen from either side."""
        return self._asked if seat is self._asks else self._asks

    async def begin(self) -> None:
        """Ring her."""
        await self._asks.hold(True)
        self._asks.asked(self, None)
        self._asked.asked(self, self._asks.ticket)

    def answered(self) -> bool:
        """The colleague has answered: the two talk."""
        ears = self._asks.ears.now, self._asked.ears.now
        if self._over or ears[0] is None or ears[1] is None:
            return False
        mine, hers = _Heard(), _Heard()
        mine.other, hers.other = hers, mine
        ears[0].conversation, ears[1].conversation = mine, hers
        self._asked.speaking()
        return True

    async def complete(self) -> None:
        """The colleague goes on with the caller."""
        talk = self._asks.talk
        if self._over or talk is None or self._asked.state != "busy":
            return
        self._over = True
        self._asks.asked(None, None)
        self._asked.consultation = None
        await talk.hold(False)
        handed = await talk.hand_over(self._asked)
        if handed is None:
            self._asked.asked(None, None)
        else:
            self._asked.take_up(handed)

    async def end(self) -> None:
        """Either lets go: the caller is with the one who asked."""
        if self._over:
            return
        self._over = True
        for seat in (self._asks, self._asked):
            seat.ears.hear(seat.talk.line if seat.talk else None)
            seat.asked(None, None)
        await self._asks.hold(False)
