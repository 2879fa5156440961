"""Templates: what they stand for, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.content.templates import MAX_EXPANSIONS, TemplateError, expand


@pytest.mark.parametrize(
    ("template", "sentences"),
    [
        ("ufficio casa", ["ufficio casa"]),
        ("[uno] sfratto", ["uno sfratto", "sfratto"]),
        ("[l'](assistente|educatore)", ["l'assistente", "l'educatore", "assistente", "educatore"]),
        ("(a [b]|c) d", ["a b d", "a d", "c d"]),
        ("x [a|b]", ["x a", "x b", "x"]),
        ("  due   parole ", ["due parole"]),
        ("(solo)", ["solo"]),
        ("أريد [ال]مكتب", ["أريد المكتب", "أريد مكتب"]),
    ],
)
def test_expansions_in_order(template: str, sentences: list[str]) -> None:
    assert list(expand(template)) == sentences


def test_office_stays_in_frames() -> None:
    assert expand("orari [di {office}]", office_allowed=True) == ("orari di {office}", "orari")


@pytest.mark.parametrize(
    ("template", "message", "remedy"),
    [
        ("la (casa|", "( at column 4", 'missing ")"'),
        ("[casa", "[ at column 1 of the phrase is never closed", 'missing "]"'),
        ("casa) mia", ") at column 5 of the phrase closes nothing", 'missing "("'),
        ("casa]", "] at column 5", 'missing "["'),
        ("(casa]", "( at column 1 of the phrase is closed by ] at column 6", "inner one first"),
        ("casa|tetto", "| at column 5 of the phrase stands outside", "(this|that)"),
        ("a (b|) c", "( at column 3 of the phrase has an empty alternative", "[words]"),
        ("a () c", "just before column 4", "[words]"),
        ("a [ |b]", "just before column 5", "[words]"),
        ("a { b", "{ at column 3 of the phrase has no partner", "{office}"),
        ("a } b", "} at column 3", "{office}"),
        ("apre {offfice}", "{offfice} at column 6", "did you mean {office}"),
        ("apre {giorno}", "{giorno} at column 6", "only {office}"),
        ("{office} {office}", "twice", "keep one"),
        ("[a] [b]", "no word remains", "outside the square brackets"),
        ("...", "no word remains", "at least one word"),
        ("(a|b)" * 8, "stands for 256 sentences", "two or more phrases"),
        ("(a|b)" * 80, "more than a million", "two or more phrases"),
        ("(" * 5000 + "a" + ")" * 5000, "( at column 13 of the phrase opens more", "simpler"),
    ],
)
def test_refusals_say_where_and_what_to_write(template: str, message: str, remedy: str) -> None:
    with pytest.raises(TemplateError) as caught:
        expand(template, office_allowed=True)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_office_is_refused_outside_frames() -> None:
    with pytest.raises(TemplateError, match="only in the phrases under actions"):
        expand("orari di {office}")


Counted = tuple[str, int]
"""A template and how many sentences it must stand for."""

_words: st.SearchStrategy[Counted] = st.text("abcàش", min_size=1, max_size=3).map(lambda w: (w, 1))


def _bracket(alternatives: list[list[Counted]], optional: bool) -> Counted:
    joined = [_join(alternative) for alternative in alternatives]
    inside = "|".join(text for text, _ in joined)
    count = sum(number for _, number in joined) + optional
    return (f"[{inside}]" if optional else f"({inside})"), count


def _join(pieces: list[Counted]) -> Counted:
    count = 1
    for _, number in pieces:
        count *= number
    return " ".join(text for text, _ in pieces), count


_pieces = st.recursive(
    _words,
    lambda inner: st.builds(
        _bracket,
        st.lists(st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_leaves=12,
)


@given(st.lists(_pieces, min_size=1, max_size=4).map(_join))
def test_as_many_sentences_as_choices_multiply_to(counted: Counted) -> None:
    template, count = f"parola {counted[0]}", counted[1]
    if count > MAX_EXPANSIONS:
        with pytest.raises(TemplateError, match="is the most"):
            expand(template)
        return
    sentences = expand(template)
    assert len(sentences) == count
    for sentence in sentences:
        assert not set(sentence) & set("[](){}|")
        assert sentence == " ".join(sentence.split())


@given(st.text("ab []()|{}office", max_size=40), st.booleans())
def test_nothing_but_a_template_error(template: str, office_allowed: bool) -> None:
    try:
        sentences = expand(template, office_allowed)
    except TemplateError as error:
        assert error.message and error.remedy
    else:
        assert 1 <= len(sentences) <= MAX_EXPANSIONS
