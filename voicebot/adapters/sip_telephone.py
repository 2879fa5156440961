"""One telephone of a bench: it knows when each packet went out, and when each one came."""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicebot.adapters.sip_message import Message
from voicebot.media import g711

PACKET_SECONDS = 0.02

_PCMA = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """One packet of sound as it came."""

    at: float
    """Loop time."""
    timestamp: int
    """Samples, as its sender counts them."""
    payload: bytes
    """A-law."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What the line sends back of what the caller hears."""

    decibels: float
    """By how much it is fainter."""
    delay: float
    """Seconds, in whole packets."""


class _Sound(asyncio.DatagramProtocol):
    """The packets that come for one telephone."""

    def __init__(self, take: Callable[[Heard], None]) -> None:
        self._take = take
        self._loop = asyncio.get_running_loop()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if len(data) > 12 and data[1] & 0x7F == _PCMA:
            timestamp = int.from_bytes(data[4:8], "big")
            self._take(Heard(self._loop.time(), timestamp, data[12:]))


class Telephone:
    """One call to the switchboard."""

    def __init__(
        self, leave: Callable[[Telephone], Awaitable[None]], echo: Echo | None = None
    ) -> None:
        self.id = secrets.token_hex(8)
        self.heard: list[Heard] = []
        self.sent: list[float] = []
        """When each packet went out, loop time."""
        self.ended = asyncio.Event()
        """Set when the switchboard has hung up."""
        self.peer: tuple[str, int] | None = None
        self.port = 0
        self.answered: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.remote = ""
        """The switchboard's To header with its tag."""
        self.target = ""
        """The request URI within the dialog."""
        self._leave = leave
        self._queue: deque[bytes] = deque()
        self._marks: list[tuple[int, asyncio.Future[None]]] = []
        """Packets that somebody waits for, in their order."""
        self._echo = echo
        self._echoing: deque[bytes] = deque()
        self._transport: asyncio.DatagramTransport | None = None
        self._timestamp = secrets.randbits(31)

    async def open_sound(self, host: str) -> None:
        """Take a port for sound."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Sound(self._take), local_addr=(host, 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]

    def say(self, samples: NDArray[np.int16]) -> int:
        """Send this (8 kHz) after what is still to be sent; returns its first packet's number."""
        first = len(self.sent) + len(self._queue)
        padded = np.pad(samples, (0, -len(samples) % g711.PACKET_SAMPLES))
        coded = g711.encode(padded)
        step = g711.PACKET_SAMPLES
        self._queue.extend(coded[at : at + step] for at in range(0, len(coded), step))
        return first

    async def said(self, number: int) -> float:
        """Wait until the packet of that number has gone out; returns when it did, loop time."""
        if len(self.sent) <= number:
            mark: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._marks.append((number, mark))
            await mark
        return self.sent[number]

    def tick(self, now: float) -> None:
        """Send the next packet: what is to be said, or silence."""
        if self._transport is None or self.peer is None:
            return
        payload = self._queue.popleft() if self._queue else g711.SILENCE
        if self._echo is not None:
            payload = self._with_echo(payload, self._echo)
        number = len(self.sent) & 0xFFFF
        self._timestamp = (self._timestamp + g711.PACKET_SAMPLES) & 0xFFFFFFFF
        header = struct.pack("!BBHII", 0x80, _PCMA, number, self._timestamp, 7)
        self._transport.sendto(header + payload, self.peer)
        self.sent.append(now)
        if self._marks and self._marks[0][0] < len(self.sent):
            _, mark = self._marks.pop(0)
            if not mark.done():
                mark.set_result(None)

    def _take(self, packet: Heard) -> None:
        self.heard.append(packet)
        if self._echo is not None:
            self._echoing.append(packet.payload)

    def _with_echo(self, payload: bytes, echo: Echo) -> bytes:
        if len(self._echoing) <= round(echo.delay / PACKET_SECONDS):
            return payload
        back = g711.decode(self._echoing.popleft()) * 10 ** (-echo.decibels / 20)
        both = g711.decode(payload) + back[: len(payload)]
        return g711.encode(np.clip(both, -32768, 32767).astype(np.int16))

    async def hang_up(self) -> None:
        """Take leave, and free the port."""
        await self._leave(self)
        if self._transport is not None:
            self._transport.close()
            self._transport = None
