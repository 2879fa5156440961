"""A caller and two operators, each in a real browser, on a real switchboard."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright
from rapidfuzz import fuzz

from tests.e2e.open_town import open_town
from tests.e2e.switchboard import SPEECH, Running, microphone, running
from tests.e2e.test_browser_call import ARGUMENTS, CHROMIUM, RECORD, recorded, words
from voicebot import build
from voicebot.adapters.whisper import Whisper
from voicebot.settings import Settings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine"),
]

PASSWORD = "tre parole a caso"

ASKS = SPEECH / "it-004-1.flac"
"""Mi passa il polo territoriale uno, per favore?"""

CALLER_SAYS, CALLER_TEXT = SPEECH / "it-001-0.flac", "quali sono gli orari"
OPERATOR_SAYS, OPERATOR_TEXT = SPEECH / "en-020-0.flac", "what are the opening hours"


@pytest.fixture(scope="module")
def whisper(settings: Settings) -> Whisper:
    return build.whisper(settings, {})


@pytest.fixture
def switchboard(tmp_path: Path) -> Iterator[Running]:
    town = open_town(tmp_path)
    with running(tmp_path, paths__intents=str(town), holding__wrap_up="0") as house:
        for account in ("anna", "bruno"):
            add = ["user", "add", account, "--role", "operator", "--language", "it"]
            subprocess.run(
                [sys.executable, "-m", "voicebot", *add],
                env={**os.environ, "VOICEBOT_PATHS__DATA": str(tmp_path)},
                input=f"{PASSWORD}\n".encode(),
                check=True,
            )
        yield house


@contextmanager
def browser(playwright: Playwright, sound: Path, address: str, once: str = "") -> Iterator[Page]:
    """A page with this sound in its microphone."""
    fake = f"--use-file-for-fake-audio-capture={sound}{once}"
    running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, fake])
    page = running.new_context(locale="it").new_page()
    page.goto(address)
    yield page
    running.close()


def take_calls(page: Page, account: str) -> None:
    """Sign in, headset on."""
    page.get_by_label("Account").fill(account)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#headset")).to_contain_text("in questa finestra", timeout=20_000)
    page.get_by_role("button", name="Sono disponibile").click()
    expect(page.locator("#state")).to_have_text("Disponibile")


def accept(page: Page) -> None:
    """Take the call that rings, and be joined."""
    title = page.locator("#call-title")
    expect(title).to_have_text("Una chiamata per lei", timeout=60_000)
    page.keyboard.press("Alt+a")
    expect(title).to_have_text("In conversazione", timeout=10_000)


def test_from_the_wish_to_two_way_voice_and_on_to_a_second_operator(
    switchboard: Running, whisper: Whisper, tmp_path: Path
) -> None:
    again = [(25.0 + 5 * turn, CALLER_SAYS) for turn in range(30)]
    caller_sound = microphone(tmp_path / "caller.wav", [(5.0, ASKS), *again], 180)
    operator_sound = microphone(tmp_path / "operator.wav", [(1.0, OPERATOR_SAYS)], 6)
    desk = f"{switchboard.url}/desk"
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        anna = stack.enter_context(browser(playwright, operator_sound, desk))
        take_calls(anna, "anna")
        caller = stack.enter_context(
            browser(playwright, caller_sound, switchboard.url, once="%noloop")
        )
        caller.click("#call")
        accept(anna)
        expect(anna.locator("#about-office")).to_have_text("Polo territoriale uno")
        expect(anna.locator("#about-language")).to_have_text("Italiano")
        caller.evaluate(RECORD)
        anna.evaluate(RECORD)
        caller.wait_for_timeout(17_000)
        at_caller, at_anna = recorded(caller), recorded(anna)

        bruno_browser = ExitStack()
        bruno = bruno_browser.enter_context(browser(playwright, operator_sound, desk))
        take_calls(bruno, "bruno")
        anna.get_by_label("Passa a").select_option(label="bruno (Disponibile)")
        anna.get_by_role("button", name="Passa", exact=True).click()
        accept(bruno)
        expect(anna.locator("#state")).to_have_text("Lavorazione")

        bruno_browser.close()
        anna.get_by_role("button", name="Finito, sono disponibile").click()
        accept(anna)
        anna.get_by_role("button", name="Riaggancia").click()
        expect(anna.locator("#state")).to_have_text("Lavorazione")
        caller.click("#call")
    # on a busy machine a recogniser misses some words of each turn
    heard = words(at_caller, whisper, "en")
    assert fuzz.partial_ratio(OPERATOR_TEXT, heard) >= 80, heard
    heard = words(at_anna, whisper, "it")
    assert fuzz.partial_ratio(CALLER_TEXT, heard) >= 80, heard
    log = switchboard.log.read_text()
    assert "housing" not in log.lower() and PASSWORD not in log
