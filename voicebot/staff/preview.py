"""What callers would hear of each office, before anybody publishes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from voicebot.dialogue import Dialogue
from voicebot.errors import ContentError
from voicebot.model import OFFICE_ACTIONS, Action, Language, OfficeId, Request, Sentence


@dataclass(frozen=True, slots=True)
class Preview:
    """One answer."""

    office: OfficeId
    language: Language
    moment: datetime
    """Of the call; aware, in the town's time zone."""
    action: Action
    """`HOURS` or `WHERE`."""
    words: tuple[Sentence, ...]

    @property
    def file_name(self) -> str:
        """For its sound: it tells office, question, language and moment."""
        return f"{self.office}-{self.action}-{self.language}-{self.moment:%Y%m%d-%H%M}.wav"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be previewed: every combination of these."""

    offices: Sequence[OfficeId]
    """Empty for all."""
    languages: Sequence[Language]
    """Empty for all."""
    moments: Sequence[datetime]
    actions: Sequence[Action] = (Action.HOURS,)


def preview(dialogue: Dialogue, asked: Asked) -> Iterator[Preview]:
    """Office by office, what a caller would hear.

    Raises:
        ContentError: there is no such office, or that language is not spoken.
    """
    known = [office.id for office in dialogue.content.offices]
    for office in asked.offices:
        if office not in known:
            raise ContentError(f"{office!r} is no office; write one of {', '.join(known)}")
    for language in asked.languages:
        if language not in dialogue.languages:
            spoken = ", ".join(dialogue.languages)
            raise ContentError(f"{language!r} is not spoken here; write one of {spoken}")
    for office in asked.offices or known:
        for moment in asked.moments:
            for language in asked.languages or dialogue.languages:
                for action in asked.actions:
                    assert action in OFFICE_ACTIONS
                    words = dialogue.replies.facts(Request(action, office), language, moment)
                    yield Preview(office, language, moment, action, words)
