"""A telephone that can take part in an attended transfer, in a process of its own.

`python -m tests.adapters.softphone PORT PITCH` says a tone and goes where it is sent. It reads
`dial ADDRESS`, `accept`, `hangup` and `listen` (which pitch it hears) from its input, a line each,
and prints what happens. Debian's baresip program is older, and knows no Replaces.
"""

from __future__ import annotations

import asyncio
import sys

import numpy as np
from baresip import (
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Config,
    Event,
    Runtime,
    StackEvent,
    UserAgent,
)

NARROW = 8000
FRAME = 160


class Softphone:
    """One user of it, any number of calls."""

    def __init__(self, pitch: float) -> None:
        self._calls: list[Call] = []
        self._heard: dict[int, bytes] = {}
        at = np.arange(NARROW) * (2 * np.pi * pitch / NARROW)
        self._voice = (np.sin(at) * 8000).astype(np.int16).tobytes()
        self._said = 0
        self._answering: asyncio.Future[None] | None = None

    def take(self, call: Call) -> None:
        """A call that has come in, or was begun."""
        self._calls.append(call)
        call.on(lambda event: self._on_event(call, event))
        tell(call.state.name)
        if "Replaces" in call.headers:
            # whoever is on the line already goes on talking, now with somebody else
            self._answering = asyncio.ensure_future(call.answer())

    def _on_event(self, call: Call, event: StackEvent) -> None:
        if event.event in (Event.CALL_ESTABLISHED, Event.CALL_CLOSED, Event.CALL_TRANSFER):
            tell(event.event.name.removeprefix("CALL_"))
        if event.event is Event.CALL_CLOSED:
            self._calls.remove(call)

    async def obey(self, agent: UserAgent, command: str, rest: str) -> None:
        match command:
            case "dial":
                self.take(await agent.dial(rest))
            case "accept":
                for call in self._calls:
                    if call.state is CallState.INCOMING:
                        await call.answer()
            case "hangup":
                for call in list(self._calls):
                    await call.hangup()
            case "listen":
                tell(f"HEARD {[round(self._pitch(call)) for call in self._calls]}")

    def _pitch(self, call: Call) -> float:
        samples = np.frombuffer(self._heard.get(call.handle, b""), np.int16)[-NARROW // 2 :]
        if len(samples) < NARROW // 4 or np.abs(samples).max() < 1000:
            return 0.0
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.argmax(spectrum) * NARROW / len(samples))

    def tick(self) -> None:
        """20 ms of all calls."""
        for call in self._calls:
            try:
                heard = self._heard.get(call.handle, b"") + call.audio.read(32_768)
                self._heard[call.handle] = heard[-NARROW * 2 :]
                if call.audio.info().tx_buffered < 4 * FRAME:
                    call.audio.write(self._voice[self._said : self._said + 2 * FRAME])
            except (AudioNotActive, AudioRestarted):
                continue
        self._said = (self._said + 2 * FRAME) % len(self._voice)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(port: int, pitch: float) -> None:
    runtime = Runtime()
    lines = f"sip_listen 127.0.0.1:{port}\nrtp_ports 30000-34000\n"
    await runtime.start(
        Config(
            net_interface="127.0.0.1",
            max_concurrent_calls=5,
            expose_headers=("Replaces",),
            extra_config_text=lines,
        )
    )
    account = f"<sip:201@127.0.0.1:{port}>;regint=0;answermode=manual;audio_codecs=pcma"
    agent = await UserAgent.create(runtime, account, transfer_policy="auto")
    phone = Softphone(pitch)
    agent.on_incoming(phone.take)
    agent.on_transfer_call(phone.take)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tell("READY")

    async def pump() -> None:
        while True:
            phone.tick()
            await asyncio.sleep(0.02)

    pumping = asyncio.create_task(pump())
    while line := (await reader.readline()).decode():
        command, _, rest = line.strip().partition(" ")
        try:
            await phone.obey(agent, command, rest)
        except BaresipError as error:
            tell(f"ERROR {error}")
    pumping.cancel()
    await runtime.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
