"""On the way to a person: put through, in the queue, talking, back again.

OPEN ── wish to talk ──▶ CONNECTING ── place ──▶ WAITING ── taken ──▶ JOINED ── served ──▶ ENDED
  ▲                          │                     │  ▲                 │
  ├── closed, nobody there ──┴── given up ─────────┤  └──── returned ───┘
  └── OFFERING ──▶ NUMBER ──▶ CONFIRMING_NUMBER    └── a question, another office: keeps the place
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from voicebot.answering.answers import TOWN_LANGUAGE
from voicebot.answering.waiting import WaitingWords
from voicebot.answering.wording import Words
from voicebot.dialogue.events import (
    AskPlace,
    ChangeOffice,
    Closing,
    Connect,
    Deserted,
    Joined,
    Kept,
    Leave,
    Moved,
    NotMoved,
    NotResumed,
    Queued,
    QueueEvent,
    Resumed,
    Returned,
    Served,
    Told,
    TurnedAway,
    Unattended,
    Unreached,
    Whisper,
    Widened,
    WillCall,
    WontCall,
)
from voicebot.dialogue.keys import Press
from voicebot.dialogue.numbers import Numbers
from voicebot.dialogue.replies import Replies
from voicebot.dialogue.speech import Speech, Step, at_rest
from voicebot.dialogue.state import Hold, Phase, State
from voicebot.model import Language, Office, OfficeId, Request
from voicebot.model.holding import Standing

_ARRANGING = (Phase.NUMBER, Phase.CONFIRMING_NUMBER, Phase.CODE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is said, and asked to be done, for a caller who wants to talk to somebody."""

    speech: Speech
    replies: Replies

    @property
    def numbers(self) -> Numbers:
        """The call back and the code."""
        return Numbers(self.speech)

    # what the caller wants

    def put_through(self, state: State, request: Request, now: datetime, before: Words) -> Step:
        """The request names an office; `before` is said first."""
        office, language = self._office(request.office), self.speech.tongue(state)
        if state.hold is not None:
            return self._while_waiting(state, state.hold, request, now)
        state = replace(at_rest(state), answered=request, unplaced=(), failures=0)
        closed = self.replies.closed_now(office, language, now)
        if closed is not None:
            state, actions = self._in_vain(state, before + closed)
            return state, (*actions, TurnedAway(office.id, language))
        state = replace(state, hold=Hold(office.id), phase=Phase.CONNECTING)
        state, said = self.speech.say(state, before + self._words.connecting(language, office))
        asked = self.replies.caption(request, TOWN_LANGUAGE).text
        return state, (*said, Connect(office.id, language, asked))

    def _while_waiting(self, state: State, hold: Hold, request: Request, now: datetime) -> Step:
        office, language = self._office(request.office), self.speech.tongue(state)
        state = replace(at_rest(state), failures=0)
        if office.id == hold.office:
            if hold.standing is None:
                return self.speech.say(state, self._words.connecting(language, office))
            return state, (AskPlace(),)
        if hold.standing is None:
            state, actions = self.put_through(replace(state, hold=None), request, now, ())
            return state, (Leave(), *actions)
        closed = self.replies.closed_now(office, language, now)
        if closed is not None:
            return self.speech.say(state, closed + self._words.still_there(language))
        return state, (ChangeOffice(office.id, language),)

    def not_understood(self, state: State) -> Step:
        """Told once; a television in the background must not talk with the bot."""
        language = self.speech.tongue(state)
        state = replace(at_rest(state), failures=state.failures + 1)
        if state.failures > 1:
            return state, ()
        sorry = self.speech.wording.not_understood(language, 1, "")[:1]
        return self.menu(state, sorry)

    def menu(self, state: State, before: Words = ()) -> Step:
        """What can be done while waiting."""
        language, calls_back = self.speech.tongue(state), state.means.calls_back
        words = before + self._words.waiting_menu(language, calls_back)
        state = at_rest(state)
        if state.hold is not None:
            state = replace(state, hold=replace(state.hold, hinted=True))
        return self.speech.say(state, words)

    def answered(self, state: State, yes: bool) -> Step:
        """Yes or no to being called back, to the number they ring from, or to the one keyed in."""
        if state.phase is Phase.OFFERING:
            return self.numbers.ask_number(state) if yes else self.decline(state)
        if yes and state.office is not None:
            return self.numbers.agreed(state, state.office)
        if state.phase is Phase.CONFIRMING_NUMBER:
            return self.numbers.ask_number(state)
        return self.numbers.pressed(replace(state, typed=""), Press.BACK, "", None)

    def pressed(self, state: State, press: Press, key: str) -> Step:
        """A key of the call back or of the code."""
        match press:
            case Press.CALL_BACK if state.means.calls_back:
                return self.numbers.ask_number(state)
            case Press.CALL_BACK:
                return self.menu(state, self.speech.wording.wrong_key(self.speech.tongue(state)))
            case Press.CODE:
                return self.numbers.ask_code(state)
            case Press.BACK if state.phase in (Phase.OFFERING, Phase.CONFIRMING_NUMBER):
                return self.answered(state, yes=False)
        return self.numbers.pressed(state, press, key, state.office)

    def decline(self, state: State) -> Step:
        """No call back: whoever waits in vain waits no longer."""
        leaving = (Leave(),) if state.hold else ()
        state, said = self.speech.rest(replace(state, hold=None), ())
        return state, (*leaving, *said)

    def silent(self, state: State) -> Step:
        """The caller listens to the music; nobody is hung up on for that."""
        language = self.speech.tongue(state)
        if state.phase is Phase.OFFERING:
            return self.decline(state) if state.silences > 1 else self.speech.again(state)
        if state.phase in _ARRANGING:
            return self.numbers.silent(state)
        state = at_rest(state)
        if state.hold is None or state.hold.standing is None:
            return state, ()
        if not state.hold.hinted:
            return self.menu(state, self._words.still_there(language))
        return self.speech.say(state, self._words.still_there(language))

    # what happens

    def happened(self, state: State, event: QueueEvent, now: datetime) -> Step:
        """What follows from the queue's news."""
        match event:
            case Resumed(kept):
                return self.resumed(state, kept)
            case NotResumed():
                return self.numbers.wrong_code(state)
            case WillCall():
                language = self.speech.tongue(state)
                words = self._words.will_call(language) + self.speech.wording.goodbye(language)
                return self.speech.end(replace(state, hold=None), words)
            case WontCall():
                return self._wont_call(state)
        if state.hold is None:
            return state, ()  # news of a place that has just been given up
        return self._on_the_way(state, state.hold, event, now)

    def _on_the_way(self, state: State, hold: Hold, event: QueueEvent, now: datetime) -> Step:
        language, office = self.speech.tongue(state), self._office(hold.office)
        none = replace(state, hold=None)
        match event:
            case Unattended():
                words = self._words.unattended(language, office)
                return self._in_vain(none, words + self.replies.hours(office, language, now))
            case Unreached(trouble):
                why = self._words.trouble if trouble else self._words.not_reached
                return self._in_vain(none, why(language, office))
            case Joined(waited):
                return self._joined(state, self._words.whisper(language, office, waited))
            case Served():
                return self.speech.end(none, self.speech.wording.goodbye(language))
            case Returned(office_id, standing, handed_on):
                return self._returned(state, Hold(office_id, standing, hold.hinted), handed_on)
            case Deserted():
                return self._forlorn(state, hold, self._words.deserted(language))
            case Closing():
                return self._forlorn(state, hold, self._words.closed_meanwhile(language))
        return self._news(state, hold, event)

    def _news(self, state: State, hold: Hold, event: QueueEvent) -> Step:
        """How things stand in the queue."""
        language = self.speech.tongue(state)
        match event:
            case Queued(standing, code):
                state = _standing(state, hold, standing)
                words = self._words.joined(language) + self._words.place(language, standing)
                words += self._words.code(language, code) if code else ()
                return self.speech.announce(state, words)
            case Told(standing, asked):
                if asked and not standing.operators:
                    return self._forlorn(state, hold, self._words.deserted(language))
                state = _standing(state, hold, standing)
                if asked:
                    return self.speech.say(state, self._words.place(language, standing))
                if state.phase is Phase.WAITING:
                    return self.speech.announce(state, self._words.place(language, standing))
            case Moved(office, standing):
                state = _standing(state, replace(hold, office=office), standing)
                words = self._words.moved(language, self._office(office))
                return self.speech.say(state, words + self._words.place(language, standing))
            case NotMoved(office):
                return self.speech.say(state, self._words.not_moved(language, self._office(office)))
            case Widened():
                return self.speech.announce(state, self._words.any_language(language))
        return state, ()

    def resumed(self, state: State, kept: Kept) -> Step:
        """A caller who was cut off is back."""
        state = replace(
            state,
            language=state.language or kept.language,
            hold=Hold(kept.office, kept.standing, called_back=kept.called_back),
            phase=Phase.WAITING,
            pending=(),
            unplaced=(),
            typed="",
        )
        language = self.speech.tongue(state)
        if kept.called_back:
            return self.speech.say(state, self._called_back(language))
        words = self._words.resumed(language, self._office(kept.office))
        return self.speech.say(state, words + self._words.place(language, kept.standing))

    def _joined(self, state: State, whisper: Words) -> Step:
        state = replace(state, phase=Phase.JOINED, pending=(), typed="", failures=0, silences=0)
        language = self.speech.tongue(state)
        words = self._words.connected(language)
        if state.hold is not None and state.hold.called_back:
            words = self._called_back(language)
        state, said = self.speech.say(state, words)
        return state, (*said, Whisper(whisper))

    def _called_back(self, language: Language) -> Words:
        return self._words.calling_back(language, self.replies.content.town[language])

    def _returned(self, state: State, hold: Hold, handed_on: bool) -> Step:
        language = self.speech.tongue(state)
        state = at_rest(replace(state, hold=hold))
        words = self._words.back_in_place(language)
        if handed_on:
            words = self._words.handed_on(language, self._office(hold.office))
        if hold.standing is not None:
            words += self._words.place(language, hold.standing)
        return self.speech.say(state, words)

    def _forlorn(self, state: State, hold: Hold, words: Words) -> Step:
        """Nobody will answer any more; whoever is arranging a call back goes on with that."""
        state = replace(state, hold=replace(hold, forlorn=True))
        if state.phase in _ARRANGING:
            return state, ()
        if state.means.calls_back:
            return self.numbers.offer(state, words)
        state, said = self.speech.rest(replace(state, hold=None), words)
        return state, (Leave(), *said)

    def _in_vain(self, state: State, words: Words) -> Step:
        """Nobody comes to the telephone now."""
        if state.means.calls_back:
            return self.numbers.offer(state, words)
        return self.speech.rest(state, words)

    def _wont_call(self, state: State) -> Step:
        words = self._words.no_call_back(self.speech.tongue(state))
        if state.hold is None or not state.hold.forlorn:
            return self.speech.rest(state, words)
        state, said = self.speech.rest(replace(state, hold=None), words)
        return state, (Leave(), *said)

    @property
    def _words(self) -> WaitingWords:
        return self.speech.wording.waiting

    def _office(self, office: OfficeId | None) -> Office:
        return self.replies.content.office(office or "")


def _standing(state: State, hold: Hold, standing: Standing) -> State:
    """The place is known; who was being connected waits from now on."""
    state = replace(state, hold=replace(hold, standing=standing, forlorn=False))
    return replace(state, phase=Phase.WAITING) if state.phase is Phase.CONNECTING else state
