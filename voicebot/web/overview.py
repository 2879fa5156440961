"""The supervisor's overview: queues, operators and figures, now and by day."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from voicebot.access.sign_in import Access, SignedIn
from voicebot.errors import DeskError
from voicebot.model import Role
from voicebot.web.desk import DeskRoom
from voicebot.web.desk_texts import overview_texts
from voicebot.web.desk_view import millis
from voicebot.web.live import Changes, Watch, event_stream, snapshots
from voicebot.web.overview_view import COLUMNS, day_view, days_view, now_view, rows
from voicebot.web.sign_in import cookie, require
from voicebot.web.staff_pages import StaffPages

Supervising = Annotated[SignedIn, Depends(require(Role.SUPERVISOR))]

MOST_DAYS = 400
"""In one answer."""


class Today:
    """The day's figures, reckoned once for each reading of the store."""

    def __init__(self, room: DeskRoom) -> None:
        self._room = room
        self._of: object = None
        self._view: dict[str, Any] = {}

    def view(self) -> dict[str, Any]:
        """As last read."""
        book = self._room.daybook
        if self._of is not book.today:
            self._of = book.today
            self._view = day_view(book.today, self._room.target, book.zone)
        return self._view


def add_overview(app: FastAPI, room: DeskRoom) -> None:
    """The overview's routes; `add_desk` comes before."""
    access: Access = app.state.access
    pages: StaffPages = app.state.staff_pages
    changes: Changes = app.state.changes
    today = Today(room)

    @app.get("/desk/supervisor", response_class=HTMLResponse)
    async def page(request: Request, who: Supervising) -> HTMLResponse:
        language = pages.language(request)
        config = {
            "language": language,
            "offices": pages.offices(language),
            "texts": overview_texts(pages.text(language)),
            "today": str(room.daybook.start_of_day().date()),
        }
        return HTMLResponse(pages.render(request, "overview.html", who, config=config))

    @app.get("/desk/supervisor/events")
    async def events(request: Request, who: Supervising) -> StreamingResponse:
        token = request.cookies.get(cookie(request), "")

        async def welcome() -> bool:
            await room.daybook.refresh()
            return await access.who(token) is not None

        def look() -> str:
            return json.dumps({**now_view(room.desk), "today": today.view()})

        await room.daybook.refresh()
        watch = Watch(look, lambda: millis(room.desk.queue.now()), welcome)
        return event_stream(snapshots(watch, changes))

    @app.get("/desk/supervisor/days")
    async def days(who: Supervising, first: date, last: date) -> list[dict[str, Any]]:
        tickets = await room.daybook.days(*_span(first, last, room))
        return await asyncio.to_thread(days_view, tickets, room.target, room.daybook.zone)

    @app.get("/desk/supervisor/figures.csv")
    async def table(
        who: Supervising,
        first: date,
        last: date,
        by: Annotated[Literal["office", "language"], Query()] = "office",
    ) -> Response:
        tickets = await room.daybook.days(*_span(first, last, room))
        found = await asyncio.to_thread(rows, tickets, by, room.target, room.daybook.zone)
        name = f"figures-{first}-{last}-by-{by}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


def _span(first: date, last: date, room: DeskRoom) -> tuple[datetime, int]:
    """The first midnight and how many days.

    Raises:
        DeskError: it is no span, or a very long one.
    """
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise DeskError(f"ask for 1 to {MOST_DAYS} days, the first before the last")
    return datetime.combine(first, time(), room.daybook.zone), count


def _csv(found: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in found:
        writer.writerow({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()})
    return out.getvalue()
