"""The state machine of a conversation.

GREETING ─── language known ───▶ OPEN ─── accepted ──▶ answer, OPEN
    │                             │─── near match ───▶ CONFIRMING
    └── abstained                 │─── several ──────▶ CHOOSING
          ▼                       │─── to a person ──▶ CONNECTING, see waiting.py
    CHOOSING_LANGUAGE ──▶ OPEN    └─── goodbye, too many failures or silences ──▶ ENDED

What is asked and answered while the caller waits leads back to WAITING instead of OPEN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from voicebot.answering.wording import Wording
from voicebot.dialogue.events import (
    CallerEvent,
    Deaf,
    Event,
    Expired,
    Finished,
    Keyed,
    Opened,
    Said,
    Silence,
)
from voicebot.dialogue.keys import Press, Tongue, meaning
from voicebot.dialogue.reading import Reading, language_of, read
from voicebot.dialogue.replies import Replies
from voicebot.dialogue.requests import Requests
from voicebot.dialogue.speech import Speech, Step, at_rest
from voicebot.dialogue.state import Phase, State
from voicebot.dialogue.waiting import Waiting
from voicebot.model import (
    OFFICE_ACTIONS,
    Content,
    Decision,
    Hypothesis,
    Language,
    NumberingPlan,
    Request,
    Sentence,
)
from voicebot.model import Action as Wanted
from voicebot.offices.presets import preset_office
from voicebot.understanding.keypad import spoken_key
from voicebot.understanding.matcher import Matcher

MAX_FAILURES = 4
"""Utterances in a row that gave nothing before the call ends politely; from the second on the
caller hears the keys and the way to a person."""

MAX_SILENCES = 3
"""Silences in a row before the call ends politely: ask again, then the keys, then goodbye."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What every conversation knows; shared by all calls, replaced when content is published."""

    content: Content
    matcher: Matcher
    wording: Wording
    languages: tuple[Language, ...]
    numbering: NumberingPlan = NumberingPlan()
    """How the numbers in the town's files are to be read."""

    @property
    def replies(self) -> Replies:
        """What is said about requests."""
        return Replies(self.content, self.wording)

    @property
    def speech(self) -> Speech:
        """How it is said."""
        everywhere = (one for one in self.content.emergencies if one.office is None)
        return Speech(self.wording, self.languages, next(everywhere, None))

    @property
    def waiting(self) -> Waiting:
        """The way to a person."""
        return Waiting(self.speech, self.replies)

    @property
    def requests(self) -> Requests:
        """What follows from what was understood."""
        return Requests(self.matcher, self.speech, self.replies, self.waiting)

    def step(self, state: State, event: Event, now: datetime) -> Step:
        """What follows from one event. `now` is aware, in the town's time zone."""
        if state.phase is Phase.ENDED:
            return state, ()
        if not isinstance(event, CallerEvent):
            return self.waiting.happened(state, event, now)
        if state.phase is Phase.JOINED:
            return state, ()  # what the caller says now is for the operator
        match event:
            case Opened():
                emergency = self.speech.emergency
                alarmed = emergency is not None and emergency.holds(now)
                return self._opened(replace(state, alarmed=alarmed), event)
            case Finished(sentence):
                return self._finished(state, sentence), ()
            case Silence():
                return self._silence(state)
            case Keyed(key):
                return self._keyed(replace(state, silences=0), key, now)
            case Said():
                return self._said(replace(state, silences=0), event, now)
            case Deaf():
                return self._deaf(replace(state, silences=0))
            case Expired() if state.hold is None:
                return self.speech.end(state, self.wording.too_long(self.speech.tongue(state)))
        return state, ()

    def _opened(self, state: State, opened: Opened) -> Step:
        state = replace(state, means=opened.means)
        if opened.kept is not None:
            return self.waiting.resumed(state, opened.kept)
        rung = preset_office(opened.arrival, self.content, self.numbering)
        if rung is None:
            greeting = self.wording.greeting(self.content.town, self.languages)
            return self.speech.say(state, greeting)
        wanted = (Request(Wanted.TALK, rung),)
        state = replace(state, phase=Phase.CONFIRMING, pending=wanted)
        office = self.content.office(rung)
        return self.speech.say(
            state, self.wording.preset(self.content.town, office, self.languages)
        )

    # What the caller says

    def _said(self, state: State, said: Said, now: datetime) -> Step:
        readings = read(self.matcher, said.hypotheses, now.date())
        language = language_of(readings, said.language, state.language)
        if language is None:
            return self._abstained(state, readings, now)
        state = replace(state, language=language)
        reading = readings.get(language)
        if state.phase is Phase.CHOOSING and not _is_sure(reading):
            homes = self.requests.at_home(state, said.hypotheses, now)
            if homes is not None:
                return homes
        if reading is None or reading.understanding.decision is Decision.REJECT:
            return self._rejected(state, said.hypotheses, now)
        return self.requests.understood(state, reading.understanding, now)

    def _abstained(self, state: State, readings: Mapping[Language, Reading], now: datetime) -> Step:
        """Nobody knows which language that was, unless it was a language's name or number, or a
        yes to the office whose number was rung."""
        for reading in readings.values():
            request = reading.understanding.request
            if request is not None and request.to_language in self.languages:
                return self.requests.adopt(state, request.to_language, now)
            if request == Request(Wanted.YES) and state.phase is Phase.CONFIRMING:
                state = replace(state, language=reading.hypothesis.language)
                return self.requests.answer(state, state.pending[0], now)
            key = spoken_key(reading.hypothesis.text, reading.hypothesis.language)
            if key is not None and state.phase is Phase.CHOOSING_LANGUAGE:
                return self._keyed(state, key, now)
        if state.failures + 1 >= MAX_FAILURES:
            return self.speech.end(state, self.wording.goodbye_failed(self.speech.tongue(state)))
        words = tuple(reading.hypothesis for reading in readings.values())
        return self.speech.offer_languages(
            replace(state, failures=state.failures + 1, unplaced=words or state.unplaced)
        )

    def _rejected(self, state: State, hypotheses: tuple[Hypothesis, ...], now: datetime) -> Step:
        """Nothing near. While choosing, a number that was said counts as a key."""
        if state.phase in (Phase.CHOOSING, Phase.CHOOSING_LANGUAGE):
            for hypothesis in hypotheses:
                key = spoken_key(hypothesis.text, hypothesis.language)
                if key is not None:
                    return self._keyed(state, self._key_of_place(state, key), now)
        if state.hold is not None:
            return self.waiting.not_understood(state)
        if state.phase is Phase.CHOOSING and state.failures == 0:
            again = self.requests.unknown_home(replace(state, failures=1))
            if again is not None:
                return again
        language = self.speech.tongue(state)
        failures = state.failures + 1
        state = at_rest(replace(state, failures=failures))
        if failures >= MAX_FAILURES:
            return self.speech.end(state, self.wording.goodbye_failed(language))
        example = self.content.books[language].example
        words = self.wording.not_understood(language, failures, example)
        if failures > 1:
            words += self.replies.menu(language)
        return self.speech.say(state, words)

    def _key_of_place(self, state: State, key: str) -> str:
        """The key of the second one, for "the second" of those on offer; else the key itself."""
        if state.phase is Phase.CHOOSING:
            offered = [self.content.office(r.office).key for r in state.pending if r.office]
            if key not in offered and 1 <= int(key) <= len(offered):
                return offered[int(key) - 1]
        return key

    # Keys

    def _keyed(self, state: State, key: str, now: datetime) -> Step:
        state = replace(state, failures=0)
        language = self.speech.tongue(state)
        match meaning(state, key, self.content.offices, self.languages):
            case Press.LANGUAGES:
                return self.speech.offer_languages(state)
            case Tongue(chosen):
                return self.requests.adopt(state, chosen, now, self.replies.menu(chosen))
            case Press.YES:
                return self.requests.yes_or_no(replace(state, language=language), True, now)
            case Press.MENU | Press.UNKNOWN as press:
                before = self.wording.wrong_key(language) if press is Press.UNKNOWN else ()
                if state.hold is not None:
                    return self.waiting.menu(state, before)
                return self.speech.say(at_rest(state), before + self.replies.menu(language))
            case Press() as press:
                return self.waiting.pressed(state, press, key)
            case request if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
                if state.phase is Phase.CHOOSING_LANGUAGE and state.pending == (request,):
                    return self.requests.adopt(state, language, now)
                state = replace(state, pending=(request,), unplaced=())
                return self.speech.offer_languages(state)
            case request if request.action not in OFFICE_ACTIONS:
                return self.requests.command(state, request, now)
            case request:
                request = self.requests.complete(state, request)
                if request.office is None:
                    return self.requests.choose(state, self.requests.for_each_office(request))
                return self.requests.answer(state, request, now)

    # What happens to the call

    def _finished(self, state: State, sentence: Sentence) -> State:
        if sentence in self.wording.greeting(self.content.town, self.languages):
            return replace(state, noticed=state.noticed | {sentence.language})
        return state

    def _silence(self, state: State) -> Step:
        state = replace(state, silences=state.silences + 1)
        language = self.speech.tongue(state)
        if state.hold is not None:
            return self.waiting.silent(state)
        if state.silences >= MAX_SILENCES:
            return self.speech.end(state, self.wording.goodbye_silence(language))
        if state.phase in (Phase.OFFERING, Phase.NUMBER, Phase.CONFIRMING_NUMBER, Phase.CODE):
            return self.waiting.silent(state)
        if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
            return self.speech.offer_languages(state)
        if state.phase in (Phase.CONFIRMING, Phase.CHOOSING):
            return self.speech.again(state)
        words = self.wording.silence(language, state.silences)
        if state.silences > 1:
            words += self.replies.menu(language)
        return self.speech.say(state, words)

    def _deaf(self, state: State) -> Step:
        """Recognition is down or too busy: whatever the caller needs, the keys reach it."""
        if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
            return self.speech.offer_languages(state)
        words = self.wording.hearing_trouble(state.language)
        if state.hold is not None:
            return self.waiting.menu(state, words)
        return self.speech.say(state, words + self.replies.menu(state.language))


def _is_sure(reading: Reading | None) -> bool:
    """Whether a request was made in so many words."""
    return reading is not None and reading.understanding.decision is Decision.ACCEPT
