"""Telephone numbers, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.model import NumberingPlan

ITALY = NumberingPlan()
FRANCE = NumberingPlan("33", "0")


@pytest.mark.parametrize(
    ("plan", "written", "number"),
    [
        (ITALY, "059 203 1101", "+390592031101"),
        (ITALY, "+39 059 203 1101", "+390592031101"),
        (ITALY, "0039-059-2031101", "+390592031101"),
        (ITALY, "390592031101", "+390592031101"),
        (ITALY, "333 000 1111", "+393330001111"),
        (ITALY, "393330001111", "+393330001111"),
        # 390 is also the prefix of a mobile network
        (ITALY, "390 123 4567", "+393901234567"),
        (ITALY, "(059) 203.44/44", "+390592034444"),
        (ITALY, "+33 1 42 68 53 00", "+33142685300"),
        (ITALY, "0033142685300", "+33142685300"),
        (FRANCE, "01 42 68 53 00", "+33142685300"),
        (FRANCE, "33142685300", "+33142685300"),
        (FRANCE, "+390592031101", "+390592031101"),
        (ITALY, "201", "201"),
        (ITALY, "112", "112"),
        (ITALY, "", None),
        (ITALY, "+", None),
        (ITALY, "+39", None),
        (ITALY, "+039 059 2031101", None),
        (ITALY, "00", None),
        (ITALY, "anonymous", None),
        (ITALY, "059-CASA", None),
        (ITALY, "٠٥٩٢٠٣١١٠١", None),
        (ITALY, "1" * 20, None),
    ],
)
def test_one_number_has_one_form(plan: NumberingPlan, written: str, number: str | None) -> None:
    assert plan.e164(written) == number


@given(st.text())
def test_whatever_is_written_is_a_number_an_extension_or_nothing(written: str) -> None:
    number = ITALY.e164(written)
    if number is not None:
        digits = number.removeprefix("+")
        assert digits.isascii() and digits.isdigit() and len(digits) <= 15
        assert ITALY.e164(number) == number


@pytest.mark.parametrize(
    ("plan", "number", "national"),
    [
        (NumberingPlan(), "+39059203", "059203"),
        (NumberingPlan("33", "0"), "+33123456789", "0123456789"),
        (NumberingPlan(), "+33123456789", "+33123456789"),
        (NumberingPlan(), "201", "201"),
    ],
)
def test_a_number_as_it_is_dialled_at_home(plan: NumberingPlan, number: str, national: str) -> None:
    assert plan.national(number) == national
