"""How the conversation says things: the steps that every part of it takes alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from voicebot.answering.wording import Wording, Words
from voicebot.dialogue.events import Action, Announce, HangUp, Leave, Say
from voicebot.dialogue.state import Phase, State
from voicebot.model import Emergency, Language

Step: TypeAlias = tuple[State, tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class Speech:
    """Words become actions, in the caller's language."""

    wording: Wording
    languages: tuple[Language, ...]
    emergency: Emergency | None = None
    """What closes all offices, where something does."""

    def tongue(self, state: State) -> Language:
        """The language to speak: the first one until the caller's is known."""
        return state.language or self.languages[0]

    def say(self, state: State, words: Words) -> Step:
        """Say it; the first time in a language, after the notice that a machine speaks."""
        state, before = self._warning(replace(state, said=words))
        words = before + words
        if state.language is not None and state.language not in state.noticed:
            words = self.wording.notice(state.language) + words
            state = replace(state, noticed=state.noticed | {state.language})
        return state, (Say(words, state.slow),)

    def _warning(self, state: State) -> tuple[State, Words]:
        """The first time in a language: that an emergency keeps all offices closed."""
        language = state.language
        if not state.alarmed or self.emergency is None or language is None:
            return state, ()
        if language in state.warned:
            return state, ()
        words = self.wording.emergency(language, self.emergency)
        return replace(state, warned=state.warned | {language}), words

    def announce(self, state: State, words: Words) -> Step:
        """Say it when the caller and the bot are silent."""
        return replace(state, said=words), (Announce(words, state.slow),)

    def again(self, state: State, before: Words = ()) -> Step:
        """What was said last, after something else."""
        said = state.said or self.wording.question(self.tongue(state))
        state, actions = self.say(state, before + said)
        return replace(state, said=said), actions

    def rest(self, state: State, words: Words) -> Step:
        """Say it, and leave the word to the caller: who is in no queue is asked what else."""
        state = at_rest(state)
        if state.hold is None:
            words += self.wording.anything_else(self.tongue(state))
        return self.say(state, words)

    def end(self, state: State, words: Words) -> Step:
        """Say it and hang up; a place in the queue is given up."""
        state, actions = self.say(state, words)
        leaving: tuple[Action, ...] = (Leave(),) if state.hold else ()
        return replace(state, phase=Phase.ENDED, hold=None), (*leaving, *actions, HangUp())

    def offer_languages(self, state: State) -> Step:
        """Which key stands for which language."""
        state = replace(state, phase=Phase.CHOOSING_LANGUAGE)
        return self.say(state, self.wording.language_choice(self.languages))


def at_rest(state: State) -> State:
    """Nothing is being asked or keyed in any more."""
    return replace(state, phase=state.resting, pending=(), typed="")
