"""What callers are told, and how they find their place again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.holding.stage import Stage, accept, play, ringing, until
from voicebot.holding.events import Closing, Deserted, Taken, Widened
from voicebot.holding.rank import Widening
from voicebot.model.holding import OperatorState, Standing, TicketState

CASA = "+39059111"


def positions(events: list[object]) -> list[int]:
    return [event.position for event in events if isinstance(event, Standing)]


# --- how things stand ----------------------------------------------------------------------


def test_with_nobody_signed_in_one_hears_so_before_joining() -> None:
    async def scene(stage: Stage) -> None:
        assert (await stage.queue.outlook("casa", "it")).operators == 0
        await stage.operator("pia", offices="polo-1")
        assert (await stage.queue.outlook("casa", "it")).operators == 0
        await stage.operator("anna", languages="fr")
        assert (await stage.queue.outlook("casa", "it")).operators == 1

    play(scene)


def test_those_before_you_are_those_whom_your_operators_may_take() -> None:
    async def scene(stage: Stage) -> None:
        await stage.operator("anna", "casa polo-1", "it", ready=False)
        await stage.operator("pia", "polo-1", "it fr", ready=False)
        for office, language in (("casa", "it"), ("polo-1", "it"), ("polo-1", "fr")):
            await stage.caller(office=office, language=language)
        await asyncio.sleep(2)
        assert (await stage.queue.outlook("casa", "it")).position == 4
        await asyncio.sleep(1)
        last = await stage.caller(CASA)
        assert (await last.place.standing()).position == 4

    play(scene)


def test_a_caller_hears_when_it_is_better_by_a_step_and_not_before() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna", ready=False)
        before = [await stage.caller(f"+390591{n}") for n in range(8)]
        caller = await stage.caller(CASA)
        first = await caller.place.standing()
        assert first.position == 9
        await asyncio.sleep(10)
        told = len(caller.got(Standing))
        assert told <= 1
        for other in before[:1]:
            await other.place.leave()
        await asyncio.sleep(2)
        assert len(caller.got(Standing)) == told, "one of nine is no step"
        for other in before[1:5]:
            await other.place.leave()
        await asyncio.sleep(2)
        assert positions(list(caller.events))[-1] == 4
        worse = await stage.caller("+390592", head_start=250)
        await asyncio.sleep(5)
        assert positions(list(caller.events))[-1] == 4, "never worse"
        await worse.place.leave()
        assert seat.state is OperatorState.PAUSED

    play(scene)


def test_waits_are_told_as_a_range_that_shrinks() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        await stage.caller("+39059222")
        await accept(seat)
        caller = await stage.caller(CASA)
        await asyncio.sleep(1)
        standing = await caller.place.standing()
        assert standing.wait is not None
        assert 0 <= standing.wait.low < 240 < standing.wait.high < 1500
        free = await stage.operator("bea", ready=False)
        free.phone("sip:bea")
        await asyncio.sleep(2)
        assert (await stage.queue.outlook("casa", "it")).wait is not None

    play(scene, connecting=3600.0)


# --- who may take whom -----------------------------------------------------------------------


def test_after_a_while_an_operator_without_the_language_answers_and_the_caller_knows() -> None:
    async def scene(stage: Stage) -> None:
        paused = await stage.operator("amal", languages="ar", ready=False)
        anna = await stage.operator("anna", languages="it")
        caller = await stage.caller(CASA, language="ar")
        waited = await until(ringing(anna), 200)
        assert 179 <= waited <= 182
        assert caller.got(Widened) == [Widened("ar")]
        assert paused.state is OperatorState.PAUSED

    play(scene)


def test_where_nobody_speaks_the_language_nobody_waits_for_it() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna", languages="it")
        caller = await stage.caller(CASA, language="ar")
        assert await until(ringing(anna)) <= 0.5
        await until(lambda: caller.got(Widened) == [Widened("ar")])

    play(scene)


def test_another_office_stands_in_by_rule_and_ranks_stay() -> None:
    widening = Widening(timedelta(seconds=60), timedelta(seconds=120), {"casa": ["polo-1"]})

    async def scene(stage: Stage) -> None:
        await stage.operator("anna", "casa", ready=False)
        first = await stage.caller(CASA)
        await asyncio.sleep(110)
        own = await stage.caller("+39059222", office="polo-1")
        pia = await stage.operator("pia", "polo-1", ready=False)
        assert stage.desk.queue_for(pia.operator) == [own.place.ticket]
        await asyncio.sleep(15)
        assert [t.id for t in stage.desk.queue_for(pia.operator)] == [
            first.place.ticket.id,
            own.place.ticket.id,
        ]
        await pia.ready()
        await accept(pia)
        await until(lambda: bool(first.got(Taken)))

    play(scene, widening=widening)


def test_no_class_is_helped_by_more_than_the_bound() -> None:
    async def scene(stage: Stage) -> None:
        early = await stage.caller(CASA)
        await asyncio.sleep(301)
        urgent = await stage.caller("+39059222", head_start=86_400)
        assert urgent.place.ticket.wish.priority.head_start == timedelta(minutes=5)
        seat = await stage.operator("anna")
        await accept(seat)
        await until(lambda: bool(early.got(Taken)))
        assert not urgent.got(Taken)

    play(scene)


def test_when_the_last_operator_signs_out_those_who_wait_hear_so() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna", ready=False)
        caller = await stage.caller(CASA)
        await asyncio.sleep(2)
        assert not caller.got(Deserted)
        await seat.sign_out()
        await until(lambda: caller.got(Deserted) == [Deserted()])
        again = await stage.operator("anna", ready=False)
        await asyncio.sleep(3)
        await again.sign_out()
        await until(lambda: len(caller.got(Deserted)) == 2)

    play(scene)


def test_at_closing_time_those_who_wait_hear_so_once() -> None:
    async def scene(stage: Stage) -> None:
        await stage.operator("anna", ready=False)
        caller = await stage.caller(CASA)
        other = await stage.caller("+39059222", office="polo-1")
        await asyncio.sleep(70)
        assert caller.got(Closing) == [Closing()] and not other.got(Closing)

    play(scene, closes={"casa": 60})


# --- the place is found again ----------------------------------------------------------------


def test_by_number_one_has_the_place_again_before_those_who_came_later() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        later = await stage.caller("+39059222")
        await caller.place.drop()
        await asyncio.sleep(300)
        assert await stage.queue.resume(stage.queue.caller_key("+39059333")) is None
        place = await stage.queue.resume(stage.queue.caller_key(CASA), CASA)
        assert place is not None and place.ticket.rank == caller.place.ticket.rank
        seat = await stage.operator("anna")
        await accept(seat)
        assert seat.snapshot().number == CASA
        assert not later.got(Taken)

    play(scene)


def test_withheld_and_shared_numbers_have_a_code_and_are_not_known_by_number() -> None:
    async def scene(stage: Stage) -> None:
        assert stage.queue.caller_key(None) is None
        assert stage.queue.caller_key("+39059999") is None
        known, shared = await stage.caller(CASA), await stage.caller("+39059999")
        assert known.place.code is None
        code = shared.place.code
        assert code is not None
        await shared.place.drop()
        assert await stage.queue.resume(stage.queue.caller_key("+39059999")) is None
        place = await stage.queue.resume_code(code)
        assert place is not None and place.ticket.id == shared.place.ticket.id
        assert await stage.queue.resume_code(code) is None, "it is live again"

    play(scene, shared_numbers=frozenset({"+39059999"}))


def test_wrong_codes_are_slow_for_all_together() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(None)
        await caller.place.drop()
        wrong = [f"{n:04}" for n in range(10) if f"{n:04}" != caller.place.code][:5]
        begun = asyncio.get_running_loop().time()
        found = await asyncio.gather(*(stage.queue.resume_code(code) for code in wrong))
        assert found == [None] * 5
        assert asyncio.get_running_loop().time() - begun >= 5

    play(scene)


def test_after_the_grace_the_place_is_gone() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await caller.place.drop()
        await asyncio.sleep(605)
        assert await stage.queue.resume(stage.queue.caller_key(CASA)) is None
        assert await stage.queue.store.open_tickets("here") == []

    play(scene)


def test_a_place_that_another_node_took_for_dead_is_taken_up_again() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await stage.queue.store.recover("here", 600)
        (ticket,) = await stage.queue.store.open_tickets("here")
        assert ticket.state is TicketState.DROPPED
        seat = await stage.operator("anna")
        assert await until(ringing(seat)) < 2
        assert await accept(seat)
        await caller.talks()

    play(scene)


def test_a_change_of_office_keeps_the_rank_and_stops_the_ringing() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna", "casa")
        pia = await stage.operator("pia", "polo-1", ready=False)
        caller = await stage.caller(CASA)
        await stage.caller("+39059222", office="polo-1")
        rank = caller.place.ticket.rank
        await until(ringing(seat))
        await caller.place.change_office("polo-1")
        assert seat.state is OperatorState.AVAILABLE
        await pia.ready()
        await accept(pia)
        await caller.talks()
        assert caller.place.ticket.rank == rank

    play(scene)


@pytest.mark.parametrize("way", ["leave", "drop"])
def test_events_end_when_the_call_lets_go(way: str) -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await getattr(caller.place, way)()
        await until(caller.ended)
        await getattr(caller.place, way)()

    play(scene)


def test_a_queue_that_is_closed_keeps_every_place() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await accept(seat)
        await caller.talks()
        await stage.caller("+39059222")
        await stage.desk.close()
        await stage.queue.close()
        states = [ticket.state for ticket in await stage.queue.store.open_tickets("here")]
        assert states == [TicketState.DROPPED] * 2

    play(scene)
