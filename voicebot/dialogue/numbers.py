"""What callers key in digit by digit: the number to call back, the code of a place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voicebot.answering.waiting import WaitingWords
from voicebot.answering.wording import Words
from voicebot.dialogue.events import CallBack, Resume
from voicebot.dialogue.keys import Press
from voicebot.dialogue.speech import Speech, Step, at_rest
from voicebot.dialogue.state import Phase, State
from voicebot.model import OfficeId

SHORTEST, LONGEST = 6, 15
"""Digits of a telephone number that can be called from outside."""

CODE_DIGITS = 4

MAX_WRONG_CODES = 3
"""In one call: nobody finds another caller's place by trying."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The call back and the code."""

    speech: Speech

    @property
    def words(self) -> WaitingWords:
        """What is said about them."""
        return self.speech.wording.waiting

    # calling back

    def offer(self, state: State, words: Words) -> Step:
        """After these words: whether to call back."""
        state = replace(state, phase=Phase.OFFERING, pending=(), typed="", silences=0)
        offer = self.words.offer_call_back(self.speech.tongue(state))
        return self.speech.say(state, words + offer)

    def ask_number(self, state: State) -> Step:
        """Which number; consent is part of the question."""
        language = self.speech.tongue(state)
        known = state.means.number_known
        words = self.words.consent(language) if known else self.words.ask_number(language)
        return self.speech.say(replace(state, phase=Phase.NUMBER, pending=(), typed=""), words)

    def agreed(self, state: State, office: OfficeId) -> Step:
        """Yes, or the hash key: to the number they call from, or to the one they keyed in."""
        if state.phase is Phase.NUMBER and (state.typed or not state.means.number_known):
            return self._check(state)
        number = state.typed if state.phase is Phase.CONFIRMING_NUMBER else None
        return state, (CallBack(office, self.speech.tongue(state), number),)

    def _check(self, state: State) -> Step:
        """The number that was keyed in, read back."""
        language = self.speech.tongue(state)
        if not SHORTEST <= len(state.typed) <= LONGEST:
            words = self.words.wrong_number(language) + self.words.ask_number(language)
            return self.speech.say(replace(state, typed=""), words)
        words = self.words.confirm_number(language, state.typed)
        return self.speech.say(replace(state, phase=Phase.CONFIRMING_NUMBER), words)

    # the code

    def ask_code(self, state: State) -> Step:
        """The four figures; who was wrong too often has tried enough."""
        if state.wrong_codes >= MAX_WRONG_CODES:
            return self.wrong_code(state)
        words = self.words.key_in_code(self.speech.tongue(state))
        return self.speech.say(replace(state, phase=Phase.CODE, pending=(), typed=""), words)

    def wrong_code(self, state: State) -> Step:
        """No place is kept under it: once more, or go on as if nothing had been."""
        language = self.speech.tongue(state)
        state = replace(state, wrong_codes=state.wrong_codes + 1, typed="")
        words = self.words.wrong_code(language)
        if state.wrong_codes < MAX_WRONG_CODES:
            words += self.words.key_in_code(language)
            return self.speech.say(replace(state, phase=Phase.CODE), words)
        if state.language is None:
            return self.speech.offer_languages(state)
        words += self.speech.wording.question(language)
        return self.speech.say(at_rest(state), words)

    # keys

    def pressed(self, state: State, press: Press, key: str, office: OfficeId | None) -> Step:
        """A key while a number is being keyed in."""
        if press is Press.BACK:
            return self._back(state)
        if state.phase is Phase.CODE:
            typed = (state.typed + key * (press is Press.DIGIT))[:CODE_DIGITS]
            state = replace(state, typed=typed)
            if len(typed) == CODE_DIGITS:
                return state, (Resume(typed),)
            return self.ask_code(state) if press is Press.DONE else (state, ())
        if press is Press.DONE:
            return self.agreed(state, office or "")
        # one digit too many is kept, so that the number counts as wrong
        return replace(state, typed=(state.typed + key)[: LONGEST + 1]), ()

    def _back(self, state: State) -> Step:
        """The star: begin again, or leave it."""
        if state.typed and state.phase is not Phase.CODE:
            return self.ask_number(state)
        language = self.speech.tongue(state)
        if state.hold and not state.hold.forlorn:
            return self.speech.rest(state, self.words.still_there(language))
        return self.speech.say(at_rest(state), self.speech.wording.question(language))

    def silent(self, state: State) -> Step:
        """Nobody presses anything any more: what is there counts, else the question again."""
        if state.phase is Phase.NUMBER and state.typed:
            return self._check(state)
        if state.silences > 1:
            return self._back(replace(state, typed=""))
        if state.phase is Phase.CODE:
            return self.ask_code(state)
        return self.speech.again(state)
