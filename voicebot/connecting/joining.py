"""The way to a person, for one call: what the dialogue asks for is done here.

dialogue ──Connect, Leave…──▶ one thing after another ──▶ queue, place, telephone
dialogue ◀──Queued, Joined, Returned…── news of the place, of the telephone
caller   ◀──────────sound──────────▶ operator, once somebody has taken the call
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial

from voicebot import dialogue as talk
from voicebot.connecting.bridging import Bridged, Company
from voicebot.connecting.errands import Errands
from voicebot.connecting.keeping import Keeping, standing
from voicebot.connecting.putting_through import (
    Answered,
    HandedOn,
    Invitation,
    NotReached,
    put_through,
)
from voicebot.errors import Unreached, VoicebotError
from voicebot.holding import events as hold
from voicebot.holding.place import Place
from voicebot.model import Audio, Language, OfficeId, Route, Way
from voicebot.model.holding import Standing
from voicebot.ports import Line
from voicebot.services import People

logger = logging.getLogger(__name__)

PARTED = 3.0
"""Seconds after which an operator counts as lost whose line has gone without the queue's word."""

_PASSED_ON: Mapping[type[hold.HoldEvent], Callable[[], talk.QueueEvent]] = {
    hold.Widened: talk.Widened,
    hold.Deserted: talk.Deserted,
    hold.Closing: talk.Closing,
}

Tell = Callable[[talk.QueueEvent], Awaitable[None]]


class Joining:
    """Holds the caller's place, dials, and joins the sound."""

    def __init__(
        self, call_id: str, line: Line, people: People, company: Company, tell: Tell
    ) -> None:
        self._id = call_id
        self._line = line
        self._people = people
        self._company = company
        self._tell = tell
        self._keeping: Keeping | None = None
        if line.has_audio and self._people.queue is not None:
            queue = self._people.queue
            self._keeping = Keeping(call_id, queue, line.arrival, self._on_news)
        self._errands = Errands(call_id, self._do, self._failed)
        self._tasks: asyncio.TaskGroup
        self._dialling: asyncio.Task[None] | None = None
        self._wished_at = 0.0
        self._called_back = False

    # the call's side

    @property
    def means(self) -> talk.Means:
        """What can be done for this caller."""
        keeping, dialler = self._keeping, self._people.dialler
        return talk.Means(
            connects=keeping is not None or (self._line.has_audio and dialler is not None),
            calls_back=keeping is not None and dialler is not None and self._people.calls_back,
            number_known=self._may_call_back(self._line.arrival.caller),
        )

    @property
    def joined(self) -> bool:
        """Whether the caller talks with an operator: sound and keys are not for the bot."""
        return self._company.bridged is not None

    def feed(self, frame: Audio) -> None:
        """What the caller says to the operator."""
        if self._company.bridged is not None:
            self._company.bridged.feed(frame)

    async def open(self, tasks: asyncio.TaskGroup, place: Place | None) -> talk.Kept | None:
        """Begin to work, with the place of a caller whom we have called back, or of one who was
        cut off and is known by the number.
        """
        self._tasks = tasks
        self._errands.open(tasks)
        if place is not None and (kept := await self._kept(place)) is not None:
            return replace(kept, called_back=True)
        if self._keeping is None or not self._keeping.number_known:
            return None
        try:
            return await self._kept(await self._keeping.by_number())
        except VoicebotError as error:
            logger.error("call %s: no place was looked for: %s", self._id, error)
            return None

    def do(self, action: talk.QueueAction) -> None:
        """Do this after what was asked before."""
        self._errands.ask(action)

    async def close(self, lost: bool) -> None:
        """The call is over; `lost` when its line has failed, rather than been hung up."""
        await self._errands.close()
        await self._company.part()
        if self._keeping is not None:
            await self._keeping.close(lost)

    # what the dialogue asks

    async def _do(self, action: talk.QueueAction) -> None:
        place = self._place
        match action:
            case talk.Connect():
                await self._connect(action)
            case talk.ChangeOffice(office, language):
                await self._change(office, language)
            case talk.AskPlace() if place is not None:
                await self._tell(talk.Told(await standing(place), asked=True))
            case talk.Leave():
                await self._leave()
            case talk.TurnedAway(office, language) if self._keeping is not None:
                await self._keeping.turned_away(office, language)
            case talk.Whisper(sentences) if self._company.bridged is not None:
                self._company.bridged.whisper(sentences)
            case talk.Resume(code) if self._keeping is not None:
                kept = await self._kept(await self._keeping.by_code(code))
                await self._tell(talk.Resumed(kept) if kept else talk.NotResumed())
            case talk.CallBack() if not (self._called_back or self.joined):
                await self._call_back(action)

    async def _failed(self, action: talk.QueueAction | None) -> None:
        """Something is out of order; the caller must hear of it, and keep what they had."""
        match action:
            case None:
                await self._company.part()
                if self._place is None:
                    await self._not_connected(trouble=True)
            case talk.Connect():
                await self._not_connected(trouble=True)
            case talk.ChangeOffice(office):
                await self._tell(talk.NotMoved(office))
            case talk.Resume():
                await self._tell(talk.NotResumed())
            case talk.CallBack():
                await self._tell(talk.WontCall())

    async def _not_connected(self, trouble: bool) -> None:
        self._company.silence()
        await self._tell(talk.Unreached(trouble))

    async def _connect(self, wanted: talk.Connect) -> None:
        self._wished_at = asyncio.get_running_loop().time()
        route = self._route(wanted.office)
        if route is not None:
            self._company.ringing()
            self._dialling = self._errands.start(partial(self._put_through, route, wanted.asked))
        elif self._keeping is None:
            await self._tell(talk.Unreached(trouble=True))
        elif not await self._keeping.attended(wanted.office, wanted.language):
            await self._tell(talk.Unattended())
            await self._keeping.turned_away(wanted.office, wanted.language)
        else:
            place = await self._keeping.join(wanted.office, wanted.language, wanted.asked)
            self._hold(place)
            await self._tell(talk.Queued(await standing(place), place.code))

    async def _change(self, office: OfficeId, language: Language) -> None:
        place = self._place
        if self._keeping is None or place is None:
            return
        if self._route(office) or not await self._keeping.attended(office, language):
            await self._tell(talk.NotMoved(office))
            return
        await place.change_office(office)
        await self._tell(talk.Moved(office, await standing(place)))

    async def _leave(self) -> None:
        if self._dialling is not None:
            self._dialling.cancel()
            await asyncio.gather(self._dialling, return_exceptions=True)
        place = self._keeping.let_go() if self._keeping else None
        await self._company.part()
        self._company.silence()
        if place is not None:
            await place.leave()

    async def _call_back(self, wanted: talk.CallBack) -> None:
        number = self._line.arrival.caller
        if wanted.number is not None:
            number = self._people.numbering.e164(wanted.number)
        if number is None or self._keeping is None or not self._may_call_back(number):
            await self._tell(talk.WontCall())
            return
        place = self._place
        if place is None or place.gone:
            place = await self._keeping.join(wanted.office, wanted.language, "")
        await place.call_me_back(number)
        self._called_back = True
        self._keeping.let_go()
        self._company.silence()
        await self._tell(talk.WillCall())

    def _may_call_back(self, number: str | None) -> bool:
        dialler = self._people.dialler
        return number is not None and dialler is not None and dialler.may_call_back(number)

    def _route(self, office: OfficeId) -> Route | None:
        """The telephones of an office that has no queue."""
        route = self._people.routes.get(office)
        return route if route is not None and route.way is not Way.QUEUE else None

    # the place

    @property
    def _place(self) -> Place | None:
        return self._keeping.place if self._keeping else None

    async def _kept(self, place: Place | None) -> talk.Kept | None:
        """The place of before is this call's again."""
        if place is None:
            return None
        self._wished_at = asyncio.get_running_loop().time()
        self._hold(place)
        wish = place.ticket.wish
        return talk.Kept(wish.office, wish.language, await standing(place))

    def _hold(self, place: Place) -> None:
        if self._keeping is not None:
            self._keeping.hold(place, self._tasks)
        self._company.music()

    async def _on_news(self, place: Place, event: hold.HoldEvent) -> None:
        match event:
            case hold.Taken(line):
                await self._join(line)
                await place.connected()
            case Standing():
                await self._tell(talk.Told(event, asked=False))
            case hold.Widened() | hold.Deserted() | hold.Closing():
                await self._tell(_PASSED_ON[type(event)]())
            case hold.Held(on):
                self._company.hold(on)
            case hold.Returned(reason):
                await self._company.part()
                self._company.music()
                office, stands = place.ticket.wish.office, await standing(place)
                handed_on = reason is hold.Back.TRANSFERRED
                await self._tell(talk.Returned(office, stands, handed_on))
            case hold.Finished():
                await self._served()

    async def _served(self) -> None:
        await self._company.part()
        if self._keeping is not None:
            self._keeping.let_go()
        await self._tell(talk.Served())

    # the telephone of an office

    async def _put_through(self, route: Route, note: str) -> None:
        if route.way is Way.TRANSFER:
            await self._company.words_said()  # their exchange would cut them off
        invitation = Invitation(self._people.ring, note)
        outcome = await put_through(self._line, route, self._people.dialler, invitation)
        match outcome:
            case HandedOn() | NotReached(Unreached.GONE):
                pass  # the line closes by itself
            case Answered(line):
                await self._join(line)
            case NotReached(reason):
                wrong = (Unreached.NOT_ALLOWED, Unreached.UNSUPPORTED)
                await self._not_connected(trouble=reason in wrong)

    # the sound

    async def _join(self, operator: Line) -> None:
        bridged = await self._company.join(operator, self._tasks)
        self._errands.start(partial(self._until_parted, bridged))
        waited = asyncio.get_running_loop().time() - self._wished_at
        logger.info("call %s: joined after %.1f s", self._id, waited)
        await self._tell(talk.Joined(waited))

    async def _until_parted(self, bridged: Bridged) -> None:
        """The operator's line may close without a word from the queue."""
        await bridged.ended.wait()
        place = self._place
        if place is not None:
            await asyncio.sleep(PARTED)
        if self._company.bridged is not bridged:
            return
        if place is None:
            await self._served()
        else:
            logger.warning("call %s: the operator's line has gone", self._id)
            await place.failed()
