"""The composition root: settings become adapters, adapters become services, services serve.

Nothing else constructs an adapter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI

from voicebot import build, build_queue
from voicebot.access.sign_in import Access, Limits
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.child import Child
from voicebot.adapters.child_side import ChildSettings
from voicebot.adapters.clock import TownClock
from voicebot.adapters.passwords import Argon2Passwords
from voicebot.adapters.speech_process import ChildSynthesiser, Renderer, WhisperEar
from voicebot.adapters.sql_accounts import SqlAccounts, SqlSessions
from voicebot.adapters.tempo import stretch
from voicebot.adapters.text_socket import TextSocketLine
from voicebot.adapters.webrtc import Relay, WebRtcLine
from voicebot.errors import AudioFileError, LineError, SpeakingError, VoicebotError
from voicebot.hearing.endpointing import Endpointing
from voicebot.holding.desk import Desk
from voicebot.holding.place import Place
from voicebot.live import Bar, Live
from voicebot.model import Audio, Content, Sentence
from voicebot.ports import Line
from voicebot.services import Patience, People, Services
from voicebot.settings import Settings
from voicebot.speaking.cache import PromptCache
from voicebot.speaking.music import RINGING_LOUDNESS, Piece, ringing
from voicebot.speaking.playout import in_a_row
from voicebot.speaking.prompts import Prompts
from voicebot.staff.words import load_words
from voicebot.stopping import Stopping, WebServer
from voicebot.switchboard import Door, Switchboard
from voicebot.web.daybook import Daybook
from voicebot.web.desk import DeskRoom
from voicebot.web.server import Doors, Site, StaffSide, create_app
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.texts import load_page_texts
from voicebot.web.workshop import Workshop

if TYPE_CHECKING:
    from voicebot.adapters.sip_stack import SipStack

logger = logging.getLogger(__name__)

MAX_SOCKET_MESSAGE = 16 * 1024
"""Bytes; a page's message holds some 4,000 characters at most."""


class House:
    """Everything that serves calls, put together from the settings."""

    def __init__(self, settings: Settings) -> None:
        """Build it; nothing runs yet.

        Raises:
            VoicebotError: the staff files, the texts or the manifest are wrong.
        """
        self.settings = settings
        self._clock = TownClock(settings.time_zone)
        self._voices: Child[Renderer] = Child(
            partial(build.voices, settings),
            ChildSettings(
                "voices", idle_seconds=60, niceness=10, error=SpeakingError, busy=SpeakingError
            ),
        )
        cache = PromptCache(settings.paths.data / "prompts", settings.speech.prompt_memory)
        self.prompts = Prompts(
            cache,
            live=ChildSynthesiser(self._voices),
            ahead=ChildSynthesiser(self._voices, background=True),
            slow_down=partial(stretch, speed=settings.speech.slower),
        )
        self.live = Live(settings, self.prompts)
        self._database = build.database(settings)
        self.queue = build_queue.queue(settings, lambda: self.live.dialogue.content, self._database)
        self.live.on_published.append(self._follow)
        self.desk = Desk(self.queue)
        self.queue.on_called_back = self._called_back
        limits = {Door.PAGE: settings.http.max_calls, Door.TELEPHONE: settings.sip.max_calls}
        self.switchboard = Switchboard(self._services(), limits)
        self.telephone: SipStack | None = None

    def _follow(self, content: Content) -> None:
        """An office that was published is one that callers may wait for."""
        self.queue.rules = build_queue.hold_rules(self.settings, content)

    def _services(self) -> Services:
        settings = self.settings
        return Services(
            dialogue=self.live.current,
            ear=WhisperEar(self.live.ear),
            voice_activity=build.silero().for_call,
            endpointing=Endpointing(**settings.endpointing.model_dump()),
            prompt=self.prompts.audio,
            clock=self._clock,
            patience=Patience(**settings.conversation.model_dump()),
            people=People(
                queue=self.queue,
                routes=build.routes(settings, self.live.dialogue.content),
                calls_back=settings.connect.call_back is not None,
                numbering=settings.numbering.plan,
                ring=settings.connect.ring,
            ),
            log_transcripts=settings.privacy.log_transcripts,
        )

    async def open(self, progress: Bar) -> None:
        """Start the speech processes and have the greeting ready.

        A model that is missing or broken takes nothing down: callers have the keys, or read.

        Raises:
            StoreError: the database can't be opened; without it no place would be kept.
        """
        await self._database.open()
        await self.queue.open()
        await self.desk.open()
        for child, lack in (
            (self.live.ear, "callers have the keys"),
            (self._voices, "callers read"),
        ):
            try:
                await child.start()
            except VoicebotError as error:
                logger.error("%s; until this is mended %s", error, lack)
        music, ringing = await asyncio.to_thread(_music, self.settings)
        self._for_callers(music=music, ringing=ringing)
        await self.live.prepare_first(progress)

    def _called_back(self, line: Line, place: Place) -> None:
        """A caller who had hung up has answered our call."""
        self.switchboard.start(line, Door.TELEPHONE, place)

    def _for_callers(self, **found: Any) -> None:
        """What was not there yet when the services were put together."""
        services = self.switchboard.services
        people = replace(services.people, **found)
        self.switchboard.services = replace(services, people=people)

    async def answer_telephone(self) -> None:
        """Take calls by SIP; where that can't be, callers still have the page."""
        if not self.settings.sip.enabled:
            return
        try:
            # here, so that a machine for which there is no SIP stack serves the page
            from voicebot.adapters.sip_dialler import SipDialler
            from voicebot.adapters.sip_setup import SipAccount, SipSetup
            from voicebot.adapters.sip_stack import SipStack

            given = self.settings.sip.model_dump(exclude={"enabled", "accounts"})
            accounts = tuple(SipAccount(**one.values()) for one in self.settings.sip.accounts)
            connect = self.settings.connect
            setup = SipSetup(
                **given,
                accounts=accounts,
                targets=connect.targets,
                max_placed=connect.max_calls if connect.targets or connect.call_back else 0,
                call_back=connect.call_back,
                call_back_to=connect.call_back_to,
                numbering=self.settings.numbering.plan,
            )
            board = self.switchboard
            telephone = SipStack(
                setup,
                partial(board.admission, Door.TELEPHONE),
                partial(board.start, door=Door.TELEPHONE),
            )
            await telephone.start()
        except (ImportError, LineError) as error:
            logger.error("no calls by telephone: %s; until this is mended there is the page", error)
        else:
            self.telephone = telephone
            dialler = self.desk.dialler = SipDialler(telephone, setup)
            self._for_callers(dialler=dialler)

    async def until_telephone_dies(self) -> None:
        """Return when only a new process brings telephone calls back; else never."""
        died = self.telephone.died if self.telephone else asyncio.Event()
        await died.wait()

    async def drain(self) -> None:
        """No new calls; wait for those going on, no longer than the settings allow."""
        running, patience = self.switchboard.running, self.settings.drain
        logger.info("closing: no new calls; %d may take %.0f s to end", running, patience)
        if self.telephone is not None:
            await self.telephone.drain()
        await self.switchboard.drain(patience)

    async def close(self) -> None:
        """End all calls and processes."""
        await self.switchboard.close()
        if self.telephone is not None:
            await self.telephone.close()
        await self.desk.close()
        await self.queue.close()
        await self._database.close()
        await self.live.close()
        await self._voices.stop()

    def web(self) -> FastAPI:
        """The pages and their doors."""
        site = Site(
            content=lambda: self.live.dialogue.content,
            languages=self.settings.languages,
            texts=load_page_texts(self.settings.paths.locales, self.settings.languages),
            ice_servers=self._ice_servers(),
            max_body=self.settings.http.max_body,
            staff_texts=load_page_texts(self.settings.paths.locales, STAFF_LANGUAGES, "staff"),
            metrics=self._metrics,
        )
        doors = Doors(webrtc=self._open_line(), text=TextSocketLine)
        return create_app(
            self.switchboard,
            doors,
            site,
            StaffSide(self._access(), self._desk_room(), self._workshop()),
        )

    def _metrics(self) -> tuple[str, ...]:
        telephone = self.telephone.metrics() if self.telephone else ()
        return (*self.live.metrics(), *telephone)

    def _ice_servers(self) -> tuple[dict[str, str], ...]:
        servers = self.settings.webrtc.ice_servers
        return tuple(server.model_dump(exclude_none=True) for server in servers)

    def _open_line(self) -> Callable[..., Awaitable[tuple[WebRtcLine, str]]]:
        servers = self.settings.webrtc.ice_servers
        relays = [Relay(s.urls, s.username, s.credential) for s in servers]
        return partial(WebRtcLine.answer, relays=relays)

    def _desk_room(self) -> DeskRoom:
        return DeskRoom(
            self.desk,
            Daybook(self.queue.store, self._clock),
            self._open_line(),
            self.settings.connect.phones,
            self.settings.desk.link,
            self.settings.desk.target,
            self._ice_servers(),
        )

    def _workshop(self) -> Workshop:
        async def speak(sentences: Sequence[Sentence]) -> Audio:
            return in_a_row([await self.prompts.audio(sentence) for sentence in sentences])

        locales = self.settings.paths.locales
        return Workshop(
            self.live.workbench,
            self.live.board,
            {code: load_words(locales, code) for code in STAFF_LANGUAGES},
            self.settings.languages,
            speak,
            self._clock.now,
        )

    def _access(self) -> Access:
        limits = self.settings.sign_in
        return Access(
            SqlAccounts(self._database),
            SqlSessions(self._database),
            Argon2Passwords(),
            self._clock,
            Limits(timedelta(seconds=limits.idle), timedelta(seconds=limits.total)),
        )


def _music(settings: Settings) -> tuple[Piece, Piece]:
    """What callers hear while they wait, and while a telephone rings. Takes a second.

    Music that cannot be read is logged, and callers wait in silence.
    """
    file, given = settings.holding.music, None
    try:
        given = read_audio(file) if file is not None else None
    except AudioFileError as error:
        logger.error("no music while callers wait: %s", error)
    return Piece(given, settings.holding.music_loudness), Piece(ringing(), RINGING_LOUDNESS)


async def _serve(settings: Settings, progress: Bar) -> None:
    house = House(settings)
    http = settings.http
    stopping = Stopping()
    web = WebServer(
        uvicorn.Config(
            house.web(),
            host=http.host,
            port=http.port,
            ssl_certfile=http.certificate,
            ssl_keyfile=http.private_key,
            log_config=None,
            access_log=False,
            ws_max_size=MAX_SOCKET_MESSAGE,
            timeout_graceful_shutdown=5,
        )
    )
    try:
        await house.open(progress)
        await house.answer_telephone()
        scheme = "https" if http.certificate else "http"
        with stopping.signals():
            logger.info("ready: open %s://%s:%s/ and press Call", scheme, http.host, http.port)
            async with asyncio.TaskGroup() as tasks:
                beside = [tasks.create_task(house.live.run(progress))]
                beside.append(tasks.create_task(_stop_with_telephone(house, web)))
                beside.append(tasks.create_task(_stop_when_asked(house, web, stopping)))
                await web.serve()
                for task in beside:
                    task.cancel()
        if house.telephone and house.telephone.died.is_set():
            raise LineError("the SIP stack has died: the switchboard must be started again")
    finally:
        await house.close()


async def _stop_with_telephone(house: House, web: uvicorn.Server) -> None:
    """A supervisor starts the switchboard again: better a gap for the page than no telephone."""
    await house.until_telephone_dies()
    web.should_exit = True


async def _stop_when_asked(house: House, web: uvicorn.Server, stopping: Stopping) -> None:
    """Let the running calls end, unless there is no time for it."""
    await stopping.asked.wait()
    emptied = asyncio.ensure_future(house.drain())
    cut = asyncio.ensure_future(stopping.at_once.wait())
    await asyncio.wait([emptied, cut], return_when=asyncio.FIRST_COMPLETED)
    for waiting in (emptied, cut):
        waiting.cancel()
    web.should_exit = True


def serve(settings: Settings, progress: Bar) -> None:
    """Run the switchboard until SIGTERM, and the calls it has then; or until Ctrl-C."""
    asyncio.run(_serve(settings, progress))
