"""Keys of a telephone: one press counts once, whichever ways it is told."""

from __future__ import annotations

KEYS = frozenset("0123456789*#")
"""The keys a telephone has; A to D are for exchanges among themselves."""

ECHO = 0.06
"""Seconds after a key is let go in which the same key is the same press, told again.

Telephones that send both a telephone-event and a SIP INFO send the INFO when the key is let go.
Fingers need longer than this between two presses, and so do the dialling memories of telephones.
"""

HELD = 2.0
"""Seconds after which a key that was never let go is: the packets that end it were lost."""


class Keys:
    """Tells new presses from the same one told again. Times are seconds on one clock."""

    def __init__(self) -> None:
        self._held: str | None = None
        self._pressed_at = 0.0
        self._released: str | None = None
        self._released_at = 0.0

    def down(self, key: str, now: float) -> bool:
        """A key is reported as pressed; whether that is a new press of a telephone's key."""
        held = key == self._held and now - self._pressed_at < HELD
        echo = key == self._released and now - self._released_at < ECHO
        self._held, self._pressed_at = key, now
        return key in KEYS and not held and not echo

    def up(self, now: float) -> None:
        """The key is reported as let go."""
        if self._held is not None:
            self._released, self._released_at = self._held, now
        self._held = None
