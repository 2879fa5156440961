"""One telephone call: a `Line` over a call of the SIP stack.

The stack's buffers are read and written by `tick`, which one pump calls for all lines every 20 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator

import numpy as np
from baresip import (
    AudioInfo,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Event,
    StackEvent,
    StaleHandleError,
)
from numpy.typing import NDArray

from voicebot.adapters import sip_transfer
from voicebot.adapters.sip_keys import SipKeys
from voicebot.adapters.sip_setup import SipSetup
from voicebot.errors import TransferError, Unreached
from voicebot.media.inbound import Inbound
from voicebot.media.resampling import Resampler
from voicebot.model import RATE, Arrival, Audio, Caption, HungUp, Hush, LineEvent
from voicebot.ports import AudioSource, Line

logger = logging.getLogger(__name__)

AHEAD = 0.04
"""Seconds of sound written ahead of the stack's own clock: what the event loop may be late by
before the caller hears a gap, and what goes on sounding when the bot falls silent."""

MAX_FRAMES = 150
"""Three seconds of sound may wait for the call; past that it is dropped."""

MAX_EVENTS = 300
"""Past this keys are dropped too: no caller presses so fast."""

_READ = 32_768
"""Bytes: as much as the stack's buffer holds."""


class SipLine:
    """A `Line` over one call, made while it rings, used once it is answered."""

    has_audio = True

    def __init__(self, call: Call, setup: SipSetup) -> None:
        self.arrival = Arrival()
        self._call = call
        self._setup = setup
        self._loop = asyncio.get_running_loop()
        self._source: AudioSource | None = None
        self._formats: _Formats | None = None
        self._inbound = Inbound()
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._settled = asyncio.Event()
        self._heard_at = self._loop.time()
        self._ended = False
        self._closed = False
        self._silent = False
        self._giving = False
        self.starved = 0
        """How often the stack had run out of a voice when more of it was written."""
        self.keys = SipKeys(call, self._put)
        self.rang = False
        """Whether a call that we place has rung, or its exchange has said that it will."""
        self.closing_status: int | None = None
        """The SIP status by which the call ended, where it was never answered."""
        call.on(self.on_stack_event)

    # Opening

    async def open(self, patience: float) -> bool:
        """Answer, and wait for the caller's ACK; False when the caller gave up before.

        Raises:
            BaresipError: the stack could not answer.
        """
        try:
            await self._call.answer()
            async with asyncio.timeout(patience):
                await self._settled.wait()
        except StaleHandleError:
            self._end("caller")
        except TimeoutError:
            await self.hang_up()
        self._heard_at = self._loop.time()
        return not self.over

    async def settled(self) -> None:
        """Wait until a call that we place is answered, or over."""
        await self._settled.wait()
        self._heard_at = self._loop.time()

    @property
    def call_id(self) -> str:
        """SIP's own name of the call."""
        return str(self._call.call_id)

    @property
    def over(self) -> bool:
        """Whether the call has ended, whoever ended it."""
        return self._ended or self._call.state is CallState.CLOSED

    # The Line port

    def attach(self, source: AudioSource) -> None:
        """Take the outgoing sound from here."""
        self._source = source

    async def events(self) -> AsyncIterator[LineEvent]:
        """Frames and keys, until the call ends."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    def show(self, caption: Caption) -> None:
        """A telephone has no screen."""

    async def transfer(self, target: str, patience: float) -> None:
        """Send REFER, and wait for what becomes of it."""
        address = self._setup.address(target)
        if address is None:
            raise TransferError(Unreached.NOT_ALLOWED)
        with self._moving():
            await sip_transfer.blind(self._call, address, patience)

    async def transfer_to(self, other: Line, patience: float) -> None:
        """Send REFER with Replaces, and wait for what becomes of it."""
        if not isinstance(other, SipLine):
            raise TransferError(Unreached.UNSUPPORTED)
        with self._moving(), other._moving():
            await sip_transfer.attended(self._call, other._call, patience)

    @contextlib.contextmanager
    def _moving(self) -> Iterator[None]:
        """While it is transferred the peer may well send nothing."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False
            self._heard_at = self._loop.time()

    async def hang_up(self) -> None:
        """Send BYE; CANCEL while it rings."""
        if self._closed:
            return
        self._closed = True
        self._end("lost")
        if self._call.state is not CallState.CLOSED:
            try:
                await self._call.hangup()
            except BaresipError as error:
                # the caller hung up in the same moment, or the stack is gone: it has ended anyway
                logger.info("a telephone call was closed already: %s", type(error).__name__)

    # The pump

    def tick(self, frames: int) -> None:
        """Move the sound of the `frames` times 20 ms that have passed."""
        if self.over:
            return
        try:
            if not self._settled.is_set():
                # the ringing tone and announcements of exchanges come before the answer
                self._call.audio.read(_READ)
                return
            info = self._call.audio.info()
            if self._formats is None or self._formats.outdated(info):
                # answered just now, or the codec has changed in mid-call
                self._formats = _Formats(info) if info.rx_ready and info.tx_ready else None
            if self._formats is None:
                self._giving = False
                self._wait(frames)
            else:
                self._take(self._formats, frames)
                self._give(self._formats, info.tx_buffered)
        except (AudioNotActive, AudioRestarted):
            # between two negotiations there is no sound, but the caller's time goes on
            if self._settled.is_set():
                self._wait(frames)
        if self._settled.is_set() and self._loop.time() - self._heard_at > self._setup.lost_timeout:
            logger.info("a telephone call: no sound for %.0f s", self._setup.lost_timeout)
            self._end("lost")

    def _take(self, formats: _Formats, frames: int) -> None:
        pcm = self._call.audio.read(_READ)
        if pcm:
            self._heard_at = self._loop.time()
        if not pcm or self._call.remote_on_hold:
            # what an exchange plays while it holds us is not the caller
            return self._wait(frames)
        pcm = self.keys.hear(pcm, formats.peer_rate)
        for frame in self._inbound.feed(formats.from_peer(pcm)):
            self._put(frame)

    def _wait(self, frames: int) -> None:
        if self._call.remote_on_hold or self._silent:
            self._heard_at = self._loop.time()
        for _ in range(frames):
            for silence in self._inbound.tick():
                self._put(silence)

    def _give(self, formats: _Formats, buffered: int) -> None:
        """Keep a little sound ahead in the stack's buffer; nothing while nobody hears it."""
        if self._source is None or self._call.remote_on_hold:
            self._giving = False
            return
        # nothing left of what was written: the caller hears a hole in a word
        self.starved += self._giving and buffered == 0
        while buffered < formats.ahead:
            frame = self._source.pull()
            if isinstance(frame, Hush):
                self._call.audio.flush_tx()
                buffered = 0
            self._giving = bool(frame.samples.any())
            pcm = formats.to_peer(frame.samples)
            self._call.audio.write(pcm)
            buffered += len(pcm)

    # From the stack

    def on_stack_event(self, event: StackEvent) -> None:
        """What the stack tells about this call."""
        match event.event:
            case Event.CALL_RINGING | Event.CALL_PROGRESS:
                self.rang = True
            case Event.CALL_ESTABLISHED:
                self._settled.set()
            case Event.CALL_CLOSED:
                # a number and a reason; without number it is the transport that failed
                status = (event.text or "").partition(" ")[0]
                self.closing_status = int(status) if status.isdecimal() else None
                self._end("caller")

    def _end(self, reason: str) -> None:
        if not self._ended:
            self._ended = True
            self._settled.set()
            self._events.put_nowait(HungUp(reason))

    def _put(self, event: LineEvent) -> None:
        limit = MAX_FRAMES if isinstance(event, Audio) else MAX_EVENTS
        if self._events.qsize() < limit and not self._ended:
            self._events.put_nowait(event)


class _Formats:
    """The stack's PCM (s16, interleaved) to and from mono at `RATE`, as one call has agreed."""

    def __init__(self, info: AudioInfo) -> None:
        self._key = self._of(info)
        self.peer_rate, self._rx_channels, tx_rate, self._tx_channels = self._key
        self._in, self._out = Resampler(self.peer_rate, RATE), Resampler(RATE, tx_rate)
        self.ahead = int(AHEAD * tx_rate) * self._tx_channels * 2
        """Bytes to keep in the outgoing buffer."""

    @staticmethod
    def _of(info: AudioInfo) -> tuple[int, int, int, int]:
        return info.rx_sample_rate, info.rx_channels, info.tx_sample_rate, info.tx_channels

    def outdated(self, info: AudioInfo) -> bool:
        """Whether the call has agreed on something else since."""
        return self._of(info) != self._key

    def from_peer(self, pcm: bytes) -> NDArray[np.int16]:
        samples = np.frombuffer(pcm, np.int16)
        if self._rx_channels > 1:
            parts = samples.reshape(-1, self._rx_channels).astype(np.int32)
            samples = (parts.sum(axis=1) // self._rx_channels).astype(np.int16)
        return self._in.feed(samples)

    def to_peer(self, samples: NDArray[np.int16]) -> bytes:
        samples = self._out.feed(samples)
        if self._tx_channels > 1:
            samples = np.repeat(samples, self._tx_channels)
        return samples.tobytes()
