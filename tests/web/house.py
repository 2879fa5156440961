"""The real web side on a real port, with a scripted conversation in place of `take_call`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time as clock
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, TypeVar, cast

import numpy as np
import pytest
import uvicorn

from tests.fakes.accounts import FakeAccounts, FakePasswords, FakeSessions
from tests.fakes.dialler import FakeDialler
from voicebot import switchboard as switchboard_module
from voicebot.access.register import Register
from voicebot.access.sign_in import Access, Limits
from voicebot.adapters.clock import TownClock
from voicebot.adapters.database import Database
from voicebot.adapters.numbers import KeyedNumbers
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.adapters.text_socket import TextSocketLine
from voicebot.adapters.webrtc import WebRtcLine
from voicebot.errors import Unreached
from voicebot.holding.desk import Desk
from voicebot.holding.place import Place
from voicebot.holding.queue import Queue
from voicebot.holding.rules import HoldRules
from voicebot.model import (
    FRAME_SAMPLES,
    LANGUAGES,
    RATE,
    Account,
    Appointment,
    Arrival,
    Audio,
    Caption,
    Content,
    HungUp,
    KeyPress,
    Office,
    PhraseBook,
    Span,
    Typed,
)
from voicebot.ports import Clock, Line
from voicebot.services import Services
from voicebot.settings import HOME
from voicebot.switchboard import Door, Switchboard
from voicebot.web.daybook import Daybook
from voicebot.web.desk import DeskRoom
from voicebot.web.server import Doors, Site, StaffSide, create_app
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.texts import load_page_texts
from voicebot.web.workshop import Workshop

T = TypeVar("T")

TONE = 440.0
"""Hz of the scripted bot's voice."""

GREETING = Caption("bot", "Servizi sociali. Risponde un assistente automatico.", "it")

MAX_BODY = 64 * 1024

PHONES = ("201", "202")
LINK = "https://people.example.org/?tel={number}&office={office}"

HOUSEHOLD = {"desk", "hold queue"}
"""Tasks that a house always has."""

RULES = HoldRules(
    node="here",
    offices=("segreteria", "ufficio-casa"),
    languages=LANGUAGES,
    offer=8.0,
    headset_grace=4.0,
    wrap_up=0.0,
)


def town() -> Content:
    """A small town, complete enough for the pages."""
    week = tuple((Span(time(8, 30), time(13, 0)),) if day < 5 else () for day in range(7))

    def office(office_id: str, key: str, names: dict[str, str]) -> Office:
        return Office(
            id=office_id,
            key=key,
            names=names,
            telephone="059 203 4400",
            old_numbers=(),
            address="via Galaverna 8, Modena",
            directions={language: "" for language in LANGUAGES},
            appointment=Appointment.NEVER,
            quarters=(),
            streets=(),
            week=week,
        )

    offices = (
        office(
            "segreteria",
            "1",
            {
                "it": "Segreteria del servizio sociale territoriale",
                "en": "Social services secretariat",
                "fr": "Secrétariat du service social territorial",
                "ar": "سِكْرِتَارِيَّةُ الْخِدْمَةِ",
            },
        ),
        office(
            "ufficio-casa",
            "5",
            {
                "it": "Ufficio casa",
                "en": "Housing office",
                "fr": "Bureau du logement",
                "ar": "مَكْتَبُ السَّكَنِ",
            },
        ),
    )
    return Content(
        town={
            "it": "Servizi sociali del Comune di Modena",
            "en": "Social services of the City of Modena",
            "fr": "Services sociaux de la Ville de Modène",
            "ar": "الْخِدْمَاتُ الِاجْتِمَاعِيَّةُ لِبَلَدِيَّةِ مُودِينَا",
        },
        telephone="059 203 4444",
        offices=offices,
        books={code: PhraseBook(code, (), (), (), "") for code in LANGUAGES},
        examples=(),
        version="0" * 12,
    )


class Tone:
    """A bot's voice that is easy to find in the sound."""

    def __init__(self, frequency: float = TONE, level: int = 8000) -> None:
        self._frequency = frequency
        self._level = level
        self._sample = 0

    def pull(self) -> Audio:
        """The next frame of the tone."""
        at = (np.arange(FRAME_SAMPLES) + self._sample) * (2 * np.pi * self._frequency / RATE)
        self._sample += FRAME_SAMPLES
        return Audio((np.sin(at) * self._level).astype(np.int16))


@dataclass
class Watch:
    """The store's clock, which a test may set."""

    real: Clock
    at: datetime | None = None
    """The moment; None for what it really is."""

    def now(self) -> datetime:
        """As set, or as it is."""
        return self.at or self.real.now()

    def wait(self, seconds: float) -> None:
        """Set it forward, where it is set."""
        if self.at is not None:
            self.at += timedelta(seconds=seconds)


@dataclass
class Conversation:
    """One scripted call: greets, echoes, and keeps what it was sent.

    `bye` hangs up; `captions` shows `extra`.
    """

    line: Line
    greeting: tuple[Caption, ...]
    keys: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    frames: int = 0
    loudest: int = 0
    """The largest sample that came in."""
    ended: str = ""
    """How it ended: a `HungUp` reason, or `bot`."""

    async def hold(self) -> None:
        """The whole call."""
        self.line.attach(Tone())
        for caption in self.greeting:
            self.line.show(caption)
        async for event in self.line.events():
            match event:
                case Audio(samples):
                    self.frames += 1
                    self.loudest = max(self.loudest, int(np.abs(samples).max()))
                case KeyPress(key):
                    self.keys.append(key)
                    self.line.show(Caption("understood", f"key {key}", "en"))
                case Typed("bye"):
                    self.ended = "bot"
                    return
                case Typed(text):
                    self.texts.append(text)
                    self.line.show(Caption("caller", text, ""))
                    self.line.show(Caption("bot", f"echo {text}", "en"))
                case HungUp(reason):
                    self.ended = reason


@dataclass
class House:
    """A switchboard that serves, in a thread of its own."""

    address: str
    switchboard: Switchboard
    loop: asyncio.AbstractEventLoop
    stop: Callable[[], None]
    """Closes the switchboard and its port; harmless when that is done."""
    greeting: tuple[Caption, ...] = (GREETING,)
    calls: list[Conversation] = field(default_factory=list)
    """All since the list was cleared, the ended ones too."""
    held: int = 0
    accounts: FakeAccounts = field(default_factory=lambda: FakeAccounts(FakeSessions()))
    """Nobody, until a test adds some."""

    queue: Queue = field(init=False)
    desk: Desk = field(init=False)
    daybook: Daybook = field(init=False)
    watch: Watch = field(init=False)

    def employ(self, account: Account, password: str) -> None:
        """Add an account."""
        self.ask(Register(self.accounts, FakePasswords()).add(account, password))

    async def take_call(
        self, call_id: str, line: Line, services: Services, place: Place | None = None
    ) -> None:
        """Stands in for `voicebot.call.take_call`."""
        conversation = Conversation(line, self.greeting)
        self.calls.append(conversation)
        self.held += 1
        try:
            await conversation.hold()
        finally:
            await line.hang_up()
            self.held -= 1

    def ask(self, coroutine: Coroutine[Any, Any, T], patience: float = 10.0) -> T:
        """Run something on the server's own loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(patience)

    def tasks(self) -> set[str]:
        """What is going on in the server now for somebody, by the name of its coroutine."""

        async def names() -> set[str]:
            here = asyncio.current_task()
            tasks = asyncio.all_tasks() - {here}
            return {str(one.get_coro()) for one in tasks if one.get_name() not in HOUSEHOLD}

        return self.ask(names())

    def wait_until(self, what: Callable[[], bool], patience: float = 5.0) -> None:
        """Wait for something to become true of the server."""
        end = clock.monotonic() + patience
        while not what():
            assert clock.monotonic() < end, "it did not come about in time"
            clock.sleep(0.02)

    def wait_call(self) -> Conversation:
        """The one call going on, once it does."""
        self.wait_until(lambda: self.held == self.switchboard.running == 1)
        return self.calls[-1]

    def wait_empty(self, patience: float = 5.0) -> None:
        """Wait until no call is going on."""
        self.wait_until(lambda: self.switchboard.running == 0, patience)


def _access(accounts: FakeAccounts, sessions: FakeSessions) -> Access:
    limits = Limits(timedelta(hours=1), timedelta(hours=12))
    return Access(accounts, sessions, FakePasswords(), TownClock("Europe/Rome"), limits)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


NOBODY = Arrival()


async def _open_webrtc(offer: str, arrival: Arrival = NOBODY) -> tuple[Line, str]:
    return await WebRtcLine.answer(offer, arrival)


@contextlib.contextmanager
def serve(
    max_calls: int = 5,
    content: Content | None = None,
    rules: HoldRules | None = None,
    workshop: Workshop | None = None,
) -> Iterator[House]:
    """A house on a port of this machine, torn down at the end."""
    texts = load_page_texts(HOME / "locales", LANGUAGES)
    shown = content or town()
    switchboard = Switchboard(cast(Services, None), {Door.PAGE: max_calls})
    doors = Doors(webrtc=_open_webrtc, text=TextSocketLine)
    staff_texts = load_page_texts(HOME / "locales", STAFF_LANGUAGES, "staff")
    clock = TownClock("Europe/Rome")
    watch = Watch(clock)
    database = Database("sqlite://", watch)
    queue = Queue(SqlHoldStore(database), rules or RULES, clock, KeyedNumbers(bytes(32)))
    desk = Desk(queue, FakeDialler(dict.fromkeys(PHONES, Unreached.UNANSWERED)))
    daybook = Daybook(queue.store, clock)
    room = DeskRoom(desk, daybook, _open_webrtc, PHONES, LINK)
    site = Site(lambda: shown, LANGUAGES, texts, (), MAX_BODY, staff_texts)
    sessions = FakeSessions()
    accounts = FakeAccounts(sessions)
    access = _access(accounts, sessions)
    port = _free_port()
    config = uvicorn.Config(
        create_app(switchboard, doors, site, StaffSide(access, room, workshop)),
        port=port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    ready = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        await database.open()
        await queue.open()
        await desk.open()
        ready.set()
        await server.serve()
        await switchboard.close()
        await desk.close()
        await queue.close()
        await database.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="house")
    thread.start()
    ready.wait(10)

    def stop() -> None:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"

    house = House(f"http://127.0.0.1:{port}", switchboard, loops[0], stop, accounts=accounts)
    house.queue, house.desk, house.daybook, house.watch = queue, desk, daybook, watch
    patch = pytest.MonkeyPatch()
    patch.setattr(switchboard_module, "take_call", house.take_call)
    try:
        house.wait_until(lambda: server.started)
        yield house
    finally:
        if thread.is_alive():
            house.ask(switchboard.close())
        stop()
        patch.undo()
