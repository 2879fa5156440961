"""Callers and operators meet: offers, conversations, and every way in which they break off."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.line import FakeLine
from tests.holding.stage import Caller, Stage, accept, play, ringing, until
from voicebot.errors import LineError, Unreached
from voicebot.holding.events import Back, Finished, Held, Keys, Returned, Taken
from voicebot.holding.seat import Seat
from voicebot.model import Audio, HungUp
from voicebot.model.holding import OperatorState, Outcome, TicketState

CASA = "+39059111"


async def talking(stage: Stage, name: str = "anna") -> tuple[Seat, Caller]:
    """An operator and a caller who hear one another."""
    seat = await stage.operator(name)
    caller = await stage.caller(CASA)
    assert await accept(seat)
    await caller.talks()
    return seat, caller


# --- offers --------------------------------------------------------------------------------


def test_a_caller_is_offered_taken_and_served() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        assert await until(ringing(seat)) <= 0.5
        assert seat.snapshot().number == CASA
        assert await accept(seat)
        taken = await caller.talks()
        assert taken.operator == "Anna"
        assert seat.snapshot().joined
        await asyncio.sleep(60)
        await seat.hang_up()
        await until(lambda: bool(caller.got(Finished)))
        assert seat.state is OperatorState.WRAP_UP
        await until(lambda: seat.state is OperatorState.AVAILABLE)
        assert await stage.queue.store.open_tickets("here") == []

    play(scene)


def test_from_becoming_free_to_the_offer_takes_no_half_second() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna", ready=False)
        await stage.caller(CASA)
        await asyncio.sleep(30)
        await seat.ready()
        assert await until(ringing(seat)) <= 0.5

    play(scene)


def test_a_declined_call_goes_to_the_next_operator_and_comes_first() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna")
        first = await stage.caller(CASA)
        await until(ringing(anna))
        await stage.caller("+39059222")
        assert anna.ticket is not None
        await anna.decline(anna.ticket.token)
        assert anna.state is OperatorState.PAUSED and anna.reason == "declined"
        bea = await stage.operator("bea")
        await until(ringing(bea))
        assert bea.ticket is not None and bea.ticket.id == first.place.ticket.id

    play(scene)


def test_who_lets_it_ring_out_is_paused_and_a_late_accept_fails() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await until(ringing(anna))
        assert anna.ticket is not None
        token = anna.ticket.token
        bea = await stage.operator("bea")
        assert 19 < await until(ringing(bea)) <= 21
        assert anna.state is OperatorState.PAUSED and anna.reason == "unanswered"
        assert not await anna.accept(token)
        assert await accept(bea)
        assert (await caller.talks()).operator == "Bea"

    play(scene)


def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await until(ringing(anna))
        assert anna.ticket is not None
        token = anna.ticket.token
        await caller.place.drop()
        await until(lambda: anna.state is OperatorState.AVAILABLE)
        assert not await anna.accept(token)

    play(scene)


def test_hanging_up_and_accepting_at_once_leaves_the_ticket_in_one_place() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await until(ringing(anna))
        assert anna.ticket is not None
        await asyncio.gather(caller.place.drop(), anna.accept(anna.ticket.token))
        (ticket,) = await stage.queue.store.open_tickets("here")
        assert ticket.state is TicketState.DROPPED
        await until(lambda: anna.state is not OperatorState.BUSY)

    play(scene)


def test_the_one_who_is_free_for_longest_is_offered_the_call() -> None:
    async def scene(stage: Stage) -> None:
        await stage.operator("anna")
        await asyncio.sleep(5)
        bea = await stage.operator("bea")
        await asyncio.sleep(5)
        anna = stage.desk.seat_of("anna")
        assert anna is not None
        await anna.pause("coffee")
        await anna.ready()
        await stage.caller(CASA)
        await until(ringing(bea))
        assert anna.state is OperatorState.AVAILABLE

    play(scene)


def test_an_operator_without_headset_and_telephone_takes_no_calls() -> None:
    async def scene(stage: Stage) -> None:
        anna = await stage.operator("anna", ready=False)
        stage.headsets["anna"].do(HungUp("lost"))
        await until(lambda: not anna.reachable)
        with pytest.raises(LineError, match="headset"):
            await anna.ready()

    play(scene)


# --- conversations -------------------------------------------------------------------------


def test_each_hears_what_the_other_says() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        assert await accept(seat)
        taken = await caller.talks()
        assert isinstance(taken, Taken)
        said = asyncio.create_task(stage.headsets["anna"].speak(0.5))
        loud = 0
        async for event in taken.line.events():
            assert isinstance(event, Audio)
            loud += bool(event.samples.any())
            if loud >= 5:
                break
        await said

    play(scene)


def test_when_the_operator_hangs_up_her_line_ends_for_this_call_alone() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await accept(seat)
        taken = await caller.talks()
        await seat.hang_up()
        last = [event async for event in taken.line.events()][-1]
        assert last == HungUp("operator")
        assert not stage.headsets["anna"].closed

    play(scene)


def test_a_caller_who_hangs_up_was_served() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        await asyncio.sleep(30)
        await caller.place.leave()
        await until(lambda: seat.state is OperatorState.WRAP_UP)
        (talk,) = await stage.queue.store.talks(5)
        assert 29 < talk.seconds < 31

    play(scene)


def test_hold_and_keys_reach_the_call() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        await seat.hold(True)
        await seat.hold(True)
        assert seat.snapshot().on_hold
        await seat.hold(False)
        await seat.keys("12#")
        await until(lambda: bool(caller.got(Keys)))
        assert caller.got(Held) == [Held(True), Held(False)]
        assert caller.got(Keys) == [Keys("12#")]

    play(scene)


def test_sound_that_is_not_joined_in_time_gives_the_caller_back() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await accept(seat)
        await until(lambda: bool(caller.got(Returned)))
        assert seat.state is OperatorState.WRAP_UP
        await until(ringing(seat))
        assert seat.ticket is not None and seat.ticket.id == caller.place.ticket.id

    play(scene)


def test_a_line_that_breaks_before_it_is_joined_gives_the_caller_back() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller(CASA)
        await accept(seat)
        await until(lambda: bool(caller.got(Taken)))
        await caller.place.failed()
        await until(lambda: bool(caller.got(Returned)))
        assert caller.place.ticket.state is TicketState.WAITING
        assert seat.state is not OperatorState.BUSY

    play(scene)


def test_a_browser_that_comes_back_in_time_goes_on_with_the_call() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        stage.headsets["anna"].do(HungUp("lost"))
        await until(lambda: not seat.reachable)
        await asyncio.sleep(5)
        await seat.headset(FakeLine())
        await asyncio.sleep(60)
        assert seat.state is OperatorState.BUSY and not caller.got(Returned)

    play(scene)


def test_a_browser_that_stays_away_gives_the_caller_back_with_their_rank() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        rank = caller.place.ticket.rank
        later = await stage.caller("+39059222")
        stage.headsets["anna"].do(HungUp("lost"))
        await until(lambda: caller.got(Returned) == [Returned(Back.FAILED)])
        await until(lambda: seat.state is OperatorState.PAUSED)
        bea = await stage.operator("bea")
        await until(ringing(bea))
        assert bea.ticket is not None and bea.ticket.id == caller.place.ticket.id
        assert bea.ticket.rank == rank < later.place.ticket.rank

    play(scene)


def test_a_new_window_takes_over_the_headset() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        first, second = stage.headsets["anna"], FakeLine()
        await seat.headset(second)
        assert first.closed and not second.closed
        await asyncio.sleep(20)
        assert seat.state is OperatorState.BUSY and not caller.got(Returned)

    play(scene)


def test_signing_in_twice_is_one_seat_and_signing_out_gives_the_caller_back() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        assert await stage.desk.sign_in(seat.operator) is seat
        await seat.sign_out()
        await until(lambda: bool(caller.got(Returned)))
        assert stage.desk.seats == ()
        states = [snapshot.state async for snapshot in seat.events()]
        assert states == [OperatorState.SIGNED_OUT]

    play(scene)


def test_every_window_is_sent_how_things_stand() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna", ready=False)
        seen: list[list[OperatorState]] = [[], []]

        async def window(states: list[OperatorState]) -> None:
            async for snapshot in seat.events():
                states.append(snapshot.state)

        windows = [asyncio.create_task(window(states)) for states in seen]
        await asyncio.sleep(1)
        await seat.ready()
        await asyncio.sleep(1)
        await stage.caller(CASA)
        await until(ringing(seat))
        await asyncio.sleep(1)
        await seat.sign_out()
        await asyncio.gather(*windows)
        for states in seen:
            assert list(dict.fromkeys(states)) == [
                OperatorState.PAUSED,
                OperatorState.AVAILABLE,
                OperatorState.RINGING,
                OperatorState.SIGNED_OUT,
            ]

    play(scene)


# --- transfer and consultation ---------------------------------------------------------------


def test_a_transfer_to_an_office_keeps_the_rank() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        polo = await stage.operator("pia", offices="polo-1", ready=False)
        others = [await stage.caller(f"+3905933{n}", office="polo-1") for n in range(3)]
        await seat.transfer(office="polo-1")
        await until(lambda: caller.got(Returned) == [Returned(Back.TRANSFERRED)])
        await polo.ready()
        assert await accept(polo)
        assert (await caller.talks()).operator == "Pia"
        assert all(not other.got(Taken) for other in others)

    play(scene)


def test_a_transfer_to_a_colleague_waits_for_her_then_for_anybody() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        bea = await stage.operator("bea")
        cleo = await stage.operator("cleo")
        await seat.transfer(operator="bea")
        await until(ringing(bea))
        await bea.pause("busy")
        assert cleo.state is OperatorState.AVAILABLE
        waited = await until(ringing(cleo))
        assert waited <= 31
        assert cleo.ticket is not None and cleo.ticket.id == caller.place.ticket.id

    play(scene)


def test_a_colleague_is_asked_and_the_caller_is_back() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        bea = await stage.operator("bea")
        await seat.consult("bea")
        assert caller.got(Held) == [Held(True)] or await until(lambda: bool(caller.got(Held))) < 1
        assert bea.snapshot().consults == "Anna"
        assert await accept(bea)
        assert bea.state is OperatorState.BUSY
        await stage.headsets["anna"].speak(0.3)
        assert any(sound for _, sound in stage.headsets["bea"].heard)
        await seat.back()
        await until(lambda: caller.got(Held) == [Held(True), Held(False)])
        states = [seat.state, bea.state]
        assert states == [OperatorState.BUSY, OperatorState.AVAILABLE]
        assert not caller.got(Returned)

    play(scene)


def test_a_colleague_who_was_asked_goes_on_with_the_caller() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        bea = await stage.operator("bea")
        await seat.consult("bea")
        await accept(bea)
        await seat.complete()
        await until(lambda: len(caller.got(Taken)) == 2)
        assert seat.state is OperatorState.WRAP_UP and bea.state is OperatorState.BUSY
        ticket = caller.place.ticket
        assert ticket.offer is not None and ticket.offer.operator == "bea"
        await bea.hang_up()
        await until(lambda: bool(caller.got(Finished)))

    play(scene)


def test_a_colleague_who_does_not_answer_leaves_the_caller_where_they_were() -> None:
    async def scene(stage: Stage) -> None:
        seat, caller = await talking(stage)
        bea = await stage.operator("bea")
        await seat.consult("bea")
        await until(lambda: bea.state is OperatorState.PAUSED)
        await until(lambda: caller.got(Held) == [Held(True), Held(False)])
        assert seat.state is OperatorState.BUSY
        with pytest.raises(LineError, match="not free"):
            await seat.consult("bea")

    play(scene)


# --- a desk telephone --------------------------------------------------------------------------


def test_answering_the_desk_telephone_is_accepting() -> None:
    async def scene(stage: Stage) -> None:
        telephone = FakeLine()
        stage.dialler.targets["sip:anna"] = telephone
        seat = await stage.operator("anna", ready=False)
        seat.phone("sip:anna")
        await seat.ready()
        caller = await stage.caller(CASA)
        await caller.talks()
        telephone.do(HungUp("caller"))
        await until(lambda: bool(caller.got(Finished)))
        assert seat.state is OperatorState.WRAP_UP and telephone.closed

    play(scene)


@pytest.mark.parametrize("why", [Unreached.BUSY, Unreached.UNANSWERED, Unreached.NOT_ALLOWED])
def test_a_desk_telephone_that_is_not_answered_pauses_her(why: Unreached) -> None:
    async def scene(stage: Stage) -> None:
        stage.dialler.targets["sip:anna"] = why
        seat = await stage.operator("anna", ready=False)
        seat.phone("sip:anna")
        await seat.ready()
        caller = await stage.caller(CASA)
        await until(lambda: seat.state is OperatorState.PAUSED)
        await until(lambda: seat.ticket is None)
        assert not caller.got(Taken)
        (ticket,) = await stage.queue.store.open_tickets("here")
        assert ticket.state is TicketState.WAITING

    play(scene)


def test_a_caller_who_hangs_up_stops_the_ringing_of_the_desk_telephone() -> None:
    async def scene(stage: Stage) -> None:
        stage.dialler.targets["sip:anna"] = FakeLine()
        seat = await stage.operator("anna", ready=False)
        seat.phone("sip:anna")
        await seat.ready()
        caller = await stage.caller(CASA)
        await until(ringing(seat))
        await asyncio.sleep(0.5)
        await caller.place.drop()
        await until(lambda: stage.dialler.given_up == ["sip:anna"])

    play(scene)


# --- to be called back -----------------------------------------------------------------------


def test_a_caller_who_hung_up_is_called_when_first() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await stage.caller("+39059222")
        stage.dialler.targets[CASA] = FakeLine()
        await caller.place.call_me_back(CASA)
        seat = await stage.operator("anna")
        assert await accept(seat)
        await until(lambda: bool(stage.called))
        _, back = stage.called[0]
        assert back.place.ticket.id == caller.place.ticket.id
        await back.talks()
        await asyncio.sleep(30)
        await seat.hang_up()
        await until(lambda: bool(back.got(Finished)))
        assert back.place.ticket.outcome is Outcome.CALLED_BACK
        assert len(await stage.queue.store.open_tickets("here")) == 1

    play(scene)


def test_who_does_not_answer_is_tried_again_and_then_no_more() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        stage.dialler.targets[CASA] = Unreached.UNANSWERED
        await caller.place.call_me_back(CASA)
        seat = await stage.operator("anna")
        for attempt in range(3):
            assert await accept(seat, within=310), attempt
            await until(lambda: seat.state is OperatorState.AVAILABLE)
        assert len(stage.dialler.dialled) == 3
        assert await stage.queue.store.open_tickets("here") == []
        assert seat.state is OperatorState.AVAILABLE

    play(scene)


def test_a_caller_who_waits_to_be_called_may_call_again() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await caller.place.call_me_back(CASA)
        place = await stage.queue.resume(stage.queue.caller_key(CASA), CASA)
        assert place is not None and place.ticket.rank == caller.place.ticket.rank
        assert place.ticket.call_back is None
        assert stage.queue.places[place.ticket.id] is place
        await place.leave()

    play(scene)


def test_the_number_of_one_to_be_called_is_not_readable_in_the_database() -> None:
    async def scene(stage: Stage) -> None:
        caller = await stage.caller(CASA)
        await caller.place.call_me_back(CASA)
        (ticket,) = await stage.queue.store.open_tickets("here")
        assert ticket.call_back is not None
        assert CASA.encode() not in ticket.call_back.number
        place = await stage.queue.resume(ticket.wish.caller)
        assert place is not None
        await place.leave()
        assert place.ticket.outcome is Outcome.LEFT and place.ticket.call_back is None

    play(scene)
