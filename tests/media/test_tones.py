"""Keys heard in the sound, over G.711, and what must not be taken for one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.adapters.sip_peers import g711, linear
from tests.fakes.keypad import RATE, Keypad
from voicebot.media.tones import KEYS, KeyTones

PACKET = 160
SPEECH = Path(__file__).parent.parent / "data" / "speech"
ALL = "".join(KEYS)


def heard(sound: NDArray[np.int16], packet: int = PACKET) -> str:
    keys = KeyTones(RATE)
    parts = (sound[start : start + packet] for start in range(0, len(sound), packet))
    return "".join(tone.key for part in parts for tone in keys.feed(part) if tone.down)


@pytest.mark.parametrize(
    "keypad",
    [
        Keypad(),
        Keypad(length=0.04, pause=0.04),
        Keypad(length=0.04, pause=0.04, twist=6, noise=15),
        Keypad(length=0.04, pause=0.04, twist=-6, noise=15),
        Keypad(drift=0.015),
        Keypad(drift=-0.015, noise=15),
        Keypad(drift=0.015, twist=6, noise=15),
        Keypad(length=1.0, pause=0.3),
        Keypad(level=300),
        Keypad(level=15_000),
    ],
)
def test_the_keys_of_a_telephone_are_heard(keypad: Keypad) -> None:
    for start in (0.0, 0.003, 0.011):
        assert heard(keypad.press(ALL * 3, start)) == ALL * 3


@pytest.mark.parametrize(
    "keypad",
    [
        Keypad(length=0.023, pause=0.06),
        Keypad(drift=0.035),
        Keypad(drift=-0.035),
        Keypad(twist=14),
        Keypad(twist=-14),
        Keypad(level=60),
        Keypad(noise=0),
    ],
)
def test_what_is_no_key_by_the_standard(keypad: Keypad) -> None:
    assert heard(keypad.press(ALL * 3)) == ""


@pytest.mark.parametrize("silenced", [False, True])
@pytest.mark.parametrize("twist", [-6.0, 6.0])
def test_of_a_thousand_keys_hardly_one_is_missed_on_a_bad_line(
    silenced: bool, twist: float
) -> None:
    """15 dB above the noise, and one packet in a hundred is lost."""
    luck = np.random.default_rng(3)
    right = 0
    for _ in range(100):
        keys = "".join(luck.choice(list("0123456789*#"), 10))
        sound = Keypad(length=0.09, twist=twist, noise=15).press(keys)
        packets = [sound[at : at + PACKET] for at in range(0, len(sound), PACKET)]
        lost = luck.random(len(packets)) < 0.01
        missing = np.zeros(PACKET if silenced else 0, np.int16)
        kept = [missing if gone else p for p, gone in zip(packets, lost, strict=True)]
        got = heard(np.concatenate(kept))
        if len(got) == len(keys):
            right += sum(a == b for a, b in zip(keys, got, strict=True))
    assert right >= 990


def test_a_key_is_told_when_it_begins_and_when_it_ends() -> None:
    keys, sound = KeyTones(RATE), Keypad(length=0.2).press("7", 0.1)
    told = [
        (start / RATE, tone.down)
        for start in range(0, len(sound), PACKET)
        for tone in keys.feed(sound[start : start + PACKET])
    ]
    assert [down for _, down in told] == [True, False]
    assert told[0][0] == pytest.approx(0.13, abs=0.02)
    assert told[1][0] == pytest.approx(0.34, abs=0.03)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_packets_of_any_size(sizes: list[int]) -> None:
    sound, keys, got = Keypad().press("159*0#D"), KeyTones(RATE), ""
    for size in [*sizes, len(sound)]:
        got += "".join(tone.key for tone in keys.feed(sound[:size]) if tone.down)
        sound = sound[size:]
    assert got == "159*0#D"


def test_keys_at_double_rate() -> None:
    wide = soxr.resample(Keypad().press("2580"), RATE, 2 * RATE).astype(np.int16)
    keys = KeyTones(2 * RATE)
    assert [tone.key for tone in keys.feed(wide) if tone.down] == list("2580")


# --- what is not a key -----------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(SPEECH.glob("*.flac")), ids=lambda file: file.name)
@pytest.mark.parametrize("loud", [False, True])
def test_no_voice_presses_a_key(file: Path, loud: bool) -> None:
    samples, rate = soundfile.read(file)
    speech = soxr.resample(samples, rate, RATE)
    if loud:
        speech *= 0.9 / np.abs(speech).max()
    assert heard(linear(g711((np.clip(speech, -1, 1) * 32767).astype(np.int16)))) == ""


@pytest.mark.parametrize("frequency", [350, 425, 440, 480, 620, 697, 941, 1209, 1477, 2100])
def test_no_tone_of_an_exchange_presses_a_key(frequency: float) -> None:
    at = np.arange(2 * RATE) * 2 * np.pi / RATE
    single = 8000 * np.sin(at * frequency)
    for sound in (single, single + 8000 * np.sin(at * 2 * frequency), single * (at % 1 < 0.5)):
        assert heard(linear(g711(sound.astype(np.int16)))) == ""


def test_no_noise_and_no_click_presses_a_key() -> None:
    luck = np.random.default_rng(1)
    noise = luck.normal(0, 5000, 20 * RATE)
    clicks = np.where(luck.random(20 * RATE) < 0.002, 30_000, 0)
    for sound in (noise, clicks, np.cumsum(noise) % 20_000, np.full(RATE, 32_767)):
        assert heard(linear(g711(np.clip(sound, -32767, 32767).astype(np.int16)))) == ""
