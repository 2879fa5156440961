"""What a pressed key asks for."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.model import Action, Language, Office, Request
from voicebot.understanding.normalise import number_words, words

_COMMANDS = {
    "0": Request(Action.OPERATOR),
    "6": Request(Action.SLOWER),
    "7": Request(Action.WHERE),
    "8": Request(Action.LANGUAGE),
    "9": Request(Action.REPEAT),
    "*": Request(Action.NONE),
}
"""`7` names no office: it asks about the one just named. `*` goes back to the menu."""


def request_for_key(key: str, offices: Sequence[Office]) -> Request | None:
    """The request that the key stands for; None for a key that means nothing.

    An office's own key wins over a command's; `Action.NONE` is the way back to the menu.
    """
    for office in offices:
        if office.key == key:
            return Request(Action.TALK, office.id)
    return _COMMANDS.get(key)


def spoken_key(text: str, language: Language) -> str | None:
    """The one digit that a short answer names: "due", "the second one"; None for none or many."""
    known = number_words(language)
    numbers = [known[word] for word in words(text, language) if word in known]
    # in "the second one" the ordinal counts
    telling = [number for number in numbers if number.ordinal] or numbers
    values = {number.value for number in telling}
    return str(values.pop()) if len(values) == 1 and max(values) < 10 else None
