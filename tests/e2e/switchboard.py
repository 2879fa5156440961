"""A real switchboard in a process of its own, and what a caller of it needs."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

SPEECH = Path(__file__).parent.parent / "data" / "speech"

PAGE_RATE = 48_000


@dataclass(frozen=True)
class Running:
    """A switchboard that answers."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def metric(self, name: str) -> float:
        """The sum over all its labels."""
        lines = httpx.get(f"{self.url}/metrics").text.splitlines()
        return sum(float(line.split()[1]) for line in lines if re.match(rf"{name}[ {{]", line))


@contextmanager
def running(data: Path, **settings: str) -> Iterator[Running]:
    """`voicebot serve` with its data in `data` and other settings as VOICEBOT_ variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "VOICEBOT_HTTP__PORT": str(port),
        "VOICEBOT_PATHS__DATA": str(data),
        "VOICEBOT_SPEECH__RENDER_AHEAD": "false",
        **{f"VOICEBOT_{name.upper()}": value for name, value in settings.items()},
    }
    log = data / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "voicebot", "serve"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield Running(url, process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise AssertionError(f"the switchboard does not answer:\n{log.read_text()[-3000:]}")


def microphone(file: Path, at: list[tuple[float, Path]], seconds: float) -> Path:
    """A WAV for a browser's fake microphone: the clips at their times, a faint hiss between."""
    rng = np.random.default_rng(7)
    track = rng.normal(0, 2e-4, round(seconds * PAGE_RATE))
    for when, clip in at:
        speech = page_speech(clip)
        start = round(when * PAGE_RATE)
        track[start : start + len(speech)] += speech[: len(track) - start]
    soundfile.write(file, track, PAGE_RATE, subtype="PCM_16")
    return file


def page_speech(clip: Path) -> NDArray[np.float64]:
    """A clip at the browser's rate."""
    samples, rate = soundfile.read(clip)
    return np.asarray(soxr.resample(samples, rate, PAGE_RATE))
