"""What every room counts by: languages, the rate of sound, the ids of offices."""

from __future__ import annotations

from typing import TypeAlias

Language: TypeAlias = str
"""ISO 639-1 code, one of `LANGUAGES`."""

OfficeId: TypeAlias = str
"""The name of an office in `intents/offices.yaml`, such as `ufficio-casa`."""

LANGUAGES: tuple[Language, ...] = ("it", "en", "fr", "ar")
"""The languages the switchboard speaks, in the order of its keyed choice (1 to 4)."""

RATE = 16_000
"""Hz. Every sound inside the house is mono at this rate; lines convert at their edge."""

FRAME_SECONDS = 0.02
FRAME_SAMPLES = 320
"""Samples in one frame: 20 ms at `RATE`."""
