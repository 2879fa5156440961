"""What is taken from the stack's messages, and that they go no further."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from voicebot.adapters import sip_trace
from voicebot.adapters.sip_trace import LOGGER, MAX_KEPT, Trace


def message(
    start: str, *headers: str, call: str = "1@x", count: int = 1, body: str = "", way: str = "RX"
) -> str:
    source, target = "[2001:db8::3]:5060", "[::1]:5060"
    lines = [start, f"Call-ID: {call}", *headers]
    if not any(header.startswith("CSeq") for header in headers):
        lines.append(f"CSeq: {count} {start.split()[0]}")
    return f"{way} UDP {source} -> {target}\n" + "\r\n".join([*lines, "", body])


INVITE = "INVITE sip:100@x SIP/2.0"
INFO = "INFO sip:100@x SIP/2.0"
PLAIN, RELAY = "Content-Type: application/dtmf", "Content-Type: application/dtmf-relay"


class Stack:
    """Logs messages as the stack does, and lets them be taken."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, str]] = []
        self.trace = Trace(lambda call, key: self.keys.append((call, key)))

    async def logs(self, *texts: str) -> None:
        for text in texts:
            logging.getLogger(LOGGER).debug("%s", text)
        await asyncio.sleep(0)

    async def refuses(self, count: int, call: str = "1@x", code: str = "488 No") -> None:
        await self.logs(message(f"SIP/2.0 {code}", f"CSeq: {count} INFO", call=call, way="TX"))


@pytest.fixture
async def stack(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stack]:
    caplog.set_level(logging.DEBUG)
    stack = Stack()
    stack.trace.open()
    yield stack
    stack.trace.close()
    assert not [record for record in caplog.records if record.name == LOGGER]


async def test_the_invitation_of_a_call_and_where_it_came_from(stack: Stack) -> None:
    waiting = asyncio.create_task(stack.trace.invite("1@x"))
    await asyncio.sleep(0)
    await stack.logs(message(INVITE, "To: <sip:100@x>"), "nonsense", "RX UDP")
    traced = await waiting
    assert traced is not None
    assert (traced.source, traced.message.first) == ("2001:db8::3", INVITE)


async def test_an_invitation_that_never_comes(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip_trace, "PATIENCE", 0.02)
    # one within the call changes it, and opens none; one that we send is none of ours
    await stack.logs(message(INVITE, "To: <sip:100@x>;tag=7"), message(INVITE, way="TX"))
    assert await stack.trace.invite("1@x") is None


async def test_only_so_many_are_kept(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_trace, "PATIENCE", 0.02)
    await stack.logs(*(message(INVITE, call=f"{n}@x") for n in range(MAX_KEPT + 1)))
    assert await stack.trace.invite("0@x") is None
    assert await stack.trace.invite(f"{MAX_KEPT}@x") is not None


async def test_a_key_counts_once_the_stack_has_refused_its_info(stack: Stack) -> None:
    await stack.logs(message(INFO, PLAIN, body="5"))
    assert stack.keys == []
    await stack.refuses(2)
    await stack.refuses(1, call="2@x")
    await stack.refuses(1, code="481 No such call")
    assert stack.keys == []
    await stack.refuses(1)
    await stack.refuses(1)
    assert stack.keys == [("1@x", "5")]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("#", "#"),
        ("*\r\n", "*"),
        (" 7 \n", "7"),
        ("Signal=9\r\nDuration=160\r\n", "9"),
        ("signal= 0\nDuration= 100", "0"),
        ("", None),
        ("55", None),
        ("A", None),
        ("Duration=100", None),
    ],
)
async def test_bodies_with_a_key(stack: Stack, body: str, key: str | None) -> None:
    await stack.logs(message(INFO, PLAIN, body=body))
    await stack.refuses(1)
    assert stack.keys == ([("1@x", key)] if key else [])


async def test_a_relayed_key_is_told_once(stack: Stack) -> None:
    assert not stack.trace.relayed("1@x", "5")
    # sent again, since our answer was lost: the same count
    await stack.logs(*[message(INFO, RELAY, body="Signal=5\r\nDuration=160")] * 2)
    assert not stack.trace.relayed("1@x", "6")
    assert not stack.trace.relayed("2@x", "5")
    assert stack.trace.relayed("1@x", "5")
    assert not stack.trace.relayed("1@x", "5")
