"""Calls from a web page by WebRTC (aiortc): sound both ways, keys and captions on a data channel.

aiortc has no telephone-events, so keys come over the data channel that the page opens. It
prefetches four packets (80 ms) on the way in.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from voicebot.adapters import page_messages
from voicebot.adapters.webrtc_offer import check_offer
from voicebot.errors import LineError
from voicebot.media.inbound import Inbound
from voicebot.model import (
    FRAME_SAMPLES,
    FRAME_SECONDS,
    RATE,
    Arrival,
    Audio,
    Caption,
    HungUp,
    KeyPress,
    LineEvent,
    Typed,
)
from voicebot.ports import AudioSource, BridgedOnly

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 20.0
"""Seconds that a page has from its offer to the first sound."""

LOST_TIMEOUT = 10.0
"""Seconds without a packet after which the caller is gone."""

MAX_FRAMES = 150
"""Three seconds of sound may wait for the call; past that it is dropped."""

MAX_EVENTS = 300
"""Past this keys and written words are dropped too: no caller presses so fast."""

NOWHERE = Arrival()

_TIME_BASE = Fraction(1, RATE)


@dataclass(frozen=True, slots=True)
class Relay:
    """A STUN or TURN server."""

    url: str
    username: str | None = None
    credential: str | None = None


class WebRtcLine(BridgedOnly):
    """A `Line` over one peer connection."""

    has_audio = True

    def __init__(self, relays: Sequence[Relay], arrival: Arrival = NOWHERE) -> None:
        self.arrival = arrival
        servers = [RTCIceServer(r.url, r.username, r.credential) for r in relays]
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._outgoing = _Outgoing(self._on_tick)
        self._channel: RTCDataChannel | None = None
        self._unsent: list[str] = []
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._inbound = Inbound()
        self._filled = 0
        self._reader: asyncio.Task[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._nonsense = 0
        self._ended = False
        self._closed = False

    @classmethod
    async def answer(
        cls, offer: str, arrival: Arrival = NOWHERE, relays: Sequence[Relay] = ()
    ) -> tuple[WebRtcLine, str]:
        """A line from a page's SDP offer, and the SDP to answer with.

        Raises:
            LineError: the offer is no SDP, or offers no sound.
        """
        line = cls(relays, arrival)
        try:
            return line, await line._negotiate(offer)
        except Exception as error:  # aiortc raises whatever its parser stumbles on
            await line.hang_up()
            if isinstance(error, LineError):
                raise
            raise LineError("the offer is not a WebRTC session with sound") from error

    async def _negotiate(self, offer: str) -> str:
        check_offer(offer)
        self._peer.on("track", self._on_track)
        self._peer.on("datachannel", self._on_channel)
        self._peer.on("connectionstatechange", self._on_state)
        await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        media = self._peer.getTransceivers()
        sound = next(t for t in media if t.kind == "audio")
        self._peer.addTrack(self._outgoing)
        for other in media:
            if other is not sound:
                # nobody reads it: what aiortc decoded of it would pile up
                other.direction = "inactive"
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        if sound.currentDirection != "sendrecv":
            raise LineError("the offer has sound in one direction only")
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(CONNECT_TIMEOUT, self._lose)
        return str(self._peer.localDescription.sdp)

    # The Line port

    def attach(self, source: AudioSource) -> None:
        """Take the outgoing sound from here."""
        self._outgoing.source = source

    async def events(self) -> AsyncIterator[LineEvent]:
        """Frames, keys and written sentences, until the line closes."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    def show(self, caption: Caption) -> None:
        """Send a caption over the data channel, once it is open."""
        self._send(page_messages.caption(caption))

    async def hang_up(self) -> None:
        """Close the peer connection."""
        if self._closed:
            return
        self._closed = True
        self._send(page_messages.ENDED)
        if self._deadline is not None:
            self._deadline.cancel()
        if self._channel is not None and self._channel.readyState == "open":
            # the last message leaves before the transport is torn down
            await asyncio.sleep(0.1)
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._outgoing.stop()
        try:
            await self._peer.close()
        except Exception as error:
            # what was half negotiated may not close; the call ends all the same
            logger.warning("a peer connection did not close: %r", error)

    # From the peer

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._reader is None:
            self._reader = asyncio.get_running_loop().create_task(self._read(track))

    async def _read(self, track: MediaStreamTrack) -> None:
        """Decoded packets become frames; what was lost between them becomes silence."""
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        expected: int | None = None
        while True:
            try:
                packet = await track.recv()
            except MediaStreamError:
                return self._end("lost")
            if not isinstance(packet, AudioFrame) or packet.pts is None:
                continue
            lost = 0 if expected is None else packet.pts - expected
            expected = packet.pts + packet.samples
            lost = self._unfilled(max(0, lost) * RATE // packet.sample_rate)
            packet.pts = None
            for part in resampler.resample(packet):
                samples = part.to_ndarray().reshape(-1).astype(np.int16, copy=False)
                for frame in self._inbound.feed(samples, lost):
                    self._put(frame)
                lost = 0

    def _unfilled(self, lost: int) -> int:
        """Of the samples lost between two packets, those that no silence stands for yet.

        aiortc's prefetched packets come out between the silence of a gap and the packet that
        tells how long the gap was.
        """
        filled = min(lost, self._filled)
        self._filled -= filled
        return lost - filled

    def _on_tick(self) -> None:
        """Each 20 ms of the outgoing sound also keep the incoming sound's time."""
        for frame in self._inbound.tick():
            self._filled += FRAME_SAMPLES
            self._put(frame)
        if self._inbound.quiet > LOST_TIMEOUT:
            self._end("lost")

    def _on_channel(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        channel.on("message", self._on_message)
        channel.on("close", lambda: self._end("caller"))
        for message in self._unsent:
            channel.send(message)
        self._unsent.clear()

    def _on_message(self, message: str | bytes) -> None:
        try:
            event = page_messages.parse(message)
        except LineError as error:
            logger.info("a call from a page: %s", error)
            self._nonsense += 1
            if self._nonsense > page_messages.MAX_NONSENSE:
                self._end("lost")
            return
        match event:
            case KeyPress() | Typed():
                self._put(event)
            case HungUp(reason):
                self._end(reason)

    def _on_state(self) -> None:
        match self._peer.connectionState:
            case "connected" if self._deadline is not None:
                self._deadline.cancel()
            case "failed" | "closed":
                self._end("lost")

    def _lose(self) -> None:
        self._end("lost")

    def _end(self, reason: str) -> None:
        if not self._ended:
            self._ended = True
            self._events.put_nowait(HungUp(reason))

    def _put(self, event: LineEvent) -> None:
        limit = MAX_FRAMES if isinstance(event, Audio) else MAX_EVENTS
        if self._events.qsize() < limit:
            self._events.put_nowait(event)

    def _send(self, message: str) -> None:
        if self._channel is not None:
            if self._channel.readyState == "open":
                self._channel.send(message)
        elif len(self._unsent) < MAX_EVENTS:
            self._unsent.append(message)


class _Outgoing(MediaStreamTrack):
    """The bot's voice, pulled by aiortc's sender and paced here, 20 ms a frame."""

    kind = "audio"

    def __init__(self, tick: Callable[[], None]) -> None:
        super().__init__()
        self.source: AudioSource | None = None
        self._tick = tick
        self._started: float | None = None
        self._frames = 0

    async def recv(self) -> AudioFrame:
        """The next frame, when its time has come."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        late = loop.time() - (self._started + self._frames * FRAME_SECONDS)
        if late < 0:
            await asyncio.sleep(-late)
        elif late > 0.5:
            # the machine was held up: go on from now rather than send a burst
            self._started += late
        self._tick()
        samples = np.zeros(FRAME_SAMPLES, np.int16)
        if self.source is not None:
            samples = self.source.pull().samples
        # both channels, since aiortc encodes stereo and makes mono 3 dB quieter on the way
        both = np.repeat(samples, 2).reshape(1, -1)
        frame = AudioFrame.from_ndarray(both, format="s16", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = self._frames * FRAME_SAMPLES
        frame.time_base = _TIME_BASE
        self._frames += 1
        return frame
