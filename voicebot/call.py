"""One call, from the first ring to the last word. Start reading here.

line ──sound──▶ endpointer ──utterance──▶ ear ──words──┐
line ──keys, typed words───────────────────────────────┤
clock ──silence, the longest call──────────────────────┤
                                                       ▼
                                  dialogue.step(state, event, now)
                                                       │
line ◀──sound── playout ◀──prompts──── speaker ◀───────┘
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from voicebot import dialogue as talk
from voicebot.errors import HearingError
from voicebot.hearing.endpointing import (
    EndpointEvent,
    Endpointing,
    Noise,
    SpeechEnded,
    SpeechStarted,
)
from voicebot.hearing.listener import Listener, Utterance
from voicebot.model import (
    Audio,
    Caption,
    Completeness,
    HungUp,
    Hypothesis,
    KeyPress,
    LineEvent,
    OfficeId,
    Route,
    Segment,
    Sentence,
    Typed,
)
from voicebot.ports import Clock, Dialler, Ear, Line, VoiceActivity
from voicebot.speaking.playout import Begun, Played, PlayoutEvent
from voicebot.speaking.speaker import Speaker

logger = logging.getLogger(__name__)

MAX_EVENTS = 64
"""Events that may wait for the dialogue. A line that brings more is made to wait; what the
playout reports past that is dropped, since the events before it will be answered first."""

MAX_UTTERANCES = 3
"""Utterances that may wait for the ear; past that the caller is asked to use the keys."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call waits. Seconds."""

    silence: float
    text_idle: float
    max_call: float


@dataclass(frozen=True, slots=True)
class Services:
    """What every call uses."""

    dialogue: Callable[[], talk.Dialogue]
    """The conversation as published now; a call keeps the one it began with."""
    ear: Ear
    voice_activity: Callable[[], VoiceActivity]
    endpointing: Endpointing
    prompt: Callable[[Sentence, bool], Awaitable[Audio]]
    """A sentence as sound, slowed down or not; raises SpeakingError."""
    clock: Clock
    patience: Patience
    dialler: Dialler | None = None
    """Calls people by telephone; None while there is no telephone side."""
    routes: Mapping[OfficeId, Route] = field(default_factory=dict)
    """Where the callers of each office go; an office that is not here has the queue."""
    log_transcripts: bool = False
    """Whether what callers say is written to the log; they must have agreed to it."""


async def take_call(call_id: str, line: Line, services: Services) -> None:
    """Hold one call to its end. Whatever goes wrong in it stays in it."""
    logger.info("call %s: opened", call_id)
    try:
        await Call(call_id, line, services).run()
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
        self._listener = Listener(
            services.ear,
            services.voice_activity(),
            services.endpointing,
            self._dialogue.languages,
            self._completeness,
        )
        self._events: asyncio.Queue[talk.Event | None] = asyncio.Queue(MAX_EVENTS)
        self._utterances: asyncio.Queue[tuple[int, Segment]] = asyncio.Queue(MAX_UTTERANCES)
        self._turn = 0  # goes up when a key or a written word overtakes what is being heard
        self._unheard = 0
        self._caller_speaks = False
        self._ending = False
        self._silence: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """The whole call."""
        self._line.attach(self._speaker.playout)
        limit = asyncio.get_running_loop().call_later(
            self._services.patience.max_call, self._report, talk.Expired()
        )
        try:
            async with asyncio.TaskGroup() as self._tasks:
                listening = self._tasks.create_task(self._listen())
                hearing = self._tasks.create_task(self._hear())
                await self._converse()
                listening.cancel()
                hearing.cancel()
                self._listener.stop()
                self._speaker.stop()
        finally:
            limit.cancel()
            self._disarm()

    # From the line

    async def _listen(self) -> None:
        async for event in self._line.events():
            await self._on_line(event)

    async def _on_line(self, event: LineEvent) -> None:
        match event:
            case Audio():
                await self._on_sound(event)
            case KeyPress(key):
                self._interrupt()
                await self._events.put(talk.Keyed(key))
            case Typed(text):
                self._interrupt()
                self._line.show(Caption("caller", text, None))
                words = tuple(Hypothesis(code, text, 1.0) for code in self._dialogue.languages)
                await self._events.put(talk.Said(words, None))
            case HungUp(reason):
                logger.info("call %s: hung up (%s)", self._id, reason)
                await self._events.put(None)

    async def _on_sound(self, frame: Audio) -> None:
        try:
            for event in self._listener.feed(frame, self._state.language, self._tasks):
                await self._on_speech(event)
        except HearingError as error:
            logger.error("call %s: the caller has only the keys from now: %s", self._id, error)
            self._caller_speaks = False
            await self._events.put(talk.Deaf())

    async def _on_speech(self, sound: EndpointEvent) -> None:
        match sound:
            case SpeechStarted() if not self._ending:
                self._caller_speaks = True
                self._speaker.pause()
                self._disarm()
            case SpeechEnded(segment) if not self._ending:
                self._caller_speaks = False
                try:
                    self._utterances.put_nowait((self._turn, segment))
                    self._unheard += 1
                except asyncio.QueueFull:
                    await self._events.put(talk.Deaf())
            case Noise():
                self._caller_speaks = False
                self._go_on()

    def _interrupt(self) -> None:
        """A key or a written word replaces whatever is being said or heard."""
        if not self._ending:
            self._speaker.stop()
            self._disarm()
            while not self._utterances.empty():
                self._utterances.get_nowait()
            self._listener.stop()
            self._turn += 1
            self._unheard = 0

    # The ear

    async def _hear(self) -> None:
        while True:
            turn, segment = await self._utterances.get()
            event = await self._words(segment)
            if turn != self._turn:
                continue
            self._unheard -= 1
            if event is None:
                self._go_on()
            else:
                await self._events.put(event)

    async def _words(self, segment: Segment) -> talk.Event | None:
        """What was said; None when it was no speech."""
        try:
            utterance = await self._listener.hear(segment, self._state.language)
        except HearingError as error:
            logger.warning("call %s: not heard: %s", self._id, error)
            return talk.Deaf()
        if utterance is None:
            return None
        best = utterance.hypotheses[0]
        if self._services.log_transcripts:
            logger.info("call %s: heard (%s) %s", self._id, best.language, best.text)
        self._line.show(Caption("caller", best.text, best.language))
        return talk.Said(utterance.hypotheses, utterance.language)

    def _completeness(self, utterance: Utterance) -> Completeness:
        """Whether the caller, who may still go on, has said what they want."""
        said, now = talk.Said(utterance.hypotheses, utterance.language), self._services.clock.now()
        return talk.completeness(self._dialogue.matcher, self._state, said, now.date())

    # The conversation

    async def _converse(self) -> None:
        self._step(talk.Opened())
        while (event := await self._events.get()) is not None:
            self._step(event)

    def _step(self, event: talk.Event) -> None:
        before = self._state.phase
        self._state, actions = self._dialogue.step(self._state, event, self._services.clock.now())
        if self._state.phase is not before:
            logger.info("call %s: %s -> %s", self._id, before, self._state.phase)
        for action in actions:
            self._perform(action)

    def _perform(self, action: talk.Action) -> None:
        match action:
            case talk.Say(sentences, slow):
                self._disarm()
                self._speaker.say(sentences, slow, self._tasks)
                if self._caller_speaks:
                    self._speaker.pause()
            case talk.Show(text, language):
                self._line.show(Caption("understood", text, language))
            case talk.HangUp():
                self._ending = True
                self._speaker.resume()
                if not self._speaker.busy:
                    self._report(None)

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
        """It was a noise: the bot says the rest of what it was saying."""
        if self._caller_speaks or self._unheard:
            return
        self._speaker.resume()
        if not self._speaker.busy:
            self._arm()

    # Silence

    def _arm(self) -> None:
        """Nothing is left to say: from now the caller's silence counts."""
        self._disarm()
        patience, event = self._services.patience, talk.Silence()
        wait = patience.silence if self._line.has_audio else patience.text_idle
        if not self._caller_speaks and not self._unheard:
            self._silence = asyncio.get_running_loop().call_later(wait, self._report, event)

    def _disarm(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
