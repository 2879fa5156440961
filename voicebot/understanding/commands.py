"""Requests that need no office: they are the whole of what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from voicebot.model import Action, Candidate, CommandPhrase, Language, Request
from voicebot.understanding.fillers import fillers
from voicebot.understanding.frames import Frame, Frames
from voicebot.understanding.lexicon import Lexicon
from voicebot.understanding.normalise import words
from voicebot.understanding.sentence import Sentence, read

Command: TypeAlias = tuple[Action, Language | None]

_ACCEPTED = 0.66
"""Score from which a command is carried out."""
_ACCEPTED_FIRMLY = 0.75
"""The same for those that cannot be taken back by saying more: yes, no, goodbye."""
_ANSWERS = (Action.YES, Action.NO)
_FIRM = (*_ANSWERS, Action.GOODBYE)
_TELLING = 0.3
"""Share of the phrases asking for a language that its name is in, at least."""


def command_frames(phrases: Iterable[CommandPhrase], language: Language) -> list[Frame[Command]]:
    """The phrases as frames; a language's bare name asks for it, too."""
    phrases = list(phrases)
    frames = [
        Frame(phrase.text, words(phrase.text, language), (phrase.action, phrase.to_language))
        for phrase in phrases
    ]
    return frames + _names_of_languages(frames, language)


def _names_of_languages(
    frames: Sequence[Frame[Command]], language: Language
) -> list[Frame[Command]]:
    """The words that are said of one language only, and in many of its phrases."""
    used: dict[str, dict[Command, int]] = defaultdict(lambda: defaultdict(int))
    sizes: dict[Command, int] = defaultdict(int)
    for frame in frames:
        sizes[frame.meaning] += 1
        for word in set(frame.words) - fillers(language):
            used[word][frame.meaning] += 1
    return [
        Frame(word, (word,), meaning)
        for word, meanings in used.items()
        if len(meanings) == 1
        for meaning, count in meanings.items()
        if meaning[0] is Action.LANGUAGE and meaning[1] and count >= _TELLING * sizes[meaning]
    ]


def commands_in(sentence: Sentence, frames: Frames[Command]) -> list[Candidate]:
    """What the sentence as a whole may command, best first; yes and no last among equals."""
    scored = [
        (
            Candidate(
                Request(fit.meaning[0], to_language=fit.meaning[1]),
                fit.coverage * (1.0 - fit.strange),
                fit.phrase,
            ),
            fit.evidence,
        )
        for fit in frames.fits(sentence).values()
        if fit.coverage > 0
    ]
    scored.sort(
        key=lambda pair: (
            -round(pair[0].score, 1),
            pair[0].request.action in _ANSWERS,
            -pair[1],
            -pair[0].score,
        )
    )
    return [candidate for candidate, _ in scored]


def is_accepted(command: Candidate) -> bool:
    """Whether the sentence is close enough to the command to carry it out."""
    firm = command.request.action in _FIRM
    return command.score >= (_ACCEPTED_FIRMLY if firm else _ACCEPTED)


@dataclass(frozen=True, slots=True)
class _Book:
    lexicon: Lexicon
    frames: Frames[Command]


class LanguageCommands:
    """Asking for a language, in whichever language it is asked."""

    def __init__(self, phrases: Mapping[Language, Sequence[CommandPhrase]]) -> None:
        self._books: dict[Language, _Book] = {}
        for language, commands in phrases.items():
            asking = [phrase for phrase in commands if phrase.action is Action.LANGUAGE]
            frames = command_frames(asking, language)
            lexicon = Lexicon(frame.words for frame in frames)
            self._books[language] = _Book(lexicon, Frames(frames, language, lexicon))

    def find(self, text: str) -> Candidate | None:
        """The best command that names a language, in any book; None where there is none."""
        found = [
            candidate
            for language, book in self._books.items()
            for candidate in commands_in(read(text, language, date.min, book.lexicon), book.frames)[
                :1
            ]
            if is_accepted(candidate) and candidate.request.to_language
        ]
        return max(found, key=lambda candidate: candidate.score, default=None)
