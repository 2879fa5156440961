"""G.711 A-law: 8 kHz samples as one byte each (ITU-T G.711, eight segments of sixteen steps)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NARROW = 8000
"""Hz. What a telephone line carries is sampled at."""

PACKET_SAMPLES = 160
"""Samples, and bytes, in one packet of 20 ms."""

_EVEN_BITS = 0x55
"""Flipped on the line."""


def encode(samples: NDArray[np.int16]) -> bytes:
    """Samples at `NARROW`, shape (n,), as n bytes."""
    return _CODES[samples.astype(np.int32) + 32768].tobytes()


def decode(payload: bytes) -> NDArray[np.int16]:
    """The samples of so many bytes."""
    return _VALUES[np.frombuffer(payload, np.uint8)]


def _code_table() -> NDArray[np.uint8]:
    """The code of each sample from -32768 on."""
    wide = np.arange(-32768, 32768, dtype=np.int32)
    size = np.where(wide >= 0, wide, ~wide) >> 3
    # The two lowest segments have the same step of two; each one above doubles it.
    segment = np.maximum(0, np.frexp(size)[1] - 5)
    step = (size >> np.maximum(1, segment)) & 15
    sign = np.where(wide >= 0, 0x80, 0)
    return np.asarray((sign | segment << 4 | step) ^ _EVEN_BITS, np.uint8)


def _value_table() -> NDArray[np.int16]:
    """The sample of each code: the middle of its step."""
    code = np.arange(256, dtype=np.int32) ^ _EVEN_BITS
    segment, step = code >> 4 & 7, code & 15
    size = np.where(segment == 0, 2 * step + 1, ((2 * step + 33) << segment) >> 1)
    size = size * 8
    return np.asarray(np.where(code & 0x80, size, -size), np.int16)


_CODES = _code_table()
_VALUES = _value_table()

SILENCE = encode(np.zeros(PACKET_SAMPLES, np.int16))
"""A packet of nothing."""
