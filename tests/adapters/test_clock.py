"""The wall clock tells the town's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from voicebot.adapters.clock import TownClock
from voicebot.errors import SettingsError


def test_the_moment_is_now_in_the_towns_zone() -> None:
    now = TownClock("Europe/Rome").now()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    assert str(now.tzinfo) == "Europe/Rome"
    assert now.utcoffset() in (timedelta(hours=1), timedelta(hours=2))


def test_another_town_has_another_time() -> None:
    rome, tokyo = TownClock("Europe/Rome").now(), TownClock("Asia/Tokyo").now()
    assert tokyo.utcoffset() == timedelta(hours=9)
    assert abs(rome - tokyo) < timedelta(seconds=5)


@pytest.mark.parametrize("zone", ["Europe/Modena", "", "../etc/passwd", "Europe", "\0"])
def test_a_zone_that_is_none_is_named(zone: str) -> None:
    with pytest.raises(SettingsError, match="time_zone") as error:
        TownClock(zone)
    assert repr(zone) in str(error.value)
