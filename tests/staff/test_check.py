"""The checker: which answers to a test sentence count as right, and how the rest is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from voicebot.model import (
    Action,
    Candidate,
    Content,
    Decision,
    Example,
    Language,
    Request,
    Understanding,
)
from voicebot.staff.check import check, meets, report_lines
from voicebot.staff.overlap import Understand

TOWN = Path(__file__).parent.parent / "content" / "town"
LANGUAGES = ("it", "en")
NOTHING = Understanding(Decision.REJECT, ())


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder of good files that a test may spoil."""
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


def one(action: Action, office: str | None = None, score: float = 0.9) -> Candidate:
    return Candidate(Request(action, office), score, f"phrase of {office or action}")


def taken(decision: Decision, *candidates: Candidate) -> Understanding:
    return Understanding(decision, candidates)


def to(language: str | None) -> Candidate:
    return Candidate(Request(Action.LANGUAGE, to_language=language), 0.9, "inglese")


RIGHT: Mapping[str, Understanding] = {
    "Quando apre lo sportello nord?": taken(Decision.ACCEPT, one(Action.HOURS, "nord")),
    "Quando siete aperti?": taken(Decision.ACCEPT, one(Action.HOURS)),
    "Mi serve l'assistente sociale": taken(
        Decision.CHOOSE, one(Action.TALK, "nord"), one(Action.TALK, "sud")
    ),
    "Può ripetere?": taken(Decision.ACCEPT, one(Action.REPEAT)),
    "Parla inglese?": taken(Decision.ACCEPT, to("en")),
    "Parla arabo?": taken(Decision.ACCEPT, to(None)),
    "Che tempo fa?": NOTHING,
    "Where is the registry?": taken(Decision.CONFIRM, one(Action.WHERE, "anagrafe")),
    "Can I speak to the south desk?": taken(Decision.ACCEPT, one(Action.TALK, "sud")),
}


def answering(answers: Mapping[str, Understanding]) -> Callable[[Content], Understand]:
    """An understanding that knows these sentences only, each in the language of its file."""

    def understander(content: Content) -> Understand:
        known = {(example.text, example.language) for example in content.examples}

        def understand(text: str, language: Language) -> Understanding:
            assert (text, language) in known
            return answers[text]

        return understand

    return understander


# --- what counts as right --------------------------------------------------------------


def example(action: Action, *offices: str, to_language: str | None = None) -> Example:
    return Example("it", "testo", offices, action, to_language, "intents/tests/it.yaml", 3)


NORD, SUD, EST = (one(Action.TALK, office) for office in ("nord", "sud", "est"))
LOW_EST = one(Action.TALK, "est", score=0.5)


@pytest.mark.parametrize(
    ("wanted", "given", "right"),
    [
        (example(Action.NONE), NOTHING, True),
        (example(Action.NONE), taken(Decision.REJECT, LOW_EST), True),
        (example(Action.NONE), taken(Decision.CONFIRM, NORD), False),
        (example(Action.NONE), taken(Decision.CHOOSE, NORD, SUD), False),
        (example(Action.TALK, "nord"), taken(Decision.ACCEPT, NORD, LOW_EST), True),
        (example(Action.TALK, "nord"), taken(Decision.CONFIRM, NORD), True),
        (example(Action.TALK, "nord"), taken(Decision.CHOOSE, NORD, SUD), False),
        (example(Action.TALK, "nord"), taken(Decision.REJECT, NORD), False),
        (example(Action.TALK, "nord"), taken(Decision.ACCEPT, SUD, NORD), False),
        (example(Action.HOURS, "nord"), taken(Decision.ACCEPT, NORD), False),
        (example(Action.HOURS), taken(Decision.ACCEPT, one(Action.HOURS)), True),
        (example(Action.HOURS), taken(Decision.ACCEPT, one(Action.HOURS, "nord")), False),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CHOOSE, SUD, NORD), True),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CHOOSE, SUD, NORD, LOW_EST), True),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CHOOSE, SUD, NORD, EST), False),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CHOOSE, NORD, LOW_EST), False),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CHOOSE, NORD), False),
        (example(Action.TALK, "nord", "sud"), taken(Decision.CONFIRM, NORD, SUD, LOW_EST), True),
        (example(Action.TALK, "nord", "sud"), taken(Decision.ACCEPT, NORD, LOW_EST), False),
        (example(Action.TALK, "nord", "sud"), taken(Decision.REJECT, NORD, SUD), False),
        (example(Action.HOURS, "nord", "sud"), taken(Decision.CHOOSE, NORD, SUD), False),
        (example(Action.REPEAT), taken(Decision.CONFIRM, one(Action.REPEAT)), True),
        (example(Action.REPEAT), taken(Decision.ACCEPT, one(Action.SLOWER)), False),
        (example(Action.REPEAT), NOTHING, False),
        (example(Action.LANGUAGE, to_language="en"), taken(Decision.ACCEPT, to("en")), True),
        (example(Action.LANGUAGE, to_language="en"), taken(Decision.ACCEPT, to("fr")), False),
        (example(Action.LANGUAGE), taken(Decision.ACCEPT, to("fr")), False),
    ],
)
def test_what_counts_as_right(wanted: Example, given: Understanding, right: bool) -> None:
    assert meets(given, wanted) is right


# --- the report ------------------------------------------------------------------------


def test_a_good_town(town: Path) -> None:
    report = check(town, LANGUAGES, answering(RIGHT))
    assert report.ok
    assert (report.sentences, report.failed) == (9, 0)
    assert report_lines(report) == ["0 errors, 0 warnings; 9 of 9 test sentences right"]


def test_a_failed_sentence_says_what_it_gave(town: Path) -> None:
    wrong = taken(Decision.ACCEPT, one(Action.TALK, "sud", score=0.876))
    answers = {**RIGHT, "Quando apre lo sportello nord?": wrong}
    report = check(town, LANGUAGES, answering(answers))
    assert not report.ok
    assert report.content is not None
    assert report_lines(report) == [
        'intents/tests/it.yaml:3: error: sentences: "Quando apre lo sportello nord?" must give '
        'hours of nord, and gives accept: talk of sud (phrase "phrase of sud", score 0.88) '
        "→ add the telling words of the sentence to it.yaml, or correct the sentence",
        "1 error, 0 warnings; 8 of 9 test sentences right",
    ]


def test_every_kind_of_failure_in_the_order_of_the_files(town: Path) -> None:
    answers = {
        **RIGHT,
        "Mi serve l'assistente sociale": taken(Decision.ACCEPT, NORD),
        "Parla inglese?": taken(Decision.REJECT, to("fr")),
        "Che tempo fa?": taken(Decision.CHOOSE, NORD, SUD, EST),
        "Where is the registry?": NOTHING,
    }
    lines = report_lines(check(town, LANGUAGES, answering(answers)))
    expected = [
        ("intents/tests/en.yaml:3:", "must give where of anagrafe, and gives reject →"),
        ("intents/tests/it.yaml:5:", "must give talk with a choice of nord, sud, and gives accept"),
        ("intents/tests/it.yaml:7:", "to en, and gives reject, though nearest to language to fr"),
        ("intents/tests/it.yaml:9:", 'must give nothing, and gives choose: talk of nord (phrase "'),
    ]
    assert len(lines) == len(expected) + 1
    for line, (place, told) in zip(lines, expected, strict=False):
        assert line.startswith(place)
        assert told in line
    assert 'make the phrase "phrase of nord" in it.yaml more telling' in lines[3]


def test_broken_files_are_reported_without_trying_the_sentences(town: Path) -> None:
    text = (town / "it.yaml").read_text("utf-8")
    (town / "it.yaml").write_text(text.replace("(apre|chiude)", "(apre|chiude"), "utf-8")

    def never(content: Content) -> Understand:
        raise AssertionError("broken files were used")

    report = check(town, LANGUAGES, never)
    assert report.content is None
    assert not report.ok
    assert report_lines(report) == [
        "intents/it.yaml:18: error: actions.hours[0]: ( at column 8 of the phrase is never closed "
        '→ add the missing ")"',
        "1 error, 0 warnings; the test sentences were not tried",
    ]


def test_warnings_leave_the_report_ok(town: Path) -> None:
    text = (town / "it.yaml").read_text("utf-8")
    (town / "it.yaml").write_text(text.replace("sportello sud", "sportello nord"), "utf-8")
    report = check(town, LANGUAGES, answering(RIGHT))
    assert report.ok
    lines = report_lines(report)
    assert lines[0].startswith("intents/it.yaml:7: warning: offices.sud[0]: ")
    assert lines[-1] == "0 errors, 1 warning; 9 of 9 test sentences right"
