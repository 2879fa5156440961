"""A call between two real WebRTC peers in one process: the line, and a client that plays a page."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from voicebot.adapters import webrtc
from voicebot.adapters.webrtc import WebRtcLine
from voicebot.errors import LineError
from voicebot.model import FRAME_SAMPLES, RATE, Audio, Caption, HungUp, KeyPress, LineEvent, Typed

CLIENT_RATE = 48_000
CLIENT_FRAME = 960
LEVEL = 8000
CALLER_TONE = 1000.0
BOT_TONE = 440.0


def tone(frequency: float, rate: int, start: int, count: int) -> NDArray[np.int16]:
    at = np.arange(start, start + count) * (2 * np.pi * frequency / rate)
    samples: NDArray[np.int16] = (np.sin(at) * LEVEL).astype(np.int16)
    return samples


def frequency(samples: NDArray[np.int16], rate: int) -> float:
    """Hz of the strongest part."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


class CallerTrack(MediaStreamTrack):
    """The caller's voice: a tone that can stop for a while, as over a bad network."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.gap = 0.0
        """Seconds to leave out next, with their time."""
        self._frames = 0
        self._started: float | None = None

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        self._started = self._started or loop.time()
        self._frames += round(self.gap / 0.02)
        self.gap = 0.0
        await asyncio.sleep(self._started + self._frames * 0.02 - loop.time())
        start = self._frames * CLIENT_FRAME
        samples = tone(CALLER_TONE, CLIENT_RATE, start, CLIENT_FRAME)
        both = np.repeat(samples, 2).reshape(1, -1)
        frame = AudioFrame.from_ndarray(both, format="s16", layout="stereo")
        frame.sample_rate = CLIENT_RATE
        frame.pts = start
        frame.time_base = Fraction(1, CLIENT_RATE)
        self._frames += 1
        return frame


class BotVoice:
    """What the line sends."""

    def __init__(self) -> None:
        self._sample = 0

    def pull(self) -> Audio:
        samples = tone(BOT_TONE, RATE, self._sample, FRAME_SAMPLES)
        self._sample += FRAME_SAMPLES
        return Audio(samples)


class Client:
    """The page's side of a call."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection()
        self.track = CallerTrack()
        self.channel: RTCDataChannel = self.peer.createDataChannel("switchboard")
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.heard: list[NDArray[np.int16]] = []
        """At `RATE`."""
        self._listening: asyncio.Task[None] | None = None
        self.channel.on("open", self.opened.set)
        self.channel.on("close", self.closed.set)
        self.channel.on("message", self.messages.put_nowait)
        self.peer.on("track", self._listen)
        self.peer.addTrack(self.track)

    def _listen(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                packet = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(packet, AudioFrame)
            packet.pts = None
            for part in resampler.resample(packet):
                self.heard.append(part.to_ndarray().reshape(-1).astype(np.int16))

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return str(self.peer.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def send(self, **message: object) -> None:
        self.channel.send(json.dumps(message))

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        self.track.stop()
        await self.peer.close()


class Caller:
    """Both ends of one call, and what the line has handed over so far."""

    def __init__(self, client: Client, line: WebRtcLine) -> None:
        self.client = client
        self.line = line
        self.events: list[LineEvent] = []
        self._news = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for event in self.line.events():
            self.events.append(event)
            self._news.set()

    @property
    def sound(self) -> list[Audio]:
        return [event for event in self.events if isinstance(event, Audio)]

    @property
    def others(self) -> list[LineEvent]:
        return [event for event in self.events if not isinstance(event, Audio)]

    async def until(self, count: int) -> list[LineEvent]:
        """The first `count` events that are no sound."""
        async with asyncio.timeout(5):
            while len(self.others) < count:
                self._news.clear()
                await self._news.wait()
        return self.others[:count]

    async def ended(self, seconds: float = 5.0) -> LineEvent:
        """The last event, within so many seconds."""
        async with asyncio.timeout(seconds):
            await asyncio.shield(self.reading)
        return self.events[-1]


@asynccontextmanager
async def calling() -> AsyncIterator[Caller]:
    """A connected call; afterwards nothing of it may be left."""
    before = running()
    client = Client()
    line, answer = await WebRtcLine.answer(await client.offer())
    line.attach(BotVoice())
    caller = Caller(client, line)
    try:
        await client.accept(answer)
        async with asyncio.timeout(10):
            await client.opened.wait()
        yield caller
    finally:
        await line.hang_up()
        await client.close()
        caller.reading.cancel()
        await asyncio.wait([caller.reading])
    await assert_nothing_left(before)


def running() -> set[object]:
    """The tasks of the loop, and the threads that decode."""
    decoders = {one for one in threading.enumerate() if "decoder" in one.name}
    return {*asyncio.all_tasks(), *decoders}


async def assert_nothing_left(before: set[object]) -> None:
    for _ in range(100):
        if not running() - before:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"left behind: {running() - before}")


# --- sound -----------------------------------------------------------------------------


async def test_the_callers_sound_comes_as_frames() -> None:
    async with calling() as caller:
        await asyncio.sleep(1.5)
        frames = caller.sound
        assert all(len(f.samples) == FRAME_SAMPLES and f.rate == RATE for f in frames)
        assert all(f.samples.dtype == np.int16 for f in frames)
        assert 50 <= len(frames) <= 85
        heard = np.concatenate([f.samples for f in frames])[-RATE // 2 :]
        assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=5)
        assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(LEVEL / 2**0.5, rel=0.1)


async def test_the_bots_sound_reaches_the_caller() -> None:
    async with calling() as caller:
        await asyncio.sleep(1.5)
        heard = np.concatenate(caller.client.heard)
        assert len(heard) / RATE == pytest.approx(1.4, abs=0.35)
        heard = heard[-RATE // 2 :]
        assert frequency(heard, RATE) == pytest.approx(BOT_TONE, abs=5)
        assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(LEVEL / 2**0.5, rel=0.1)


async def test_a_line_without_a_source_sends_silence() -> None:
    async with calling() as caller:
        caller.line._outgoing.source = None
        await asyncio.sleep(0.5)
        caller.client.heard.clear()
        await asyncio.sleep(0.5)
        assert np.abs(np.concatenate(caller.client.heard)).max() < 20


@pytest.mark.parametrize("gap", [0.06, 0.3])
async def test_a_gap_becomes_silence_of_its_length(gap: float) -> None:
    async with calling() as caller:
        await asyncio.sleep(0.8)
        caller.client.track.gap = gap
        await asyncio.sleep(1.2)
        loud = [bool(np.abs(f.samples).max() > 1000) for f in caller.sound]
        first = loud.index(True)
        assert loud[first : first + 20].count(True) >= 18
        silent = loud[first + 20 :].count(False)
        # a machine that is held up for a moment puts a few frames of silence of its own
        assert gap - 0.025 <= silent * 0.02 <= gap + 0.1
        assert loud[-10:].count(True) >= 8


async def test_frames_keep_coming_while_the_caller_sends_nothing() -> None:
    async with calling() as caller:
        await asyncio.sleep(0.5)
        caller.client.track.gap = 100.0
        await asyncio.sleep(0.4)
        before = len(caller.sound)
        await asyncio.sleep(1.0)
        assert len(caller.sound) - before == pytest.approx(50, abs=4)
        assert not any(f.samples.any() for f in caller.sound[-40:])


# --- keys, words, captions -------------------------------------------------------------


async def test_keys_and_words_arrive_in_order() -> None:
    async with calling() as caller:
        caller.client.send(key="5")
        caller.client.send(text="  ufficio   casa ")
        caller.client.channel.send("nonsense")
        caller.client.channel.send(b"\xff\x00")
        caller.client.send(key="#")
        expected = [KeyPress("5"), Typed("ufficio casa"), KeyPress("#")]
        assert await caller.until(3) == expected


async def test_nothing_but_nonsense_ends_the_call() -> None:
    async with calling() as caller:
        for _ in range(60):
            caller.client.channel.send("nonsense")
        assert await caller.ended() == HungUp("lost")


async def test_captions_go_back_even_those_shown_before_the_channel_opened() -> None:
    client = Client()
    line, answer = await WebRtcLine.answer(await client.offer())
    try:
        line.show(Caption("bot", "Buongiorno", "it"))
        line.show(Caption("bot", "صباح الخير", "ar"))
        await client.accept(answer)
        async with asyncio.timeout(10):
            shown = [json.loads(await client.messages.get())["caption"] for _ in range(2)]
            line.show(Caption("understood", "Ufficio casa", "it"))
            shown.append(json.loads(await client.messages.get())["caption"])
        assert [caption["text"] for caption in shown] == [
            "Buongiorno",
            "صباح الخير",
            "Ufficio casa",
        ]
        assert shown[1] == {"speaker": "bot", "text": "صباح الخير", "language": "ar"}
    finally:
        await line.hang_up()
        await client.close()


# --- the end ---------------------------------------------------------------------------


async def test_the_caller_hangs_up() -> None:
    async with calling() as caller:
        caller.client.send(hang_up=True)
        assert await caller.ended(1) == HungUp("caller")


async def test_the_caller_closes_the_page() -> None:
    async with calling() as caller:
        await caller.client.close()
        assert isinstance(await caller.ended(3), HungUp)


async def test_the_line_hangs_up() -> None:
    async with calling() as caller:
        await caller.line.hang_up()
        async with asyncio.timeout(3):
            messages = [await caller.client.messages.get()]
            assert json.loads(messages[-1]) == {"ended": True}
            await caller.client.closed.wait()
        assert isinstance(await caller.ended(1), HungUp)
        await caller.line.hang_up()


async def test_the_network_goes_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc, "LOST_TIMEOUT", 0.6)
    async with calling() as caller:
        await asyncio.sleep(0.3)
        caller.client.track.gap = 100.0
        assert await caller.ended(3) == HungUp("lost")
        assert caller.events.count(HungUp("lost")) == 1


async def test_a_caller_who_never_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc, "CONNECT_TIMEOUT", 0.3)
    before = running()
    client = Client()
    line, _ = await WebRtcLine.answer(await client.offer())
    try:
        async with asyncio.timeout(2):
            events = [event async for event in line.events()]
        assert events == [HungUp("lost")]
    finally:
        await line.hang_up()
        await client.close()
    await assert_nothing_left(before)


async def test_sound_that_nobody_takes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc, "MAX_FRAMES", 10)
    client = Client()
    line, answer = await WebRtcLine.answer(await client.offer())
    try:
        await client.accept(answer)
        async with asyncio.timeout(10):
            await client.opened.wait()
        await asyncio.sleep(0.8)
        client.send(key="1")
        await asyncio.sleep(0.2)
        client.send(hang_up=True)
        async with asyncio.timeout(2):
            events = [event async for event in line.events()]
        assert sum(isinstance(event, Audio) for event in events) == 10
        assert events[-2:] == [KeyPress("1"), HungUp("caller")]
    finally:
        await line.hang_up()
        await client.close()


async def test_several_calls_at_once_do_not_mix() -> None:
    async with calling() as one, calling() as two:
        one.client.send(key="1")
        two.client.send(key="2")
        assert await one.until(1) == [KeyPress("1")]
        assert await two.until(1) == [KeyPress("2")]
        one.client.send(hang_up=True)
        await one.ended()
        two.client.send(key="3")
        assert (await two.until(2))[-1] == KeyPress("3")


@pytest.mark.parametrize("offer", ["", "v=0", "m=audio", "\r\n" * 100, "m=audio 9 X 0\r\na=mid:0"])
async def test_what_is_no_offer_is_refused(offer: str) -> None:
    before = running()
    with pytest.raises(LineError):
        await WebRtcLine.answer(offer)
    await assert_nothing_left(before)
