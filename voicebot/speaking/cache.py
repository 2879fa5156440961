"""Rendered sentences, kept: the recent ones in memory, all of them on disk."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import struct
import tempfile
import threading
import time
import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np

from voicebot.model import RATE, Audio, Sentence

logger = logging.getLogger(__name__)

FORMAT = 2
"""Raised when what lies on disk under a key changes its meaning."""

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHECK = struct.Struct("<4sII")
_DAY = 86_400


def prompt_key(sentence: Sentence, voice: str) -> str:
    """The name of a rendered sentence: 64 hex digits.

    Args:
        sentence: what is said.
        voice: the name of the voice, its version and settings included.
    """
    parts = (FORMAT, sentence.language, sentence.text, voice)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class PromptCache:
    """Sound by sentence and voice. Safe to use from several threads.

    On disk a sound is `<2 hex digits>/<key>.wav`, 16 bits mono at `RATE`. A file that is damaged is
    removed and counts as missing. Memory is bounded: the least recently used sounds leave it first,
    and stay on disk.
    """

    def __init__(self, folder: Path, max_memory_bytes: int) -> None:
        """
        Args:
            folder: where the files lie; made when the first one is written.
            max_memory_bytes: of samples; a sound larger than this is never held in memory.
        """
        self._folder = folder
        self._max_bytes = max_memory_bytes
        self._bytes = 0
        self._memory: OrderedDict[str, Audio] = OrderedDict()
        self._touched: dict[str, float] = {}
        self._lock = threading.Lock()

    def get(self, sentence: Sentence, voice: str) -> Audio | None:
        """The sound, its samples not to be written to; None where it is not kept.

        From memory at once. Otherwise the disk is read, which blocks for some milliseconds: on the
        event loop, call it in a thread.
        """
        key = prompt_key(sentence, voice)
        self._touch(key)
        with self._lock:
            audio = self._memory.get(key)
            if audio is not None:
                self._memory.move_to_end(key)
                return audio
        audio = self._read(key)
        if audio is not None:
            self._remember(key, audio)
        return audio

    def put(self, sentence: Sentence, voice: str, audio: Audio) -> None:
        """Keep a sound at `RATE`. Blocks while the file is written.

        When the disk refuses, a warning is logged and the sound is kept in memory alone.
        """
        if audio.rate != RATE:
            raise ValueError(f"a prompt is kept at {RATE} Hz, not {audio.rate}")
        key = prompt_key(sentence, voice)
        self._remember(key, Audio(audio.samples.copy()))
        try:
            self._write(key, audio)
        except OSError as error:
            logger.warning("a prompt cannot be kept on disk: %s", error)

    def prune(self, before: float) -> int:
        """Remove the files that were last used before that moment; returns how many.

        What an interrupted write left behind goes too. Memory is left alone.

        Args:
            before: seconds since the epoch.
        """
        removed = 0
        for file in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if file.suffix in (".tmp", ".wav") and _used(file) < before:
                removed += _remove(file)
        return removed

    def _touch(self, key: str) -> None:
        """Note on disk that the sound is in use, once a day."""
        today = time.time() // _DAY
        with self._lock:
            if self._touched.get(key) == today:
                return
            self._touched[key] = today
        try:
            os.utime(self._path(key))
        except OSError:
            logger.debug("the use of a kept prompt cannot be noted")

    def _remember(self, key: str, audio: Audio) -> None:
        audio.samples.flags.writeable = False
        if audio.samples.nbytes > self._max_bytes:
            return
        with self._lock:
            old = self._memory.pop(key, None)
            self._bytes += audio.samples.nbytes - (old.samples.nbytes if old else 0)
            self._memory[key] = audio
            while self._bytes > self._max_bytes:
                _, dropped = self._memory.popitem(last=False)
                self._bytes -= dropped.samples.nbytes

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.wav"

    def _read(self, key: str) -> Audio | None:
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("a kept prompt cannot be read: %s", error)
            return None
        size = len(data) - _HEADER.size - _CHECK.size
        samples = data[_HEADER.size : _HEADER.size + size]
        if size <= 0 or size % 2 or data != _wav(samples):
            logger.warning("the kept prompt %s is damaged; it is removed", path.name)
            _remove(path)
            return None
        return Audio(np.frombuffer(samples, dtype="<i2").astype(np.int16))

    def _write(self, key: str, audio: Audio) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside its place and moved there whole: a reader never meets half a file, not
        # even after the power has failed.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{key}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_wav(audio.samples.astype("<i2").tobytes()))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            _remove(Path(name))
            raise


def _wav(samples: bytes) -> bytes:
    """A WAV file of these samples, a checksum in a chunk of its own behind them."""
    riff = _HEADER.size - 8 + len(samples) + _CHECK.size
    shape = (1, 1, RATE, 2 * RATE, 2, 16)
    header = _HEADER.pack(b"RIFF", riff, b"WAVE", b"fmt ", 16, *shape, b"data", len(samples))
    return header + samples + _CHECK.pack(b"crc ", 4, zlib.crc32(samples))


def _used(file: Path) -> float:
    """When it was last used; never, where it is gone."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _remove(file: Path) -> bool:
    """Whether it was there and could be removed."""
    try:
        file.unlink()
    except OSError:
        return False
    return True
