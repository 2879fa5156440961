"""Old numbers of the offices, and what calls to them are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.answering.town import HOUSING, HUB, SHUT, TOWN
from voicebot.model import Arrival, NumberingPlan
from voicebot.offices.presets import preset_office

PLAN = NumberingPlan()
ONE = "+390592034444"
OLD_HUB = "+390592031101"
CONTENT = replace(
    TOWN,
    offices=(
        replace(HUB, old_numbers=("059 203 1101", "059 203 1102")),
        replace(SHUT, telephone="059 203 4444"),
        replace(HOUSING, old_numbers=("059 203 1501",)),
    ),
)


@pytest.mark.parametrize(
    ("arrival", "office"),
    [
        (Arrival(), None),
        (Arrival(dialled=ONE), None),
        (Arrival(dialled=OLD_HUB), "polo-1"),
        (Arrival(dialled=ONE, diverted_by=(OLD_HUB,)), "polo-1"),
        (Arrival(dialled=ONE, diverted_by=("201", "+390592031501", OLD_HUB)), "casa"),
        (Arrival(dialled=ONE, diverted_by=("+390592034405",)), "casa"),
        (Arrival(dialled=ONE, diverted_by=(ONE, "+390599999999")), None),
        (Arrival(dialled="+390592031501", diverted_by=("201",)), "casa"),
        (Arrival(office="casa"), "casa"),
        (Arrival(office="casa", dialled=OLD_HUB), "casa"),
        (Arrival(office="nowhere"), None),
    ],
)
def test_the_number_that_was_rung_tells_the_office(arrival: Arrival, office: str | None) -> None:
    assert preset_office(arrival, CONTENT, PLAN) == office


def test_a_number_of_two_offices_tells_none() -> None:
    shared = replace(
        CONTENT, offices=tuple(replace(o, telephone="059 203 4400") for o in CONTENT.offices)
    )
    assert preset_office(Arrival(dialled="+390592034400"), shared, PLAN) is None
