"""A real telephone calls a real switchboard, with recorded callers in its microphone."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from tests.adapters.sip_peers import NARROW, Rtp, free_listener, needs_sipp, sipp
from tests.adapters.sip_telephone import Telephone, needs_baresip
from tests.e2e.switchboard import SPEECH, Running, running
from voicebot import build
from voicebot.adapters.whisper import Whisper
from voicebot.hearing.endpointing import Endpointer, SpeechEnded
from voicebot.model import FRAME_SAMPLES, RATE, Audio, Language
from voicebot.settings import Settings

NUMBER = "0592034444"
CALLER = "3330001111"

pytestmark = pytest.mark.models


@dataclass(frozen=True)
class Board:
    """A switchboard with a telephone."""

    house: Running
    sip: int

    async def calls(self, count: int) -> None:
        """Wait until so many calls are going on."""
        for _ in range(50):
            if self.house.metric("voicebot_calls_running") == count:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.house.metric('voicebot_calls_running')} calls, not {count}")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    port = free_listener()
    settings = {"sip__port": str(port), "sip__users": f'["{NUMBER}"]', "sip__max_calls": "2"}
    with running(tmp_path_factory.mktemp("switchboard"), **settings) as house:
        yield Board(house, port)


@pytest.fixture(scope="module")
def whisper(settings: Settings) -> Whisper:
    return build.whisper(settings, {})


def microphone(file: Path, rate: int, at: float = 0.0, clip: Path | None = None) -> Path:
    """A minute for a telephone to say: a faint hiss, and the clip at its time."""
    track = np.random.default_rng(7).normal(0, 2e-4, 60 * rate)
    if clip is not None:
        samples, given = soundfile.read(clip)
        speech = soxr.resample(samples, given, rate)
        start = round(at * rate)
        track[start : start + len(speech)] += speech
    soundfile.write(file, track, rate, subtype="PCM_16")
    return file


@asynccontextmanager
async def telephone(
    board: Board, folder: Path, codec: str = "pcma", clip: Path | None = None
) -> AsyncIterator[Telephone]:
    """A caller who is connected, and who says the clip after five seconds."""
    speech = microphone(folder / "speech.wav", 16_000 if codec == "g722/16000/1" else 8000, 5, clip)
    async with Telephone.open(folder / "peer", speech, codec) as caller:
        caller.do("dial", f"sip:{NUMBER}@127.0.0.1:{board.sip}")
        await caller.until("CALL_ESTABLISHED")
        await board.calls(1)
        yield caller
        await board.calls(0)


def words(caller: Telephone, whisper: Whisper, language: Language) -> str:
    """What a recogniser hears in what the telephone has received."""
    return spoken(*caller.heard(), whisper, language)


def spoken(samples: NDArray[np.int16], rate: int, whisper: Whisper, language: Language) -> str:
    """What a recogniser hears in a recording."""
    heard = soxr.resample(samples, rate, RATE)
    padded = np.concatenate([heard, np.zeros(2 * RATE, np.int16)])
    endpointer = Endpointer(build.silero().for_call())
    texts = []
    for start in range(0, len(padded) - FRAME_SAMPLES, FRAME_SAMPLES):
        for event in endpointer.feed(Audio(padded[start : start + FRAME_SAMPLES])):
            if isinstance(event, SpeechEnded):
                result = whisper.hear(event.segment, [language], language)
                texts += [hypothesis.text for hypothesis in result.hypotheses[:1]]
    return " ".join(texts).lower()


@needs_baresip
@pytest.mark.parametrize(
    ("language", "clip", "codec", "heard"),
    [
        ("it", "it-001-0.flac", "pcma", "casa"),
        ("fr", "fr-037-0.flac", "g722/16000/1", "logement"),
    ],
)
async def test_a_question_is_heard_answered_and_heard_back(
    board: Board, whisper: Whisper, tmp_path: Path, language: str, clip: str, codec: str, heard: str
) -> None:
    async with telephone(board, tmp_path, codec, SPEECH / clip) as caller:
        await asyncio.sleep(28)
        caller.do("hangup")
    text = words(caller, whisper, language)
    assert heard in text, text


@needs_baresip
async def test_a_caller_who_only_presses_keys(
    board: Board, whisper: Whisper, tmp_path: Path
) -> None:
    async with telephone(board, tmp_path) as caller:
        await asyncio.sleep(1.5)
        caller.do("sndcode", "2")
        await asyncio.sleep(4)
        caller.do("sndcode", "5")
        await asyncio.sleep(8)
        caller.do("hangup")
    text = words(caller, whisper, "en")
    assert "hous" in text, text


@needs_sipp
async def test_a_caller_of_an_old_number_hears_its_office_and_goes_on_by_one_key(
    board: Board, whisper: Whisper, tmp_path: Path
) -> None:
    """The exchange diverts an old number of the Ufficio casa to the one number."""
    diverted = "Diversion: <sip:0592031501@exchange.example>;reason=unconditional"
    async with Rtp.open() as rtp:
        calling = asyncio.create_task(
            sipp(
                tmp_path,
                "call",
                board.sip,
                service=NUMBER,
                extra=diverted,
                rtp_port=rtp.port,
                seconds=18,
            )
        )
        await rtp.connected()
        # the telephone has no words of its own, only silence and a key
        silence = np.zeros(NARROW * 8, np.int16)
        await rtp.speak(silence)
        greeting = rtp.heard()
        rtp.received.clear()
        await rtp.press("1")
        await rtp.speak(silence)
        answer = rtp.heard()
        await calling
    asked = spoken(greeting, NARROW, whisper, "it")
    assert "ufficio" in asked and "casa" in asked, asked
    told = spoken(answer, NARROW, whisper, "it")
    assert any(word in told for word in ("lunedì", "apert", "chius", "operator", "attes")), told


@needs_sipp
async def test_a_full_switchboard_and_a_wrong_number(board: Board, tmp_path: Path) -> None:
    callers = [
        asyncio.create_task(sipp(tmp_path, "call", board.sip, service=NUMBER, seconds=4))
        for _ in range(2)
    ]
    await board.calls(2)
    await sipp(tmp_path, "refused", board.sip, service=NUMBER, code=486)
    await sipp(tmp_path, "refused", board.sip, service="999", code=404)
    await asyncio.gather(*callers)
    await board.calls(0)


@needs_sipp
async def test_the_log_names_nobody(board: Board, tmp_path: Path) -> None:
    await sipp(tmp_path, "call", board.sip, service=NUMBER, seconds=1)
    await sipp(tmp_path, "refused", board.sip, service="999", code=404)
    await board.calls(0)
    text = board.house.log.read_text()
    assert "opened" in text
    for word in (CALLER, NUMBER, "Rossi", "sip:"):
        assert word not in text


BARE = """
import asyncio, os, signal
from baresip._native import ffi, lib
from voicebot import app
from voicebot.__main__ import main

def end():
    if {dying}:
        # the stack's own thread ends, as by an error in it
        lib.bp_cmd(lib.BP_CMD_STOP, 0, ffi.NULL)
    else:
        os.kill(os.getpid(), signal.SIGTERM)

async def opened(house, progress):
    asyncio.get_running_loop().call_later(3, end)

async def rendered(house, progress):
    pass

app.House.open, app.House.render = opened, rendered
main()
"""


def bare(data: Path, port: int, dying: bool) -> subprocess.CompletedProcess[str]:
    """A switchboard without models, which is told to stop or whose SIP stack dies."""
    environment = {
        **os.environ,
        "VOICEBOT_HTTP__PORT": "0",
        "VOICEBOT_SIP__PORT": str(port),
        "VOICEBOT_PATHS__DATA": str(data),
    }
    command = [sys.executable, "-c", BARE.format(dying=dying), "serve"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_switchboard_whose_sip_stack_dies_ends_with_an_error(tmp_path: Path) -> None:
    ended = bare(tmp_path, free_listener(), dying=True)
    assert ended.returncode == 1
    assert "the SIP stack has died: the switchboard must be started again" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_leaves_the_page(tmp_path: Path) -> None:
    port = free_listener()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        ended = bare(tmp_path, port, dying=False)
    assert "no calls by telephone" in ended.stderr and "in use" in ended.stderr
    assert "ready: open http" in ended.stderr
    assert "Traceback" not in ended.stderr
