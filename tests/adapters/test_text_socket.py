"""A written call over a WebSocket, with a scripted page at the other end."""

from __future__ import annotations

import asyncio
import json
from typing import cast

import pytest
from fastapi import WebSocket, WebSocketDisconnect

from voicebot.adapters import page_messages
from voicebot.adapters.text_socket import MAX_OUTGOING, TextSocketLine
from voicebot.model import Arrival, Caption, HungUp, KeyPress, LineEvent, Typed


class Page:
    """What a WebSocket is to the line: scripted messages in, what is sent kept."""

    def __init__(self, *messages: str | Exception) -> None:
        self.sent: list[str] = []
        self.closed = False
        self.gone = False
        self._messages: asyncio.Queue[str | Exception] = asyncio.Queue()
        for message in messages:
            self._messages.put_nowait(message)

    async def receive_text(self) -> str:
        message = await self._messages.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def send_text(self, text: str) -> None:
        if self.gone:
            raise WebSocketDisconnect(1006)
        self.sent.append(text)

    async def close(self) -> None:
        self.closed = True


def line(page: Page) -> TextSocketLine:
    return TextSocketLine(cast(WebSocket, page), Arrival())


async def events(page: Page) -> list[LineEvent]:
    return [event async for event in line(page).events()]


KEY, TEXT, HANG_UP = '{"key": "5"}', '{"text": " ufficio  casa "}', '{"hang_up": true}'


async def test_keys_and_sentences_come_in_order_up_to_hanging_up() -> None:
    page = Page(KEY, TEXT, HANG_UP, KEY)
    assert await events(page) == [KeyPress("5"), Typed("ufficio casa"), HungUp("caller")]


@pytest.mark.parametrize(
    "error", [WebSocketDisconnect(1006), RuntimeError("not connected"), KeyError("text")]
)
async def test_a_page_that_is_gone_is_lost(error: Exception) -> None:
    assert await events(Page(KEY, error)) == [KeyPress("5"), HungUp("lost")]


async def test_nonsense_is_passed_over_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    page = Page("secret words", '{"key": "x"}', '{"text": 5}', "[]", KEY, HANG_UP)
    assert await events(page) == [KeyPress("5"), HungUp("caller")]
    assert "secret" not in caplog.text


async def test_a_page_that_sends_nothing_but_nonsense_is_given_up() -> None:
    page = Page(*["nonsense"] * (page_messages.MAX_NONSENSE + 1), KEY)
    assert await events(page) == [HungUp("lost")]


async def test_captions_are_sent_in_order_and_the_end_is_told() -> None:
    page = Page()
    talk = line(page)
    talk.show(Caption("bot", "Buongiorno.", "it"))
    talk.show(Caption("caller", "مكتب السكن", None))
    await talk.hang_up()
    await talk.hang_up()  # harmless
    await asyncio.wait_for(talk.pump(), 5)
    messages = [json.loads(text) for text in page.sent]
    assert messages == [
        {"caption": {"speaker": "bot", "text": "Buongiorno.", "language": "it"}},
        {"caption": {"speaker": "caller", "text": "مكتب السكن", "language": None}},
        {"ended": True},
    ]
    assert page.closed


async def test_what_is_shown_while_it_is_pumped_goes_out_at_once() -> None:
    page = Page()
    talk = line(page)
    pumping = asyncio.ensure_future(talk.pump())
    for count in range(1, 4):
        talk.show(Caption("bot", str(count), "it"))
        await asyncio.sleep(0.01)
        assert len(page.sent) == count
    await talk.hang_up()
    await asyncio.wait_for(pumping, 5)


async def test_a_page_that_does_not_read_costs_the_oldest_captions() -> None:
    page = Page()
    talk = line(page)
    for count in range(MAX_OUTGOING + 50):
        talk.show(Caption("bot", str(count), "it"))
    await talk.hang_up()
    await asyncio.wait_for(talk.pump(), 5)
    assert len(page.sent) <= MAX_OUTGOING
    assert json.loads(page.sent[-1]) == {"ended": True}
    assert json.loads(page.sent[-2])["caption"]["text"] == str(MAX_OUTGOING + 49)


async def test_a_page_that_has_gone_ends_the_pump_quietly() -> None:
    page = Page()
    page.gone = True
    talk = line(page)
    talk.show(Caption("bot", "Buongiorno.", "it"))
    await asyncio.wait_for(talk.pump(), 5)


async def test_nothing_is_read_after_hanging_up() -> None:
    page = Page(KEY, KEY)
    talk = line(page)
    seen: list[LineEvent] = []
    async for event in talk.events():
        seen.append(event)
        await talk.hang_up()
    assert seen == [KeyPress("5"), HungUp("lost")]


def test_it_carries_no_sound() -> None:
    assert TextSocketLine.has_audio is False
