"""Debian's baresip program, as the telephone of a caller."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.adapters.sip_peers import free_listener, free_port

needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="no baresip program on this machine"
)

USER = "3330001111"

_CONFIG = """\
module_path /usr/lib/baresip/modules
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
sip_verify_server no
rtp_ports {rtp}-{rtp_end}
audio_source aufile,{speech}
audio_player aubridge,nobody
audio_alert aubridge,nobody
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
module g711.so
module g722.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""


class Telephone:
    """Debian's baresip program in a process of its own: speaks a WAV, presses keys, records."""

    def __init__(self, folder: Path, writer: asyncio.StreamWriter, port: int) -> None:
        self._folder = folder
        self._writer = writer
        self.address = f"sip:{USER}@127.0.0.1:{port}"
        """Where it is called."""
        self._news = asyncio.Event()
        self.events: list[str] = []
        """The names of what it reports, such as CALL_ESTABLISHED."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        speech: Path,
        codec: str = "pcma",
        extra: str = "",
        account: str | None = None,
        port: int | None = None,
    ) -> AsyncIterator[Telephone]:
        """A telephone that will say what is in the WAV `speech`, at the codec's own rate.

        `extra` goes to its account; `account` is another than the one that registers nowhere;
        `port` is where it listens.
        """
        control, sip = free_port(socket.SOCK_STREAM), port or free_listener()
        output = _prepare(folder, speech, (control, sip))
        account = account or f"<sip:{USER}@127.0.0.1:{sip}>;regint=0"
        (folder / "accounts").write_text(f"{account};audio_codecs={codec}{extra}\n")
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-f", str(folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
        output.close()
        try:
            reader, writer = await _connect(control)
            telephone = cls(folder, writer, sip)
            reading = asyncio.create_task(telephone._read(reader))
            try:
                yield telephone
            finally:
                reading.cancel()
                await asyncio.wait([reading])
                writer.close()
        finally:
            process.kill()
            await process.wait()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Netstrings with JSON in them."""
        while True:
            length = (await reader.readuntil(b":"))[:-1]
            message = json.loads(await reader.readexactly(int(length)))
            await reader.readexactly(1)
            if message.get("event"):
                self.events.append(message["type"])
                self._news.set()

    def do(self, command: str, parameters: str = "") -> None:
        """One of its own commands: dial, accept, sndcode, hold, resume, hangup."""
        data = json.dumps({"command": command, "params": parameters}).encode()
        self._writer.write(b"%d:%s," % (len(data), data))

    async def until(self, event: str, seconds: float = 10.0) -> None:
        """Wait until it reports this."""
        try:
            async with asyncio.timeout(seconds):
                while event not in self.events:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as error:
            output = (self._folder / "out.txt").read_text(errors="replace")
            raise AssertionError(f"no {event}, only {self.events}:\n{output[-2000:]}") from error

    def heard(self, call: int = -1) -> tuple[NDArray[np.int16], int]:
        """What it received in one of its calls, one channel, and the rate; after the call."""
        # named by the second in which the call began
        files = sorted(self._folder.glob("dump-*-dec.wav"), key=lambda file: file.name[-24:])
        samples, rate = soundfile.read(files[call], dtype="int16", always_2d=True)
        return np.asarray(samples[:, 0], np.int16), int(rate)


def _prepare(folder: Path, speech: Path, ports: tuple[int, int]) -> IO[bytes]:
    """Write its configuration; returns the file for what it prints."""
    folder.mkdir()
    (control, sip), rtp = ports, 40_000 + 2 * (free_port() % 5000)
    where = {"folder": folder, "speech": speech, "control": control}
    (folder / "config").write_text(_CONFIG.format(sip=sip, rtp=rtp, rtp_end=rtp + 20, **where))
    (folder / "contacts").touch()
    return (folder / "out.txt").open("wb")


async def _connect(control: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To its control port, when it listens."""
    for _ in range(100):
        try:
            return await asyncio.open_connection("127.0.0.1", control)
        except OSError:
            await asyncio.sleep(0.1)
    raise AssertionError("the baresip program does not start")
