"""The telephones of the benches, against the telephone side of the house."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.adapters.sip_side import BOT_TONE, CALLER_TONE, LEVEL, answering, frequency, level, tone
from voicebot.adapters import sip_caller, sip_message
from voicebot.adapters.sip_caller import Telephones
from voicebot.adapters.sip_telephone import Echo
from voicebot.errors import LineError
from voicebot.media import g711
from voicebot.media.g711 import NARROW
from voicebot.model import RATE, HungUp


async def test_two_calls_speak_and_hear_and_hang_up() -> None:
    async with answering() as side, Telephones.open("127.0.0.1", side.port, "100") as bank:
        for number in range(2):
            phone = await bank.dial()
            call = await side.call(number)
            first = phone.say(tone(CALLER_TONE, NARROW, 1.5))
            before = await phone.said(first)
            assert await phone.said(first + 74) - before == pytest.approx(74 * 0.02, abs=0.1)
            heard = np.concatenate(call.frames)[-RATE // 2 :]
            assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=5)
            back = g711.decode(b"".join(packet.payload for packet in phone.heard))[-NARROW // 2 :]
            assert frequency(back, NARROW) == pytest.approx(BOT_TONE, abs=5)
        await phone.hang_up()
        assert await call.ended() == HungUp("caller")


async def test_the_line_may_send_back_what_is_heard() -> None:
    echo = Echo(20.0, 0.1)
    async with answering() as side, Telephones.open("127.0.0.1", side.port, "100", echo) as bank:
        await bank.dial()
        call = await side.call()
        await asyncio.sleep(1.2)
        heard = np.concatenate(call.frames)[-RATE // 4 :]
        assert frequency(heard, RATE) == pytest.approx(BOT_TONE, abs=8)
        assert level(heard) == pytest.approx(LEVEL / 10, rel=0.2)


async def test_a_switchboard_that_hangs_up_is_noticed() -> None:
    async with answering() as side, Telephones.open("127.0.0.1", side.port, "100") as bank:
        phone = await bank.dial()
        call = await side.call()
        await call.line.hang_up()
        await asyncio.wait_for(phone.ended.wait(), 5)


async def test_a_refusal_and_a_switchboard_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with answering() as side:
        side.full = True
        async with Telephones.open("127.0.0.1", side.port, "100") as bank:
            with pytest.raises(LineError, match="refused: 486"):
                await bank.dial()
        async with Telephones.open("127.0.0.1", side.port, "999") as bank:
            with pytest.raises(LineError, match="refused: 404"):
                await bank.dial()
    monkeypatch.setattr(sip_caller, "PATIENCE", 0.6)
    async with Telephones.open("127.0.0.1", side.port, "100") as bank:
        with pytest.raises(LineError, match="does not answer"):
            await bank.dial()


def test_messages_are_read_and_written() -> None:
    body = sip_message.offer("192.0.2.1", 4000, 1)
    assert sip_message.address(body) == ("192.0.2.1", 4000)
    assert sip_message.address("v=0\r\n") is None
    headers = [("Via", "one"), ("Via", "two"), ("i", "abc"), ("CSeq", "7 BYE")]
    request = sip_message.parse(sip_message.write("BYE sip:a@b SIP/2.0", headers, body))
    assert request is not None
    assert (request.method, request.status, request.body) == ("BYE", 0, body)
    answer = sip_message.parse(sip_message.reply(request, "200 OK", "<sip:c@d>"))
    assert answer is not None
    assert (answer.method, answer.status, answer.all("via")) == ("BYE", 200, ["one", "two"])


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xff\x00", b"BYE x SIP/2.0\r\n\r\n"])
def test_what_is_no_message_is_none(data: bytes) -> None:
    assert sip_message.parse(data) is None
