"""The staff files, read and tried out: every mistake, and every test sentence that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voicebot.content.load import read_content
from voicebot.content.problems import Problem, has_errors, in_order
from voicebot.model import (
    OFFICE_ACTIONS,
    Action,
    Audio,
    Candidate,
    Content,
    Decision,
    Example,
    Language,
    Request,
    Sentence,
    Understanding,
    told,
)
from voicebot.ports import Clock
from voicebot.staff.overlap import Understand, check_overlap
from voicebot.staff.sounds import check_recordings
from voicebot.staff.words import ENGLISH, StaffWords
from voicebot.understanding.matcher import Matcher


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
    prompts: Callable[[Content], Iterable[Sentence]]
    """Every sentence of the bot that can be foreseen; a top-level function."""
    read_audio: Callable[[Path], Audio]

    def examine(self, intents: Path) -> CheckReport:
        """Every mistake in the folder, its test sentences tried and its recordings listened to."""
        made: list[Understand] = []

        def understander(content: Content) -> Understand:
            known, today = self.matcher(content), self.clock.now().date()
            made.append(lambda text, language: known.understand(text, language, today))
            return made[0]

        report = check(intents, self.languages, understander)
        if report.content is None:
            return report
        found = list(check_overlap(report.content, intents, made[0]))
        if report.content.recordings:
            prompts = self.prompts(report.content)
            found += check_recordings(report.content, intents, prompts, self.read_audio)
        return replace(report, problems=in_order((*report.problems, *found)))


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


def report_lines(report: CheckReport, words: StaffWords = ENGLISH) -> list[str]:
    """The report as text: a line for each problem, then the sum."""
    lines = [problem.line_in(words.texts) for problem in report.problems]
    errors = sum(problem.is_error for problem in report.problems)
    warnings = len(report.problems) - errors
    faults = told(
        "{errors}, {warnings}",
        errors=told("1 error") if errors == 1 else told("{count} errors", count=errors),
        warnings=told("1 warning") if warnings == 1 else told("{count} warnings", count=warnings),
    )
    if report.content is None:
        return [*lines, words.say("{faults}; the test sentences were not tried", faults=faults)]
    passed, tried = report.sentences - report.failed, report.sentences
    right = (
        told("{passed} of 1 test sentence right", passed=passed)
        if tried == 1
        else told("{passed} of {count} test sentences right", passed=passed, count=tried)
    )
    return [*lines, words.say("{faults}; {right}", faults=faults, right=right)]


def _failure(example: Example, given: Understanding) -> Problem:
    wanted = _wanted(example)
    message = told(
        '"{text}" must give {wanted}, and gives {given}',
        text=example.text,
        wanted=wanted,
        given=_given(given, example),
    )
    book = f"{example.language}.yaml"
    if example.action is Action.NONE and given.candidates:
        phrase = given.candidates[0].phrase
        remedy = told(
            'make the phrase "{phrase}" in {book} more telling, or correct the sentence',
            phrase=phrase,
            book=book,
        )
    else:
        remedy = told(
            "add the telling words of the sentence to {book}, or correct the sentence", book=book
        )
    return Problem(example.file, example.line, "sentences", message, remedy)


def _wanted(example: Example) -> str:
    if example.action is Action.NONE:
        return told("nothing")
    if len(example.offices) > 1:
        offices = ", ".join(example.offices)
        return told(
            "{action} with a choice of {offices}", action=str(example.action), offices=offices
        )
    office = example.offices[0] if example.offices else None
    return _words(Request(example.action, office, example.to_language))


def _given(given: Understanding, example: Example) -> str:
    """Decision, request, phrase and score of what leads."""
    if not given.candidates:
        return given.decision.value
    count = max(len(example.offices), 2) if given.decision is Decision.CHOOSE else 1
    candidates: str = ""
    for one in given.candidates[:count]:
        text = told(
            '{request} (phrase "{phrase}", score {score:.2f})',
            request=_words(one.request),
            phrase=one.phrase,
            score=one.score,
        )
        candidates = told("{some}; {more}", some=candidates, more=text) if candidates else text
    if given.decision is Decision.REJECT:
        return told("reject, though nearest to {candidates}", candidates=candidates)
    return told("{decision}: {candidates}", decision=given.decision.value, candidates=candidates)


def _words(request: Request) -> str:
    action = request.action.value
    if request.office is not None and request.to_language is not None:
        return told(
            "{action} of {office} to {language}",
            action=action,
            office=request.office,
            language=request.to_language,
        )
    if request.office is not None:
        return told("{action} of {office}", action=action, office=request.office)
    if request.to_language is not None:
        return told("{action} to {language}", action=action, language=request.to_language)
    return action
