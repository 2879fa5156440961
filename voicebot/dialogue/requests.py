"""What follows from a request that was understood, or keyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from voicebot.answering.wording import Words
from voicebot.dialogue.reading import read
from voicebot.dialogue.replies import Replies
from voicebot.dialogue.speech import Speech, Step, at_rest
from voicebot.dialogue.state import Phase, State
from voicebot.dialogue.waiting import Waiting
from voicebot.model import (
    OFFICE_ACTIONS,
    Candidate,
    Decision,
    Hypothesis,
    Language,
    Request,
    Understanding,
)
from voicebot.model import Action as Wanted
from voicebot.understanding.matcher import NEAR, Matcher


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests are answered, asked back, or lead to a person."""

    matcher: Matcher
    speech: Speech
    replies: Replies
    waiting: Waiting

    def understood(self, state: State, understanding: Understanding, now: datetime) -> Step:
        best = understanding.candidates[0].request
        if best.action not in OFFICE_ACTIONS:
            return self.command(replace(state, failures=0), best, now)
        if understanding.decision is Decision.CHOOSE:
            return self.choose(state, _leading(understanding.candidates))
        request = self.complete(state, best)
        if request.office is None:
            return self.choose(state, self.for_each_office(request))
        if understanding.decision is Decision.CONFIRM:
            others = tuple(c.request for c in understanding.candidates[1:2])
            return self._confirm(state, (request, *others))
        return self.answer(state, request, now)

    def complete(self, state: State, request: Request) -> Request:
        """The request with what the conversation already knows."""
        if request.office is None:
            return replace(request, office=state.office)
        if state.phase is Phase.CHOOSING and request.action is Wanted.TALK:
            asked = state.pending[0]
            return replace(request, action=asked.action, day=asked.day, part=asked.part)
        return request

    def command(self, state: State, request: Request, now: datetime) -> Step:
        language = self.speech.tongue(state)
        match request.action:
            case Wanted.GOODBYE:
                return self.speech.end(state, self.speech.wording.goodbye(language))
            case Wanted.REPEAT:
                return self.speech.again(state)
            case Wanted.SLOWER:
                return self.speech.again(
                    replace(state, slow=True), self.speech.wording.slower(language)
                )
            case Wanted.LANGUAGE if request.to_language in self.speech.languages:
                return self.adopt(state, request.to_language or language, now)
            case Wanted.LANGUAGE:
                return self.speech.offer_languages(replace(state, pending=()))
            case Wanted.OTHER if state.phase is not Phase.CONFIRMING or len(state.pending) == 1:
                return self._another(state)
            case Wanted.YES | Wanted.NO | Wanted.OTHER:
                return self.yes_or_no(state, request.action is Wanted.YES, now)
            case Wanted.CALL_BACK if state.means.calls_back and state.office:
                return self.waiting.numbers.ask_number(state)
            case Wanted.OPERATOR | Wanted.POSITION | Wanted.CALL_BACK if state.means.connects:
                return self._to_a_person(state, now)
            case Wanted.OPERATOR | Wanted.POSITION | Wanted.CALL_BACK:
                words = self.speech.wording.no_operator(language, self.replies.content.telephone)
                return self.speech.rest(state, words)
        return self.speech.say(at_rest(state), self.speech.wording.question(language))

    def yes_or_no(self, state: State, yes: bool, now: datetime) -> Step:
        """ "No" to a guess asks about the next one; to "anything else?" it is goodbye."""
        language = self.speech.tongue(state)
        if state.phase in (Phase.OFFERING, Phase.NUMBER, Phase.CONFIRMING_NUMBER):
            return self.waiting.answered(state, yes)
        if state.phase is Phase.CONFIRMING and yes:
            return self.answer(state, state.pending[0], now)
        if state.phase is Phase.CONFIRMING and len(state.pending) > 1:
            return self._confirm(state, state.pending[1:])
        if state.hold is not None:
            return self.speech.say(
                at_rest(state), self.speech.wording.waiting.still_there(language)
            )
        if state.phase is Phase.OPEN and state.answered and not yes:
            return self.speech.end(state, self.speech.wording.goodbye(language))
        return self.speech.say(at_rest(state), self.speech.wording.question(language))

    def _another(self, state: State) -> Step:
        """Not the office that was guessed or answered about: which of the others, then."""
        spoken = state.pending[:1] if state.phase is Phase.CONFIRMING else ()
        wrong = spoken[0] if spoken else state.answered
        if wrong is None or state.phase is Phase.CHOOSING:
            return self.choose(state, self.for_each_office(Request(Wanted.TALK)))
        others = self.for_each_office(wrong)
        return self.choose(state, tuple(each for each in others if each.office != wrong.office))

    def _to_a_person(self, state: State, now: datetime) -> Step:
        """To the office spoken of. Who names none even when asked gets any that is open."""
        asked = state.pending[:1] if state.phase is Phase.CONFIRMING else ()
        office = asked[0].office if asked else state.office
        if state.hold is not None:
            office = state.hold.office
        if state.phase is Phase.CHOOSING and state.pending[0].action is Wanted.TALK:
            offered = [request.office for request in state.pending if request.office]
            office = next((o for o in offered if self.replies.is_open(o, now)), offered[0])
        request = Request(Wanted.TALK, office)
        if office is None:
            return self.choose(state, self.for_each_office(request))
        return self.answer(state, request, now)

    def adopt(
        self, state: State, language: Language, now: datetime, invitation: Words = ()
    ) -> Step:
        """Go on in this language: with what was asked, if anything was."""
        asked = state.phase is Phase.CHOOSING_LANGUAGE or state.language is None
        wanted = state.pending[:1] if asked else ()
        unplaced = read(self.matcher, state.unplaced, now.date()).get(language)
        state = replace(at_rest(state), language=language, unplaced=(), failures=0)
        if unplaced is not None and unplaced.understanding.request is not None:
            return self.understood(state, unplaced.understanding, now)
        words = self.speech.wording.language_changed(language)
        if wanted and wanted[0].action not in OFFICE_ACTIONS:
            return self.command(state, wanted[0], now)
        if state.hold is not None and not wanted:
            return self.speech.say(state, words + self.speech.wording.waiting.still_there(language))
        request = wanted[0] if wanted else state.answered
        if request is not None:
            return self.answer(state, request, now, words)
        return self.speech.say(
            state, words + (invitation or self.speech.wording.question(language))
        )

    def answer(self, state: State, request: Request, now: datetime, before: Words = ()) -> Step:
        """Tell the caller what they asked, in the call's language."""
        language = self.speech.tongue(state)
        shown = self.replies.caption(request, language)
        if request.action is Wanted.TALK and state.means.connects:
            state, actions = self.waiting.put_through(state, request, now, before)
            return state, (shown, *actions)
        state = replace(state, unplaced=(), failures=0, answered=request)
        words = before + self.replies.facts(request, language, now)
        state, actions = self.speech.rest(state, words)
        return state, (shown, *actions)

    def _confirm(self, state: State, requests: tuple[Request, ...]) -> Step:
        state = replace(state, phase=Phase.CONFIRMING, pending=requests)
        return self.speech.say(state, self.replies.confirm(requests[0], self.speech.tongue(state)))

    def choose(self, state: State, requests: tuple[Request, ...]) -> Step:
        state = replace(state, phase=Phase.CHOOSING, pending=requests)
        return self.speech.say(state, self.replies.choose(requests, self.speech.tongue(state)))

    def at_home(self, state: State, hypotheses: Sequence[Hypothesis], now: datetime) -> Step | None:
        """What follows from a quarter or street, where the offices on offer differ by that."""
        if not self.replies.by_home(state.pending):
            return None
        for hypothesis in hypotheses:
            serving = self.matcher.homes(hypothesis.text, hypothesis.language)
            meant = tuple(request for request in state.pending if request.office in serving)
            if len(meant) == 1:
                return self.answer(state, meant[0], now)
            if meant and len(meant) < len(state.pending):
                return self.choose(state, meant)
        return None

    def unknown_home(self, state: State) -> Step | None:
        """A place that nobody serves: which one of the offices, then."""
        if not self.replies.by_home(state.pending):
            return None
        language = self.speech.tongue(state)
        return self.speech.say(state, self.replies.unknown_home(state.pending, language))

    def for_each_office(self, request: Request) -> tuple[Request, ...]:
        return tuple(replace(request, office=office.id) for office in self.replies.content.offices)


def _leading(candidates: tuple[Candidate, ...]) -> tuple[Request, ...]:
    """The candidates to choose between: those as good as the best, three at most."""
    best = candidates[0].score
    return tuple(c.request for c in candidates[:3] if c.score >= best - NEAR)
