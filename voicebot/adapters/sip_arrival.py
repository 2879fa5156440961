"""Who rang what, from the INVITE that a call began with.

RFC 3261 (To, From), 3325 (P-Asserted-Identity), 3323 (Privacy), 5806 (Diversion), 7044
(History-Info). Two numbers in To and request URI mean a diversion too: somebody on the way changed
where the call goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from voicebot.adapters.sip_address import Address, addresses, words
from voicebot.adapters.sip_message import Message
from voicebot.model import Arrival, NumberingPlan

_WITHHELD = frozenset({"anonymous", "unavailable", "unknown", "restricted", "private", "withheld"})
"""User parts that stand for a number that is not told."""

_COUNTRY = re.compile(r"\+[1-9][0-9]{0,2}")

_HIDING = frozenset({"id", "user", "header", "full"})
"""Values of Privacy by which a caller asks that nobody learns the number."""


def arrival_of(invite: Message, trusted: bool, plan: NumberingPlan) -> Arrival:
    """What the message tells. With `trusted` its sender vouches for what it asserts."""
    rung = _number(Address.parse(f"<{invite.first.split()[1]}>"), plan)
    meant = _first(addresses(invite.all("to")), plan)
    dialled = rung or meant
    passed_on = [
        *(_number(one, plan) for one in addresses(invite.all("diversion"))),
        *_history(invite, plan),
        meant,
    ]
    asserted = _first(addresses(invite.all("p-asserted-identity")), plan) if trusted else None
    hidden = bool(words(invite.all("privacy")) & _HIDING)
    caller = None if hidden else asserted or _caller(invite, plan)
    return Arrival(
        dialled=dialled,
        diverted_by=_once(number for number in passed_on if number and number != dialled),
        caller=caller,
        trusted=caller is not None and asserted is not None,
    )


def _caller(invite: Message, plan: NumberingPlan) -> str | None:
    for sender in addresses(invite.all("from"))[:1]:
        nobody = sender.host.endswith(".invalid") or sender.user.lower() in _WITHHELD
        return None if nobody else _number(sender, plan)
    return None


def _history(invite: Message, plan: NumberingPlan) -> Iterator[str | None]:
    """The numbers that the call has left behind, the latest first.

    An entry is where the call was sent; the last one is where it is now.
    """
    entries = sorted(addresses(invite.all("history-info")), key=_index)
    for entry in reversed(entries):
        if "history" not in words([entry.headers.get("privacy", "")]):
            yield _number(entry, plan)


def _index(entry: Address) -> tuple[int, ...]:
    """The place of an entry in the history: 1, 1.1, 1.1.2 …"""
    parts = entry.parameters.get("index", "").split(".")
    return tuple(int(part) for part in parts if part.isdecimal() and len(part) < 6)


def _first(addresses: Iterable[Address], plan: NumberingPlan) -> str | None:
    """The first that is a number."""
    return next((number for one in addresses if (number := _number(one, plan))), None)


def _number(address: Address, plan: NumberingPlan) -> str | None:
    """The number that the address is; None for a name."""
    context = address.parameters.get("phone-context", "")
    if _COUNTRY.fullmatch(context) and not address.user.startswith(("+", "00")):
        # a national number, and the country that it belongs to (RFC 3966)
        return plan.e164(context + address.user)
    return plan.e164(address.user)


def _once(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(numbers))
