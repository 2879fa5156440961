"""Phrases that lead elsewhere, and offices that their own names do not reach: by the matcher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from voicebot.content.checks import StaffFile
from voicebot.content.problems import Problem, Severity, shown
from voicebot.content.templates import TemplateError, expand
from voicebot.content.tree import parse
from voicebot.model import Action, Content, Decision, Language, OfficeId, Understanding, told

Understand: TypeAlias = Callable[[str, Language], Understanding]
"""What a sentence means, by one content's phrases."""


def check_overlap(content: Content, intents: Path, understand: Understand) -> Iterator[Problem]:
    """What the matcher takes for another office than staff meant.

    Of each template the shortest and the longest sentence are tried.
    """
    for language in content.books:
        name = f"{language}.yaml"
        file_name = f"{intents.name}/{name}"
        tree, _ = parse((intents / name).read_bytes(), file_name)
        if tree is None:
            continue
        file = StaffFile(file_name, tree)
        for office in content.offices:
            yield from _named(file, office.id, office.names[language], language, understand)
            yield from _phrases(file, office.id, language, understand)


def _named(
    file: StaffFile, office: OfficeId, name: str, language: Language, understand: Understand
) -> Iterator[Problem]:
    other = _taken_for_another(understand(name, language), office)
    if other is not None:
        message = told(
            "{name} does not reach {office}: it is taken for {other}",
            name=shown(name),
            office=office,
            other=other,
        )
        remedy = told("give the office a name of its own, or move the phrases that are too near")
        yield file.problem(("offices", office), message, remedy, Severity.WARNING)


def _phrases(
    file: StaffFile, office: OfficeId, language: Language, understand: Understand
) -> Iterator[Problem]:
    for path, template in file.texts("offices", office):
        try:
            sentences = sorted(expand(template), key=len)
        except TemplateError:
            continue
        for sentence in dict.fromkeys((sentences[0], sentences[-1])):
            other = _taken_for_another(understand(sentence, language), office)
            if other is not None:
                message = told(
                    "{sentence} is taken for {other}, not for {office}",
                    sentence=shown(sentence),
                    other=other,
                    office=office,
                )
                remedy = told("make it more telling, or make the phrase of {other} so", other=other)
                yield file.problem(path, message, remedy, Severity.WARNING)
                break


def _taken_for_another(given: Understanding, office: OfficeId) -> str | None:
    """What a caller who says it would get instead; None where it is right, or asked about."""
    request = given.request
    if request is None:
        return told("nothing")
    if request.office == office:
        return None
    if given.decision is Decision.CHOOSE:
        offered = [one.request.office for one in given.candidates]
        return None if office in offered else str(request.office)
    return request.office or told("the command {action}", action=Action(request.action).value)
