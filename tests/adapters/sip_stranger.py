"""Somebody who sends nonsense of every kind, the same at each run; and what it must not cost."""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import socket
from collections.abc import Callable
from pathlib import Path


def memory(process: int | str = "self") -> int:
    """Kilobytes that a process holds."""
    gc.collect()
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def invite(port: int, number: int) -> bytes:
    """An INVITE as a telephone sends it."""
    body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    body += "m=audio 4002 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    head = (
        f"INVITE sip:100@127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:4000;branch=z9hG4bK{number}\r\n"
        f"From: <sip:3330001111@127.0.0.1:4000>;tag={number}\r\n"
        f"To: <sip:100@127.0.0.1:{port}>\r\nCall-ID: {number}@x\r\nCSeq: 1 INVITE\r\n"
        "Contact: <sip:3330001111@127.0.0.1:4000>\r\nMax-Forwards: 70\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def mutilated(message: bytes, luck: random.Random) -> bytes:
    """The message with some of it cut, doubled, or changed, and never whole."""
    broken = bytearray(message)
    # without this line the stack can answer nobody, so no call is opened
    del broken[broken.index(b"Via") : broken.index(b"From")]
    for _ in range(luck.randint(1, 12)):
        at = luck.randrange(len(broken))
        match luck.randrange(4):
            case 0:
                broken[at] = luck.randrange(256)
            case 1:
                del broken[at : at + luck.randrange(40)]
            case 2:
                broken[at:at] = broken[at : at + luck.randrange(200)]
            case _:
                broken[at:at] = luck.randbytes(luck.randrange(30))
        if len(broken) < 2:
            break
    return bytes(broken)


class Stranger:
    """Sends nonsense of every kind, the same at each run."""

    def __init__(self, port: int, seed: int = 2026) -> None:
        """`port` is where SIP is taken."""
        self.luck = random.Random(seed)
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._number = 0

    def close(self) -> None:
        self._socket.close()

    async def send(self, kind: Callable[[], bytes], to: int, count: int) -> None:
        """So many packets, in bursts."""
        for number in range(count):
            self._socket.sendto(kind(), ("127.0.0.1", to))
            if number % 10 == 0:
                await asyncio.sleep(0.004)

    def noise(self) -> bytes:
        return self.luck.randbytes(self.luck.randrange(1, 1400))

    def message(self) -> bytes:
        """A SIP message of any method, broken anywhere but where it says how to answer."""
        self._number += 1
        method = self.luck.choice(
            [b"INVITE", b"OPTIONS", b"REGISTER", b"BYE", b"CANCEL", b"ACK", b"INFO", b"\x00\xff"]
            + [b"SIP/2.0 200", b"SIP/2.0 999", b"NOTIFY", b"SUBSCRIBE", b"UPDATE", b"PRACK"]
        )
        return mutilated(invite(self._port, self._number), self.luck).replace(b"INVITE", method)

    def offer(self) -> bytes:
        """A good INVITE whose SDP is broken; another call each."""
        self._number += 1
        head, body = invite(self._port, self._number).split(b"\r\n\r\n", 1)
        broken = bytearray(body)
        for _ in range(self.luck.randint(1, 8)):
            at = self.luck.randrange(len(broken))
            match self.luck.randrange(4):
                case 0:
                    broken[at] = self.luck.randrange(256)
                case 1:
                    del broken[at : at + self.luck.randrange(30)]
                case 2:
                    broken[at:at] = b"9" * self.luck.randrange(40)
                case _:
                    broken[at:at] = broken[: self.luck.randrange(80)]
            broken = broken or bytearray(b"v")
        length = b"Content-Length: %d" % len(broken)
        lines = [length if x.startswith(b"Content-L") else x for x in head.split(b"\r\n")]
        return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(broken)

    def sound(self) -> bytes:
        """An RTP packet with a good first byte and nonsense after it."""
        kinds = (0, 8, 9, 101, 102, 127, 200)
        return bytes([0x80 | self.luck.randrange(64), self.luck.choice(kinds)]) + self.noise()
