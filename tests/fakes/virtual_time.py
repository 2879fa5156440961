"""A conversation played on virtual time: a minute in milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from voicebot.simulation.virtual_time import LoopClock as FakeClock
from voicebot.simulation.virtual_time import VirtualTimeLoop

__all__ = ["FakeClock", "VirtualTimeLoop", "run"]

T = TypeVar("T")


def run(conversation: Coroutine[Any, Any, T]) -> T:
    """Play a conversation to its end; tasks that it leaves behind fail the test."""
    loop = VirtualTimeLoop()
    try:
        result = loop.run_until_complete(conversation)
        left = [task.get_name() for task in asyncio.all_tasks(loop)]
        assert not left, f"tasks left behind: {left}"
        return result
    finally:
        loop.close()
