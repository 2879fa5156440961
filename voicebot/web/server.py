"""The web side: the caller page, the doors by which it calls, and what watches the house."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from voicebot.access.sign_in import Access
from voicebot.errors import LineError
from voicebot.model import Arrival, Content, Language
from voicebot.ports import Line
from voicebot.switchboard import Door, Switchboard
from voicebot.web import metrics
from voicebot.web.desk import DeskRoom, add_desk
from voicebot.web.guard import Guard, same_site
from voicebot.web.overview import add_overview
from voicebot.web.pages import CallerPage, Visit
from voicebot.web.sign_in import add_sign_in
from voicebot.web.staff_pages import StaffPages
from voicebot.web.workshop import Workshop, add_workshop

HERE = Path(__file__).parent


class TextLine(Line, Protocol):
    """A line that carries text over a socket of the page."""

    async def pump(self) -> None:
        """Send what is shown, until the line is hung up or the page has gone."""


@dataclass(frozen=True, slots=True)
class Doors:
    """How lines are opened, each by its adapter."""

    webrtc: Callable[[str, Arrival], Awaitable[tuple[Line, str]]]
    """From an SDP offer to a line and the SDP answer; raises LineError."""
    text: Callable[[WebSocket, Arrival], TextLine]


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages show."""

    content: Callable[[], Content]
    languages: tuple[Language, ...]
    texts: Mapping[Language, Callable[[str], str]]
    """The words of the pages by language: from an English text to the shown one."""
    ice_servers: tuple[Mapping[str, str], ...]
    max_body: int
    staff_texts: Mapping[Language, Callable[[str], str]]
    """The same for the pages behind the sign-in."""
    metrics: Callable[[], Iterable[str]] = tuple
    """Lines for Prometheus beside those of the calls."""


@dataclass(frozen=True, slots=True)
class StaffSide:
    """What those who work here come in by, and sit at."""

    access: Access
    desk: DeskRoom
    workshop: Workshop | None = None
    """None where the staff files are not edited on a page."""


def create_app(switchboard: Switchboard, doors: Doors, site: Site, staff: StaffSide) -> FastAPI:
    """The web application."""
    app = FastAPI(title="voicebot", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, max_body=site.max_body)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    page = CallerPage(HERE / "templates", site.content, site.languages, site.texts)

    add_sign_in(app, staff.access, StaffPages(HERE / "templates", site.content, site.staff_texts))
    add_desk(app, staff.desk)
    if staff.workshop is not None:
        add_workshop(app, staff.workshop)
    add_overview(app, staff.desk)

    @app.get("/", response_class=HTMLResponse)
    async def caller(
        request: Request, lang: str | None = None, office: str | None = None
    ) -> HTMLResponse:
        accepted = request.headers.get("accept-language", "")
        html = page.render(Visit(lang, accepted, office), site.ice_servers)
        return HTMLResponse(html, headers={"Vary": "Accept-Language"})

    @app.post("/api/calls")
    async def call(
        request: Request,
        sdp: Annotated[str, Body(embed=True, min_length=1)],
        office: Annotated[str | None, Body(embed=True)] = None,
    ) -> Response:
        if not same_site(request.headers):
            return _problem(403, LineError("calls are taken only from this site's own page"))
        try:
            with switchboard.admission(Door.PAGE):
                try:
                    line, answer = await doors.webrtc(sdp, Arrival(office=office))
                except LineError as error:
                    return _problem(400, error)
                switchboard.start(line, Door.PAGE)
        except LineError as error:
            return _problem(503, error)
        return JSONResponse({"sdp": answer})

    @app.websocket("/api/text")
    async def text(socket: WebSocket, office: str | None = None) -> None:
        if not same_site(socket.headers):
            await socket.close(1008, "calls are taken only from this site's own page")
            return
        await socket.accept()
        try:
            with switchboard.admission(Door.PAGE):
                line = doors.text(socket, Arrival(office=office))
                held = switchboard.start(line, Door.PAGE)
        except LineError as error:
            await socket.close(1013, str(error))
            return
        await line.pump()
        await asyncio.wait([held])

    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthy() -> str:
        return "ok"

    @app.get("/readyz")
    async def ready() -> PlainTextResponse:
        if switchboard.draining:
            return PlainTextResponse("closing", status_code=503)
        return PlainTextResponse("ready")

    @app.get("/metrics", response_class=PlainTextResponse)
    async def measured() -> str:
        return metrics.text(switchboard) + "".join(f"{line}\n" for line in site.metrics())

    return app


async def _refused(_: Request, error: Exception) -> Response:
    """What the framework refuses, in the same form as our own refusals."""
    assert isinstance(error, HTTPException)
    answer = {"error": "request", "message": error.detail}
    return JSONResponse(answer, error.status_code, headers=error.headers)


async def _malformed(request: Request, error: Exception) -> Response:
    """A body of another form; says what to send and repeats nothing of what came."""
    what = "what this page sends: load it again"
    if request.url.path == "/api/calls":
        what = 'JSON: {"sdp": "the offer of the browser"}'
    answer = {"error": "request", "message": f"send {what}"}
    return JSONResponse(answer, 422)


def _problem(status: int, error: LineError) -> JSONResponse:
    return JSONResponse({"error": error.code, "message": str(error)}, status_code=status)
