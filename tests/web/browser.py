"""Chromium, as the tests of the page drive it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
]
"""The microphone is a fake that beeps; whether a page may have it is up to its context."""

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed: apt-get install chromium"
)

REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""

KEEP_PEERS = """
window.peers = [];
window.microphones = [];
const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Peer {
  constructor(...args) { super(...args); window.peers.push(this); }
};
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (what) => {
  const stream = await ask(what);
  window.microphones.push(...stream.getTracks());
  return stream;
};
"""
"""Lets a test see the connections and microphones that the page holds."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for several tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextlib.contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    language: str = "it",
    microphone: bool = True,
    scheme: str = "light",
    width: int = 1280,
    script: str = KEEP_PEERS,
    expected: str = "",
) -> Iterator[Page]:
    """One caller's page. Errors in its console fail the test, but for the `expected` one."""
    context = browser.new_context(
        locale=language,
        permissions=["microphone"] if microphone else [],
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    context.add_init_script(REPORT_VIOLATIONS)
    context.add_init_script(script)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda line: errors.append(line.text) if line.type in ("error", "warning") else None,
    )
    page.goto(address)
    try:
        yield page
    finally:
        context.close()
    unexpected = [error for error in errors if not expected or expected not in error]
    assert not unexpected, unexpected


def call(page: Page) -> None:
    """Press the button and wait until the line is open."""
    page.click("#call")
    expect(page.locator("#microphone")).to_be_visible(timeout=15_000)
