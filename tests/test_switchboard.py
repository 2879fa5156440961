"""Who may come in, and how the house empties."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.conversation import services
from tests.fakes.line import FakeLine
from tests.fakes.speech import FakeEar, heard
from tests.fakes.virtual_time import run
from voicebot.dialogue import Dialogue
from voicebot.errors import LineError
from voicebot.model import HungUp, KeyPress
from voicebot.switchboard import Door, Refusal, Switchboard


def board(dialogue: Dialogue, max_calls: int = 2, ear: FakeEar | None = None) -> Switchboard:
    return Switchboard(services(dialogue, ear or FakeEar()), {Door.PAGE: max_calls})


def open_line(house: Switchboard) -> FakeLine:
    """Come in as the doors do."""
    with house.admission(Door.PAGE):
        line = FakeLine()
        house.start(line, Door.PAGE)
    return line


def test_a_full_house_refuses_and_takes_again_when_a_call_has_ended(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue)
        first, _ = open_line(house), open_line(house)
        assert house.running == 2
        with pytest.raises(LineError, match="all lines are busy"), house.admission(Door.PAGE):
            raise AssertionError("it was let in")
        first.do(HungUp("caller"))
        await asyncio.sleep(1)
        assert first.closed
        assert house.running == 1
        open_line(house)
        assert (house.taken.total(), house.refused.total(), house.running) == (3, 1, 2)
        await house.close()

    run(script())


def test_a_line_that_is_being_opened_counts(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue, max_calls=1)
        with house.admission(Door.PAGE):
            assert house.running == 0
            with pytest.raises(LineError, match="busy"), house.admission(Door.PAGE):
                raise AssertionError("it was let in")
        open_line(house)
        await house.close()
        assert (house.taken.total(), house.refused.total()) == (1, 1)

    run(script())


def test_a_line_that_could_not_be_opened_gives_its_place_back(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue, max_calls=1)
        for _ in range(3):
            with pytest.raises(ValueError, match="bad offer"), house.admission(Door.PAGE):
                raise ValueError("bad offer")
        open_line(house)
        assert (house.taken.total(), house.refused.total()) == (1, 0)
        await house.close()

    run(script())


def test_closing_refuses_new_calls_and_cuts_those_going_on(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue, max_calls=3)
        lines = [open_line(house) for _ in range(3)]
        await asyncio.sleep(2)
        assert not house.draining
        await house.close()
        assert house.draining
        assert house.running == 0
        assert all(line.closed for line in lines)
        with pytest.raises(LineError, match="closing"), house.admission(Door.PAGE):
            raise AssertionError("it was let in")
        await house.close()  # harmless

    run(script())  # fails when a task is left


def test_closing_before_a_call_has_drawn_breath_closes_its_line_too(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue)
        line = open_line(house)
        await house.close()
        assert line.closed

    run(script())


def test_a_line_that_was_being_opened_when_the_house_closed_is_cut(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue)
        with house.admission(Door.PAGE):
            await house.close()
            line = FakeLine()
            task = house.start(line, Door.PAGE)
        await asyncio.wait([task], timeout=5)
        assert task.done()
        assert line.closed
        assert house.running == 0

    run(script())


def test_a_call_that_crashes_touches_no_other(
    dialogue: Dialogue, caplog: pytest.LogCaptureFixture
) -> None:
    class Wild(FakeLine):
        """A line whose events make no sense to the call."""

        def show(self, caption: object) -> None:
            raise ZeroDivisionError("wild")

    async def script() -> None:
        house = board(dialogue, ear=FakeEar(heard("it", "ufficio casa")))
        good = open_line(house)
        with house.admission(Door.PAGE):
            wild = Wild(has_audio=False)
            crashed = house.start(wild, Door.PAGE)
        await asyncio.sleep(1)
        assert wild.closed
        assert crashed.done()
        assert crashed.exception() is None
        assert house.running == 1
        await good.speak(1.5)
        await asyncio.sleep(8)
        assert any("Ufficio casa" in text for text in good.said())
        await house.close()

    run(script())
    assert "wild" in caplog.text


def test_calls_do_not_share_their_state(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue)
        one, two = open_line(house), open_line(house)
        one.do(KeyPress("1"))
        two.do(KeyPress("2"))
        await asyncio.sleep(0.5)
        one.do(KeyPress("5"))
        two.do(KeyPress("4"))
        await asyncio.sleep(2)
        assert "Ufficio casa." in one.said()
        assert "Social services secretariat." in two.said()
        await house.close()

    run(script())


def test_a_call_keeps_the_content_it_began_with(dialogue: Dialogue) -> None:
    async def script() -> None:
        now = [dialogue]
        changing = replace(services(dialogue, FakeEar()), dialogue=lambda: now[0])
        house = Switchboard(changing, {Door.PAGE: 2})
        early = open_line(house)
        await asyncio.sleep(0.5)
        now[0] = replace(dialogue, languages=("fr", "it"))
        late = open_line(house)
        await asyncio.sleep(0.5)
        early.do(KeyPress("1"))
        late.do(KeyPress("1"))
        await asyncio.sleep(3)
        assert early.captions[-1].language == "it"
        assert late.captions[-1].language == "fr"
        await house.close()

    run(script())


def test_a_full_page_leaves_the_telephones_their_places(dialogue: Dialogue) -> None:
    async def script() -> None:
        limits = {Door.PAGE: 1, Door.TELEPHONE: 1}
        house = Switchboard(services(dialogue, FakeEar()), limits)
        open_line(house)
        with pytest.raises(LineError, match="busy"), house.admission(Door.PAGE):
            raise AssertionError("it was let in")
        with house.admission(Door.TELEPHONE):
            house.start(FakeLine(), Door.TELEPHONE)
        with pytest.raises(LineError, match="busy"), house.admission(Door.TELEPHONE):
            raise AssertionError("it was let in")
        assert (house.running_by(Door.PAGE), house.running_by(Door.TELEPHONE)) == (1, 1)
        await house.close()
        assert (house.running_by(Door.PAGE), house.running_by(Door.TELEPHONE)) == (0, 0)

    run(script())


def test_refusals_are_counted_by_door_and_reason(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue, max_calls=1)
        with pytest.raises(LineError), house.admission(Door.PAGE):
            raise LineError("no calls are taken from that address")
        open_line(house)
        for door in (Door.PAGE, Door.PAGE, Door.TELEPHONE):
            with pytest.raises(LineError), house.admission(door):
                raise AssertionError("it was let in")
        await house.close()
        with pytest.raises(LineError), house.admission(Door.PAGE):
            raise AssertionError("it was let in")
        assert house.refused == {
            (Door.PAGE, Refusal.UNWELCOME): 1,
            (Door.PAGE, Refusal.FULL): 2,
            (Door.TELEPHONE, Refusal.FULL): 1,
            (Door.PAGE, Refusal.CLOSING): 1,
        }

    run(script())


def test_draining_takes_nobody_and_lets_the_running_calls_end(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue, max_calls=3)
        lines = [open_line(house), open_line(house)]
        draining = asyncio.ensure_future(house.drain(60))
        await asyncio.sleep(5)
        assert house.draining and house.running == 2
        with pytest.raises(LineError, match="closing"), house.admission(Door.PAGE):
            raise AssertionError("it was let in")
        lines[0].do(HungUp("caller"))
        await asyncio.sleep(5)
        assert not draining.done() and not lines[1].closed
        lines[1].do(HungUp("caller"))
        await asyncio.wait_for(draining, 1)
        assert house.running == 0

    run(script())


def test_draining_has_an_end(dialogue: Dialogue) -> None:
    async def script() -> None:
        house = board(dialogue)
        line = open_line(house)
        began = asyncio.get_running_loop().time()
        await house.drain(20)
        assert asyncio.get_running_loop().time() - began == pytest.approx(20, abs=0.1)
        assert not line.closed
        await house.close()
        assert line.closed

    run(script())


def test_a_line_that_was_being_opened_when_draining_began_may_still_be_held(
    dialogue: Dialogue,
) -> None:
    async def script() -> None:
        house = board(dialogue)
        with house.admission(Door.PAGE):
            draining = asyncio.ensure_future(house.drain(60))
            await asyncio.sleep(3)
            assert not draining.done()
            line = FakeLine()
            house.start(line, Door.PAGE)
        await asyncio.sleep(3)
        assert not draining.done() and not line.closed
        line.do(HungUp("caller"))
        await asyncio.wait_for(draining, 1)

    run(script())
