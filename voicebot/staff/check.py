"""The staff files, read and tried out: every mistake, and every test sentence that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from voicebot.content.load import read_content
from voicebot.content.problems import Problem, Severity, has_errors, in_order
from voicebot.model import (
    OFFICE_ACTIONS,
    Action,
    Candidate,
    Content,
    Decision,
    Example,
    Language,
    Request,
    Understanding,
)
from voicebot.ports import Clock
from voicebot.understanding.matcher import Matcher

Understand: TypeAlias = Callable[[str, Language], Understanding]
"""What a sentence means, by one content's phrases."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the check found."""

    content: Content | None
    """None when the files cannot be used; failed sentences do not hinder that."""
    problems: tuple[Problem, ...]
    """By file and line; failed sentences are errors."""
    sentences: int
    """Test sentences that were tried."""
    failed: int
    """Those that gave something else than they must."""

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return not has_errors(self.problems)


@dataclass(frozen=True, slots=True)
class Examiner:
    """The check as the switchboard makes it; blocking, for some seconds. It can be pickled."""

    languages: tuple[Language, ...]
    matcher: Callable[[Content], Matcher]
    """Makes the understanding of a content; a top-level function."""
    clock: Clock

    def examine(self, intents: Path) -> CheckReport:
        """Every mistake in the folder, its test sentences tried."""
        return check(intents, self.languages, self._understander)

    def _understander(self, content: Content) -> Understand:
        known, today = self.matcher(content), self.clock.now().date()
        return lambda text, language: known.understand(text, language, today)


def check(
    intents: Path, languages: Sequence[Language], understander: Callable[[Content], Understand]
) -> CheckReport:
    """Read the folder and try its test sentences.

    `understander` makes the understanding out of the content; it is called once, and only
    when the files hold no error.
    """
    reading = read_content(intents, languages)
    if reading.content is None:
        return CheckReport(None, reading.problems, 0, 0)
    failures = try_examples(reading.content, understander(reading.content))
    return CheckReport(
        reading.content,
        in_order((*reading.problems, *failures)),
        len(reading.content.examples),
        len(failures),
    )


def try_examples(content: Content, understand: Understand) -> tuple[Problem, ...]:
    """A problem for each test sentence that gives something else than it must."""
    problems = []
    for example in content.examples:
        given = understand(example.text, example.language)
        if not meets(given, example):
            problems.append(_failure(example, given))
    return tuple(problems)


def meets(given: Understanding, example: Example) -> bool:
    """Whether a sentence was taken as it must be.

    One office: accepted or confirmed, with that office first. Several: to be chosen from
    exactly those, or all of them level at the top. A command may be accepted or confirmed.
    """
    if example.action is Action.NONE:
        return given.decision is Decision.REJECT
    if given.request is None:
        return False
    if len(example.offices) > 1:
        return _meets_several(given, example)
    return (
        given.decision is not Decision.CHOOSE or example.action not in OFFICE_ACTIONS
    ) and _same(given.request, example)


def _same(request: Request, example: Example) -> bool:
    office = example.offices[0] if example.offices else None
    return (request.action, request.office, request.to_language) == (
        example.action,
        office,
        example.to_language,
    )


def _meets_several(given: Understanding, example: Example) -> bool:
    best = given.candidates[0].score
    level = [one for one in given.candidates if one.score == best]
    leading = given.candidates[: len(example.offices)]
    if given.decision is Decision.CHOOSE and len(level) <= len(leading):
        return _are(leading, example)
    return _are(level, example)


def _are(candidates: Sequence[Candidate], example: Example) -> bool:
    """Whether these are the example's offices, each once, with its action."""
    offices = sorted(str(one.request.office) for one in candidates)
    actions = {one.request.action for one in candidates}
    return offices == sorted(example.offices) and actions == {example.action}


def report_lines(report: CheckReport) -> list[str]:
    """The report as text: a line for each problem, then the sum."""
    lines = [str(problem) for problem in report.problems]
    errors = sum(problem.severity is Severity.ERROR for problem in report.problems)
    warnings = len(report.problems) - errors
    summary = f"{_number(errors, 'error')}, {_number(warnings, 'warning')}"
    if report.content is None:
        return [*lines, f"{summary}; the test sentences were not tried"]
    passed = report.sentences - report.failed
    return [*lines, f"{summary}; {passed} of {_number(report.sentences, 'test sentence')} right"]


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _failure(example: Example, given: Understanding) -> Problem:
    wanted = _wanted(example)
    message = f'"{example.text}" must give {wanted}, and gives {_given(given, example)}'
    book = f"{example.language}.yaml"
    if example.action is Action.NONE and given.candidates:
        phrase = given.candidates[0].phrase
        remedy = f'make the phrase "{phrase}" in {book} more telling, or correct the sentence'
    else:
        remedy = f"add the telling words of the sentence to {book}, or correct the sentence"
    return Problem(example.file, example.line, "sentences", message, remedy)


def _wanted(example: Example) -> str:
    if example.action is Action.NONE:
        return "nothing"
    if len(example.offices) > 1:
        return f"{example.action} with a choice of {', '.join(example.offices)}"
    office = example.offices[0] if example.offices else None
    return _words(Request(example.action, office, example.to_language))


def _given(given: Understanding, example: Example) -> str:
    """Decision, request, phrase and score of what leads."""
    if not given.candidates:
        return given.decision.value
    shown = max(len(example.offices), 2) if given.decision is Decision.CHOOSE else 1
    candidates = "; ".join(
        f'{_words(one.request)} (phrase "{one.phrase}", score {one.score:.2f})'
        for one in given.candidates[:shown]
    )
    if given.decision is Decision.REJECT:
        return f"reject, though nearest to {candidates}"
    return f"{given.decision}: {candidates}"


def _words(request: Request) -> str:
    parts = [request.action.value]
    if request.office is not None:
        parts.append(f"of {request.office}")
    if request.to_language is not None:
        parts.append(f"to {request.to_language}")
    return " ".join(parts)
