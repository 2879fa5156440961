"""Callers and operators meet: offers, conversations, and every way in which they break off."""

from __future__ import annotations

import asyncio

from tests.holding.stage import Stage, accept, play, ringing, until
from voicebot.holding.events import Finished, Taken
from voicebot.model.holding import OperatorState


def test_a_caller_is_offered_taken_and_served() -> None:
    async def scene(stage: Stage) -> None:
        seat = await stage.operator("anna")
        caller = await stage.caller("+39059111")
        waited = await until(ringing(seat))
        assert waited <= 0.5
        assert await accept(seat)
        await until(lambda: bool(caller.got(Taken)))
        await caller.place.connected()
        await asyncio.sleep(60)
        await seat.hang_up()
        await until(lambda: bool(caller.got(Finished)))
        assert seat.state is OperatorState.WRAP_UP

    play(scene)
