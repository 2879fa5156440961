"""One call's hearing: where the caller speaks, what was said, and in whose language."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicebot.errors import HearingBusy, HearingError
from voicebot.hearing.endpointing import (
    Endpointer,
    EndpointEvent,
    Endpointing,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
)
from voicebot.hearing.language import LanguageEvidence, changed
from voicebot.model import Audio, Completeness, Heard, Hypothesis, Language, Segment
from voicebot.ports import Ear, VoiceActivity


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a caller said."""

    hypotheses: tuple[Hypothesis, ...]
    """Best first, at least one."""
    language: Language | None
    """Whose language, by all the sound of the call so far; None where it does not tell, or where
    nothing speaks against the language that the call is held in."""


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """What is being recognised while the caller may yet go on."""

    segment: Segment
    held: Language | None
    hearing: asyncio.Task[Heard | HearingError | None]


class Listener:
    """Follows one caller.

    At each pause it has what was said so far recognised. If the caller goes on, that was in vain;
    if not, the words are there when the silence has lasted long enough, and they tell how long
    that is: a clear request is answered sooner, a sentence that stops in the middle is waited for.
    """

    def __init__(
        self,
        ear: Ear,
        activity: VoiceActivity,
        endpointing: Endpointing,
        languages: Sequence[Language],
        completeness: Callable[[Utterance], Completeness],
    ) -> None:
        """`completeness` says whether an utterance looks like all that the caller wants to say."""
        self._ear = ear
        self._languages = tuple(languages)
        self._endpointer: Endpointer | None = Endpointer(activity, endpointing)
        self._evidence = LanguageEvidence()
        self._completeness = completeness
        self._patience = {
            Completeness.CLEAR: endpointing.end_silence_clear,
            Completeness.OPEN: endpointing.end_silence,
            Completeness.UNFINISHED: endpointing.end_silence_unfinished,
        }
        self._guess: _Guess | None = None

    def feed(
        self, frame: Audio, held: Language | None, tasks: asyncio.TaskGroup
    ) -> tuple[EndpointEvent, ...]:
        """What the next 20 ms brought about; `held` is the call's language.

        Raises:
            HearingError: voice activity has failed; from then on nothing is heard.
        """
        if self._endpointer is None:
            return ()
        try:
            events = self._endpointer.feed(frame)
        except HearingError:
            self._endpointer = None
            self.stop()
            raise
        for event in events:
            match event:
                case SpeechPaused(segment):
                    self.stop()
                    hearing = tasks.create_task(self._hear_ahead(segment, held))
                    self._guess = _Guess(segment, held, hearing)
                case SpeechResumed():
                    self.stop()
                case SpeechEnded(segment) if self._guess and self._guess.segment is segment:
                    self._ear.hurry(segment)
        return events

    def stop(self) -> None:
        """Give up what is being recognised ahead."""
        if self._guess is not None:
            self._guess.hearing.cancel()
            self._guess = None

    def reset(self) -> None:
        """Forget the sound heard so far and any utterance begun."""
        self.stop()
        if self._endpointer is not None:
            self._endpointer.reset()

    async def hear(self, segment: Segment, held: Language | None) -> Utterance | None:
        """What was said, `held` being the call's language; None when it was no speech.

        Raises:
            HearingError: recognition failed.
        """
        heard = await self._heard(segment, held)
        if not heard.hypotheses:
            return None
        if held is None:
            self._evidence = self._evidence.add(heard.probabilities, segment.speech_seconds)
        language = self._language(heard, segment, held, self._evidence)
        hypotheses = heard.hypotheses
        if language is not None and all(h.language != language for h in hypotheses):
            # the caller has gone over to a language in which nobody has listened yet
            again = await self._ear.hear(segment, self._languages, language)
            hypotheses = again.hypotheses + hypotheses
        return Utterance(hypotheses, language)

    async def _heard(self, segment: Segment, held: Language | None) -> Heard:
        """What the ear has heard already, or hears now."""
        guess = self._guess
        if guess is not None and guess.segment is segment:
            self._guess = None
            if guess.held != held:
                guess.hearing.cancel()
            elif isinstance(ahead := await guess.hearing, HearingError):
                raise ahead
            elif ahead is not None:
                return ahead
        return await self._ear.hear(segment, self._languages, held)

    async def _hear_ahead(
        self, segment: Segment, held: Language | None
    ) -> Heard | HearingError | None:
        """What was said up to a pause, or what went wrong; None where the ear has no time."""
        try:
            heard = await self._ear.hear(segment, self._languages, held, ahead=True)
        except HearingBusy:
            return None
        except HearingError as error:
            return error
        if self._endpointer is not None and heard.hypotheses:
            evidence = self._evidence
            if held is None:
                evidence = evidence.add(heard.probabilities, segment.speech_seconds)
            language = self._language(heard, segment, held, evidence)
            complete = self._completeness(Utterance(heard.hypotheses, language))
            self._endpointer.wait_for_end(segment, self._patience[complete])
        return heard

    def _language(
        self, heard: Heard, segment: Segment, held: Language | None, evidence: LanguageEvidence
    ) -> Language | None:
        """Once a language is held, only clear evidence speaks for another."""
        if held is not None:
            return changed(held, heard.probabilities, segment.speech_seconds)
        return evidence.decided()
