"""What a pressed key means where the conversation stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from voicebot.dialogue.state import Phase, State
from voicebot.model import Action, Language, Office, Request
from voicebot.understanding.keypad import request_for_key

CONFIRM_KEY = "#"
BACK_KEY = "*"


class Press(Enum):
    """A key that stands for no request of its own."""

    YES = "yes"
    MENU = "menu"
    UNKNOWN = "unknown"
    DIGIT = "digit"
    """One of a number that is being keyed in."""
    DONE = "done"
    """The number is whole."""
    BACK = "back"
    CALL_BACK = "call_back"
    CODE = "code"
    LANGUAGES = "languages"


@dataclass(frozen=True, slots=True)
class Tongue:
    """The key of a language."""

    language: Language


Meaning: TypeAlias = Press | Tongue | Request

_TYPING = (Phase.NUMBER, Phase.CODE)
_ASKING = (Phase.CONFIRMING, Phase.OFFERING, Phase.CONFIRMING_NUMBER)


def meaning(
    state: State, key: str, offices: Sequence[Office], languages: Sequence[Language]
) -> Meaning:
    """What the caller wants by this key, one of 0-9, * and #."""
    if state.phase in _TYPING:
        return _typed(key)
    if state.phase in _ASKING and key == CONFIRM_KEY and (state.language or state.pending):
        return Press.YES
    if state.phase in (Phase.OFFERING, Phase.CONFIRMING_NUMBER) and key == BACK_KEY:
        return Press.BACK
    if key == CONFIRM_KEY and state.means.connects and state.phase is not Phase.CHOOSING_LANGUAGE:
        return Press.CALL_BACK if state.hold else Press.CODE
    request = request_for_key(key, offices)
    if state.language is None or state.phase is Phase.CHOOSING_LANGUAGE:
        # the first digits choose a language; an office's key waits until one is chosen
        if key in "123456789"[: len(languages)]:
            return Tongue(languages[int(key) - 1])
        waits = request is not None and (request.office or request.action is Action.OPERATOR)
        return request if request and waits else Press.LANGUAGES
    if request is None:
        return Press.UNKNOWN
    return Press.MENU if request.action is Action.NONE else request


def _typed(key: str) -> Press:
    if key == CONFIRM_KEY:
        return Press.DONE
    return Press.BACK if key == BACK_KEY else Press.DIGIT
