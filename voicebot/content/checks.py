"""What must agree between the entries of `offices.yaml`.

These look at the trees, not at the models, so that they find what they can in files
that have other mistakes as well. `phrase_checks.py` does the same for the phrases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from voicebot.content.letters import control_sign, fold, look_alikes
from voicebot.content.problems import Path, Problem, Severity, dotted, shown
from voicebot.content.schema import DAYS, parse_span
from voicebot.content.tree import Items, Node, Scalar, Table, find, line_of, scalars
from voicebot.content.wording import suggest
from voicebot.model import LANGUAGES, Language, told


@dataclass(frozen=True, slots=True)
class StaffFile:
    """One file as it was read."""

    name: str
    """With the folder: `intents/offices.yaml`."""
    tree: Node

    def problem(
        self, path: Path, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> Problem:
        """A problem at the path."""
        return Problem(self.name, line_of(self.tree, path), dotted(path), message, remedy, severity)

    def table(self, *path: str | int) -> dict[str, Node]:
        """The entries of the mapping at the path; none where there is no mapping."""
        node = find(self.tree, path)
        return node.entries if isinstance(node, Table) else {}

    def items(self, *path: str | int) -> tuple[Node, ...]:
        """The entries of the list at the path; none where there is no list."""
        node = find(self.tree, path)
        return node.entries if isinstance(node, Items) else ()

    def text(self, *path: str | int) -> str | None:
        """The text at the path; None where there is no text."""
        node = find(self.tree, path)
        return node.text if isinstance(node, Scalar) and isinstance(node.value, str) else None

    def texts(self, *path: str | int) -> Iterator[tuple[Path, str]]:
        """Each text of the list at the path, with its own path."""
        for index in range(len(self.items(*path))):
            text = self.text(*path, index)
            if text is not None:
                yield (*path, index), text


def check_letters(file: StaffFile) -> Iterator[Problem]:
    """Letters of another script, and signs that are no letters at all."""
    for path, scalar in scalars(file.tree):
        control = control_sign(scalar.text)
        if control:
            yield Problem(file.name, scalar.line, dotted(path), *control)
        found = look_alikes(scalar.text)
        if found:
            yield Problem(file.name, scalar.line, dotted(path), *found, Severity.WARNING)


def check_offices(file: StaffFile, languages: Sequence[Language]) -> Iterator[Problem]:
    """All that must agree within `offices.yaml`."""
    yield from check_words(file, ("town",), languages)
    offices = list(file.table("offices"))
    for office in offices:
        if not re.fullmatch("[a-z][a-z0-9-]*", office):
            yield file.problem(
                ("offices", office),
                told("{office} is not a name for an office in the files", office=shown(office)),
                told("write small letters a-z, digits and hyphens only, such as polo-1"),
            )
        yield from check_words(file, ("offices", office, "names"), languages)
        yield from check_words(file, ("offices", office, "directions"), languages)
        for day in DAYS:
            yield from check_day(file, ("offices", office, "hours", day))
    keys = [
        (("offices", office, "key"), text)
        for office in offices
        if (text := file.text("offices", office, "key")) is not None
    ]
    yield from _twice(file, keys, str, told("the key"), told("give each office a digit of its own"))
    for group, fold_by, what, remedy in (
        (
            ("old_numbers",),
            _digits,
            told("the old number"),
            told("leave it with the office that had it last"),
        ),
        (
            ("areas", "quarters"),
            fold,
            told("the quarter"),
            told("leave it with the office that serves it"),
        ),
    ):
        places = [place for office in offices for place in file.texts("offices", office, *group)]
        yield from _twice(file, places, fold_by, what, remedy)
    yield from _streets(file, offices)


def _streets(file: StaffFile, offices: Sequence[str]) -> Iterator[Problem]:
    """A long street may lie in two areas, so it is only worth a look."""
    places = [p for office in offices for p in file.texts("offices", office, "areas", "streets")]
    remedy = told("leave it with one office, unless it runs through both areas")
    yield from _twice(file, places, fold, told("the street"), remedy, Severity.WARNING)


def _digits(number: str) -> str:
    """A telephone number without spaces and the country's code."""
    return re.sub(r"^(\+|00)39", "", re.sub(r"[^+0-9]", "", number))


def _twice(
    file: StaffFile,
    places: Sequence[tuple[Path, str]],
    fold_by: Callable[[str], str],
    what: str,
    remedy: str,
    severity: Severity = Severity.ERROR,
) -> Iterator[Problem]:
    """What may be there only once."""
    first: dict[str, Path] = {}
    for path, text in places:
        before = first.setdefault(fold_by(text), path)
        if before is not path:
            line = line_of(file.tree, before)
            where = told("{before} (line {line})", before=before[1], line=line)
            yield file.problem(
                path,
                told(
                    "{what} {text} is already at {where}", what=what, text=shown(text), where=where
                ),
                remedy,
                severity,
            )


def check_words(file: StaffFile, path: Path, languages: Sequence[Language]) -> Iterator[Problem]:
    """A text in every language, and in no language that there is not."""
    if not isinstance(find(file.tree, path), Table):
        return
    yield from check_languages(file, path, languages)


def check_languages(
    file: StaffFile, path: Path, required: Sequence[Language], also: Sequence[str] = ()
) -> Iterator[Problem]:
    """The mapping at the path has the required languages, perhaps others, and no other key."""
    present = file.table(*path)
    missing = [code for code in (*required, *also) if code not in present]
    if missing:
        yield file.problem(
            path,
            told("{languages} is missing", languages=missing[0])
            if len(missing) == 1
            else told("{languages} are missing", languages=", ".join(missing)),
            told("add a line or entry for {languages}", languages=", ".join(missing)),
        )
    for code in present:
        if code not in LANGUAGES and code not in also:
            yield file.problem(
                (*path, code),
                told("{code} is not a language of the switchboard", code=shown(code)),
                suggest(code, (*LANGUAGES, *also)),
            )


def check_day(file: StaffFile, path: Path) -> Iterator[Problem]:
    """The openings of one day follow one another."""
    before = None
    for place, text in file.texts(*path):
        span = parse_span(text)
        if span is None:
            continue
        if before is not None and span.opens < before[0].closes:
            if span.closes <= before[0].opens:
                message, remedy = (
                    told("{text} is earlier than {before}", text=text, before=before[1]),
                    told("write the morning first"),
                )
            else:
                message, remedy = (
                    told("{text} overlaps {before}", text=text, before=before[1]),
                    told("write one opening for both"),
                )
            yield file.problem(place, message, remedy)
        elif before is not None and span.opens == before[0].closes:
            yield file.problem(
                place,
                told("{text} begins when {before} ends", text=text, before=before[1]),
                told(
                    'write one opening: "{opens:%H:%M}-{closes:%H:%M}"',
                    opens=before[0].opens,
                    closes=span.closes,
                ),
                Severity.WARNING,
            )
        before = (span, text)
