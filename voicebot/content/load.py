"""The folder of staff files as one `Content`, or every mistake in it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from voicebot.content.build import Sentences, build
from voicebot.content.calendar_checks import check_calendar
from voicebot.content.checks import StaffFile, check_letters, check_offices
from voicebot.content.files import fingerprint
from voicebot.content.ics import closures_of
from voicebot.content.phrase_checks import check_phrases, check_sentences
from voicebot.content.problems import Path as Where
from voicebot.content.problems import Problem, StaffFilesError, has_errors, in_order
from voicebot.content.recordings import find_recordings
from voicebot.content.schema import OfficesFile, PhrasesFile, PronunciationFile, SentencesFile
from voicebot.content.tree import parse
from voicebot.content.wording import Model, validate
from voicebot.model import Content, Language, OfficeId, SpecialDays, told

Calendars: TypeAlias = Mapping[OfficeId | None, tuple[SpecialDays, ...]]
"""What calendar files close, by office; None for all offices."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in the folder."""

    content: Content | None
    """None when one of the problems is an error."""
    problems: tuple[Problem, ...]
    """By file and line, warnings as well."""


def load_content(intents: Path, languages: Sequence[Language]) -> Content:
    """The staff files of the folder `intents`, for these languages. Warnings are logged.

    Raises:
        StaffFilesError: a `ContentError` that carries all problems at once.
    """
    reading = read_content(intents, languages)
    if reading.content is None:
        raise StaffFilesError(reading.problems)
    for problem in reading.problems:
        logger.warning("%s", problem)
    return reading.content


def read_content(intents: Path, languages: Sequence[Language]) -> Reading:
    """Like `load_content`, for those who show the problems: no file can make it raise."""
    if not intents.is_dir():
        message = (
            told("this is not a folder") if intents.exists() else told("there is no such folder")
        )
        remedy = told("give the path of the folder that holds offices.yaml")
        return Reading(None, (Problem(str(intents), 0, "", message, remedy),))
    reader = _Reader(intents)
    town_file = reader.open("offices.yaml")
    town = reader.validate(town_file, OfficesFile)
    known = None
    if town_file is not None:
        known = list(town_file.table("offices")) or None
        reader.problems += check_offices(town_file, languages)
        reader.problems += check_calendar(town_file, languages)
    books: dict[Language, PhrasesFile] = {}
    sentences: list[Sentences] = []
    for language in languages:
        file = reader.open(f"{language}.yaml")
        book = reader.validate(file, PhrasesFile)
        if file is not None:
            reader.problems += check_phrases(file, language, known, languages)
        if book is not None:
            books[language] = book
        file = reader.open(f"tests/{language}.yaml")
        tests = reader.validate(file, SentencesFile)
        if file is not None:
            reader.problems += check_sentences(file, language, known)
        if file is not None and tests is not None:
            sentences.append(Sentences(language, file, tests))
    pronunciation = _pronunciation(reader)
    recordings = find_recordings(intents, languages, reader.problems)
    calendars = reader.calendars(town_file, languages)
    problems = in_order(reader.problems)
    if town is None or has_errors(problems):
        return Reading(None, problems)
    try:
        version = fingerprint(intents)
    except OSError as error:
        return Reading(None, (*problems, unreadable(intents.name, error)))
    content = with_calendars(build(town, books, sentences, version), calendars)
    return Reading(replace(content, pronunciation=pronunciation, recordings=recordings), problems)


def with_calendars(content: Content, calendars: Calendars) -> Content:
    """The content with what calendar files close; what staff wrote themselves goes before it."""
    offices = tuple(
        replace(office, exceptions=(*office.exceptions, *calendars.get(office.id, ())))
        for office in content.offices
    )
    closures = (*content.closures, *calendars.get(None, ()))
    return replace(content, offices=offices, closures=closures)


def _pronunciation(reader: _Reader) -> Mapping[Language, Mapping[str, str]]:
    """How names are said; the file may be missing."""
    file = reader.open("pronunciation.yaml", optional=True)
    entries = reader.validate(file, PronunciationFile)
    return {} if entries is None else entries.model_dump()


def unreadable(name: str, error: OSError) -> Problem:
    """A file or folder that is there and cannot be read."""
    message = told("the file cannot be read: {reason}", reason=error.strerror)
    return Problem(name, 0, "", message, told("put a file that everybody may read in its place"))


class _Reader:
    """Reads the files of a folder, and remembers what is wrong."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        self._folder = folder

    def open(self, name: str, optional: bool = False) -> StaffFile | None:
        """The file as a tree, None where there is none to be had."""
        shown = f"{self._folder.name}/{name}" if self._folder.name else name
        try:
            data = (self._folder / name).read_bytes()
        except FileNotFoundError:
            if optional:
                return None
            problem = Problem(shown, 0, "", told("the file is missing"), self._missing(name))
            self.problems.append(problem)
            return None
        except OSError as error:
            self.problems.append(unreadable(shown, error))
            return None
        tree, problems = parse(data, shown)
        self.problems += problems
        if tree is None:
            return None
        file = StaffFile(shown, tree)
        self.problems += check_letters(file)
        return file

    def calendars(self, town: StaffFile | None, languages: Sequence[Language]) -> Calendars:
        """What the calendar files close that `offices.yaml` names."""
        found: dict[OfficeId | None, tuple[SpecialDays, ...]] = {}
        if town is None:
            return found
        places: list[tuple[OfficeId | None, Where]] = [(None, ("calendar",))]
        places += [(office, ("offices", office, "calendar")) for office in town.table("offices")]
        for office, path in places:
            name = town.text(*path)
            if name is None or not name.endswith(".ics"):
                continue
            shown = f"{self._folder.name}/{name}"
            try:
                data = (self._folder / name).read_bytes()
            except FileNotFoundError:
                message = told("there is no file {name}", name=name)
                remedy = told("put it beside offices.yaml, or remove the line")
                self.problems.append(town.problem(path, message, remedy))
            except OSError as error:
                self.problems.append(unreadable(shown, error))
            else:
                found[office], problems = closures_of(data, shown, languages[0])
                self.problems += problems
        return found

    def validate(self, file: StaffFile | None, model: type[Model]) -> Model | None:
        """The file as a model, None where it is not one."""
        if file is None:
            return None
        value, problems = validate(model, file.tree, file.name)
        self.problems += problems
        return value

    def _missing(self, name: str) -> str:
        wanted = self._folder / name
        try:
            others = sorted(path.name for path in wanted.parent.iterdir())
        except OSError:
            return told("make the folder, and write the file like those of the sample town")
        for other in others:
            if other.casefold().rsplit(".", 1)[0] == wanted.stem:
                return told("rename {other} to {name}", other=other, name=wanted.name)
        return told("write it like that of the sample town")
