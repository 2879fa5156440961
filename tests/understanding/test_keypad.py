from __future__ import annotations

from dataclasses import replace

import pytest

from tests.understanding.phrases import offices
from voicebot.model import Action, Request
from voicebot.understanding.keypad import request_for_key, spoken_key


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("1", Request(Action.TALK, "polo-1")),
        ("5", Request(Action.TALK, "ufficio-casa")),
        ("0", Request(Action.OPERATOR)),
        ("6", Request(Action.SLOWER)),
        ("7", Request(Action.WHERE)),
        ("8", Request(Action.LANGUAGE)),
        ("9", Request(Action.REPEAT)),
        ("*", Request(Action.NONE)),
        ("#", None),
    ],
)
def test_keys(key: str, request_: Request | None) -> None:
    assert request_for_key(key, offices()) == request_


def test_an_office_keeps_a_key_that_is_also_a_command() -> None:
    moved = replace(offices()[0], key="7")

    assert request_for_key("7", [moved]) == Request(Action.TALK, "polo-1")
    assert request_for_key("1", [moved]) is None


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("it", "due", "2"),
        ("en", "the second one", "2"),
        ("fr", "le troisième, s'il vous plaît", "3"),
        ("it", "uno o due", None),
        ("it", "dodici", None),
        ("it", "non lo so", None),
    ],
)
def test_a_number_that_is_said_is_a_key(language: str, text: str, key: str | None) -> None:
    assert spoken_key(text, language) == key
