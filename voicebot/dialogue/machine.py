"""The state machine of a conversation.

GREETING ─── language known ───▶ OPEN ─── accepted ──▶ answer, OPEN
    │                             │─── near match ───▶ CONFIRMING
    └── abstained                 │─── several ──────▶ CHOOSING
          ▼                       └─── goodbye, too many failures or silences ──▶ ENDED
    CHOOSING_LANGUAGE ──▶ OPEN
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from voicebot.answering.wording import Wording, Words
from voicebot.dialogue.reading import Reading, language_of, read
from voicebot.dialogue.replies import Replies
from voicebot.dialogue.state import (
    Action,
    Deaf,
    Event,
    Expired,
    Finished,
    HangUp,
    Keyed,
    Opened,
    Phase,
    Said,
    Say,
    Silence,
    State,
)
from voicebot.model import (
    OFFICE_ACTIONS,
    Candidate,
    Content,
    Decision,
    Hypothesis,
    Language,
    Request,
    Sentence,
    Understanding,
)
from voicebot.model import Action as Wanted
from voicebot.understanding.keypad import request_for_key, spoken_key
from voicebot.understanding.matcher import NEAR, Matcher

MAX_FAILURES = 4
"""Utterances in a row that gave nothing before the call ends politely; from the second on the
caller hears the keys and the way to a person."""

MAX_SILENCES = 3
"""Silences in a row before the call ends politely: ask again, then the keys, then goodbye."""

CONFIRM_KEY = "#"

Step: TypeAlias = tuple[State, tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What every conversation knows; shared by all calls, replaced when content is published."""

    content: Content
    matcher: Matcher
    wording: Wording
    languages: tuple[Language, ...]

    @property
    def replies(self) -> Replies:
        """What is said about requests."""
        return Replies(self.content, self.wording)

    def step(self, state: State, event: Event, now: datetime) -> Step:
        """What follows from one event. `now` is aware, in the town's time zone."""
        if state.phase is Phase.ENDED:
            return state, ()
        match event:
            case Opened():
                return self._say(state, self.wording.greeting(self.content.town, self.languages))
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
            case Expired():
                return self._end(state, self.wording.too_long(self._tongue(state)))

    # What the caller says

    def _said(self, state: State, said: Said, now: datetime) -> Step:
        readings = read(self.matcher, said.hypotheses, now.date())
        language = language_of(readings, said.language, state.language)
        if language is None:
            return self._abstained(state, readings, now)
        state = replace(state, language=language)
        reading = readings.get(language)
        if reading is None or reading.understanding.decision is Decision.REJECT:
            return self._rejected(state, said.hypotheses, now)
        return self._understood(state, reading.understanding, now)

    def _abstained(self, state: State, readings: Mapping[Language, Reading], now: datetime) -> Step:
        """Nobody knows which language that was, unless it was a language's name or number."""
        for reading in readings.values():
            request = reading.understanding.request
            if request is not None and request.to_language in self.languages:
                return self._adopt(state, request.to_language, now)
            key = spoken_key(reading.hypothesis.text, reading.hypothesis.language)
            if key is not None and state.phase is Phase.CHOOSING_LANGUAGE:
                return self._keyed(state, key, now)
        if state.failures + 1 >= MAX_FAILURES:
            return self._end(state, self.wording.goodbye_failed(self._tongue(state)))
        words = tuple(reading.hypothesis for reading in readings.values())
        return self._offer_languages(
            replace(state, failures=state.failures + 1, unplaced=words or state.unplaced)
        )

    def _understood(self, state: State, understanding: Understanding, now: datetime) -> Step:
        best = understanding.candidates[0].request
        if best.action not in OFFICE_ACTIONS:
            return self._command(replace(state, failures=0), best, now)
        if understanding.decision is Decision.CHOOSE:
            return self._choose(state, _leading(understanding.candidates))
        request = self._complete(state, best)
        if request.office is None:
            return self._choose(state, self._for_each_office(request))
        if understanding.decision is Decision.CONFIRM:
            others = tuple(c.request for c in understanding.candidates[1:2])
            return self._confirm(state, (request, *others))
        return self._answer(state, request, now)

    def _complete(self, state: State, request: Request) -> Request:
        """The request with what the conversation already knows."""
        if request.office is None:
            return replace(request, office=state.office)
        if state.phase is Phase.CHOOSING and request.action is Wanted.TALK:
            asked = state.pending[0]
            return replace(request, action=asked.action, day=asked.day, part=asked.part)
        return request

    def _rejected(self, state: State, hypotheses: tuple[Hypothesis, ...], now: datetime) -> Step:
        """Nothing near. While choosing, a number that was said counts as a key."""
        if state.phase in (Phase.CHOOSING, Phase.CHOOSING_LANGUAGE):
            for hypothesis in hypotheses:
                key = spoken_key(hypothesis.text, hypothesis.language)
                if key is not None:
                    return self._keyed(state, self._key_of_place(state, key), now)
        language = self._tongue(state)
        failures = state.failures + 1
        state = replace(state, failures=failures, phase=Phase.OPEN, pending=())
        if failures >= MAX_FAILURES:
            return self._end(state, self.wording.goodbye_failed(language))
        example = self.content.books[language].example
        words = self.wording.not_understood(language, failures, example)
        if failures > 1:
            words += self.replies.menu(language)
        return self._say(state, words)

    def _key_of_place(self, state: State, key: str) -> str:
        """The key of the second one, for "the second" of those on offer; else the key itself."""
        if state.phase is Phase.CHOOSING:
            offered = [self.content.office(r.office).key for r in state.pending if r.office]
            if key not in offered and 1 <= int(key) <= len(offered):
                return offered[int(key) - 1]
        return key

    # Commands

    def _command(self, state: State, request: Request, now: datetime) -> Step:
        language = self._tongue(state)
        match request.action:
            case Wanted.GOODBYE:
                return self._end(state, self.wording.goodbye(language))
            case Wanted.REPEAT:
                return self._again(state, ())
            case Wanted.SLOWER:
                return self._again(replace(state, slow=True), self.wording.slower(language))
            case Wanted.LANGUAGE if request.to_language in self.languages:
                return self._adopt(state, request.to_language or language, now)
            case Wanted.LANGUAGE:
                return self._offer_languages(replace(state, pending=()))
            case Wanted.YES if state.phase is Phase.CONFIRMING:
                return self._answer(state, state.pending[0], now)
            case Wanted.NO:
                return self._no(state)
            case Wanted.OPERATOR:
                words = self.wording.no_operator(language, self.content.telephone)
                words += self.wording.anything_else(language)
            case _:
                words = self.wording.question(language)
        return self._say(replace(state, phase=Phase.OPEN, pending=()), words)

    def _again(self, state: State, before: Words) -> Step:
        said = state.said or self.wording.question(self._tongue(state))
        state, actions = self._say(state, before + said)
        return replace(state, said=said), actions

    def _no(self, state: State) -> Step:
        """ "No" to a guess asks about the next one; to "anything else?" it is goodbye."""
        language = self._tongue(state)
        if state.phase is Phase.CONFIRMING and len(state.pending) > 1:
            return self._confirm(state, state.pending[1:])
        if state.phase is Phase.OPEN and state.answered:
            return self._end(state, self.wording.goodbye(language))
        state = replace(state, phase=Phase.OPEN, pending=())
        return self._say(state, self.wording.question(language))

    def _offer_languages(self, state: State) -> Step:
        state = replace(state, phase=Phase.CHOOSING_LANGUAGE)
        return self._say(state, self.wording.language_choice(self.languages))

    def _adopt(
        self, state: State, language: Language, now: datetime, invitation: Words = ()
    ) -> Step:
        """Go on in this language: with what was asked, if anything was."""
        waiting = state.pending[:1] if state.phase is Phase.CHOOSING_LANGUAGE else ()
        unplaced = read(self.matcher, state.unplaced, now.date()).get(language)
        state = replace(
            state, language=language, phase=Phase.OPEN, pending=(), unplaced=(), failures=0
        )
        if unplaced is not None and unplaced.understanding.request is not None:
            return self._understood(state, unplaced.understanding, now)
        words = self.wording.language_changed(language)
        request = waiting[0] if waiting else state.answered
        if request is not None:
            return self._answer(state, request, now, words)
        return self._say(state, words + (invitation or self.wording.question(language)))

    # Keys

    def _keyed(self, state: State, key: str, now: datetime) -> Step:
        state = replace(state, failures=0)
        request = request_for_key(key, self.content.offices)
        if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
            return self._language_key(state, key, request, now)
        if key == CONFIRM_KEY and state.phase is Phase.CONFIRMING:
            return self._answer(state, state.pending[0], now)
        if request is None or request.action is Wanted.NONE:
            language = self._tongue(state)
            before = () if request else self.wording.wrong_key(language)
            state = replace(state, phase=Phase.OPEN, pending=())
            return self._say(state, before + self.replies.menu(language))
        if request.action not in OFFICE_ACTIONS:
            return self._command(state, request, now)
        request = self._complete(state, request)
        if request.office is None:
            return self._choose(state, self._for_each_office(request))
        return self._answer(state, request, now)

    def _language_key(self, state: State, key: str, request: Request | None, now: datetime) -> Step:
        """The first digits choose a language; an office's key waits until one is chosen."""
        if key in "123456789"[: len(self.languages)]:
            language = self.languages[int(key) - 1]
            return self._adopt(state, language, now, self.replies.menu(language))
        if request and request.office:
            state = replace(state, pending=(request,), unplaced=())
        return self._offer_languages(state)

    # What the bot says

    def _answer(self, state: State, request: Request, now: datetime, before: Words = ()) -> Step:
        """Tell the caller what they asked, in the call's language."""
        language = self._tongue(state)
        shown = self.replies.caption(request, language)
        state = replace(
            state, phase=Phase.OPEN, pending=(), unplaced=(), failures=0, answered=request
        )
        words = before + self.replies.facts(request, language, now)
        state, actions = self._say(state, words + self.wording.anything_else(language))
        return state, (shown, *actions)

    def _confirm(self, state: State, requests: tuple[Request, ...]) -> Step:
        state = replace(state, phase=Phase.CONFIRMING, pending=requests)
        return self._say(state, self.replies.confirm(requests[0], self._tongue(state)))

    def _choose(self, state: State, requests: tuple[Request, ...]) -> Step:
        state = replace(state, phase=Phase.CHOOSING, pending=requests)
        return self._say(state, self.replies.choose(requests, self._tongue(state)))

    def _for_each_office(self, request: Request) -> tuple[Request, ...]:
        return tuple(replace(request, office=office.id) for office in self.content.offices)

    def _say(self, state: State, words: Words) -> Step:
        """Say it; the first time in a language, after the notice that a machine speaks."""
        state = replace(state, said=words)
        if state.language is not None and state.language not in state.noticed:
            words = self.wording.notice(state.language) + words
            state = replace(state, noticed=state.noticed | {state.language})
        return state, (Say(words, state.slow),)

    # What happens to the call

    def _finished(self, state: State, sentence: Sentence) -> State:
        if sentence in self.wording.greeting(self.content.town, self.languages):
            return replace(state, noticed=state.noticed | {sentence.language})
        return state

    def _silence(self, state: State) -> Step:
        state = replace(state, silences=state.silences + 1)
        language = self._tongue(state)
        if state.silences >= MAX_SILENCES:
            return self._end(state, self.wording.goodbye_silence(language))
        if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
            return self._offer_languages(state)
        if state.phase in (Phase.CONFIRMING, Phase.CHOOSING):
            return self._again(state, ())
        words = self.wording.silence(language, state.silences)
        if state.silences > 1:
            words += self.replies.menu(language)
        return self._say(state, words)

    def _deaf(self, state: State) -> Step:
        """Recognition is down or too busy: whatever the caller needs, the keys reach it."""
        if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
            return self._offer_languages(state)
        words = self.wording.hearing_trouble(state.language)
        return self._say(state, words + self.replies.menu(state.language))

    def _end(self, state: State, words: Words) -> Step:
        state, actions = self._say(state, words)
        return replace(state, phase=Phase.ENDED), (*actions, HangUp())

    def _tongue(self, state: State) -> Language:
        return state.language or self.languages[0]


def _leading(candidates: tuple[Candidate, ...]) -> tuple[Request, ...]:
    """The candidates to choose between: those as good as the best, three at most."""
    best = candidates[0].score
    return tuple(c.request for c in candidates[:3] if c.score >= best - NEAR)
