"""A caller is put through by telephone: every way, and every way in which it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import numpy as np
import pytest

from tests.fakes.dialler import FakeDialler
from tests.fakes.line import FakeLine
from tests.fakes.virtual_time import run
from voicebot.connecting.putting_through import (
    Answered,
    HandedOn,
    Invitation,
    NotReached,
    PutThrough,
    put_through,
)
from voicebot.errors import Unreached
from voicebot.model import RATE, Audio, HungUp, Route, Way

FIRST, SECOND = "sip:201@exchange.example", "sip:202@exchange.example"
RING = 20.0
PLAIN = Invitation(RING)
WHISPER = Invitation(RING, "Ufficio casa", Audio(np.full(2 * RATE, 500, np.int16)))


def outcome(
    line: FakeLine,
    way: Way,
    dialler: FakeDialler | None,
    invitation: Invitation = PLAIN,
) -> PutThrough:
    """What becomes of a caller whose office has two telephones."""
    return run(put_through(line, Route(way, (FIRST, SECOND)), dialler, invitation))


def timed(work: Coroutine[Any, Any, PutThrough]) -> tuple[PutThrough, float]:
    async def whole() -> tuple[PutThrough, float]:
        return await work, asyncio.get_running_loop().time()

    return run(whole())


# --- transfer --------------------------------------------------------------------------


def test_a_transfer_that_succeeds() -> None:
    line = FakeLine(transfers={FIRST: None})
    assert outcome(line, Way.TRANSFER, None) == HandedOn()
    assert line.transferred == [FIRST]


def test_the_next_telephone_is_tried() -> None:
    line = FakeLine(transfers={FIRST: Unreached.BUSY, SECOND: None})
    assert outcome(line, Way.TRANSFER, None) == HandedOn()
    assert line.transferred == [FIRST, SECOND]


def test_nobody_takes_the_transfer() -> None:
    line = FakeLine(transfers={FIRST: Unreached.BUSY, SECOND: Unreached.UNREACHABLE})
    assert outcome(line, Way.TRANSFER, None) == NotReached(Unreached.BUSY)
    assert not line.closed


def test_a_line_that_can_not_be_transferred_is_joined_here() -> None:
    desk, page = FakeLine(), FakeLine(transfers={FIRST: Unreached.UNSUPPORTED})
    dialler = FakeDialler({FIRST: desk})
    assert outcome(page, Way.TRANSFER, dialler) == Answered(desk, FIRST)
    assert outcome(page, Way.TRANSFER, None) == NotReached(Unreached.UNREACHABLE)


def test_a_caller_who_hangs_up_is_not_sent_on() -> None:
    line = FakeLine(transfers={FIRST: Unreached.GONE, SECOND: None})
    assert outcome(line, Way.TRANSFER, None) == NotReached(Unreached.GONE)
    assert line.transferred == [FIRST]


# --- bridge ----------------------------------------------------------------------------


def test_an_office_that_answers_is_handed_over_for_joining() -> None:
    desk = FakeLine()
    dialler = FakeDialler({FIRST: desk})
    assert outcome(FakeLine(), Way.BRIDGE, dialler, WHISPER) == Answered(desk, FIRST)
    assert dialler.dialled == [(FIRST, "Ufficio casa")]
    assert sum(sound for _, sound in desk.heard) == 100, "it was told for two seconds"
    assert not desk.closed


@pytest.mark.parametrize("way", [Way.BRIDGE, Way.ATTENDED])
def test_each_telephone_rings_for_its_time(way: Way) -> None:
    dialler = FakeDialler({FIRST: Unreached.UNANSWERED, SECOND: Unreached.UNANSWERED})
    route = Route(way, (FIRST, SECOND))
    result, seconds = timed(put_through(FakeLine(), route, dialler, PLAIN))
    assert result == NotReached(Unreached.UNANSWERED)
    assert seconds == pytest.approx(2 * RING)
    assert [target for target, _ in dialler.dialled] == [FIRST, SECOND]


def test_an_office_that_hangs_up_while_it_is_told() -> None:
    deaf, desk = FakeLine(), FakeLine()
    deaf.do(HungUp("caller"))
    dialler = FakeDialler({FIRST: deaf, SECOND: desk})
    assert outcome(FakeLine(), Way.BRIDGE, dialler, WHISPER) == Answered(desk, SECOND)
    assert deaf.closed


def test_of_several_reasons_the_caller_hears_the_one_that_tells_most() -> None:
    dialler = FakeDialler({FIRST: Unreached.UNREACHABLE, SECOND: Unreached.BUSY})
    assert outcome(FakeLine(), Way.BRIDGE, dialler) == NotReached(Unreached.BUSY)


def test_without_a_telephone_side_or_without_sound_nobody_is_called() -> None:
    assert outcome(FakeLine(), Way.BRIDGE, None) == NotReached(Unreached.UNREACHABLE)
    dialler = FakeDialler({FIRST: FakeLine()})
    written = FakeLine(has_audio=False)
    assert outcome(written, Way.BRIDGE, dialler) == NotReached(Unreached.UNSUPPORTED)
    assert dialler.dialled == []


# --- attended --------------------------------------------------------------------------


def test_an_attended_transfer_leaves_both_to_the_exchange() -> None:
    line, desk = FakeLine(joins=None), FakeLine()
    assert outcome(line, Way.ATTENDED, FakeDialler({FIRST: desk}), WHISPER) == HandedOn()
    assert line.transferred == [desk]


def test_where_the_exchange_can_not_join_them_we_do() -> None:
    line, desk = FakeLine(joins=Unreached.UNSUPPORTED), FakeLine()
    assert outcome(line, Way.ATTENDED, FakeDialler({FIRST: desk})) == Answered(desk, FIRST)
    assert not desk.closed


def test_where_the_exchange_fails_to_join_them_the_office_is_let_go() -> None:
    line, desks = FakeLine(joins=Unreached.REFUSED), (FakeLine(), FakeLine())
    dialler = FakeDialler(dict(zip((FIRST, SECOND), desks, strict=True)))
    assert outcome(line, Way.ATTENDED, dialler) == NotReached(Unreached.REFUSED)
    assert all(desk.closed for desk in desks)
    assert not line.closed


# --- the caller hangs up ---------------------------------------------------------------


@pytest.mark.parametrize("after", [1.0, 3.0])
@pytest.mark.parametrize("way", [Way.BRIDGE, Way.ATTENDED])
def test_a_caller_who_hangs_up_leaves_nothing_ringing(way: Way, after: float) -> None:
    """While it rings, and while the office is told who is coming."""
    desk = FakeLine()
    dialler = FakeDialler({FIRST: desk})

    async def script() -> None:
        task = asyncio.ensure_future(
            put_through(FakeLine(joins=None), Route(way, (FIRST,)), dialler, WHISPER)
        )
        await asyncio.sleep(after)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    run(script())
    assert desk.closed or dialler.given_up == [FIRST]
