"""The operator's desk: its page, how things stand at it, and what she does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from voicebot.access.sign_in import Access, SignedIn
from voicebot.errors import DeskError, LineError, VoicebotError
from voicebot.holding.desk import Desk
from voicebot.holding.seat import Seat
from voicebot.model import Role
from voicebot.ports import Line
from voicebot.web.daybook import Daybook
from voicebot.web.desk_actions import Action
from voicebot.web.desk_texts import desk_texts
from voicebot.web.desk_view import Around, desk_view, millis
from voicebot.web.live import Changes, Watch, event_stream, snapshots
from voicebot.web.presence import Presence
from voicebot.web.sign_in import cookie, require
from voicebot.web.staff_pages import StaffPages

Operating = Annotated[SignedIn, Depends(require(Role.OPERATOR))]


def _seat(request: Request, who: Operating) -> Seat:
    presence: Presence = request.app.state.presence
    seat = presence.seat(who.account.id)
    if seat is None:
        raise DeskError("the desk is not open: load the page again")
    return seat


Seated = Annotated[Seat, Depends(_seat)]
"""The seat of whoever asks, and of nobody else."""


@dataclass(frozen=True, slots=True)
class DeskRoom:
    """What the desk stands on."""

    desk: Desk
    daybook: Daybook
    open_line: Callable[[str], Awaitable[tuple[Line, str]]]
    """From an SDP offer to a line and the SDP answer; raises LineError."""
    phones: tuple[str, ...] = ()
    """Desk telephones that operators may choose."""
    link: str = ""
    """The information system's address, with {number} in it."""
    target: float = 120.0
    """Seconds to answer in, by which the service level counts."""
    ice_servers: tuple[Mapping[str, str], ...] = ()


def add_desk(app: FastAPI, room: DeskRoom) -> None:
    """The desk's routes; `add_sign_in` comes before."""
    access: Access = app.state.access
    pages: StaffPages = app.state.staff_pages
    presence, changes = Presence(room.desk), Changes()
    app.state.presence, app.state.changes = presence, changes
    room.desk.queue.on_change.append(changes.tell)

    async def leave(who: SignedIn) -> None:
        if (seat := presence.seat(who.account.id)) is not None:
            await seat.sign_out()

    app.state.on_sign_out.append(leave)
    app.add_exception_handler(DeskError, _conflict)

    @app.get("/desk", response_class=HTMLResponse)
    async def page(request: Request, who: Operating) -> HTMLResponse:
        language = pages.language(request)
        config = {
            "csrf": who.csrf,
            "language": language,
            "me": who.account.id,
            "iceServers": list(room.ice_servers),
            "phones": list(room.phones),
            "offices": pages.offices(language),
            "texts": desk_texts(pages.text(language)),
        }
        return HTMLResponse(pages.render(request, "desk.html", who, config=config))

    @app.get("/desk/events")
    async def events(request: Request, who: Operating) -> StreamingResponse:
        token = request.cookies.get(cookie(request), "")

        async def welcome() -> bool:
            await room.daybook.refresh()
            still = await access.who(token)
            return still is not None and presence.seat(who.account.id) is seat

        def look() -> str:
            around = Around(room.desk, room.daybook.today, room.link)
            return desk_view(seat, presence.ear(seat), around)

        async def watched() -> AsyncIterator[str]:
            watch = Watch(look, lambda: millis(room.desk.queue.now()), welcome)
            with presence.window(who.account.id):
                async for event in snapshots(watch, changes):
                    yield event

        await room.daybook.refresh()
        seat = await presence.arrive(who.account, frozenset(pages.offices("it")))
        return event_stream(watched())

    @app.post("/desk/headset")
    async def headset(
        seat: Seated,
        sdp: Annotated[str, Body(min_length=1)],
        window: Annotated[str, Body(pattern=r"^[0-9a-z]{8,40}$")],
    ) -> dict[str, str]:
        try:
            line, answer = await room.open_line(sdp)
        except LineError as error:
            raise DeskError(str(error)) from error
        presence.wear(seat.operator.id, window)
        await seat.headset(line)
        return {"sdp": answer}

    @app.post("/desk/do", status_code=204)
    async def do(seat: Seated, action: Action) -> Response:
        _check(action, seat, room)
        try:
            done = await action.on(seat)
        except LineError as error:
            raise DeskError(str(error)) from error
        changes.tell()
        if done is False:
            raise DeskError("too late: the call is not offered to you any more")
        return Response(status_code=204)


def _check(action: Action, seat: Seat, room: DeskRoom) -> None:
    """
    Raises:
        DeskError: it names a telephone, an office or a colleague that there is not; or the call
            is to be answered elsewhere.
    """
    if action.do == "accept" and seat.target is not None:
        raise DeskError("answer on your telephone")
    if action.do == "phone" and action.target not in (None, *room.phones):
        raise DeskError("this is no telephone of the settings")
    if action.do == "transfer":
        colleagues = [one.operator.id for one in room.desk.seats if one is not seat]
        to_office = action.office in room.desk.queue.rules.offices and action.operator is None
        if not to_office and not (action.operator in colleagues and action.office is None):
            raise DeskError("there is no such office, or this colleague has signed out")


async def _conflict(_: Request, error: Exception) -> Response:
    assert isinstance(error, VoicebotError)
    answer: dict[str, Any] = {"error": error.code, "message": str(error)}
    return JSONResponse(answer, 409)
