"""The staff page: the files as staff see them, drafts tried out, published, heard, undone."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from voicebot.access.sign_in import SignedIn
from voicebot.errors import ContentError, SpeakingError
from voicebot.model import Action, Audio, Emergency, Language, Role, Sentence, told
from voicebot.staff.archive import Published
from voicebot.staff.edit import Change
from voicebot.staff.emergency import Alarm, EmergencyBoard
from voicebot.staff.preview import Asked
from voicebot.staff.publish import Status
from voicebot.staff.words import StaffWords
from voicebot.staff.workbench import Clash, Draft, Trial, Workbench
from voicebot.web.pages import NAMES, RIGHT_TO_LEFT
from voicebot.web.sign_in import require
from voicebot.web.staff_pages import StaffPages
from voicebot.web.workshop_texts import workshop_texts

Working = Annotated[SignedIn, Depends(require(Role.STAFF))]

MAX_SPOKEN = 1500
"""Signs of a text that may be listened to at once: a long answer."""

MAX_VERSIONS = 50
"""Of the history, as many as are shown."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the staff page stands on."""

    workbench: Workbench
    board: EmergencyBoard
    words: Mapping[Language, StaffWords]
    """By the language of the reader."""
    languages: tuple[Language, ...]
    speak: Callable[[Sequence[Sentence]], Awaitable[Audio]]
    """Sentences one after another, as callers hear them; raises SpeakingError."""
    now: Callable[[], datetime]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangeBody(_Body):
    """One change of a draft."""

    path: list[str | int] = Field(min_length=1, max_length=8)
    value: JsonValue = None


class DraftBody(_Body):
    """Changes over the state of the files that the page has loaded."""

    base: str = Field(pattern=r"^[0-9a-f]{12}$")
    changes: dict[str, list[ChangeBody]] = {}

    def draft(self) -> Draft:
        """As the workbench takes it."""
        return Draft(
            self.base,
            {
                name: tuple(Change(tuple(one.path), one.value) for one in changes)  # type: ignore[arg-type]  # checked by reading back
                for name, changes in self.changes.items()
            },
        )


class PreviewBody(DraftBody):
    """What callers of an office would hear by the draft."""

    office: str = Field(max_length=100)
    at: datetime | None = None
    action: Action = Action.HOURS


class Spoken(_Body):
    """Sentences to listen to."""

    language: Language
    sentences: list[str] = Field(min_length=1, max_length=40)


class RollbackBody(_Body):
    """A version to take up again."""

    number: int = Field(ge=1)


class ClosingBody(_Body):
    """An emergency closing; without an office, of all."""

    office: str | None = None
    until: datetime | None = None


def add_workshop(app: FastAPI, room: Workshop) -> None:
    """The staff page's routes; `add_sign_in` comes before."""
    pages: StaffPages = app.state.staff_pages
    bench = room.workbench

    def words(request: Request) -> StaffWords:
        return room.words[pages.language(request)]

    app.state.staff_words = room.words
    app.add_exception_handler(ContentError, _cannot)

    @app.get("/staff", response_class=HTMLResponse)
    async def page(request: Request, who: Working) -> HTMLResponse:
        language = pages.language(request)
        config = {
            "csrf": who.csrf,
            "language": language,
            "languages": [
                {
                    "code": code,
                    "name": NAMES[code],
                    "dir": "rtl" if code in RIGHT_TO_LEFT else "ltr",
                }
                for code in room.languages
            ],
            "texts": workshop_texts(pages.text(language)),
        }
        return HTMLResponse(pages.render(request, "staff.html", who, config=config))

    @app.get("/staff/files")
    async def files(request: Request, who: Working) -> dict[str, Any]:
        sheet = await bench.sheet()
        return {
            "version": sheet.version,
            "files": sheet.files,
            "status": _status(bench.publisher.status, words(request)),
            "closings": _closings(room),
        }

    @app.post("/staff/check")
    async def check(request: Request, body: DraftBody, who: Working) -> dict[str, Any]:
        return _trial(await bench.try_out(body.draft(), words(request)), words(request))

    @app.post("/staff/publish")
    async def publish(request: Request, body: DraftBody, who: Working) -> dict[str, Any]:
        trial = await bench.publish(body.draft(), who.account.id, words(request))
        return _trial(trial, words(request))

    @app.post("/staff/preview")
    async def preview(body: PreviewBody, who: Working) -> list[dict[str, Any]]:
        now = room.now()
        at = now if body.at is None else body.at.replace(tzinfo=now.tzinfo)
        asked = Asked([body.office], [], [at], [body.action])
        return [
            {
                "language": one.language,
                "spoken": [sentence.text for sentence in one.words],
                "shown": [sentence.shown for sentence in one.words],
            }
            for one in await bench.preview(body.draft(), asked)
        ]

    @app.post("/staff/listen")
    async def listen(body: Spoken, who: Working) -> Response:
        if body.language not in room.languages:
            raise ContentError(told("this language is not spoken here"))
        if sum(len(text) for text in body.sentences) > MAX_SPOKEN:
            raise ContentError(told("this is too long to be listened to at once"))
        sentences = [Sentence(body.language, text) for text in body.sentences if text.strip()]
        try:
            sound = await room.speak(sentences)
        except SpeakingError as error:
            raise ContentError(told("no voice could say it: see the log")) from error
        return Response(await asyncio.to_thread(_wave, sound), media_type="audio/wav")

    @app.get("/staff/history")
    async def history(who: Working) -> list[dict[str, Any]]:
        return [_version(one) for one in (await bench.publisher.history())[:MAX_VERSIONS]]

    @app.post("/staff/rollback")
    async def rollback(request: Request, body: RollbackBody, who: Working) -> dict[str, Any]:
        status, _ = await bench.publisher.rollback(body.number, who.account.id)
        return _status(status, words(request))

    @app.post("/staff/close")
    async def close(body: ClosingBody, who: Working) -> list[dict[str, Any]]:
        now = room.now()
        until = body.until and body.until.replace(tzinfo=now.tzinfo)
        if body.office is not None and body.office not in pages.offices("it"):
            raise ContentError(told("there is no such office"))
        alarm = Alarm(Emergency(body.office, now, until), who.account.id)
        await asyncio.to_thread(room.board.close, alarm)
        return _closings(room)

    @app.post("/staff/open")
    async def reopen(body: ClosingBody, who: Working) -> list[dict[str, Any]]:
        await asyncio.to_thread(room.board.open, body.office)
        return _closings(room)


def _trial(trial: Trial, words: StaffWords) -> dict[str, Any]:
    report = trial.report
    return {
        "ok": report.ok,
        "problems": [
            {
                "file": one.file.rpartition("/")[2],
                "line": one.line,
                "key": one.key,
                "message": words.tell(one.message),
                "remedy": words.tell(one.remedy),
                "error": one.is_error,
            }
            for one in report.problems
        ],
        "sentences": report.sentences,
        "failed": report.failed,
        "affects": list(trial.affects),
    }


def _status(status: Status, words: StaffWords) -> dict[str, Any]:
    return {
        "state": status.state,
        "live": _version(status.live) if status.live else None,
        "problems": [one.line_in(words.texts) for one in status.problems if one.is_error],
    }


def _version(one: Published) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at.isoformat(timespec="seconds"),
        "author": one.author,
        "occasion": one.occasion,
        "of": one.of,
    }


def _closings(room: Workshop) -> list[dict[str, Any]]:
    now = room.now()
    return [
        {
            "office": one.emergency.office,
            "since": one.emergency.since.isoformat(timespec="seconds"),
            "until": one.emergency.until and one.emergency.until.isoformat(timespec="seconds"),
            "author": one.author,
        }
        for one in room.board.read()
        if one.emergency.holds(now)
    ]


def _wave(sound: Audio) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.rate)
        out.writeframes(sound.samples.tobytes())
    return file.getvalue()


async def _cannot(request: Request, error: Exception) -> Response:
    """A draft that cannot be used: told in the reader's language."""
    assert isinstance(error, ContentError)
    pages: StaffPages = request.app.state.staff_pages
    words: Mapping[Language, StaffWords] = request.app.state.staff_words
    message = words[pages.language(request)].tell(error.args[0])
    status = 409 if isinstance(error, Clash) else 422
    return JSONResponse({"error": error.code, "message": message}, status)
