"""SIP messages as text (RFC 3261), read and written; SDP for A-law only."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response."""

    first: str
    """The request line or the status line."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in order; there are several Via and Record-Route."""
    body: str

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        code = self.first.split()[1] if self.first.startswith("SIP/2.0") else "0"
        return int(code) if code.isdecimal() else 0

    @property
    def method(self) -> str:
        """Of a request, or of what a response answers."""
        return self.header("cseq").split()[-1] if self.status else self.first.split()[0]

    def header(self, name: str) -> str:
        """The first of that name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every one of that name."""
        return [value for key, value in self.headers if key == name]


_SHORT = {
    "c": "content-type",
    "f": "from",
    "i": "call-id",
    "l": "content-length",
    "m": "contact",
    "t": "to",
    "v": "via",
}

_BLANK_LINE = re.compile(r"\r\n\r\n|\n\n|\r\r")

_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]+")
"""A line that begins with a space goes on the one before it."""


def parse(data: bytes) -> Message | None:
    """What came in a datagram; None where it is no SIP message."""
    head, *rest = _BLANK_LINE.split(data.decode("utf-8", "replace"), maxsplit=1)
    body = rest[0] if rest else ""
    first, *lines = re.split(r"\r\n|\n|\r", _FOLD.sub(" ", head))
    if len(first.split()) < 3 or "SIP/2.0" not in first:
        return None
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.append((_SHORT.get(name, name), value.strip()))
    message = Message(first, tuple(headers), body)
    return message if message.header("cseq") and message.header("call-id") else None


def write(first: str, headers: list[tuple[str, str]], body: str = "") -> bytes:
    """A message to be sent."""
    kind = [("Content-Type", "application/sdp")] if body else []
    lines = [f"{name}: {value}" for name, value in [*headers, *kind]]
    text = "\r\n".join([first, *lines, f"Content-Length: {len(body)}", "", body])
    return text.encode()


def reply(request: Message, status: str, contact: str, body: str = "") -> bytes:
    """A response to a request within a dialog."""
    copied = [("Via", value) for value in request.all("via")]
    copied += [(name, request.header(name.lower())) for name in ("From", "To", "Call-ID", "CSeq")]
    return write(f"SIP/2.0 {status}", [*copied, ("Contact", contact)], body)


def offer(host: str, port: int, version: int) -> str:
    """SDP for G.711 A-law at this address."""
    lines = (
        "v=0",
        f"o=caller 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=sendrecv",
        "",
    )
    return "\r\n".join(lines)


def address(sdp: str) -> tuple[str, int] | None:
    """Where the sound of an SDP is to be sent; None where it tells none."""
    host, port = "", 0
    for line in sdp.splitlines():
        if line.startswith("c=IN IP"):
            host = line.split()[-1].split("/")[0]
        elif line.startswith("m=audio "):
            port = int(line.split()[1])
    return (host, port) if host and port else None
