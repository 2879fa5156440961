"""Telephone calls from real peers: keys, the end of a call, who is let in."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_network
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import soundfile
from baresip import Call

from tests.adapters.sip_peers import NARROW, Rtp, needs_sipp, sipp
from tests.adapters.sip_side import (
    CALLER_TONE,
    answering,
    calling,
    frequency,
    tone,
)
from tests.adapters.sip_stranger import invite
from tests.adapters.sip_telephone import Telephone, needs_baresip
from tests.fakes.keypad import Keypad
from voicebot.adapters.sip_message import parse
from voicebot.model import RATE, Arrival, Caption, HungUp

# --- keys ------------------------------------------------------------------------------


@needs_sipp
async def test_telephone_events_are_keys_counted_once(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, seconds=4) as (rtp, call):
        for key in "1590":
            await rtp.press(key)
            await asyncio.sleep(0.08)
        await rtp.press("0")
        await asyncio.sleep(0.1)
        await rtp.press("*", marker=False)
        await asyncio.sleep(0.1)
        await rtp.press("#", ends=1)
        assert await call.pressed(7) == "15900*#"
        await rtp.press("7")
        await asyncio.sleep(0.5)
        assert call.keys == "15900*#7"


@needs_sipp
async def test_keys_by_sip_info(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "info") as (_, call):
        assert await call.pressed(3) == "5#*"
        await asyncio.sleep(0.3)
        assert call.keys == "5#*"


@needs_baresip
async def test_the_keys_of_a_real_telephone(tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    soundfile.write(speech, tone(CALLER_TONE, NARROW, 20), NARROW)
    async with answering() as side, Telephone.open(tmp_path / "peer", speech) as telephone:
        telephone.do("dial", f"sip:100@127.0.0.1:{side.port}")
        call = await side.call()
        for count, key in enumerate("12*#", start=1):
            telephone.do("sndcode", key)
            await call.pressed(count)
            await asyncio.sleep(0.3)
        assert call.keys == "12*#"
        telephone.do("hangup")
        assert await call.ended() == HungUp("caller")


async def dial(rtp: Rtp, keys: str, *, events: bool = False) -> None:
    """Press keys as tones in the sound, and at once as telephone-events where wanted."""
    for key in keys:
        sound = Keypad(length=0.1, pause=0.1).press(key)[: round(0.2 * NARROW)]
        sending = [rtp.speak(sound)]
        if events:
            # packets of both kinds, as a gateway sends them that does not know better
            sending.append(rtp.press(key))
        await asyncio.gather(*sending)


@needs_sipp
@pytest.mark.parametrize(
    ("scenario", "tones", "heard"),
    [
        ("no_events", "without_events", True),
        ("no_events", "never", False),
        ("call", "without_events", False),
        ("call", "until_event", True),
    ],
)
async def test_keys_in_the_sound(tmp_path: Path, scenario: str, tones: str, heard: bool) -> None:
    async with answering(tones=tones) as side:
        async with calling(side, tmp_path, scenario, seconds=2) as (rtp, call):
            await rtp.speak(np.zeros(NARROW // 5, np.int16))
            await dial(rtp, "1559#")
            await asyncio.sleep(0.3)
            assert call.keys == ("1559#" if heard else "")
            # hardly more of the sound is passed on than it took to know it for a key
            runs = [len(list(run)) for loud, run in groupby(call.loud) if loud]
            assert max(runs) <= 3 if heard else max(runs) >= 5


@needs_sipp
async def test_a_press_told_in_the_sound_and_by_events_counts_once(tmp_path: Path) -> None:
    async with answering(tones="until_event") as side:
        async with calling(side, tmp_path, seconds=2.5) as (rtp, call):
            await rtp.speak(np.zeros(NARROW // 5, np.int16))
            await dial(rtp, "7", events=True)
            await dial(rtp, "7704", events=True)
            await asyncio.sleep(0.3)
            assert call.keys == "77704"


@needs_sipp
async def test_a_press_told_in_three_ways_counts_once(tmp_path: Path) -> None:
    """The scenario sends an INFO for each of 5, # and *, of one kind or the other."""
    async with answering(tones="until_event") as side:
        async with calling(side, tmp_path, "info") as (rtp, call):
            await rtp.speak(np.zeros(NARROW // 5, np.int16))
            for count, key in enumerate("5#*", start=1):
                while len(call.keys) < count:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                await dial(rtp, key, events=True)
            await asyncio.sleep(0.4)
            assert call.keys == "5#*"


# --- who rang what ---------------------------------------------------------------------


@needs_sipp
async def test_a_call_to_an_old_number_says_so(tmp_path: Path) -> None:
    diversion = "Diversion: <sip:201@x>;reason=user-busy\nDiversion: <tel:+39059-2031101>"
    asserted = "P-Asserted-Identity: <sip:+390599999999@x>"
    headers = f"{diversion}\n{asserted}"
    async with answering() as side:
        async with calling(
            side, tmp_path, service="200", to="0592034444", extra=headers, seconds=0.2
        ) as (_, call):
            assert call.line.arrival == Arrival(
                dialled="200",
                diverted_by=("201", "+390592031101", "+390592034444"),
                caller="+393330001111",
            )


@needs_sipp
async def test_only_a_trusted_network_vouches_for_a_caller(tmp_path: Path) -> None:
    asserted = "P-Asserted-Identity: <sip:+390599999999@x>"
    async with answering(trusted=(ip_network("127.0.0.0/8"),)) as side:
        async with calling(side, tmp_path, extra=asserted, seconds=0.2) as (_, call):
            assert call.line.arrival.caller == "+390599999999"
            assert call.line.arrival.trusted
        withheld = f"{asserted}\nPrivacy: id"
        async with calling(side, tmp_path, extra=withheld, seconds=0.2) as (_, call):
            assert call.line.arrival.caller is None


@needs_sipp
async def test_calls_from_strange_networks_are_not_taken(tmp_path: Path) -> None:
    async with answering(peers=(ip_network("192.0.2.0/24"),)) as side:
        await sipp(tmp_path, "refused", side.port, code=486)
        assert side.calls == []
    async with answering(peers=(ip_network("192.0.2.0/24"), ip_network("127.0.0.1"))) as side:
        async with calling(side, tmp_path, seconds=0.2):
            pass


# --- the end ---------------------------------------------------------------------------


@needs_sipp
async def test_the_caller_hangs_up(tmp_path: Path) -> None:
    async with answering() as side:
        async with calling(side, tmp_path, seconds=0.3) as (_, call):
            pass
        assert await call.ended() == HungUp("caller")
        call.line.show(Caption("bot", "", None))
        await call.line.hang_up()


@needs_sipp
async def test_the_line_hangs_up(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "hung_up") as (_, call):
        await asyncio.sleep(0.3)
        await call.line.hang_up()
        assert isinstance(await call.ended(), HungUp)
        await call.line.hang_up()


@needs_sipp
async def test_a_caller_whose_sound_is_lost_is_gone(tmp_path: Path) -> None:
    async with answering(lost_timeout=1.0) as side:
        async with calling(side, tmp_path, "hung_up") as (rtp, call):
            await rtp.speak(tone(CALLER_TONE, NARROW, 0.4))
            assert await call.ended(3) == HungUp("lost")


@needs_sipp
async def test_the_stack_closes_in_mid_call(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "hung_up") as (_, call):
        await asyncio.sleep(0.3)
        await side.stack.close()
        assert isinstance(await call.ended(), HungUp)


@needs_sipp
@pytest.mark.parametrize("scenario", ["cancel", "early_bye"])
async def test_a_caller_gives_up_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    answer = Call.answer

    async def slow(call: Call) -> None:
        await asyncio.sleep(0.5)
        await answer(call)

    async with answering() as side:
        monkeypatch.setattr(Call, "answer", slow)
        await sipp(tmp_path, scenario, side.port)
        await asyncio.sleep(0.6)
        assert side.calls == []
        monkeypatch.setattr(Call, "answer", answer)
        async with calling(side, tmp_path, seconds=0.2):
            pass


@needs_sipp
async def test_a_caller_hangs_up_in_the_moment_of_the_answer(tmp_path: Path) -> None:
    async with answering() as side:
        for number in range(3):
            await sipp(tmp_path, "bye_for_ack", side.port)
            for call in side.calls[number:]:
                assert await call.ended() == HungUp("caller")


@needs_sipp
async def test_an_answer_that_is_lost_comes_again_and_the_call_is_one(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "lost_ack", seconds=1) as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.4))
        assert all(call.loud[-10:])
        assert len(side.calls) == 1


@needs_sipp
async def test_an_exchange_with_session_timers_refreshes_the_call(tmp_path: Path) -> None:
    async with answering() as side:
        async with calling(side, tmp_path, "session_timer", seconds=0.8) as (rtp, call):
            await rtp.speak(tone(CALLER_TONE, NARROW, 2.2))
            loud = call.loud
            assert loud[loud.index(True) :].count(True) >= 100
        assert await call.ended() == HungUp("caller")


@needs_sipp
async def test_an_exchange_that_lets_us_offer(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "late_offer", seconds=1) as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.5))
        assert all(call.loud[-10:])
        await rtp.press("5")
        assert await call.pressed(1) == "5"


@pytest.mark.parametrize("extension", [b"timer", b"100rel"])
async def test_what_the_stack_can_not_is_refused_when_it_is_required(extension: bytes) -> None:
    async with answering() as side:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.setblocking(False)
            ask = invite(side.port, 1).replace(b":4000", b":%d" % peer.getsockname()[1])
            ask = ask.replace(b"Max-Forwards", b"Require: %s\r\nMax-Forwards" % extension)
            peer.sendto(ask, ("127.0.0.1", side.port))
            async with asyncio.timeout(5):
                answer = parse(await asyncio.get_running_loop().sock_recv(peer, 4096))
        assert answer is not None and answer.status == 420
        assert answer.header("unsupported") == extension.decode()
        assert side.calls == []


@needs_baresip
async def test_a_real_telephone_holds_and_resumes(tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    soundfile.write(speech, tone(CALLER_TONE, NARROW, 30), NARROW)
    async with answering() as side, Telephone.open(tmp_path / "peer", speech) as telephone:
        telephone.do("dial", f"sip:100@127.0.0.1:{side.port}")
        call = await side.call()
        await asyncio.sleep(1.5)
        assert all(call.loud[-10:])
        for _ in range(2):
            telephone.do("hold")
            await asyncio.sleep(1.2)
            pulled = call.voice.pulled
            assert not any(call.loud[-20:])
            await asyncio.sleep(0.3)
            assert call.voice.pulled == pulled
            telephone.do("resume")
            await asyncio.sleep(1.2)
            assert all(call.loud[-10:])
        telephone.do("hangup")
        assert await call.ended() == HungUp("caller")


async def test_callers_who_change_their_mind_as_they_are_answered() -> None:
    """CANCEL and our 200 cross on the way: each caller gets one final answer, and no call is left
    that nobody knows of."""
    async with answering() as side:
        delays = [0.0005 * (number % 15) for number in range(45)]
        outcomes = [
            await changing_mind(side.port, number, delay) for number, delay in enumerate(delays)
        ]
        assert set(outcomes) == {200, 487}
        async with asyncio.timeout(10):
            while side.stack._lines:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        for call in side.calls:
            assert await call.ended() == HungUp("caller")


async def changing_mind(port: int, number: int, delay: float) -> int:
    """Call, and cancel so many seconds later; the final answer, which was dealt with as is due."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.setblocking(False)
        here = b":%d" % peer.getsockname()[1]
        ask = invite(port, number).replace(b":4000", here)
        peer.sendto(ask, ("127.0.0.1", port))
        if delay:
            await asyncio.sleep(delay)
        cancel = in_dialog(ask, b"CANCEL", ask.split(b"\r\n")[3])
        peer.sendto(cancel, ("127.0.0.1", port))
        async with asyncio.timeout(10):
            while True:
                answer = parse(await loop.sock_recv(peer, 4096))
                if answer and answer.status >= 200 and answer.method == "INVITE":
                    break
        to = b"To: " + answer.header("to").encode()
        peer.sendto(in_dialog(ask, b"ACK", to), ("127.0.0.1", port))
        if answer.status == 200:
            bye = in_dialog(ask, b"BYE", to).replace(b"CSeq: 1", b"CSeq: 2")
            peer.sendto(bye.replace(b"z9hG4bK", b"z9hG4bKbye"), ("127.0.0.1", port))
        return answer.status


def in_dialog(ask: bytes, method: bytes, to: bytes) -> bytes:
    """The INVITE made another request."""
    lines = ask.split(b"\r\n\r\n")[0].replace(b"INVITE", method).split(b"\r\n")
    kept = [line for line in lines if not line.startswith((b"Content", b"To:"))]
    return b"\r\n".join([*kept, to, b"Content-Length: 0", b"", b""])


# --- who is let in ---------------------------------------------------------------------


@needs_sipp
async def test_numbers_that_are_not_ours_get_404(tmp_path: Path) -> None:
    async with answering() as side:
        for user in ("999", "1000", "00881600000000"):
            await sipp(tmp_path, "refused", side.port, service=user, code=404)
        assert side.calls == []
        async with calling(side, tmp_path, service="200", seconds=0.2):
            pass


@needs_sipp
async def test_a_side_that_takes_all_numbers(tmp_path: Path) -> None:
    async with answering(users=("*",)) as side:
        async with calling(side, tmp_path, service="+390592034444", seconds=0.2):
            pass


@needs_sipp
async def test_a_full_house_refuses_and_the_running_call_goes_on(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, seconds=2) as (rtp, call):
        side.full = True
        for _ in range(3):
            await sipp(tmp_path, "refused", side.port, code=486)
        side.full = False
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.5))
        assert all(call.loud[-10:])
        assert len(side.calls) == 1


@needs_sipp
async def test_more_callers_than_telephone_lines(tmp_path: Path) -> None:
    async with answering(max_calls=2) as side:
        async with calling(side, tmp_path, seconds=2), calling(side, tmp_path, seconds=1.8):
            await sipp(tmp_path, "refused", side.port, code=486)
        async with calling(side, tmp_path, seconds=0.2):
            pass


@needs_sipp
async def test_several_calls_do_not_mix(tmp_path: Path) -> None:
    async with answering() as side:
        async with calling(side, tmp_path, seconds=2) as (one_rtp, one):
            async with calling(side, tmp_path, seconds=1) as (two_rtp, two):
                await asyncio.gather(
                    one_rtp.speak(tone(700, NARROW, 0.8)), two_rtp.speak(tone(1500, NARROW, 0.8))
                )
                await one_rtp.press("1")
                await two_rtp.press("2")
                assert (await one.pressed(1), await two.pressed(1)) == ("1", "2")
                for call, pitch in ((one, 700), (two, 1500)):
                    loud = [f for f, is_loud in zip(call.frames, call.loud, strict=True) if is_loud]
                    assert frequency(np.concatenate(loud[-20:]), RATE) == pytest.approx(
                        pitch, abs=10
                    )
            assert await two.ended() == HungUp("caller")
            await one_rtp.press("3")
            assert await one.pressed(2) == "13"


@needs_sipp
async def test_nobody_sends_us_elsewhere(tmp_path: Path) -> None:
    async with answering() as side, calling(side, tmp_path, "refer", seconds=0.5) as (rtp, call):
        await rtp.speak(tone(CALLER_TONE, NARROW, 0.4))
        assert all(call.loud[-5:])
