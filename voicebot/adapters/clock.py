"""The wall clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voicebot.errors import SettingsError


class TownClock:
    """The `Clock` port in the town's time zone."""

    def __init__(self, zone: str) -> None:
        """
        Raises:
            SettingsError: there is no such zone.
        """
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"time_zone: {zone!r} is none; write Europe/Rome or so") from error

    def now(self) -> datetime:
        """The moment, aware."""
        return datetime.now(self._zone)
