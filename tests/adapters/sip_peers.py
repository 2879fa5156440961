"""Telephones to test with: SIPp for the signalling, and sound of our own."""

from __future__ import annotations

import asyncio
import io
import shutil
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

SCENARIOS = Path(__file__).parent.parent / "e2e" / "sipp"

needs_sipp = pytest.mark.skipif(
    shutil.which("sipp") is None, reason="no sipp on this machine (Debian: sip-tester)"
)
PCMU, PCMA, TELEPHONE_EVENT = 0, 8, 101
NARROW = 8000
PACKET = 160
"""Samples in 20 ms of G.711."""


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_listener() -> int:
    """A port that is free for UDP and TCP, and the next one for TLS."""
    for _ in range(50):
        port = free_port(socket.SOCK_STREAM)
        try:
            for kind, at in (
                (socket.SOCK_DGRAM, port),
                (socket.SOCK_DGRAM, port + 1),
                (socket.SOCK_STREAM, port + 1),
            ):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", at))
        except OSError:
            continue
        return port
    raise AssertionError("no two free ports")


def g711(samples: NDArray[np.int16], payload_type: int = PCMA) -> bytes:
    """8 kHz samples as G.711."""
    file = io.BytesIO()
    subtype = "ALAW" if payload_type == PCMA else "ULAW"
    soundfile.write(file, samples, NARROW, format="RAW", subtype=subtype)
    return file.getvalue()


def linear(payload: bytes, payload_type: int = PCMA) -> NDArray[np.int16]:
    """G.711 as samples."""
    subtype = "ALAW" if payload_type == PCMA else "ULAW"
    samples, _ = soundfile.read(
        io.BytesIO(payload),
        dtype="int16",
        format="RAW",
        subtype=subtype,
        channels=1,
        samplerate=NARROW,
    )
    return np.asarray(samples, np.int16)


@dataclass(frozen=True)
class Packet:
    """One RTP packet as received."""

    at: float
    """Loop time."""
    payload_type: int
    sequence: int
    payload: bytes


class Rtp(asyncio.DatagramProtocol):
    """The sound of one telephone: sends what it is told, keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[Packet] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._known = asyncio.Event()
        self._sequence = 1000
        self._timestamp = 5000

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Rtp]:
        """A telephone with a port."""
        loop = asyncio.get_running_loop()
        transport, rtp = await loop.create_datagram_endpoint(cls, ("0.0.0.0", 0))
        rtp.port = transport.get_extra_info("sockname")[1]
        try:
            yield rtp
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) < 12:
            return
        self._peer = addr
        self._known.set()
        now = asyncio.get_running_loop().time()
        sequence = struct.unpack("!H", data[2:4])[0]
        self.received.append(Packet(now, data[1] & 0x7F, sequence, data[12:]))

    async def connected(self) -> None:
        """Wait until the other side sends."""
        async with asyncio.timeout(5):
            await self._known.wait()

    def heard(self, payload_type: int = PCMA) -> NDArray[np.int16]:
        """The sound received so far, at 8 kHz."""
        sent = [p.payload for p in self.received if p.payload_type == payload_type]
        return linear(b"".join(sent), payload_type)

    def send(
        self, payload: bytes, payload_type: int, *, marker: bool = False, samples: int = PACKET
    ) -> None:
        """One packet; `samples` later than the one before it."""
        assert self._transport is not None
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp += samples
        header = struct.pack(
            "!BBHII",
            0x80,
            payload_type | (0x80 if marker else 0),
            self._sequence,
            self._timestamp,
            7,
        )
        self._transport.sendto(header + payload, self._peer)

    @property
    def peer(self) -> tuple[str, int]:
        """Where the other side's sound comes from."""
        assert self._peer is not None
        return self._peer

    async def speak(
        self,
        samples: NDArray[np.int16],
        payload_type: int = PCMA,
        lost: frozenset[int] = frozenset(),
    ) -> None:
        """Send 8 kHz sound in its own time; the packets numbered in `lost` never arrive."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in range(len(samples) // PACKET):
            await asyncio.sleep(started + number * 0.02 - loop.time())
            if number in lost:
                self._sequence += 1
                self._timestamp += PACKET
                continue
            part = samples[number * PACKET : (number + 1) * PACKET]
            self.send(g711(part, payload_type), payload_type, marker=number == 0)

    async def press(
        self, key: str, *, marker: bool = True, ends: int = 3, payload_type: int = TELEPHONE_EVENT
    ) -> None:
        """One key as telephone-events (RFC 4733), held for 100 ms."""
        event = "0123456789*#".index(key)
        self._timestamp += PACKET
        for number in range(5):
            payload = struct.pack("!BBH", event, 10, (number + 1) * PACKET)
            self.send(payload, payload_type, marker=marker and number == 0, samples=0)
            await asyncio.sleep(0.02)
        for _ in range(ends):
            self.send(struct.pack("!BBH", event, 0x80 | 10, 6 * PACKET), payload_type, samples=0)
        self._timestamp += 6 * PACKET


async def sipp(folder: Path, scenario: str, target: int | None, **options: str | float) -> None:
    """Run a scenario against a port; without one, wait for a call at `port`.

    Options: `service` (user part), `to` (that of To, where it is another), `seconds` (of each
    pause), `code` (the status to expect), `host` (both sides' address), `port` (its own),
    `rtp_port`, `elsewhere` (another's port), `transport` (SIPp's), `calls`, `together` (of
    these at once), `rate`, `extra` (more headers for the INVITE, a line each).

    Raises:
        AssertionError: the scenario was not kept.
    """
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    file = folder / f"{scenario}-{free_port()}.xml"
    text = text.replace("[code]", str(options.get("code", 200)))
    text = text.replace("To: <sip:[service]@", f"To: <sip:{options.get('to', '[service]')}@")
    extra = str(options.get("extra", ""))
    file.write_text(text.replace("[extra]", extra and f"\n{extra}"))
    calls = str(options.get("calls", 1))
    host = str(options.get("host", "127.0.0.1"))
    process = await asyncio.create_subprocess_exec(
        "sipp",
        *((f"{host}:{target}",) if target else ()),
        *("-sf", str(file), "-nostdin", "-timeout", f"{60 + int(calls)}s"),
        *("-timeout_error", "-default_behaviors", "all,-bye"),
        *("-i", host, "-p", str(options.get("port", free_port())), "-mp", str(free_port())),
        *("-t", str(options.get("transport", "u1"))),
        *("-m", calls, "-l", str(options.get("together", calls))),
        *("-r", str(options.get("rate", 10))),
        *("-s", str(options.get("service", "100"))),
        *("-d", str(round(float(options.get("seconds", 1)) * 1000))),
        *("-key", "rtp_port", str(options.get("rtp_port", 9))),
        *("-key", "elsewhere", str(options.get("elsewhere", 9))),
        *("-trace_err", "-error_file", str(file.with_suffix(".err"))),
        *("-trace_msg", "-message_file", str(file.with_suffix(".msg"))),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        errors = file.with_suffix(".err")
        why = errors.read_text() if errors.exists() else output.decode()
        raise AssertionError(f"the scenario {scenario} was not kept:\n{why}")
