"""What every request meets before the pages do: a size limit and the headers of a safe page."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; media-src 'self' blob:; connect-src 'self' ws: wss:; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


def same_site(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from our own page, or from a program that is no browser.

    Browsers say where a page is from; a program that says nothing carries nobody's cookies.
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == headers.get("host")


class BodyTooLarge(Exception):
    """The body goes over the limit."""


class PageHasGone(Exception):
    """The connection was closed before the whole body came."""


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self._app = app
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse bodies over `max_body` bytes with 413, announced or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        try:
            # read here, and whole: frameworks take an error in their own reading for a bad body
            body = await self._read(dict(scope["headers"]), receive)
        except PageHasGone:
            return
        except BodyTooLarge:
            await self._refuse(scope, receive, guarded)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replayed, guarded)

    async def _read(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or len(announced) > 12 or int(announced) > self._max_body:
            raise BodyTooLarge
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise PageHasGone
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_body:
                raise BodyTooLarge
        return body

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = f"the request is larger than the {self._max_body} bytes that are read"
        answer = JSONResponse({"error": "too_large", "message": text}, status_code=413)
        await answer(scope, receive, send)
