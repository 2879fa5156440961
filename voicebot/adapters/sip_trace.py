"""The SIP messages of the stack, of which its own events tell too little.

The stack can log each message that it reads or writes, with the address it came from. Those lines
end here and reach no log: they name callers. What is taken from them: the INVITE of a call, and the
keys that come by INFO. The stack understands application/dtmf-relay, but its events do not tell
such a key from a telephone-event; application/dtmf it refuses.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from voicebot.adapters.sip_address import addresses
from voicebot.adapters.sip_message import Message, parse

LOGGER = "baresip.native.sip"
"""Where the stack logs messages; at DEBUG."""

MAX_KEPT = 256
"""INVITEs and INFOs that may wait for somebody to ask; those of callers who are not let in are
never asked for."""

PATIENCE = 0.5
"""Seconds that the INVITE of a call may come later than the stack's word of that call: the two
come by different threads."""

_FIRST = re.compile(r"(RX|TX) \S+ (\S+) -> (\S+)\s")

_KEY = re.compile(r"\s*(?:signal\s*=\s*)?([0-9*#])\s*(?:\n.*)?", re.DOTALL | re.IGNORECASE)

_RELAY, _PLAIN = "application/dtmf-relay", "application/dtmf"

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Traced:
    """A message, and the IP address that it came from."""

    message: Message
    source: str
    received: bool


class Trace(logging.Filter):
    """Takes the messages out of the stack's log."""

    def __init__(self, on_key: Callable[[str, str], object]) -> None:
        """Calls `on_key(call_id, key)` for a key that the stack refused as of a kind unknown to it:
        before that it has checked that the INFO belongs to the call."""
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._on_key = on_key
        self._invites: OrderedDict[str, Traced] = OrderedDict()
        self._plain: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._relayed: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._news = asyncio.Event()

    def open(self) -> None:
        """From now on no such line reaches a log."""
        logger = logging.getLogger(LOGGER)
        logger.setLevel(logging.DEBUG)
        logger.addFilter(self)

    def close(self) -> None:
        """Let go of the logger."""
        logger = logging.getLogger(LOGGER)
        logger.removeFilter(self)
        logger.setLevel(logging.NOTSET)

    async def invite(self, call_id: str) -> Traced | None:
        """The one that opened the call; None when it was too long for the stack's log."""
        try:
            async with asyncio.timeout(PATIENCE):
                while call_id not in self._invites:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return self._invites.pop(call_id)

    def relayed(self, call_id: str, key: str) -> bool:
        """Whether this key came by an INFO just now; each is told once."""
        for (of_call, count), one in self._relayed.items():
            if of_call == call_id and one == key:
                del self._relayed[of_call, count]
                return True
        return False

    def filter(self, record: logging.LogRecord) -> bool:
        """Called on the stack's own thread; lets nothing through."""
        text = record.getMessage()
        first = _FIRST.match(text)
        if first is None:
            return False
        start = text[first.end() : first.end() + 12]
        if start.startswith(("INVITE ", "INFO ", "SIP/2.0 488")):
            source = first[2].rpartition(":")[0].strip("[]")
            message = parse(text[first.end() :].encode())
            if message is not None and not self._loop.is_closed():
                traced = Traced(message, source, first[1] == "RX")
                self._loop.call_soon_threadsafe(self._take, traced)
        return False

    def _take(self, traced: Traced) -> None:
        message = traced.message
        call_id, count = message.header("call-id"), message.header("cseq")
        if not traced.received:
            if key := self._plain.pop((call_id, count), None):
                self._on_key(call_id, key)
        elif message.method == "INVITE" and "tag" not in _parameters(message, "to"):
            _keep(self._invites, call_id, traced)
            self._news.set()
        elif message.method == "INFO" and (found := _KEY.fullmatch(message.body)):
            kind = message.header("content-type").partition(";")[0].strip().lower()
            if kind in (_RELAY, _PLAIN):
                waiting = self._relayed if kind == _RELAY else self._plain
                _keep(waiting, (call_id, count), found[1])


def _parameters(message: Message, header: str) -> dict[str, str]:
    return next((address.parameters for address in addresses(message.all(header))), {})


def _keep(known: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Remember it, and only so many."""
    known[key] = value
    if len(known) > MAX_KEPT:
        known.popitem(last=False)
