"""How a call came in: who rang what, and the numbers by which that is known."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.model.basics import OfficeId

_SEPARATORS = str.maketrans("", "", " \u00a0\t-./()")
"""Visual separators (RFC 3966), and what else people write between digits."""

SHORTEST, LONGEST = 6, 15
"""Digits of a public number; fewer are an extension's, more than E.164's limit nobody's."""

_LONGEST_NATIONAL = 10
"""Digits; a longer number that begins with the country's own code lacks only its plus."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """How numbers are written in one country."""

    country_code: str = "39"
    """Without plus: 39 is Italy."""
    trunk_prefix: str = ""
    """What is dialled before a national number and left out from abroad: "0" in France; none in
    Italy, where the zero belongs to the number."""

    def e164(self, written: str) -> str | None:
        """The number as `+` and digits; an extension's few digits as they are; else None.

        Reads `+39 059 203 1101`, `0039059…`, `39059…` and `059 203 1101` as the same number.
        """
        digits = written.translate(_SEPARATORS)
        plus, digits = digits.startswith("+"), digits.removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            return None
        if not plus and digits.startswith("00"):
            plus, digits = True, digits[2:]
        if not plus and len(digits) >= SHORTEST:
            digits = self._international(digits)
        elif not plus:
            return digits
        return f"+{digits}" if SHORTEST < len(digits) <= LONGEST and digits[0] != "0" else None

    def national(self, number: str) -> str:
        """An E.164 number as it is dialled in this country; others as they are."""
        own = f"+{self.country_code}"
        if not number.startswith(own):
            return number
        return self.trunk_prefix + number.removeprefix(own)

    def _international(self, digits: str) -> str:
        if digits.startswith(self.country_code) and len(digits) > _LONGEST_NATIONAL:
            return digits
        return self.country_code + digits.removeprefix(self.trunk_prefix)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who rang what, as far as a line can tell. Numbers are those of `NumberingPlan.e164`."""

    dialled: str | None = None
    """The number that the call was made to."""
    diverted_by: tuple[str, ...] = ()
    """The numbers that passed the call on, the latest first."""
    caller: str | None = None
    """The caller's number; None when it is withheld or unknown."""
    trusted: bool = False
    """Whether a network that the settings trust vouches for the caller's number."""
    office: OfficeId | None = None
    """The office that the call was made for, where the door itself says so."""
