"""A real caller at a real switchboard is put through to a real telephone, and comes back."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ruamel.yaml import YAML

from tests.adapters.sip_peers import NARROW, free_listener
from tests.adapters.sip_side import CALLER_TONE, frequency, tone
from tests.adapters.sip_telephone import USER, Telephone, needs_baresip
from tests.e2e.switchboard import Running, running
from voicebot.settings import HOME

NUMBER = "0592034444"
OFFICE = "ufficio-casa"
DESK_TONE = 700.0
RING = 4.0
VOICES = {"it": ["espeak:it"], "en": ["espeak:en-gb"], "fr": ["espeak:fr-fr"], "ar": ["espeak:ar"]}

pytestmark = [pytest.mark.models, needs_baresip]


@dataclass(frozen=True)
class Board:
    """A switchboard, and where an office's telephone may be put."""

    house: Running
    sip: int
    desk: int

    async def calls(self, count: int) -> None:
        """Wait until so many calls are going on."""
        for _ in range(100):
            if self.house.metric("voicebot_calls_running") == count:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.house.metric('voicebot_calls_running')} calls, not {count}")


def always_open(folder: Path) -> Path:
    """The sample town, with an office that never closes."""
    shutil.copytree(HOME / "intents", folder)
    yaml, file = YAML(), folder / "offices.yaml"
    town = yaml.load(file)
    for key in ("holidays", "closures"):
        town.pop(key, None)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for office in town["offices"].values():
        for key in ("seasons", "exceptions", "closures"):
            office.pop(key, None)
        office["hours"] = {day: ["00:00-23:59"] for day in days}
    with file.open("w", encoding="utf-8") as output:
        yaml.dump(town, output)
    return folder


@pytest.fixture(scope="module", params=["bridge", pytest.param("transfer", marks=pytest.mark.long)])
def board(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp("switchboard")
    sip, desk = free_listener(), free_listener()
    target = f"sip:{USER}@127.0.0.1:{desk}"
    settings = {
        "sip__port": str(sip),
        "sip__users": f'["{NUMBER}"]',
        "paths__intents": str(always_open(folder / "intents")),
        # the fastest: it is not the voice that is tried here
        "speech__voices": json.dumps(VOICES),
        "connect__ring": str(RING),
        "connect__offices": json.dumps({OFFICE: {"way": request.param, "targets": [target]}}),
    }
    with running(folder, **settings) as house:
        yield Board(house, sip, desk)


@asynccontextmanager
async def put_through(board: Board, folder: Path) -> AsyncIterator[tuple[Telephone, Telephone]]:
    """A caller who has pressed the keys of a language and of the office, whose telephone rings."""
    for name, pitch in (("caller", CALLER_TONE), ("desk", DESK_TONE)):
        soundfile.write(folder / f"{name}.wav", tone(pitch, NARROW, 120), NARROW)
    async with Telephone.open(folder / "desk", folder / "desk.wav", port=board.desk) as desk:
        async with Telephone.open(folder / "caller", folder / "caller.wav") as caller:
            caller.do("dial", f"sip:{NUMBER}@127.0.0.1:{board.sip}")
            await caller.until("CALL_ESTABLISHED")
            await asyncio.sleep(1.5)
            caller.do("sndcode", "2")
            await asyncio.sleep(1)
            caller.do("sndcode", "5")
            await desk.until("CALL_INCOMING", 20)
            yield caller, desk
    await board.calls(0)


def pitch(telephone: Telephone) -> float:
    """What it heard in the last half second of its last call."""
    samples, rate = telephone.heard()
    return frequency(samples[-rate // 2 :], rate)


async def test_an_operator_answers_and_the_two_talk(board: Board, tmp_path: Path) -> None:
    async with put_through(board, tmp_path) as (caller, desk):
        desk.do("accept")
        await desk.until("CALL_ESTABLISHED")
        await asyncio.sleep(4)
        await gone(caller)
        await desk.until("CALL_CLOSED")
        assert pitch(desk) == pytest.approx(CALLER_TONE, abs=5)
        assert pitch(caller) == pytest.approx(DESK_TONE, abs=5)


async def gone(caller: Telephone) -> None:
    """The caller hangs up: what they were sent to first, then the call with us."""
    for _ in range(2):
        caller.do("hangup")
        await asyncio.sleep(0.5)


async def test_an_operator_refuses_and_the_caller_stays(board: Board, tmp_path: Path) -> None:
    async with put_through(board, tmp_path) as (caller, desk):
        desk.do("hangup")
        await desk.until("CALL_CLOSED")
        await asyncio.sleep(3)
        await board.calls(1)
        await gone(caller)
        # words, and no silence
        samples, rate = caller.heard(0)
        assert np.abs(samples[-3 * rate :]).max() > 2000


async def test_nobody_answers_and_the_caller_stays(board: Board, tmp_path: Path) -> None:
    async with put_through(board, tmp_path) as (caller, _):
        await asyncio.sleep(RING + 2)
        await board.calls(1)
        await gone(caller)


async def test_a_caller_who_hangs_up_while_it_rings(board: Board, tmp_path: Path) -> None:
    async with put_through(board, tmp_path) as (caller, desk):
        await gone(caller)
        await desk.until("CALL_CLOSED")


async def test_a_caller_who_hangs_up_in_the_moment_of_the_answer(
    board: Board, tmp_path: Path
) -> None:
    async with put_through(board, tmp_path) as (caller, desk):
        desk.do("accept")
        await gone(caller)
        await desk.until("CALL_CLOSED")
