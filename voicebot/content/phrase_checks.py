"""What the phrases and the test sentences must agree with: the offices, and one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from voicebot.content.checks import StaffFile, check_languages
from voicebot.content.letters import fold
from voicebot.content.problems import Path, Problem, Severity, shown
from voicebot.content.templates import OFFICE, TemplateError, expand
from voicebot.content.tree import line_of
from voicebot.content.wording import suggest
from voicebot.model import LANGUAGES, OFFICE_ACTIONS, Action, Language, told

_ANY = "any"
"""The key of phrases that ask for another language without saying which."""


def check_phrases(
    file: StaffFile,
    language: Language,
    offices: Collection[str] | None,
    languages: Sequence[Language],
) -> Iterator[Problem]:
    """All that must agree in a file of phrases; `offices` is None where they are not known."""
    yield from check_language(file, language)
    if offices is not None:
        named = file.table("offices")
        for office in named:
            if office not in offices:
                yield _unknown_office(file, ("offices", office), office, offices)
        for office in offices:
            if named and office not in named:
                yield file.problem(
                    ("offices",),
                    told("{office} has no phrase in this language", office=office),
                    told("add {office}: with the words by which callers name it", office=office),
                )
        for index in range(len(file.items("shared"))):
            yield from _several(file, ("shared", index, "offices"), offices)
    if file.table("commands", "language"):
        yield from check_languages(file, ("commands", "language"), languages, (_ANY,))
    yield from _same_phrase(file)
    yield from _bare_frames(file)


def check_language(file: StaffFile, language: Language) -> Iterator[Problem]:
    """The file says the language that its name says."""
    written = file.text("language")
    if written is not None and written != language:
        yield file.problem(
            ("language",),
            told(
                "{written} is not the language that the name of the file says",
                written=shown(written),
            ),
            told("write language: {language}, or rename the file", language=language),
        )


def check_sentences(
    file: StaffFile, language: Language, offices: Collection[str] | None
) -> Iterator[Problem]:
    """All that must agree in a file of test sentences."""
    yield from check_language(file, language)
    first: dict[str, Path] = {}
    for index in range(len(file.items("sentences"))):
        path: Path = ("sentences", index)
        yield from _expected(file, path, offices)
        text = file.text(*path, "text")
        if text is None:
            continue
        before = first.setdefault(fold(text), path)
        if before is not path:
            line = line_of(file.tree, before)
            message = told("the same sentence is on line {line} already", line=line)
            yield file.problem((*path, "text"), message, told("keep one of them"), Severity.WARNING)


def _expected(file: StaffFile, path: Path, offices: Collection[str] | None) -> Iterator[Problem]:
    """Action, offices and language of one sentence go together."""
    entry = file.table(*path)
    if offices is not None:
        office = file.text(*path, "office")
        if office is not None and office not in offices:
            yield _unknown_office(file, (*path, "office"), office, offices)
        yield from _several(file, (*path, "offices"), offices)
    if "office" in entry and "offices" in entry:
        yield file.problem(
            (*path, "offices"),
            told("office and offices cannot both stand here"),
            told("keep office where one is meant, offices where the caller must be asked which"),
        )
    written = file.text(*path, "action")
    if written is None:
        return
    if written not in [action.value for action in Action]:
        remedy = suggest(written, [action.value for action in Action])
        yield file.problem(
            (*path, "action"), told("{written} is not an action", written=shown(written)), remedy
        )
        return
    yield from _fitting(file, path, Action(written))


def _fitting(file: StaffFile, path: Path, action: Action) -> Iterator[Problem]:
    entry = file.table(*path)
    has_office = "office" in entry or "offices" in entry
    if action in (Action.TALK, Action.WHERE) and not has_office:
        yield file.problem(
            (*path, "action"),
            told("{action} needs an office", action=action),
            told("add office: and its name; only hours may do without one"),
        )
    if action not in OFFICE_ACTIONS and has_office:
        key = "office" if "office" in entry else "offices"
        remedy = told("remove {key}, or write talk, hours or where as the action", key=key)
        yield file.problem(
            (*path, key), told("{action} goes with no office", action=action), remedy
        )
    if "to_language" not in entry:
        return
    place = (*path, "to_language")
    if action is not Action.LANGUAGE:
        remedy = told("remove it, or write language as the action")
        yield file.problem(
            place, told("to_language does not go with {action}", action=action), remedy
        )
        return
    wanted = file.text(*place)
    if wanted == _ANY:
        message = told('"any" stands where one language is needed')
        yield file.problem(place, message, told("leave to_language out where no language is named"))
    elif wanted is not None and wanted not in LANGUAGES:
        message = told("{wanted} is not a language of the switchboard", wanted=shown(wanted))
        yield file.problem(place, message, suggest(wanted, LANGUAGES))


def _several(file: StaffFile, path: Path, offices: Collection[str]) -> Iterator[Problem]:
    """A list of offices: each known, each once."""
    seen: set[str] = set()
    for place, office in file.texts(*path):
        if office not in offices:
            yield _unknown_office(file, place, office, offices)
        elif office in seen:
            yield file.problem(
                place, told("{office} is in the list twice", office=office), told("keep it once")
            )
        seen.add(office)


def _unknown_office(file: StaffFile, path: Path, office: str, offices: Collection[str]) -> Problem:
    message = told("there is no office {office} in offices.yaml", office=shown(office))
    return file.problem(path, message, suggest(office, offices))


def _same_phrase(file: StaffFile) -> Iterator[Problem]:
    """A phrase that is under two offices cannot tell them apart."""
    groups: list[tuple[str, Path]] = [
        (office, ("offices", office)) for office in file.table("offices")
    ]
    for index in range(len(file.items("shared"))):
        names = [text for _, text in file.texts("shared", index, "offices")]
        groups.append((" and ".join(names), ("shared", index, "phrases")))
    first: dict[str, tuple[str, Path]] = {}
    reported: set[tuple[Path, Path]] = set()
    for owner, group in groups:
        for path, template in file.texts(*group):
            for sentence in _expanded(template):
                other, before = first.setdefault(fold(sentence), (owner, path))
                if other == owner or (before, path) in reported:
                    continue
                reported.add((before, path))
                line = line_of(file.tree, before)
                yield file.problem(
                    path,
                    told(
                        "{sentence} is a phrase of {other} too (line {line})",
                        sentence=shown(sentence),
                        other=other,
                        line=line,
                    ),
                    told("leave it with one office, or put it under shared with all of them"),
                    Severity.WARNING,
                )


def _bare_frames(file: StaffFile) -> Iterator[Problem]:
    """An office's name alone means talk, whatever the optional parts of a frame."""
    for action in (Action.HOURS, Action.WHERE):
        for path, template in file.texts("actions", action.value):
            if OFFICE in _expanded(template, office_allowed=True):
                yield file.problem(
                    path,
                    told(
                        "with the optional parts left out, an office's name alone asks for "
                        "{action}",
                        action=action,
                    ),
                    told("leave at least one telling word outside the square brackets"),
                    Severity.WARNING,
                )


def _expanded(template: str, office_allowed: bool = False) -> tuple[str, ...]:
    """What a template stands for; nothing where it is wrong, which the schema has told."""
    try:
        return expand(template, office_allowed)
    except TemplateError:
        return ()
