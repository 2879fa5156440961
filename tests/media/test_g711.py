"""A-law as bytes."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from voicebot.media import g711

EVERY = np.arange(-32768, 32768).astype(np.int16)


def test_every_sample_is_coded_as_another_implementation_codes_it() -> None:
    file = io.BytesIO()
    soundfile.write(file, EVERY, 8000, format="RAW", subtype="ALAW")
    ours, theirs = g711.decode(g711.encode(EVERY)), g711.decode(file.getvalue())
    # where a sample lies between two steps, implementations round it either way
    assert np.abs(ours.astype(int) - theirs).max() <= 1024
    assert np.abs(ours.astype(int) - EVERY).max() <= 512


def test_every_code_is_decoded_as_another_implementation_decodes_it() -> None:
    codes = bytes(range(256))
    theirs, _ = soundfile.read(
        io.BytesIO(codes), dtype="int16", format="RAW", subtype="ALAW", channels=1, samplerate=8000
    )
    assert np.array_equal(g711.decode(codes), theirs)
    assert g711.encode(g711.decode(codes)) == codes


def test_silence_is_a_packet_of_nothing() -> None:
    assert len(g711.SILENCE) == g711.PACKET_SAMPLES
    assert np.abs(g711.decode(g711.SILENCE)).max() <= 8
