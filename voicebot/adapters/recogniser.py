"""Two recognisers as one: Whisper for the language, another for the words where that is wanted."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import replace

from voicebot.adapters.speech_process import Recogniser
from voicebot.errors import HearingError
from voicebot.model import Expected, Heard, Hypothesis, Language, Segment

logger = logging.getLogger(__name__)


class RecogniserByLanguage:
    """The recogniser of every language that the settings prefer. Blocking."""

    def __init__(
        self,
        first: Recogniser,
        second: Recogniser,
        preferred: Collection[Language],
        fall_back: Collection[Language],
    ) -> None:
        """
        Args:
            first: tells the language, and whether anybody spoke; its words stand elsewhere.
            second: recognises words in a language that it is told.
            preferred: the languages in which the second one's words are taken.
            fall_back: those of them in which the first one's words stand when the second has
                understood nothing.
        """
        self._first = first
        self._second = second
        self._preferred = frozenset(preferred)
        self._fall_back = frozenset(fall_back)

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        """See `voicebot.ports.Ear`; the hypotheses are in the order of their languages.

        Raises:
            HearingError: the first recogniser failed. When the second does, this is logged and
                the words of the first stand.
        """
        heard = self._first.hear(segment, languages, expected)
        if not any(one.language in self._preferred for one in heard.hypotheses):
            return heard
        started = time.perf_counter()
        hypotheses = [
            better
            for one in heard.hypotheses
            for better in (self._again(segment, one) if one.language in self._preferred else (one,))
        ]
        spent = heard.seconds.get("recognise", 0.0) + time.perf_counter() - started
        return replace(
            heard, hypotheses=tuple(hypotheses), seconds={**heard.seconds, "recognise": spent}
        )

    def expect(self, expected: Expected) -> None:
        """Both expect other words from now on."""
        self._first.expect(expected)
        self._second.expect(expected)

    def _again(self, segment: Segment, one: Hypothesis) -> tuple[Hypothesis, ...]:
        """The second one's words in place of these."""
        try:
            words = self._second.hear(segment, (one.language,), one.language).hypotheses
        except HearingError as error:
            logger.warning("the words in %s are the first recogniser's: %s", one.language, error)
            return (one,)
        if not words and one.language in self._fall_back:
            return (one,)
        return words
