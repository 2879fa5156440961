"""What one caller says, on its way to the dialogue.

sound ──▶ listener ──pauses, utterance──▶ ear ──words──▶ Said
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from voicebot import dialogue as talk
from voicebot.errors import HearingError
from voicebot.hearing.endpointing import EndpointEvent, Noise, SpeechEnded, SpeechStarted
from voicebot.hearing.listener import Listener, Utterance
from voicebot.model import Audio, Caption, Completeness, Segment
from voicebot.ports import Line
from voicebot.services import Services

logger = logging.getLogger(__name__)

MAX_UTTERANCES = 3
"""Utterances that may wait for the ear; past that the caller is asked to use the keys."""


class Attention:
    """Listens to one caller."""

    def __init__(
        self,
        call_id: str,
        line: Line,
        services: Services,
        dialogue: talk.Dialogue,
        state: Callable[[], talk.State],
    ) -> None:
        self._id = call_id
        self._line = line
        self._services = services
        self._matcher = dialogue.matcher
        self._state = state
        self._listener = Listener(
            services.ear,
            services.voice_activity(),
            services.endpointing,
            dialogue.languages,
            self._completeness,
        )
        self._utterances: asyncio.Queue[tuple[int, Segment]] = asyncio.Queue(MAX_UTTERANCES)
        self._turn = 0  # goes up when a key or a written word overtakes what is being heard
        self._unheard = 0
        self.caller_speaks = False

    @property
    def busy(self) -> bool:
        """Whether the caller speaks, or what they said is still being recognised."""
        return self.caller_speaks or self._unheard > 0

    def feed(self, frame: Audio, tasks: asyncio.TaskGroup) -> tuple[EndpointEvent | talk.Deaf, ...]:
        """What the next 20 ms brought about."""
        try:
            events = self._listener.feed(frame, self._state().language, tasks)
        except HearingError as error:
            logger.error("call %s: the caller has only the keys from now: %s", self._id, error)
            self.caller_speaks = False
            return (talk.Deaf(),)
        return tuple(result for event in events if (result := self._noted(event)) is not None)

    def _noted(self, sound: EndpointEvent) -> EndpointEvent | talk.Deaf | None:
        match sound:
            case SpeechStarted():
                self.caller_speaks = True
            case SpeechEnded(segment):
                self.caller_speaks = False
                try:
                    self._utterances.put_nowait((self._turn, segment))
                    self._unheard += 1
                except asyncio.QueueFull:
                    return talk.Deaf()
            case Noise():
                self.caller_speaks = False
        return sound

    def overtake(self) -> None:
        """Forget what is being recognised: something else came after it."""
        while not self._utterances.empty():
            self._utterances.get_nowait()
        self._listener.stop()
        self._turn += 1
        self._unheard = 0

    def rest(self) -> None:
        """Forget the sound so far too: what comes next is another conversation."""
        self.overtake()
        self._listener.reset()
        self.caller_speaks = False

    async def next(self) -> talk.Event | None:
        """What was said next; None when it was no speech."""
        while True:
            turn, segment = await self._utterances.get()
            event = await self._words(segment)
            if turn == self._turn:
                self._unheard -= 1
                return event

    async def _words(self, segment: Segment) -> talk.Event | None:
        try:
            utterance = await self._listener.hear(segment, self._state().language)
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
        return talk.completeness(self._matcher, self._state(), said, now.date())
