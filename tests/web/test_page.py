"""The caller page in a real browser, against the real web side and a scripted conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import call, chromium, needs_chromium, visit
from tests.web.house import GREETING, House, serve
from voicebot.adapters.webrtc import WebRtcLine
from voicebot.model import Arrival, Caption

pytestmark = [pytest.mark.browser, needs_chromium]

NO_WEBRTC = """
Object.defineProperty(navigator, "mediaDevices", { value: undefined });
delete window.RTCPeerConnection;
"""

NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("none", "NotFoundError"));
"""

BUSY_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("in use", "NotReadableError"));
"""

INBOUND = """async () => {
  const stats = await window.peers.at(-1).getStats();
  for (const one of stats.values()) if (one.type === "inbound-rtp") return one.packetsReceived;
  return 0;
}"""

LOUDNESS = """async () => {
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  const hertz = (loudest * context.sampleRate) / analyser.fftSize;
  await context.close();
  return [hertz, bins[loudest]];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def shared_house() -> Iterator[House]:
    with serve() as house:
        yield house


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    shared_house.greeting = (GREETING,)
    shared_house.calls.clear()
    yield shared_house
    shared_house.wait_empty(15)


def status(page: Page, text: str) -> None:
    expect(page.locator("#status")).to_have_text(text)


def problem(page: Page, text: str) -> None:
    expect(page.locator("#problem")).to_contain_text(text)


def until(page: Page, what: str) -> None:
    """Wait for it to become true in the page; its policy forbids the waiting of Playwright."""
    for _ in range(100):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it did not come about in time: {what}")


# --- a call with sound -----------------------------------------------------------------


def test_a_call_brings_captions_and_sound_both_ways(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        status(page, "In linea")
        expect(page.locator("#time")).to_have_text(re.compile(r"^0:0\d$"))
        expect(page.locator("#log .bot .said")).to_have_text(GREETING.text)
        until(page, f"({INBOUND})().then((count) => count > 20)")
        hertz, decibels = page.evaluate(LOUDNESS)
        assert abs(hertz - 440) < 50
        assert decibels > -50
        house.wait_until(lambda: house.calls[0].frames > 50 and house.calls[0].loudest > 500)
        assert house.switchboard.running == 1
        page.click("#call")
        house.wait_empty(2)
        assert house.calls[0].ended == "caller"


def test_keys_by_click_and_by_keyboard(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        for key in "5*#0":
            page.click(f'[data-key="{key}"]')
        page.keyboard.press("7")
        page.keyboard.press("#")
        page.keyboard.press("Control+3")
        page.keyboard.press("a")
        expect(page.locator("#log .understood .said")).to_have_count(6)
        assert house.calls[0].keys == list("5*#07#")


def test_a_page_for_one_office_calls_for_it_by_voice_and_in_writing(
    browser: Browser, house: House
) -> None:
    with visit(browser, house.address) as page:
        page.goto(f"{house.address}/?office=ufficio-casa&lang=en")
        expect(page.locator(".office")).to_have_text("Housing office")
        call(page)
        assert house.wait_call().line.arrival == Arrival(office="ufficio-casa")
        page.click("#call")
        house.wait_empty()
        page.click('[data-key="5"]')
        assert house.wait_call().line.arrival == Arrival(office="ufficio-casa")


def test_digits_in_a_sentence_are_no_keys(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        page.focus("#text")
        page.keyboard.type("via Emilia 12")
        page.keyboard.press("Enter")
        expect(page.locator("#log .bot .said").last).to_have_text("echo via Emilia 12")
        expect(page.locator("#text")).to_have_value("")
        assert house.calls[0].texts == ["via Emilia 12"]
        assert house.calls[0].keys == []
        assert house.calls[0].line.has_audio


def test_hanging_up_frees_both_sides(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        expect(page.locator("#call")).to_have_text("Riaggancia")
        page.click("#call")
        house.wait_empty(2)
        status(page, "La chiamata è terminata.")
        expect(page.locator("#call")).to_have_text("Chiama")
        expect(page.locator("#microphone")).to_be_hidden()
        assert page.evaluate("microphones.map((one) => one.readyState)") == ["ended"]
        until(page, "peers.every((one) => one.signalingState === 'closed')")
        expect(page.locator("#log .bot .said")).to_have_text(GREETING.text)
        expect(page.locator("#problem")).to_be_hidden()


def test_the_switchboard_hangs_up(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        page.fill("#text", "bye")
        page.keyboard.press("Enter")
        status(page, "La chiamata è terminata.")
        expect(page.locator("#problem")).to_be_hidden()
        house.wait_empty(2)
        assert page.evaluate("microphones[0].readyState") == "ended"


def test_hanging_up_while_it_rings_frees_the_line_at_once(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        page.evaluate(
            """() => {
              const ring = window.fetch;
              window.fetch = async (...args) => {
                const answer = await ring(...args);
                document.getElementById("call").click();
                return answer;
              };
            }"""
        )
        page.click("#call")
        house.wait_until(lambda: len(house.calls) == 1)
        house.wait_empty(4)
        assert house.calls[0].ended == "caller"
        expect(page.locator("#call")).to_have_text("Chiama")
        status(page, "")
        assert page.evaluate("microphones[0].readyState") == "ended"


def test_closing_the_tab_frees_the_line(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        page.close()
        house.wait_empty(3)


def test_a_second_call_after_the_first(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        for _ in range(2):
            call(page)
            expect(page.locator("#log .bot .said")).to_have_count(1)
            page.click("#call")
            house.wait_empty(2)
        assert len(house.calls) == 2


def test_muting_silences_the_microphone(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        mute = page.get_by_role("button", name="Spegni il microfono")
        mute.click()
        expect(mute).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("microphones[0].enabled") is False
        mute.click()
        expect(mute).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("microphones[0].enabled") is True
        page.click("#call")


# --- when something is wrong -----------------------------------------------------------


def test_a_refused_microphone(browser: Browser, house: House) -> None:
    with visit(browser, house.address, microphone=False) as page:
        page.click("#call")
        problem(page, "Il microfono non è stato consentito.")
        problem(page, "Può anche scrivere, o usare i tasti.")
        expect(page.locator("#call")).to_have_text("Chiama")
        status(page, "")
        writing_works(page)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (NO_WEBRTC, "Questo browser non può fare chiamate."),
        (NO_MICROPHONE, "Non è stato trovato nessun microfono."),
        (BUSY_MICROPHONE, "Il microfono adesso non si può usare."),
    ],
    ids=["no WebRTC", "no microphone", "microphone in use"],
)
def test_a_browser_that_cannot_call(browser: Browser, house: House, script: str, text: str) -> None:
    with visit(browser, house.address, script=script) as page:
        page.click("#call")
        problem(page, text)
        writing_works(page)


def writing_works(page: Page) -> None:
    page.fill("#text", "ufficio casa")
    page.get_by_role("button", name="Invia").click()
    status(page, "Sta scrivendo al centralino.")
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#log .bot .said").last).to_have_text("echo ufficio casa")


def test_all_lines_are_busy(browser: Browser) -> None:
    with (
        serve(max_calls=0) as full,
        visit(browser, full.address, language="en", expected="503") as page,
    ):
        page.click("#call")
        problem(page, "All lines are busy.")
        assert page.evaluate("microphones[0].readyState") == "ended"
        page.fill("#text", "housing office")
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_have_value("housing office")
        problem(page, "All lines are busy.")


def test_one_line_serves_one_caller_at_a_time(browser: Browser) -> None:
    with serve(max_calls=1) as small, visit(browser, small.address, language="fr") as first:
        call(first)
        with visit(browser, small.address, language="en", expected="503") as second:
            second.click("#call")
            problem(second, "All lines are busy.")
            first.click("#call")
            small.wait_empty(2)
            call(second)
            expect(second.locator("#problem")).to_be_hidden()


def test_a_line_that_drops(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        line = webrtc(house)
        line._closed = True  # so that no goodbye is sent
        house.ask(line._peer.close())
        problem(page, "È caduta la linea.")
        status(page, "La chiamata è terminata.")
        house.wait_empty(3)


def test_a_network_that_goes_silent(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        call(page)
        ice = webrtc(house)._peer.getTransceivers()[0].receiver.transport.transport
        for protocol in ice._connection._protocols:
            house.loop.call_soon_threadsafe(protocol.transport.abort)
        expect(page.locator("#problem")).to_contain_text("È caduta la linea.", timeout=20_000)
        house.wait_empty(15)
        assert house.calls[0].ended == "lost"


def webrtc(house: House) -> WebRtcLine:
    line = house.calls[0].line
    assert isinstance(line, WebRtcLine)
    return line


def test_a_switchboard_that_closes(browser: Browser) -> None:
    with serve() as leaving, visit(browser, leaving.address, expected="503") as page:
        page.fill("#text", "buongiorno")
        page.keyboard.press("Enter")
        expect(page.locator("#log .bot .said")).to_have_count(2)
        leaving.ask(leaving.switchboard.close())
        status(page, "La chiamata è terminata.")
        page.click("#call")
        problem(page, "Tutte le linee sono occupate.")


def test_a_switchboard_out_of_reach(browser: Browser) -> None:
    with serve() as gone, visit(browser, gone.address, expected="ERR_CONNECTION_REFUSED") as page:
        gone.stop()
        page.click("#call")
        problem(page, "Il centralino non risponde.")
        status(page, "")
        page.fill("#text", "ufficio casa")
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_have_value("ufficio casa")
        problem(page, "Il centralino non risponde.")


# --- writing ---------------------------------------------------------------------------


def test_a_key_without_a_call_opens_a_written_one(browser: Browser, house: House) -> None:
    with visit(browser, house.address, microphone=False) as page:
        page.click('[data-key="5"]')
        status(page, "Sta scrivendo al centralino.")
        expect(page.locator("#log .understood .said")).to_have_text("key 5")
        expect(page.locator("#microphone")).to_be_hidden()
        assert not house.calls[0].line.has_audio
        page.click("#call")
        house.wait_empty(2)
        assert house.calls[0].ended == "caller"


def test_closing_the_tab_ends_a_written_call(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        page.fill("#text", "ciao")
        page.keyboard.press("Enter")
        expect(page.locator("#log p")).to_have_count(3)
        page.close()
        house.wait_empty(2)


def test_what_is_written_is_shown_as_text(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        wild = "<img src=x onerror=alert(1)> & <b>casa</b>"
        page.fill("#text", wild)
        page.keyboard.press("Enter")
        expect(page.locator("#log .caller .said")).to_have_text(wild)
        assert page.locator("#log img, #log b").count() == 0


def test_the_log_follows_unless_the_reader_looks_back(browser: Browser, house: House) -> None:
    house.greeting = tuple(Caption("bot", f"frase {n} " + "parole " * 20, "it") for n in range(20))
    with visit(browser, house.address) as page:
        page.fill("#text", "uno")
        page.keyboard.press("Enter")
        expect(page.locator("#log p")).to_have_count(22)
        at_end = "(l) => l.scrollHeight - l.scrollTop - l.clientHeight < 5"
        assert page.locator("#log").evaluate(at_end)
        page.locator("#log").evaluate("(l) => { l.scrollTop = 0; }")
        page.fill("#text", "due")
        page.keyboard.press("Enter")
        expect(page.locator("#log p")).to_have_count(24)
        assert page.locator("#log").evaluate("(l) => l.scrollTop") == 0


# --- languages -------------------------------------------------------------------------


def test_arabic_turns_the_page_round(browser: Browser, house: House) -> None:
    house.greeting = (
        Caption("bot", "الخدمات الاجتماعية", "ar"),
        Caption("bot", "Social services", "en"),
        Caption("caller", "مكتب السكن", ""),
    )
    with visit(browser, house.address, language="ar") as page:
        assert page.locator("html").get_attribute("lang") == "ar"
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        phone, talk = page.locator(".phone").bounding_box(), page.locator(".talk").bounding_box()
        assert phone and talk and phone["x"] > talk["x"]
        one, three = (page.locator(f'[data-key="{k}"]').bounding_box() for k in "13")
        assert one and three and one["x"] < three["x"]
        page.click('[data-key="1"]')
        said = page.locator("#log .said")
        expect(said).to_have_count(4)
        directions = said.evaluate_all("(all) => all.map((s) => getComputedStyle(s).direction)")
        assert directions == ["rtl", "ltr", "rtl", "ltr"]
        languages = said.evaluate_all("(all) => all.map((s) => s.lang)")
        assert languages == ["ar", "en", "", "en"]
        marks = re.compile("[\u064b-\u0652\u0670]")
        assert not marks.search(page.locator(".town").inner_text())
        assert not marks.search(page.locator("dl").inner_text())


def test_the_language_links(browser: Browser, house: House) -> None:
    with visit(browser, house.address) as page:
        for name, code, button in [
            ("English", "en", "Call"),
            ("Français", "fr", "Appeler"),
            ("العربية", "ar", "اتصل"),
            ("Italiano", "it", "Chiama"),
        ]:
            page.get_by_role("link", name=name).click()
            expect(page.locator("html")).to_have_attribute("lang", code)
            expect(page.locator("#call")).to_have_text(button)
            expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


# --- keyboard and screen reader --------------------------------------------------------

FOCUSED = """() => {
  const one = document.activeElement;
  return one.id || one.dataset.key || one.getAttribute("href") || one.localName;
}"""


def test_the_order_of_the_keyboard(browser: Browser, house: House) -> None:
    with visit(browser, house.address, language="en") as page:
        order = []
        for _ in range(25):
            page.keyboard.press("Tab")
            order.append(page.evaluate(FOCUSED))
        keys = list("123456789*0#")
        links = [f"?lang={code}" for code in ("it", "en", "fr", "ar")]
        written = ["log", "text", "button"]
        assert order[:22] == ["#log", *links, "call", *written, *keys, "summary"]
        assert order[22] == "tel:0592034444"


def test_a_whole_call_by_keyboard(browser: Browser, house: House) -> None:
    with visit(browser, house.address, language="en") as page:
        for _ in range(6):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#microphone")).to_be_visible(timeout=15_000)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("4")
        for _ in range(4):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("room 12")
        page.keyboard.press("Enter")
        expect(page.locator("#log .understood")).to_have_count(2)
        expect(page.locator("#log .bot .said").last).to_have_text("echo room 12")
        assert house.calls[0].keys == ["4", "1"]
        page.focus("#mute")
        page.evaluate("document.getElementById('call').click()")
        expect(page.locator("#call")).to_be_focused()


def test_the_skip_link_shows_itself(browser: Browser, house: House) -> None:
    with visit(browser, house.address, language="en") as page:
        skip = page.get_by_role("link", name="Skip to the conversation")
        expect(skip).not_to_be_in_viewport()
        page.keyboard.press("Tab")
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#log")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 360])
def test_every_stop_shows_its_focus(browser: Browser, house: House, width: int) -> None:
    ring = """() => {
      const at = (one) => one && getComputedStyle(one).outlineStyle === "solid"
        && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
      const one = document.activeElement;
      return Boolean(at(one) || at(one.nextElementSibling));
    }"""
    with visit(browser, house.address, width=width) as page:
        for _ in range(22):
            page.keyboard.press("Tab")
            assert page.evaluate(ring), page.evaluate(FOCUSED)


def test_names_roles_and_live_regions(browser: Browser, house: House) -> None:
    with visit(browser, house.address, language="en") as page:
        call(page)
        unnamed = page.locator("button, a, input, meter, nav, section, summary").evaluate_all(
            """(all) => all.filter((one) => !(one.getAttribute("aria-label")
              || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent.trim()
              || one.labels?.[0]?.textContent.trim()
              || one.textContent.trim())).map((one) => one.outerHTML)"""
        )
        assert unnamed == []
        expect(page.get_by_role("log", name="Conversation")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("In call")
        expect(page.get_by_role("timer")).to_have_attribute("aria-live", "off")
        expect(page.get_by_role("textbox", name="Write instead of speaking")).to_be_visible()
        expect(page.get_by_role("button", name="hash: yes")).to_be_visible()
        expect(page.get_by_role("meter", name="Microphone")).to_be_visible()
        expect(page.locator("#problem")).to_have_attribute("role", "alert")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.locator("#log .who").all_text_contents() == ["Switchboard: "]
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids))


# --- looks -----------------------------------------------------------------------------

CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [r, g, b], alpha: a / 255 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const { rgb, alpha } = colour(getComputedStyle(one).backgroundColor);
      if (alpha === 1) return rgb;
      if (alpha > 0) throw new Error("a translucent ground: " + one.className);
    }
    throw new Error("no ground");
  };
  const faint = [];
  let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.checkVisibility()) continue;
    if (["SCRIPT", "NOSCRIPT"].includes(one.tagName)) continue;
    seen += 1;
    const style = getComputedStyle(one);
    const pair = [light(colour(style.color).rgb), light(ground(one))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push([walk.currentNode.data.trim(), ratio]);
  }
  return [seen, faint];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Browser, house: House, scheme: str) -> None:
    house.greeting = (
        GREETING,
        Caption("caller", "ufficio casa", "it"),
        Caption("understood", "Ufficio casa", "it"),
    )

    def check(page: Page) -> None:
        page.mouse.move(0, 0)
        seen, faint = page.evaluate(CONTRASTS)
        assert seen > 30
        assert faint == []

    with visit(browser, house.address, scheme=scheme) as page:
        page.click("summary")
        check(page)
        call(page)
        page.click("#mute")
        expect(page.locator("#log p")).to_have_count(3)
        check(page)
        page.click("#call")
    with visit(browser, house.address, scheme=scheme, microphone=False) as page:
        page.click("#call")
        expect(page.locator("#problem")).to_be_visible()
        check(page)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("language", ["it", "en", "fr", "ar"])
def test_nothing_sticks_out(browser: Browser, house: House, language: str, width: int) -> None:
    house.greeting = (
        Caption("bot", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3, "it"),
        Caption("bot", "مكتب السكن مفتوح اليوم حتى الساعة الواحدة " * 6, "ar"),
        Caption("understood", "Segreteria del servizio sociale territoriale: orari", "it"),
    )
    with visit(browser, house.address, language=language, width=width) as page:
        page.click("summary")
        call(page)
        expect(page.locator("#log p")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.locator("body *").evaluate_all(
            """(all, width) => all.filter((one) => {
              if (!one.checkVisibility() || one.closest(".skip, .who")) return false;
              const box = one.getBoundingClientRect();
              return box.width > 0 && (box.left < -0.5 || box.right > width + 0.5);
            }).map((one) => one.outerHTML.slice(0, 80))""",
            width,
        )
        assert outside == []
        page.click("#call")


def test_targets_are_large_enough(browser: Browser, house: House) -> None:
    with visit(browser, house.address, width=320) as page:
        small = page.locator("button:visible, nav a, input").evaluate_all(
            "(all) => all.filter((one) => one.getBoundingClientRect().height < 38)"
            ".map((one) => one.outerHTML)"
        )
        assert small == []


def test_without_scripts_the_telephone_is_named(browser: Browser, house: House) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    try:
        page = context.new_page()
        page.goto(house.address)
        expect(page.locator("noscript .problem")).to_contain_text("needs JavaScript")
        expect(page.locator("noscript .problem")).to_be_visible()
    finally:
        context.close()
