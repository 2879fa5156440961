"""The desk in a real browser: two-way sound, decline, no answer, reload, two tabs, transfer."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.web.browser import KEEP_PEERS, REPORT_VIOLATIONS, chromium, needs_chromium
from tests.web.house import House, serve
from tests.web.waiting import VOICE, WaitingCaller
from voicebot.holding.events import Finished, Held, Keys, Returned
from voicebot.model import Account, Role
from voicebot.model.holding import Priority, TicketState

pytestmark = [pytest.mark.browser, needs_chromium]

logger = logging.getLogger(__name__)

PASSWORD = "tre parole a caso"

ANNA = Account("anna", "Anna Bianchi", frozenset({Role.OPERATOR}), (), ("it", "fr"))
BRUNO = Account("bruno", "Bruno Neri", frozenset({Role.OPERATOR}), ("ufficio-casa",), ("it",))

NEAR = 40.0
"""Hz by which a voice may be off: a browser stretches sound that comes late."""

LOUDEST = """async () => {
  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 8192 });
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  const hertz = (loudest * context.sampleRate) / analyser.fftSize;
  await context.close();
  return [hertz, bins[loudest]];
}"""


FIRST_SOUND = """async () => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let pressed = 0;
  document.addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
  window.firstSound = new Promise((resolve) => {
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (!pressed || Math.max(...samples) < 0.02) return;
      clearInterval(timer);
      resolve(performance.now() - pressed);
    }, 5);
  });
}"""
"""From the key by which she accepts to the first sound of the caller, in milliseconds."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def house() -> Iterator[House]:
    with serve() as house:
        house.employ(ANNA, PASSWORD)
        house.employ(BRUNO, PASSWORD)
        yield house


class Operator:
    """Somebody at a desk, in a browser of her own."""

    def __init__(self, browser: Browser, house: House, account: str = "anna") -> None:
        self.house = house
        self.errors: list[str] = []
        self.context: BrowserContext = browser.new_context(
            locale="it", permissions=["microphone", "notifications"], reduced_motion="reduce"
        )
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.context.add_init_script(KEEP_PEERS)
        self.page = self.window()
        self.page.get_by_label("Account").fill(account)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Accedi").click()

    def window(self) -> Page:
        """One more window of hers."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note)
        page.goto(f"{self.house.address}/desk")
        return page

    def _note(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.errors.append(str(line.text))

    def ready(self) -> None:
        """Headset on, and taking calls."""
        expect(self.page.locator("#headset")).to_contain_text("collegata in questa finestra")
        self.page.get_by_role("button", name="Sono disponibile").click()
        expect(self.page.locator("#state")).to_have_text("Disponibile")

    def rings(self) -> None:
        """Wait for an offer."""
        expect(self.page.locator("#call-title")).to_have_text("Una chiamata per lei")

    def talks(self) -> None:
        """Wait until she is joined."""
        expect(self.page.locator("#call-title")).to_have_text("In conversazione")

    def close(self) -> None:
        """Her browser is closed."""
        self.context.close()


@pytest.fixture
def anna(browser: Browser, house: House) -> Iterator[Operator]:
    operator = Operator(browser, house)
    operator.ready()
    yield operator
    operator.close()
    assert not operator.errors, operator.errors


def heard(page: Page) -> tuple[float, float]:
    hertz, decibels = page.evaluate(LOUDEST)
    return hertz, decibels


def test_a_call_from_offer_to_wrap_up(house: House, anna: Operator) -> None:
    urgent = Priority("urgent", reason="numero di emergenza deviato")
    caller = WaitingCaller.join(house, number="+39 059&1", priority=urgent)
    began = time.monotonic()
    anna.rings()
    page = anna.page
    logger.info("offered and shown after %.2f s", time.monotonic() - began)
    expect(page.locator("#about-office")).to_have_text("Ufficio casa")
    expect(page.locator("#about-language")).to_have_text("Italiano")
    expect(page.locator("#about-reason")).to_have_text("numero di emergenza deviato")
    expect(page.locator("#about-asked")).to_have_text("orari dell'ufficio casa")
    expect(page.locator("#about-number")).to_have_text("+39 059&1")
    link = page.get_by_role("link", name="Apri nel sistema informativo")
    wanted = "https://people.example.org/?tel=%2B39%20059%261&office=ufficio-casa"
    expect(link).to_have_attribute("href", wanted)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert page.title().startswith("☎ Una chiamata per lei")
    began = time.monotonic()
    page.keyboard.press("Alt+a")
    house.wait_until(lambda: caller.heard_at > 0)
    anna.talks()
    took = caller.heard_at - began
    hertz, decibels = heard(page)
    assert abs(hertz - VOICE) < NEAR and decibels > -60
    logger.info("accepted and heard after %.2f s", took)
    assert took < 3, "a busy machine; one second is measured apart"
    page.get_by_label("Appunti").fill("vuole un appuntamento")
    page.get_by_role("button", name="Disattiva il microfono").click()
    time.sleep(0.5)
    caller.forget_sound()
    time.sleep(1.2)
    assert caller.loudest() < 100
    page.get_by_role("button", name="Riattiva il microfono").click()
    house.wait_until(lambda: caller.loudest() > 500)
    page.get_by_role("button", name="Metti in attesa").click()
    house.wait_until(lambda: caller.got(Held) == [Held(True)])
    page.get_by_role("button", name="Torna alla chiamata").first.click()
    house.wait_until(lambda: caller.got(Held)[1:] == [Held(False)])
    page.get_by_text("Tastiera").click()
    page.get_by_role("button", name="5", exact=True).click()
    house.wait_until(lambda: caller.got(Keys) == [Keys("5")])
    page.get_by_role("button", name="Riaggancia").click()
    house.wait_until(lambda: bool(caller.got(Finished)))
    expect(page.locator("#state")).to_have_text("Lavorazione")
    expect(page.get_by_label("Appunti")).to_have_value("vuole un appuntamento")
    page.get_by_role("button", name="Finito, sono disponibile").click()
    expect(page.locator("#state")).to_have_text("Disponibile")
    assert "appuntamento" not in page.evaluate("JSON.stringify({...sessionStorage})")
    assert page.evaluate("JSON.stringify({...localStorage})") == "{}"


def test_how_soon_a_call_is_offered_and_heard(
    house: House, anna: Operator, record_property: Callable[[str, object], None]
) -> None:
    """A second to two-way sound, half a second from becoming free to the offer: by the median."""
    page = anna.page
    offers, hers, callers = [], [], []
    WaitingCaller.join(house)
    anna.rings()
    for _ in range(5):
        WaitingCaller.join(house)
        ringing = house.desk.seats[0].ticket
        assert ringing is not None
        page.evaluate(FIRST_SOUND)
        began = time.monotonic()
        page.keyboard.press("Alt+a")
        hers.append(page.evaluate("window.firstSound") / 1000)
        caller = WaitingCaller.of(ringing.id)
        house.wait_until(lambda caller=caller: caller.heard_at > 0)  # type: ignore[misc]
        callers.append(caller.heard_at - began)
        page.get_by_role("button", name="Riaggancia").click()
        done = page.get_by_role("button", name="Finito, sono disponibile")
        done.wait_for()
        offers.append(free_to_offer(page))
    for name, values in (("offer", offers), ("operator hears", hers), ("caller hears", callers)):
        median = sorted(values)[2]
        logger.info("%s: median %.3f s of %s", name, median, [round(one, 3) for one in values])
        record_property(name, median)
    assert sorted(offers)[2] <= 0.5
    assert max(sorted(hers)[2], sorted(callers)[2]) <= 1.0


def free_to_offer(page: Page) -> float:
    """Seconds from her click on the end of wrap-up to the offer on her screen."""
    return float(
        page.evaluate(
            """async () => {
              const began = performance.now();
              document.getElementById("ready").click();
              while (document.getElementById("call").dataset.state !== "offer")
                await new Promise((resolve) => setTimeout(resolve, 2));
              return (performance.now() - began) / 1000;
            }"""
        )
    )


def test_a_declined_call_goes_to_a_colleague(
    house: House, browser: Browser, anna: Operator
) -> None:
    caller = WaitingCaller.join(house)
    anna.rings()
    bruno = Operator(browser, house, "bruno")
    bruno.ready()
    expect(anna.page.locator("#colleagues")).to_contain_text("Bruno Neri")
    anna.page.keyboard.press("Alt+r")
    expect(anna.page.locator("#state")).to_have_text("In pausa")
    expect(anna.page.locator("#reason")).to_have_text("Una chiamata è stata rifiutata")
    bruno.rings()
    row = anna.page.locator("#queue tbody tr")
    expect(row).to_contain_text("squilla da un collega")
    bruno.page.get_by_role("button", name="Rispondi").click()
    bruno.talks()
    assert caller.state() is TicketState.CONNECTED
    expect(row).to_have_count(0)
    bruno.close()
    assert not bruno.errors


def test_a_call_that_nobody_answers_keeps_its_place_and_pauses_the_seat(
    house: House, anna: Operator
) -> None:
    caller = WaitingCaller.join(house)
    anna.rings()
    expect(anna.page.locator("#deadline")).to_have_text(re.compile(r"0:0\d"))
    expect(anna.page.locator("#reason")).to_have_text(
        "Una chiamata ha squillato senza risposta", timeout=15_000
    )
    house.wait_until(caller.waits)
    expect(anna.page.locator("#queue tbody tr")).to_have_count(1)
    anna.page.get_by_role("button", name="Sono disponibile").click()
    anna.rings()


def test_a_caller_who_hangs_up_while_it_rings_and_one_in_mid_call(
    house: House, anna: Operator
) -> None:
    first = WaitingCaller.join(house)
    anna.rings()
    first.hang_up()
    expect(anna.page.locator("#state")).to_have_text("Disponibile")
    second = WaitingCaller.join(house)
    anna.rings()
    anna.page.get_by_role("button", name="Rispondi").click()
    anna.talks()
    second.hang_up()
    expect(anna.page.locator("#state")).to_have_text("Lavorazione")


def test_her_browser_closed_in_mid_call_puts_the_caller_back_in_place(
    house: House, browser: Browser
) -> None:
    operator = Operator(browser, house)
    operator.ready()
    caller = WaitingCaller.join(house)
    later = WaitingCaller.join(house)
    operator.rings()
    operator.page.get_by_role("button", name="Rispondi").click()
    operator.talks()
    operator.close()
    house.wait_until(lambda: bool(caller.got(Returned)), 20)
    assert caller.waits() and later.waits()
    # what the queue shows is a moment old
    house.wait_until(lambda: [one.id for one in house.queue.waiting()] == [1, 2])
    assert [caller.place.ticket.id, later.place.ticket.id] == [1, 2], "first as before"


def test_a_reload_in_mid_call_goes_on_with_it(house: House, anna: Operator) -> None:
    caller = WaitingCaller.join(house)
    anna.rings()
    anna.page.get_by_role("button", name="Rispondi").click()
    anna.talks()
    anna.page.get_by_label("Appunti").fill("via Galaverna")
    anna.page.reload()
    anna.talks()
    expect(anna.page.locator("#headset")).to_contain_text("collegata in questa finestra")
    expect(anna.page.get_by_label("Appunti")).to_have_value("via Galaverna")
    caller.forget_sound()
    house.wait_until(lambda: caller.loudest() > 500)
    hertz, _ = heard(anna.page)
    assert abs(hertz - VOICE) < NEAR
    assert not caller.got(Returned)


def test_two_windows_have_one_headset_between_them(house: House, anna: Operator) -> None:
    second = anna.window()
    headset = second.locator("#headset")
    expect(headset).to_have_text("La cuffia è in un'altra delle sue finestre.")
    caller = WaitingCaller.join(house)
    for page in (anna.page, second):
        expect(page.locator("#call-title")).to_have_text("Una chiamata per lei")
    second.get_by_role("button", name="Rispondi").click()
    anna.talks()
    hertz, _ = heard(anna.page)
    assert abs(hertz - VOICE) < NEAR, "answered in one window, heard in the other"
    second.get_by_role("button", name="Usa la cuffia qui").click()
    expect(headset).to_have_text("La cuffia è collegata in questa finestra.")
    expect(anna.page.locator("#headset")).to_have_text(
        "La cuffia è in un'altra delle sue finestre."
    )
    hertz, _ = heard(second)
    assert abs(hertz - VOICE) < NEAR
    time.sleep(2)
    expect(headset).to_have_text("La cuffia è collegata in questa finestra.")
    second.close()
    expect(anna.page.locator("#headset")).to_have_text("La cuffia è collegata in questa finestra.")
    house.wait_until(lambda: caller.loudest() > 500)


def test_handed_on_to_a_colleague_with_the_same_place(
    house: House, browser: Browser, anna: Operator
) -> None:
    caller = WaitingCaller.join(house)
    anna.rings()
    anna.page.get_by_role("button", name="Rispondi").click()
    anna.talks()
    bruno = Operator(browser, house, "bruno")
    bruno.ready()
    WaitingCaller.join(house)
    bruno.rings()
    bruno.page.get_by_role("button", name="Rifiuta").click()
    rank = caller.place.ticket.rank
    bruno.page.get_by_role("button", name="Sono disponibile").click()
    bruno.rings()
    bruno.page.get_by_role("button", name="Rispondi").click()
    bruno.talks()
    bruno.page.get_by_role("button", name="Riaggancia").click()
    bruno.page.get_by_role("button", name="Finito, sono disponibile").click()
    anna.page.get_by_label("Passa a").select_option(label="Bruno Neri (Disponibile)")
    anna.page.get_by_role("button", name="Passa", exact=True).click()
    expect(anna.page.locator("#state")).to_have_text("Lavorazione")
    bruno.rings()
    bruno.page.get_by_role("button", name="Rispondi").click()
    bruno.talks()
    hertz, _ = heard(bruno.page)
    assert abs(hertz - VOICE) < NEAR
    assert caller.place.ticket.rank == rank
    bruno.close()
    assert not bruno.errors


def test_a_colleague_is_asked_and_goes_on_with_the_caller(
    house: House, browser: Browser, anna: Operator
) -> None:
    caller = WaitingCaller.join(house)
    anna.rings()
    anna.page.get_by_role("button", name="Rispondi").click()
    anna.talks()
    bruno = Operator(browser, house, "bruno")
    bruno.ready()
    anna.page.get_by_label("Passa a").select_option(label="Bruno Neri (Disponibile)")
    anna.page.get_by_role("button", name="Chiedi prima").click()
    bruno.rings()
    bruno.page.get_by_role("button", name="Rispondi").click()
    expect(bruno.page.locator("#call-title")).to_have_text("Un collega le chiede di una chiamata")
    expect(anna.page.locator("#with")).to_have_text("Con Bruno Neri")
    assert caller.got(Held) == [Held(True)]
    expect(anna.page.get_by_role("button", name="Metti in attesa")).to_be_hidden()
    anna.page.get_by_role("button", name="Passa la chiamata").click()
    bruno.talks()
    expect(anna.page.locator("#state")).to_have_text("Lavorazione")
    hertz, _ = heard(bruno.page)
    assert abs(hertz - VOICE) < NEAR
    assert not caller.got(Returned)
    bruno.close()
    assert not bruno.errors


def test_after_the_network_was_away_everything_is_as_it_is(house: House, anna: Operator) -> None:
    anna.context.set_offline(True)
    # a stream that is open stays open for the browser: cut it as a router would
    anna.page.evaluate("dispatchEvent(new Event('online'))")
    caller = WaitingCaller.join(house)
    anna.context.set_offline(False)
    anna.page.evaluate("dispatchEvent(new Event('online'))")
    anna.rings()
    caller.hang_up()
    expect(anna.page.locator("#state")).to_have_text("Disponibile")
    anna.errors.clear()


def test_her_telephone_rings_instead(house: House, anna: Operator) -> None:
    anna.page.get_by_label("Rispondo con").select_option("201")
    expect(anna.page.locator("#headset")).to_be_empty()
    seat = house.desk.seats[0]
    house.wait_until(lambda: seat.target == "201")
    anna.page.get_by_label("Rispondo con").select_option("")
    house.wait_until(lambda: seat.target is None)


def test_signing_out_gives_the_seat_free(house: House, anna: Operator) -> None:
    anna.page.get_by_role("button", name="Esci").click()
    anna.page.wait_for_url(re.compile("/sign-in"))
    house.wait_until(lambda: not house.desk.seats)


def test_a_session_that_ends_elsewhere_ends_the_desk(house: House, anna: Operator) -> None:
    async def remove() -> None:
        await house.accounts.remove("anna")

    house.ask(remove())
    anna.page.wait_for_url(re.compile("/sign-in"), timeout=25_000)
    anna.errors.clear()


def test_without_a_microphone_the_desk_says_what_to_do(house: House, browser: Browser) -> None:
    context = browser.new_context(locale="it")
    context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('none', 'NotFoundError'))"
    )
    page = context.new_page()
    page.goto(f"{house.address}/desk")
    page.get_by_label("Account").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#headset-problem")).to_have_text(
        "Nessun microfono trovato. Colleghi la cuffia, poi riprovi."
    )
    expect(page.get_by_role("button", name="Sono disponibile")).to_be_disabled()
    context.close()
