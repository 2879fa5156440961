"""One call's hearing: where the caller speaks, what was said, and in whose language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.errors import HearingError
from voicebot.hearing.endpointing import Endpointer, EndpointEvent, Endpointing
from voicebot.hearing.language import LanguageEvidence, changed
from voicebot.model import Audio, Heard, Hypothesis, Language, Segment
from voicebot.ports import Ear, VoiceActivity


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a caller said."""

    hypotheses: tuple[Hypothesis, ...]
    """Best first, at least one."""
    language: Language | None
    """Whose language, by all the sound of the call so far; None where it does not tell, or where
    nothing speaks against the language that the call is held in."""


class Listener:
    """Follows one caller."""

    def __init__(
        self,
        ear: Ear,
        activity: VoiceActivity,
        endpointing: Endpointing,
        languages: Sequence[Language],
    ) -> None:
        self._ear = ear
        self._languages = tuple(languages)
        self._endpointer: Endpointer | None = Endpointer(activity, endpointing)
        self._evidence = LanguageEvidence()

    def feed(self, frame: Audio) -> tuple[EndpointEvent, ...]:
        """What the next 20 ms brought about.

        Raises:
            HearingError: voice activity has failed; from then on nothing is heard.
        """
        if self._endpointer is None:
            return ()
        try:
            return self._endpointer.feed(frame)
        except HearingError:
            self._endpointer = None
            raise

    async def hear(self, segment: Segment, held: Language | None) -> Utterance | None:
        """What was said, `held` being the call's language; None when it was no speech.

        Raises:
            HearingError: recognition failed.
        """
        heard = await self._ear.hear(segment, self._languages, held)
        if not heard.hypotheses:
            return None
        language = self._language(heard, segment.speech_seconds, held)
        hypotheses = heard.hypotheses
        if language is not None and all(h.language != language for h in hypotheses):
            # the caller has gone over to a language in which nobody has listened yet
            again = await self._ear.hear(segment, self._languages, language)
            hypotheses = again.hypotheses + hypotheses
        return Utterance(hypotheses, language)

    def _language(self, heard: Heard, seconds: float, held: Language | None) -> Language | None:
        """Once a language is held, only clear evidence speaks for another."""
        if held is not None:
            return changed(held, heard.probabilities, seconds)
        self._evidence = self._evidence.add(heard.probabilities, seconds)
        return self._evidence.decided()
