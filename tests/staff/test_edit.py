"""Edits in the text of staff files: what was not changed stays as it was, to the byte."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.errors import ContentError
from voicebot.staff.edit import Change, edit, read

INTENTS = Path(__file__).parents[2] / "intents"
OFFICES = (INTENTS / "offices.yaml").read_text("utf-8")
ITALIAN = (INTENTS / "it.yaml").read_text("utf-8")


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    diff = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    gone = [line[2:] for line in diff if line.startswith("- ")]
    return gone, [line[2:] for line in diff if line.startswith("+ ")]


def test_hours_of_a_day_change_on_their_own_line() -> None:
    after = edit(OFFICES, [Change(("offices", "polo-1", "hours", "monday"), ["09:00-12:00"])])
    assert lines_changed(OFFICES, after) == (
        ['      monday: ["08:30-13:00"]'],
        ['      monday: ["09:00-12:00"]'],
    )


def test_a_day_is_added_before_what_stands_after_the_hours() -> None:
    after = edit(OFFICES, [Change(("offices", "polo-2", "hours", "saturday"), ["09:00-12:00"])])
    assert lines_changed(OFFICES, after) == ([], ['      saturday: ["09:00-12:00"]'])
    place = after.index("saturday: [")
    assert after[:place].rstrip().endswith('friday: ["09:00-13:00"]')
    assert "# --- Polo territoriale 3" in after[place:]


def test_a_day_is_taken_away() -> None:
    after = edit(OFFICES, [Change(("offices", "polo-1", "hours", "friday"), None)])
    assert lines_changed(OFFICES, after) == (['      friday: ["08:30-12:30"]'], [])


def test_an_exception_is_added_where_there_was_none() -> None:
    exception: dict[str, Any] = {
        "date": "2026-12-24",
        "hours": ["09:00-12:00"],
        "reason": {"it": "vigilia", "en": "eve"},
    }
    after = edit(OFFICES, [Change(("offices", "polo-2", "exceptions"), [exception])])
    gone, came = lines_changed(OFFICES, after)
    assert not gone
    assert came == [
        "    exceptions:",
        '      - date: "2026-12-24"',
        '        hours: ["09:00-12:00"]',
        "        reason:",
        '          it: "vigilia"',
        '          en: "eve"',
    ]
    assert read(after)["offices"]["polo-2"]["exceptions"] == [exception]


def test_the_only_exception_is_taken_away() -> None:
    after = edit(OFFICES, [Change(("offices", "polo-1", "exceptions"), [])])
    assert read(after)["offices"]["polo-1"]["exceptions"] == []
    assert "exceptions: []                         # ESEMPIO / SAMPLE" in after
    assert "# --- Polo territoriale 2" in after


def test_comments_between_phrases_stay() -> None:
    phrases = read(ITALIAN)["offices"]["segreteria"]
    changed = [*phrases[1:3], "una frase nuova", *phrases[4:], "l'ultima: «così»"]
    after = edit(ITALIAN, [Change(("offices", "segreteria"), changed)])
    gone, came = lines_changed(ITALIAN, after)
    assert len(gone) == 2
    assert came == ['    - "una frase nuova"', '    - "l\'ultima: «così»"']
    assert read(after)["offices"]["segreteria"] == changed
    assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == [
        line for line in ITALIAN.splitlines() if line.lstrip().startswith("#")
    ]


def test_a_name_changes_in_one_language() -> None:
    after = edit(OFFICES, [Change(("offices", "polo-1", "names", "it"), 'Polo "uno"')])
    assert lines_changed(OFFICES, after)[1] == ['      it: "Polo \\"uno\\""']


def test_a_whole_mapping_changes_entry_by_entry() -> None:
    hours = {"monday": ["08:30-13:00"], "sunday": ["10:00-11:00"]}
    after = edit(OFFICES, [Change(("offices", "polo-1", "hours"), hours)])
    assert read(after)["offices"]["polo-1"]["hours"] == hours
    assert "# mercoledì chiuso / closed on Wednesday" in after
    assert '      monday: ["08:30-13:00"]' in after


@pytest.mark.parametrize(
    "path",
    [("offices", "nowhere", 3), ("offices", "polo-1", "hours", "sunday"), ("telephone", "a")],
)
def test_what_is_not_there_cannot_be_taken_away(path: tuple[str | int, ...]) -> None:
    with pytest.raises(ContentError, match=r"change it in the file"):
        edit(OFFICES, [Change(path, None)])


def test_a_file_that_is_no_yaml_is_left_alone() -> None:
    with pytest.raises(ContentError, match="not valid YAML"):
        edit('a: "b\n', [Change(("a",), "c")])


def test_an_anchor_is_left_to_its_owner() -> None:
    with pytest.raises(ContentError, match=r"change it in the file"):
        edit("a: &x\n  - b\nc: *x\n", [Change(("c", 0), "d")])


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
LISTS = st.lists(TEXTS, max_size=4)
KEYS = st.sampled_from(["it", "en", "monday", "on", "12", "a-b", "a b", "#"])
VALUES = st.recursive(
    TEXTS | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
PATHS = st.sampled_from(
    [
        ("offices", "polo-1", "names"),
        ("offices", "polo-1", "exceptions"),
        ("offices", "polo-3", "address"),
        ("offices", "ufficio-casa", "hours"),
        ("offices", "ufficio-casa", "new"),
        ("offices", "polo-2", "areas", "streets"),
        ("holidays", "open_anyway"),
        ("closures",),
        ("telephone",),
        ("new", "nested", "key"),
    ]
)


@settings(max_examples=30)
@given(st.lists(st.tuples(PATHS, VALUES), min_size=1, max_size=4))
def test_whatever_is_written_reads_back(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    after = edit(OFFICES, [Change(path, value) for path, value in changes])
    data = read(after)
    path, value = changes[-1]
    for part in path:
        data = data[part]
    assert data == value
    kept = [line for line in after.splitlines() if line.lstrip().startswith("#")]
    assert kept == [line for line in OFFICES.splitlines() if line.lstrip().startswith("#")]


@settings(max_examples=15)
@given(st.permutations(read(ITALIAN)["offices"]["segreteria"][:12]), st.integers(0, 12))
def test_phrases_in_any_order_keep_every_comment(phrases: list[str], count: int) -> None:
    after = edit(ITALIAN, [Change(("offices", "segreteria"), phrases[:count])])
    assert read(after)["offices"]["segreteria"] == phrases[:count]
    for comment in (line for line in ITALIAN.splitlines() if line.lstrip().startswith("#")):
        assert comment in after
