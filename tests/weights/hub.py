"""A model hub on this machine that serves good files and breaks in every way a hub breaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What stands under one path."""

    body: bytes
    ranges: bool = True
    """Whether a request to go on from a byte is honoured."""
    cuts: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off, one for each request."""
    statuses: list[int] = field(default_factory=list)
    """Answered, one for each request, before the body is."""
    kind: str = "application/octet-stream"
    redirect: str | None = None
    says_length: bool = True
    skew: int = 0
    """Bytes by which the answer to a range begins too late."""


@dataclass
class Hub:
    """The running server."""

    address: str
    files: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range header of every request, in order."""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.hub.asked.append((self.path, wanted))
        served = self.hub.files.get(self.path)
        if served is None:
            self.send_error(404)
        elif served.statuses:
            self.send_error(served.statuses.pop(0))
        elif served.redirect:
            self.send_response(302)
            self.send_header("Location", served.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(served, wanted)

    def _send(self, served: Served, wanted: str) -> None:
        total = len(served.body)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and served.ranges else 0
        start += served.skew if wanted else 0
        if start >= total:
            self.send_error(416)
            return
        body = served.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", served.kind)
        if served.says_length:
            self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        self.wfile.write(body[: served.cuts.pop(0)] if served.cuts else body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up on a wrong answer are what the tests are about."""


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub on a free port, for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"hub": hub})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
