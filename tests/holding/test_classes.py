"""Classes of callers by the number that was rung, each with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from voicebot.holding.classes import PriorityClass, priority
from voicebot.model import Arrival

EMERGENCY = PriorityClass(
    "emergency", timedelta(minutes=5), "diverted from the emergency line", ("+390592034000",)
)
DOCTORS = PriorityClass("doctors", timedelta(minutes=2), "a doctor's line", ("+3905920341*",))


@pytest.mark.parametrize(
    ("arrival", "name"),
    [
        (Arrival(), "normal"),
        (Arrival(dialled="+390592034444"), "normal"),
        (Arrival(dialled="+390592034000"), "emergency"),
        (Arrival(dialled="+390592034444", diverted_by=("+390592034000",)), "emergency"),
        (Arrival(dialled="+390592034199"), "doctors"),
        (Arrival(dialled="+39059203410", diverted_by=("+390592034000",)), "emergency"),
        (Arrival(caller="+390592034000"), "normal"),
    ],
)
def test_the_number_that_was_rung_decides(arrival: Arrival, name: str) -> None:
    found = priority(arrival, (EMERGENCY, DOCTORS))
    assert found.name == name
    assert bool(found.reason) is bool(found.head_start) is (name != "normal")
