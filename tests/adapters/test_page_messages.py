from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.page_messages import MAX_TEXT, caption, parse
from voicebot.errors import LineError
from voicebot.model import Caption, HungUp, KeyPress, Typed


def test_what_the_page_may_say() -> None:
    assert parse('{"key": "#"}') == KeyPress("#")
    assert parse('{"text": "  ufficio \\n casa "}') == Typed("ufficio casa")
    assert parse('{"hang_up": true}') == HungUp("caller")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "12",
        "{",
        b"\xff\xfe",
        '{"key": "A"}',
        '{"key": "12"}',
        '{"key": ""}',
        '{"key": 5}',
        '{"text": ""}',
        '{"text": "   "}',
        '{"text": 5}',
        '{"hang_up": false}',
        json.dumps({"text": "x" * (MAX_TEXT + 1)}),
        "[" * 100_000,
    ],
)
def test_anything_else_is_refused_in_words(message: str | bytes) -> None:
    with pytest.raises(LineError):
        parse(message)


@given(st.one_of(st.text(), st.binary()))
def test_no_message_does_harm(message: str | bytes) -> None:
    try:
        parse(message)
    except LineError:
        pass


def test_a_caption_keeps_its_letters() -> None:
    message = json.loads(caption(Caption("bot", "مرحبا", "ar")))
    assert message == {"caption": {"speaker": "bot", "text": "مرحبا", "language": "ar"}}
