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
from voicebot.understanding.frames import Frame, Frames
from voicebot.understanding.homes import Homes
from voicebot.understanding.lexicon import Lexicon
from voicebot.understanding.normalise import number_words, words
from voicebot.understanding.numbered import heads
from voicebot.understanding.questions import MARKER, action_alone, action_at
from voicebot.understanding.sentence import Sentence, read
from voicebot.understanding.sound import Pronounce, coarse
from voicebot.understanding.sounding import Sounding
from voicebot.understanding.spotter import Sighting, Spotter

ACCEPT = 0.8
"""Score from which an office is acted on."""
CONFIRM = 0.62
"""Score from which an office is asked about; below it, nothing was understood."""
CHOOSE = 0.7
"""Score from which a need of several offices is worth asking which."""
NEAR = 0.08
"""Scores this close are a tie."""
_REJECTED = Understanding(Decision.REJECT, ())


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One language, ready for use."""

    lexicon: Lexicon
    spotter: Spotter
    actions: Frames[Action]
    commands: Frames[Command]
    names: frozenset[str]
    """The words of the offices' official names."""
    sounding: Sounding | None
    """None where words are known by their letters alone."""


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
        self._homes = Homes(offices, pronounce)
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
        explained = compiled.actions.explained(sentence) | compiled.commands.explained(sentence)
        sightings = compiled.spotter.spot(sentence, explained)
        office = self._office(sentence, sightings, compiled)
        command = commands[0] if commands else None
        if command and is_accepted(command) and not _outdone(command, office):
            return Understanding(Decision.ACCEPT, (command, *office.candidates))
        if office.decision is Decision.CHOOSE:
            return self._at_home(office, text, language)
        if office.decision is not Decision.REJECT:
            return office
        alone = action_alone(sentence, compiled.actions)
        if alone:
            return Understanding(Decision.ACCEPT, (alone,))
        switch = self._languages.find(text)
        if switch:
            return Understanding(Decision.ACCEPT, (switch,))
        sounded = _sounded(sentence, compiled, explained)
        if sounded:
            return Understanding(
                Decision.CHOOSE if len(sounded) > 1 else Decision.CONFIRM, tuple(sounded)
            )
        return Understanding(Decision.REJECT, (*office.candidates, *commands[:1]))

    def language_command(self, text: str) -> Language | None:
        """The language that `text`, in any of the languages, asks to change to."""
        found = self._languages.find(text)
        return found.request.to_language if found else None

    def homes(self, text: str, language: Language) -> tuple[OfficeId, ...]:
        """Who serves the quarter or street that an answer names; several where that is open."""
        return self._homes.find(text, language)

    def _at_home(self, need: Understanding, text: str, language: Language) -> Understanding:
        """A need of several offices, where the caller has said where they live."""
        serving = self._homes.find(text, language, sure=True)
        candidates = tuple(c for c in need.candidates if c.request.office in serving)
        if not candidates:
            return need
        decision = Decision.CHOOSE if len(candidates) > 1 else Decision.ACCEPT
        return Understanding(decision, candidates)

    def _office(
        self, sentence: Sentence, sightings: Sequence[Sighting], compiled: _Compiled
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
        named = any(compiled.names.issuperset(seen.head.words) for seen in meant)
        action, day = action_at(sentence, compiled.actions, taken, named)
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
        Frame(phrase.text, words(phrase.text.replace(MARKER, " "), language), phrase.action)
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
        names=names,
        sounding=_sounding(phrases, offices, language, sound) if sound else None,
    )


def _sounding(
    phrases: Sequence[OfficePhrase],
    offices: Sequence[Office],
    language: Language,
    sound: Callable[[str], str],
) -> Sounding:
    """The names by number, in the words of the official names of any language."""
    official = {
        word
        for office in offices
        for code, name in office.names.items()
        for word in words(name, code)
    }
    numbered = [
        head
        for head in heads(phrases, language)
        if head.number is not None and len(head.offices) == 1 and official.issuperset(head.words)
    ]
    return Sounding(numbered, lambda text: words(text, language), sound)


def _sounded(sentence: Sentence, compiled: _Compiled, explained: frozenset[int]) -> list[Candidate]:
    """The offices whose name and number something said sounds like, as things to ask about."""
    found = compiled.sounding.find(sentence, explained) if compiled.sounding else []
    if not found:
        return []
    taken = frozenset[int]().union(*(sounded.positions for sounded in found))
    action, day = action_at(sentence, compiled.actions, taken, named=True)
    part = sentence.part if day else None
    return [
        Candidate(
            Request(action, sounded.office, day=day, part=part),
            min(sounded.likeness, ACCEPT) * CONFIRM / ACCEPT,
            sounded.text,
        )
        for sounded in found
    ]


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


def _outdone(command: Candidate, office: Understanding) -> bool:
    """Whether an office was named at least as clearly as the command."""
    return bool(office.candidates) and office.candidates[0].score >= command.score
