"""Keys of a telephone: one press counts once, whichever ways it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from baresip import Call, Event, StackEvent

from voicebot.adapters.sip_trace import Trace
from voicebot.media.tones import KeyTones
from voicebot.model import KeyPress

KEYS = frozenset("0123456789*#")
"""The keys a telephone has; A to D are for exchanges among themselves."""

LATE = 0.5
"""Seconds by which one way may tell a press later than another: a tone must have sounded for a
while, an INFO is often sent when the key is let go, and packets take different roads."""

HELD = 2.0
"""Seconds after which a key that was never let go is: the packets that end it were lost."""


SETTLING = 0.02
"""Seconds after the stack's word of a key in which its message comes, by another thread."""

NARROW = 8000
"""Hz: the rate of G.711, over which tones keep their shape."""


class Way(Enum):
    """How a press is told."""

    EVENT = auto()
    """Telephone-events (RFC 4733)."""
    INFO = auto()
    """A SIP INFO."""
    TONE = auto()
    """The sound itself."""


@dataclass(slots=True)
class _Press:
    key: str
    told: float
    """When it was last told of, or let go."""
    held: dict[Way, bool] = field(default_factory=dict)
    """Whether it is still held, by each way that has told of it."""

    def is_told_again(self, way: Way, now: float) -> bool:
        if way in self.held:
            return self.held[way] and now - self.told < HELD
        return any(self.held.values()) or now - self.told < LATE


class Keys:
    """Tells new presses from the same one told again. Times are seconds on one clock."""

    def __init__(self) -> None:
        self._presses: list[_Press] = []

    def down(self, key: str, way: Way, now: float) -> bool:
        """A key is reported as pressed; whether that is a new press of a telephone's key."""
        if key not in KEYS:
            return False
        self._presses = [one for one in self._presses if now - one.told < HELD]
        if self._presses and self._presses[-1].key == key and way in self._presses[-1].held:
            known = [self._presses[-1]]
        else:
            # the earliest that this way has not told of: it tells of each in turn
            known = [one for one in self._presses if one.key == key and way not in one.held]
        for press in known:
            if press.is_told_again(way, now):
                press.held[way] = True
                press.told = now
                return False
        self._presses.append(_Press(key, now, {way: True}))
        return True

    def up(self, way: Way, now: float) -> None:
        """The key is reported as let go."""
        for press in self._presses:
            if press.held.get(way):
                press.held[way] = False
                press.told = now


class SipKeys:
    """The keys of one call, whichever ways its telephone tells them."""

    def __init__(self, call: Call, on_key: Callable[[KeyPress], object]) -> None:
        self._call_id = call.call_id or ""
        self._on_key = on_key
        self._loop = asyncio.get_running_loop()
        self._keys = Keys()
        self._tones: KeyTones | None = None
        self._trace: Trace | None = None
        call.on(self._on_stack_event)

    def follow(self, trace: Trace) -> None:
        """Tell INFOs from telephone-events by the stack's messages."""
        self._trace = trace

    def listen(self) -> None:
        """Hear tones too, until a key has come in another way: then the telephone has one."""
        self._tones = KeyTones(NARROW)

    def told(self, key: str, way: Way) -> None:
        """A key is reported as pressed."""
        if way is not Way.TONE:
            self._tones = None
        if self._keys.down(key, way, self._loop.time()):
            self._on_key(KeyPress(key))

    def hear(self, pcm: bytes, rate: int) -> bytes:
        """The caller's sound (s16), with silence where a key sounds in it."""
        if self._tones is None or rate != NARROW:
            return pcm
        sounding = self._tones.sounding
        for tone in self._tones.feed(np.frombuffer(pcm, np.int16)):
            sounding = sounding or tone.key
            if tone.down:
                self.told(tone.key, Way.TONE)
            else:
                self._keys.up(Way.TONE, self._loop.time())
        return bytes(len(pcm)) if sounding else pcm

    def _on_stack_event(self, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_DTMF_START if event.text:
                self._loop.call_later(SETTLING, self._pressed, event.text)
            case Event.CALL_DTMF_END:
                self._loop.call_later(SETTLING, self._released)

    def _pressed(self, key: str) -> None:
        by_info = self._trace is not None and self._trace.relayed(self._call_id, key)
        self.told(key, Way.INFO if by_info else Way.EVENT)

    def _released(self) -> None:
        # the stack does not say which; a press that came in one way only has no other to end
        for way in (Way.EVENT, Way.INFO):
            self._keys.up(way, self._loop.time())
