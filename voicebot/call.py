"""One call, from the first ring to the last word. Start reading here.

line ──sound──▶ echo gate ──▶ attention ──words───┐
line ──keys, typed words──────────────────────────┤
clock ──silence, the longest call─────────────────┤
joining ──news of the queue, of operators─────────┤
                                                  ▼
                             dialogue.step(state, event, now)
                                                  │
line ◀── echo gate ◀── backdrop ◀── speaker ◀─────┤
operator, queue ◀────────────────────── joining ◀─┘
"""

from __future__ import annotations

import asyncio
import logging

from voicebot import dialogue as talk
from voicebot.attention import Attention
from voicebot.connecting.bridging import Company
from voicebot.connecting.joining import Joining
from voicebot.hearing.endpointing import EndpointEvent, Noise, SpeechStarted
from voicebot.holding.place import Place
from voicebot.media.echo import EchoGate
from voicebot.model import Audio, Caption, HungUp, Hypothesis, KeyPress, LineEvent, Typed
from voicebot.ports import Line
from voicebot.services import Services
from voicebot.speaking.backdrop import Backdrop
from voicebot.speaking.playout import Begun, Played, PlayoutEvent
from voicebot.speaking.speaker import Speaker

logger = logging.getLogger(__name__)

MAX_EVENTS = 64
"""Events that may wait for the dialogue. A line that brings more is made to wait; what the
playout reports past that is dropped, since the events before it will be answered first."""

_LISTENING_TO_MUSIC = (talk.Phase.CONNECTING, talk.Phase.WAITING)


async def take_call(
    call_id: str, line: Line, services: Services, place: Place | None = None
) -> None:
    """Hold one call to its end. Whatever goes wrong in it stays in it.

    `place` is that of a caller whom we have called back.
    """
    logger.info("call %s: opened", call_id)
    try:
        await Call(call_id, line, services).run(place)
    except Exception:
        logger.exception("call %s: failed", call_id)
    finally:
        await line.hang_up()
        logger.info("call %s: closed", call_id)


class Call:
    """What the line brings goes to the dialogue; what the dialogue answers goes out."""

    def __init__(self, call_id: str, line: Line, services: Services) -> None:
        self._id = call_id
        self._line = line
        self._services = services
        self._dialogue = services.dialogue()
        self._state = talk.State()
        self._speaker = Speaker(services.prompt, self._on_playout, line.has_audio)
        self._backdrop = Backdrop(self._speaker.playout)
        self._echo = EchoGate(self._backdrop)
        company = Company(self._backdrop, self._speaker, services.people, services.prompt)
        self._events: asyncio.Queue[talk.Event | None] = asyncio.Queue(MAX_EVENTS)
        self._attention = Attention(call_id, line, services, self._dialogue, lambda: self._state)
        self._joining = Joining(call_id, line, services.people, company, self._events.put)
        self._later: talk.Announce | None = None
        self._ending = False
        self._lost = False
        self._silence: asyncio.TimerHandle | None = None
        self._limit: asyncio.TimerHandle | None = None

    async def run(self, place: Place | None = None) -> None:
        """The whole call."""
        self._line.attach(self._echo)
        try:
            async with asyncio.TaskGroup() as self._tasks:
                opened = self._opened(await self._joining.open(self._tasks, place))
                listening = self._tasks.create_task(self._listen())
                hearing = self._tasks.create_task(self._hear())
                await self._converse(opened)
                listening.cancel()
                hearing.cancel()
                self._attention.rest()
                self._speaker.stop()
                await self._joining.close(self._lost)
        finally:
            self._disarm()
            if self._limit is not None:
                self._limit.cancel()
            await self._joining.close(lost=True)  # only where the call was cut, or has failed

    def _opened(self, kept: talk.Kept | None) -> talk.Opened:
        return talk.Opened(self._line.arrival, self._joining.means, kept)

    # From the line

    async def _listen(self) -> None:
        async for event in self._line.events():
            await self._on_line(event)

    async def _on_line(self, event: LineEvent) -> None:
        match event:
            case HungUp(reason):
                logger.info("call %s: hung up (%s)", self._id, reason)
                self._lost = reason == "lost"
                await self._events.put(None)
            case Audio() if self._joining.joined:
                self._joining.feed(event)
            case _ if self._joining.joined:
                pass  # keys and words are between the caller and the operator
            case Audio() if not self._ending:
                for result in self._attention.feed(self._echo.hear(event), self._tasks):
                    await self._on_speech(result)
            case KeyPress(key):
                self._interrupt()
                await self._events.put(talk.Keyed(key))
            case Typed(text):
                self._interrupt()
                self._line.show(Caption("caller", text, None))
                words = tuple(Hypothesis(code, text, 1.0) for code in self._dialogue.languages)
                await self._events.put(talk.Said(words, None))

    async def _on_speech(self, result: EndpointEvent | talk.Deaf) -> None:
        match result:
            case SpeechStarted():
                self._speaker.pause()
                self._disarm()
            case Noise():
                self._go_on()
            case talk.Deaf():
                await self._events.put(result)

    def _interrupt(self) -> None:
        """A key or a written word replaces whatever is being said or heard."""
        if not self._ending:
            self._speaker.stop()
            self._disarm()
            self._attention.overtake()

    async def _hear(self) -> None:
        while True:
            event = await self._attention.next()
            if event is None:
                self._go_on()
            else:
                await self._events.put(event)

    # The conversation

    async def _converse(self, opened: talk.Opened) -> None:
        self._limit_talk()
        self._step(opened)
        while (event := await self._events.get()) is not None:
            self._step(event)

    def _step(self, event: talk.Event) -> None:
        before = self._state.phase
        self._state, actions = self._dialogue.step(self._state, event, self._services.clock.now())
        if self._state.phase is not before:
            logger.info("call %s: %s -> %s", self._id, before, self._state.phase)
            if self._state.phase is talk.Phase.JOINED:
                self._interrupt()
                self._attention.rest()
        if isinstance(event, talk.Expired):
            self._limit_talk()
        if self._state.hold is None or self._state.phase is talk.Phase.JOINED:
            self._later = None
        for action in actions:
            self._perform(action)
        if not any(isinstance(action, talk.Say | talk.HangUp) for action in actions):
            self._go_on()

    def _perform(self, action: talk.Action) -> None:
        match action:
            case talk.Say(sentences, slow):
                self._disarm()
                self._speaker.say(sentences, slow, self._tasks)
                if self._attention.caller_speaks:
                    self._speaker.pause()
            case talk.Announce():
                self._later = action
            case talk.Show(text, language):
                self._line.show(Caption("understood", text, language))
            case talk.HangUp():
                self._ending = True
                self._speaker.resume()
                if not self._speaker.busy:
                    self._report(None)
            case _:
                self._joining.do(action)

    # The bot's voice

    def _on_playout(self, event: PlayoutEvent) -> None:
        match event:
            case Begun(sentence):
                self._line.show(Caption("bot", sentence.shown, sentence.language))
            case Played(sentence):
                self._report(talk.Finished(sentence))
            case _ if self._ending:
                self._report(None)
            case _:
                self._arm()

    def _report(self, event: talk.Event | None) -> None:
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            logger.warning("call %s: too many events at once", self._id)

    def _go_on(self) -> None:
        """It was a noise, or needs no answer: the bot says the rest of what it was saying."""
        if self._attention.busy or self._ending:
            return
        self._speaker.resume()
        if not self._speaker.busy:
            self._arm()

    # Silence

    def _arm(self) -> None:
        """Nothing is left to say but what could wait; then the caller's silence counts."""
        self._disarm()
        if self._attention.busy or self._state.phase is talk.Phase.JOINED:
            return
        later, self._later = self._later, None
        if later is not None:
            self._speaker.say(later.sentences, later.slow, self._tasks)
            return
        patience = self._services.patience
        wait = patience.silence if self._line.has_audio else patience.text_idle
        if self._state.phase in _LISTENING_TO_MUSIC:
            wait = patience.sign_of_life
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(wait, self._report, talk.Silence())

    def _disarm(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _limit_talk(self) -> None:
        """Who waits or talks with an operator is not cut off; the conversation with a bot is."""
        loop, longest = asyncio.get_running_loop(), self._services.patience.max_call
        self._limit = loop.call_later(longest, self._report, talk.Expired())
