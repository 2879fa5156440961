"""An extension of a real exchange (Kamailio): registered by password, called and calling."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.adapters.sip_peers import NARROW, SCENARIOS, free_port
from tests.adapters.sip_side import (
    BOT_TONE,
    CALLER_TONE,
    Side,
    Taken,
    answering,
    frequency,
    tone,
)
from tests.adapters.sip_telephone import Telephone, needs_baresip
from voicebot.adapters.sip_dialler import SipDialler
from voicebot.adapters.sip_setup import SipAccount
from voicebot.errors import DialError, TransferError, Unreached
from voicebot.model import RATE, HungUp

pytestmark = [
    needs_baresip,
    pytest.mark.skipif(
        shutil.which("kamailio") is None, reason="no kamailio on this machine to register at"
    ),
]

CONFIG = SCENARIOS.parent / "kamailio.cfg"


@dataclass(frozen=True)
class Exchange:
    """Knows every user whose password is `secret-` and the user."""

    folder: Path
    port: int

    def account(self, user: str = "701", password: str | None = None) -> SipAccount:
        """Ours."""
        return SipAccount(user, f"127.0.0.1:{self.port}", password or f"secret-{user}")

    @asynccontextmanager
    async def telephone(self, user: str, pitch: float) -> AsyncIterator[Telephone]:
        """A registered telephone that says a tone."""
        speech = self.folder / f"{user}.wav"
        soundfile.write(speech, tone(pitch, NARROW, 60), NARROW)
        account = f"<sip:{user}@127.0.0.1:{self.port}>;auth_pass=secret-{user};regint=60"
        async with Telephone.open(self.folder / user, speech, account=account) as telephone:
            # it may have registered before we could ask it for its events
            output = self.folder / user / "out.txt"
            await shown(lambda: output.read_text(errors="replace"), "[1 binding]")
            yield telephone


async def shown(text: Callable[[], str], words: str) -> None:
    """Wait until the words stand in the text."""
    for _ in range(200):
        if words in text():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {words!r} in:\n{text()}")


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    one = Exchange(tmp_path, free_port())
    config = tmp_path / "kamailio.cfg"
    config.write_text(CONFIG.read_text().replace("PORT", str(one.port)))
    process = await asyncio.create_subprocess_exec(
        *("kamailio", "-f", str(config), "-DD", "-E", "-m", "16", "-M", "4"),
        *("-Y", str(tmp_path), "-w", str(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    yield one
    process.terminate()
    _, output = await process.communicate()
    for word in ("ERROR", "CRITICAL"):
        assert word not in output.decode(), output.decode()


@asynccontextmanager
async def registered(
    exchange: Exchange, caplog: pytest.LogCaptureFixture, *targets: str
) -> AsyncIterator[tuple[Side, SipDialler]]:
    """Our side, as the exchange's extension 701."""
    caplog.set_level("INFO")
    allowed = frozenset(targets)
    async with answering(
        users=(), accounts=(exchange.account(),), targets=allowed, max_placed=3
    ) as side:
        await shown(lambda: caplog.text, "telephone account 1 is registered")
        yield side, SipDialler(side.stack, side.setup)


async def test_a_call_through_the_exchange_reaches_us(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    async with exchange.telephone("202", CALLER_TONE) as telephone:
        async with registered(exchange, caplog) as (side, _):
            telephone.do("dial", f"sip:701@127.0.0.1:{exchange.port}")
            call = await side.call()
            await asyncio.sleep(1.5)
            telephone.do("hangup")
            assert await call.ended() == HungUp("caller")
            heard = np.concatenate(call.frames[-30:])
            assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=10)
            samples, rate = telephone.heard()
            assert frequency(samples[-rate // 2 :], rate) == pytest.approx(BOT_TONE, abs=5)


async def test_we_call_an_extension_of_the_exchange(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    """By its number alone; the exchange asks our password for the call too."""
    async with exchange.telephone("201", CALLER_TONE) as desk:
        async with registered(exchange, caplog, "201", "299") as (_, dialler):
            with pytest.raises(DialError) as error:
                await dialler.dial("299", 5)
            assert error.value.reason is Unreached.UNREACHABLE
            dialling = asyncio.create_task(dialler.dial("201", 10, "Ufficio casa"))
            await desk.until("CALL_INCOMING")
            desk.do("accept")
            call = Taken(await dialling)
            await asyncio.sleep(1)
            await call.line.hang_up()
            await desk.until("CALL_CLOSED")
            heard = np.concatenate([part for part in call.frames if part.any()][-20:])
            assert frequency(heard, RATE) == pytest.approx(CALLER_TONE, abs=10)


async def test_a_caller_is_sent_to_another_extension(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    async with exchange.telephone("202", CALLER_TONE) as caller:
        async with exchange.telephone("201", 700) as desk:
            async with registered(exchange, caplog, "201", "299") as (side, _):
                caller.do("dial", f"sip:701@127.0.0.1:{exchange.port}")
                call = await side.call()
                await caller.until("CALL_ESTABLISHED")
                await asyncio.sleep(0.5)
                with pytest.raises(TransferError) as error:
                    await call.line.transfer("299", 5)
                assert error.value.reason is Unreached.UNREACHABLE
                sending = asyncio.create_task(call.line.transfer("201", 10))
                await desk.until("CALL_INCOMING")
                desk.do("accept")
                await sending
                assert await call.ended() == HungUp("caller")
                await asyncio.sleep(1)
                desk.do("hangup")
                await desk.until("CALL_CLOSED")
                samples, rate = desk.heard()
                assert frequency(samples[-rate // 2 :], rate) == pytest.approx(CALLER_TONE, abs=5)


async def test_a_wrong_password_is_said_and_the_rest_goes_on(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = exchange.account(password="guess")
    async with answering(accounts=(wrong,)) as side:
        await shown(lambda: caplog.text, "account 1 is not registered, trying on: registration")
        assert "401 Unauthorized" in caplog.text
        assert "guess" not in caplog.text
        async with exchange.telephone("202", CALLER_TONE) as telephone:
            telephone.do("dial", f"sip:100@127.0.0.1:{side.port}")
            await side.call()
            telephone.do("hangup")
