"""Turns a sentence into a request: which office, what of it, how surely."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from voicebot.model import (
    Action,
    Candidate,
    Decision,
    Language,
    Office,
    OfficeId,
    OfficePhrase,
    PhraseBook,
    Request,
    Understanding,
)
from voicebot.understanding.commands import (
    Command,
    LanguageCommands,
    command_frames,
    commands_in,
    is_accepted,
)
from voicebot.understanding.fillers import fillers
from voicebot.understanding.frames import Fit, Frame, Frames
from voicebot.understanding.lexicon import Lexicon
from voicebot.understanding.normalise import number_words, words
from voicebot.understanding.sentence import Sentence, read
from voicebot.understanding.sound import Pronounce, coarse
from voicebot.understanding.spotter import Sighting, Spotter

ACCEPT = 0.8
"""Score from which an office is acted on."""
CONFIRM = 0.62
"""Score from which an office is asked about; below it, nothing was understood."""
CHOOSE = 0.7
"""Score from which a need of several offices is worth asking which."""
NEAR = 0.08
"""Scores this close are a tie."""
_ASKED = 0.65
"""Share of a frame that must be said around an office to ask for hours or the way."""
_WHOLE = 0.9
"""Share of a frame from which it counts whatever else is said."""
_TELLING = 0.75
"""How surely a word must be said that only such questions have, below that share."""
_STRANGE_ASKING = 0.5
"""Share of strange words from which more of the frame must be said."""
_ASKED_ALONE = 0.8
"""Share of a frame that must be said where no office is named, or much else is."""
_STRANGE_ALONE = 0.25
"""Share of the words that may be left unexplained where no office is named."""
_STRANGE_WITHOUT = 0.1
"""The same for a frame that leaves room for an office."""
_MARKER = "{office}"
_REJECTED = Understanding(Decision.REJECT, ())


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One language, ready for use."""

    lexicon: Lexicon
    spotter: Spotter
    actions: Frames[Action]
    commands: Frames[Command]


class Matcher:
    """Understands sentences by the staff's phrases; built once for each content."""

    def __init__(
        self,
        books: Mapping[Language, PhraseBook],
        offices: Sequence[Office],
        pronounce: Pronounce | None = None,
    ) -> None:
        """With `pronounce`, words are known by their sound as well as by their letters."""
        self._order = {office.id: index for index, office in enumerate(offices)}
        self._compiled = {
            language: _compile(book, offices, pronounce) for language, book in books.items()
        }
        self._languages = LanguageCommands(
            {language: book.commands for language, book in books.items()}
        )

    def understand(self, text: str, language: Language, today: date) -> Understanding:
        """What `text`, said in `language`, asks for; `today` is the local date.

        Raises:
            KeyError: there is no book of that language.
        """
        compiled = self._compiled[language]
        sentence = read(text, language, today, compiled.lexicon)
        commands = commands_in(sentence, compiled.commands)
        sightings = compiled.spotter.spot(
            sentence, compiled.actions.explained(sentence) | compiled.commands.explained(sentence)
        )
        office = self._office(sentence, sightings, compiled.actions)
        command = commands[0] if commands else None
        if command and is_accepted(command) and not _outdone(command, office):
            return Understanding(Decision.ACCEPT, (command, *office.candidates))
        if office.decision is not Decision.REJECT:
            return office
        alone = _alone(sentence, compiled.actions)
        if alone:
            return Understanding(Decision.ACCEPT, (alone,))
        switch = self._languages.find(text)
        if switch:
            return Understanding(Decision.ACCEPT, (switch,))
        return Understanding(Decision.REJECT, (*office.candidates, *commands[:1]))

    def language_command(self, text: str) -> Language | None:
        """The language that `text`, in any of the languages, asks to change to."""
        found = self._languages.find(text)
        return found.request.to_language if found else None

    def _office(
        self, sentence: Sentence, sightings: Sequence[Sighting], actions: Frames[Action]
    ) -> Understanding:
        meant = _apart(
            [
                seen
                for seen in sightings
                if seen.score >= (CONFIRM if len(seen.offices) == 1 else CHOOSE)
            ]
        )
        if not meant:
            return _REJECTED
        taken = frozenset[int]().union(*(seen.positions for seen in meant))
        action, day = _action(sentence, actions, taken)
        scores = self._weigh(meant)
        part = sentence.part if day else None
        candidates = tuple(
            Candidate(Request(action, office, day=day, part=part), seen.score, seen.head.text)
            for office, seen in scores
        )
        best = candidates[0].score
        if len(candidates) > 1 and best - candidates[1].score < NEAR:
            return Understanding(Decision.CHOOSE, candidates)
        return Understanding(Decision.ACCEPT if best >= ACCEPT else Decision.CONFIRM, candidates)

    def _weigh(self, meant: Sequence[Sighting]) -> list[tuple[OfficeId, Sighting]]:
        """Each office that may be meant with the sighting that speaks for it, best first."""
        # One office named beside a need of several is the one that meets the need.
        sure = min(len(seen.offices) for seen in meant)
        by_office: dict[OfficeId, Sighting] = {}
        for seen in meant:
            if len(seen.offices) == sure:
                for office in seen.offices:
                    if office not in by_office or seen.score > by_office[office].score:
                        by_office[office] = seen
        return sorted(
            by_office.items(), key=lambda pair: (-pair[1].score, self._order.get(pair[0], 0))
        )


def _compile(book: PhraseBook, offices: Sequence[Office], pronounce: Pronounce | None) -> _Compiled:
    language = book.language
    named = [
        OfficePhrase(office.names[language], (office.id,))
        for office in offices
        if language in office.names
    ]
    phrases = (*named, *book.offices)
    actions = [
        Frame(phrase.text, words(phrase.text.replace(_MARKER, " "), language), phrase.action)
        for phrase in book.actions
    ]
    commands = command_frames(book.commands, language)
    spoken = [frame.words for frame in actions] + [frame.words for frame in commands]
    common = frozenset(word for frame in spoken for word in frame)
    # A frame's words are too common: among them much sounds like something.
    telling = dict.fromkeys(w for phrase in phrases for w in words(phrase.text, language))
    sound = _sound(language, pronounce) if pronounce else None
    lexicon = Lexicon(
        [*(words(phrase.text, language) for phrase in phrases), *spoken],
        certain=fillers(language) | number_words(language).keys(),
        sounds={word: sound(word) for word in telling if word not in common} if sound else None,
        sound=sound,
    )
    names = frozenset(word for phrase in named for word in words(phrase.text, language))
    return _Compiled(
        lexicon=lexicon,
        spotter=Spotter(phrases, language, lexicon, common, names),
        actions=Frames(actions, language, lexicon),
        commands=Frames(commands, language, lexicon),
    )


def _sound(language: Language, pronounce: Pronounce) -> Callable[[str], str]:
    return lambda word: coarse(pronounce(word, language))


def _apart(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings that do not share words with one that says more."""
    kept: list[Sighting] = []
    for seen in sorted(sightings, key=lambda each: -each.evidence * each.score):
        rivals = [other for other in kept if seen.positions & other.positions]
        if not rivals:
            kept.append(seen)
        elif all(_as_telling(seen, other) for other in rivals):
            kept.append(seen)
    return kept


def _as_telling(seen: Sighting, other: Sighting) -> bool:
    """Whether two readings of the same words are equally good, for different offices."""
    return (
        seen.offices != other.offices
        and seen.positions == other.positions
        and abs(seen.score - other.score) < NEAR
    )


def _action(
    sentence: Sentence, actions: Frames[Action], taken: frozenset[int]
) -> tuple[Action, date | None]:
    """What is wanted of the office whose name stands at `taken`, and on which day."""
    fits = actions.fits(sentence, taken)
    asked = [fit for action, fit in fits.items() if action is not Action.TALK and _asks(fit)]
    question = max(asked, key=lambda fit: (fit.evidence, fit.coverage), default=None)
    talk = fits.get(Action.TALK)
    if question is None:
        strange = sentence.content - taken - actions.explained(sentence)
        bare = sentence.day is not None and (talk is None or talk.coverage < _ASKED) and not strange
        return (Action.HOURS, sentence.day) if bare else (Action.TALK, None)
    if talk and talk.coverage >= _ASKED_ALONE and talk.evidence >= question.evidence:
        return Action.TALK, None
    return question.meaning, sentence.day if question.meaning is Action.HOURS else None


def _asks(fit: Fit[Action]) -> bool:
    """Whether a question was asked, and not merely something said in the words of one."""
    if fit.coverage >= _WHOLE:
        return True
    strange = fit.strange >= _STRANGE_ASKING
    return fit.telling >= _TELLING and fit.coverage >= (_ASKED_ALONE if strange else _ASKED)


def _alone(sentence: Sentence, actions: Frames[Action]) -> Candidate | None:
    """A question about hours or the way that names no office."""
    if sentence.day is not None and not sentence.content:
        return Candidate(Request(Action.HOURS, day=sentence.day, part=sentence.part), 1.0, "")
    fits = [
        fit
        for fit in actions.fits(sentence).values()
        if fit.meaning is not Action.TALK
        and fit.coverage >= _ASKED_ALONE
        and fit.strange <= (_STRANGE_WITHOUT if _MARKER in fit.phrase else _STRANGE_ALONE)
        and sentence.content
    ]
    if not fits:
        return None
    fit: Fit[Action] = max(fits, key=lambda each: (each.evidence, each.coverage))
    day = sentence.day if fit.meaning is Action.HOURS else None
    score = fit.coverage * (1.0 - fit.strange)
    part = sentence.part if day else None
    return Candidate(Request(fit.meaning, day=day, part=part), score, fit.phrase)


def _outdone(command: Candidate, office: Understanding) -> bool:
    """Whether an office was named at least as clearly as the command."""
    return bool(office.candidates) and office.candidates[0].score >= command.score
