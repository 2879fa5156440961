"""The sound of telephone calls, by every codec, transport and kind of account."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.adapters.sip_peers import NARROW, PCMU, free_port, needs_sipp, sipp
from tests.adapters.sip_side import (
    BOT_TONE,
    CALLER_TONE,
    LEVEL,
    answering,
    calling,
    frequency,
    level,
    tone,
)
from tests.adapters.sip_telephone import Telephone, needs_baresip
from voicebot.adapters import sip_line
from voicebot.adapters.sip_setup import SipAccount
from voicebot.model import FRAME_SAMPLES, RATE, Audio, HungUp, KeyPress

# --- sound -----------------------------------------------------------------------------


@needs_sipp
@pytest.mark.parametrize(("scenario", "codec"), [("call", 8), ("ulaw", PCMU)])
async def test_sound_goes_both_ways(tmp_path: Path, scenario: str, codec: int) -> None:
    async with answering() as side, calling(side, tmp_path, scenario, seconds=2) as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 1.5), codec)
        frames = call.frames
        assert all(frame.shape == (FRAME_SAMPLES,) and frame.dtype == np.int16 for frame in frames)
        heard = np.concatenate(frames)[-RATE // 2 :]
        assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=5)
        assert level(heard) == pytest.approx(LEVEL, rel=0.05)
        assert {packet.payload_type for packet in rtp.received} == {codec}
        sent = rtp.heard(codec)[-NARROW // 2 :]
        assert frequency(sent, NARROW) == pytest.approx(BOT_TONE, abs=5)
        assert level(sent) == pytest.approx(LEVEL, rel=0.05)


@needs_sipp
async def test_the_bots_sound_goes_at_an_even_pace(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, seconds=3) as (rtp, call):
        await asyncio.sleep(0.5)
        rtp.received.clear()
        pulled = call.voice.pulled
        await asyncio.sleep(2)
        packets = rtp.received
        assert len(packets) == pytest.approx(100, abs=3)
        assert call.voice.pulled - pulled == pytest.approx(100, abs=4)
        steps = np.diff([packet.sequence for packet in packets]) % 65536
        assert (steps == 1).all()
        loud = np.abs(rtp.heard()).reshape(-1, 160).max(axis=1) > 1000
        assert loud.all()


@needs_sipp
async def test_a_bot_that_is_silent_sends_silence(tmp_path: Path) -> None:
    class Silence:
        def pull(self) -> Audio:
            return Audio(np.zeros(FRAME_SAMPLES, np.int16))

    async with answering() as side, calling(side, tmp_path, seconds=1) as (rtp, call):
        call.line.attach(Silence())
        await asyncio.sleep(0.3)
        rtp.received.clear()
        await asyncio.sleep(0.4)
        assert len(rtp.received) >= 17
        assert np.abs(rtp.heard()).max() < 20


@needs_sipp
async def test_silence_stands_in_while_the_caller_sends_nothing(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, seconds=3) as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.6))
        await asyncio.sleep(0.3)
        before = len(call.frames)
        await asyncio.sleep(0.5)
        assert len(call.frames) - before == pytest.approx(25, abs=3)
        assert not any(call.loud[-20:])
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.6))
        assert all(call.loud[-10:])


@needs_baresip
@pytest.mark.parametrize(
    ("codec", "rate", "channels"),
    [("pcmu", 8000, 1), ("g722", 16_000, 1), ("opus", 48_000, 2)],
)
async def test_every_codec_goes_both_ways(
    tmp_path: Path, codec: str, rate: int, channels: int
) -> None:
    speech = tmp_path / "speech.wav"
    both = np.repeat(tone(CALLER_TONE, rate, 20)[:, None], channels, axis=1)
    soundfile.write(speech, both, rate)
    name = f"{codec}/{rate}/{channels}"
    async with answering() as side, Telephone.open(tmp_path / "peer", speech, name) as telephone:
        telephone.do("dial", f"sip:100@127.0.0.1:{side.port}")
        call = await side.call()
        await asyncio.sleep(2)
        heard = np.concatenate(call.frames)[-RATE // 2 :]
        assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=5)
        assert level(heard) == pytest.approx(LEVEL, rel=0.1)
        telephone.do("hangup")
        assert await call.ended() == HungUp("caller")
        recorded, recorded_at = telephone.heard()
        assert recorded_at == rate
        middle = recorded[len(recorded) // 2 :][: rate // 2]
        assert frequency(middle, rate) == pytest.approx(BOT_TONE, abs=5)
        assert level(middle) == pytest.approx(LEVEL, rel=0.1)


@needs_sipp
async def test_a_caller_on_hold_is_not_listened_to_and_comes_back(tmp_path: Path) -> None:
    async with answering(lost_timeout=1.0) as side:
        async with calling(side, tmp_path, "hold", seconds=1.3) as (rtp, call):
            await rtp.speak(tone(CALLER_TONE, NARROW, 1.0))
            assert all(call.loud[-20:])
            await asyncio.sleep(0.8)
            # what the exchange plays meanwhile; then silence for longer than a caller is lost
            pulled = call.voice.pulled
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.4))
            assert not any(call.loud[-15:])
            assert call.voice.pulled == pulled
            await asyncio.sleep(0.6)
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.8), PCMU)
            assert all(call.loud[-15:])
            assert level(rtp.heard(PCMU)[-NARROW // 4 :]) == pytest.approx(LEVEL, rel=0.05)
        assert await call.ended() == HungUp("caller")


@needs_sipp
async def test_sound_that_nobody_takes_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip_line, "MAX_FRAMES", 10)
    async with answering() as side, calling(side, tmp_path, "hung_up") as (rtp, call):
        call.reading.cancel()
        await asyncio.wait([call.reading])
        while not call.line._events.empty():  # type: ignore[attr-defined]
            call.line._events.get_nowait()  # type: ignore[attr-defined]
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.6))
        await rtp.press("1")
        await call.line.hang_up()
        rest = [event async for event in call.line.events()]
        assert [type(event) for event in rest] == [*[Audio] * 10, KeyPress, HungUp]


# --- transports, encryption, registration ----------------------------------------------


@needs_sipp
async def test_a_call_over_tcp(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, transport="t1") as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.4))
        assert all(call.loud[-5:])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "sip.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    file.write_bytes(signed.public_bytes(Encoding.PEM) + secret)
    return file


@needs_baresip
async def test_a_call_over_tls_with_encrypted_sound(tmp_path: Path, certificate: Path) -> None:
    speech = tmp_path / "speech.wav"
    soundfile.write(speech, tone(CALLER_TONE, NARROW, 20), NARROW)
    tls = {"transports": ("udp", "tcp", "tls"), "certificate": certificate}
    async with (
        answering(encryption="required", **tls) as side,
        Telephone.open(tmp_path / "peer", speech, extra=";mediaenc=srtp-mand") as telephone,
    ):
        telephone.do("dial", f"sip:100@127.0.0.1:{side.port + 1};transport=tls")
        call = await side.call()
        await asyncio.sleep(1.5)
        assert frequency(np.concatenate(call.frames)[-RATE // 2 :], RATE) == pytest.approx(
            CALLER_TONE, abs=5
        )
        telephone.do("hangup")
        assert await call.ended() == HungUp("caller")
        recorded, rate = telephone.heard()
        assert frequency(recorded[-rate // 2 :], rate) == pytest.approx(BOT_TONE, abs=5)


@needs_sipp
async def test_sound_in_the_clear_is_refused_where_encryption_is_required(tmp_path: Path) -> None:
    async with answering(encryption="required") as side:
        await sipp(tmp_path, "refused", side.port, code=488)
        assert side.calls == []


@needs_sipp
async def test_an_extension_is_registered_called_and_let_go(tmp_path: Path) -> None:
    exchange = free_port()
    registrar = asyncio.create_task(sipp(tmp_path, "registrar", 9, port=exchange))
    await asyncio.sleep(0.3)
    account = SipAccount("701", f"127.0.0.1:{exchange}", password="secret")
    async with answering(accounts=(account,), users=()) as side:
        async with asyncio.timeout(5):
            while not side.stack._extensions[0]._registered:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        async with calling(side, tmp_path, service="701", seconds=0.3):
            pass
        await sipp(tmp_path, "refused", side.port, service="100", code=404)
    await registrar


async def test_an_exchange_that_does_not_answer_stops_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.adapters.sip_stack.REGISTER_PATIENCE", 0.3)
    account = SipAccount("3330001111", f"127.0.0.1:{free_port()}", password="secret")
    async with answering(accounts=(account,)) as side:
        await asyncio.sleep(0.6)
        assert not side.stack.died.is_set()
    assert "account 1 is not registered" in caplog.text
    assert "3330001111" not in caplog.text
    assert "secret" not in caplog.text
