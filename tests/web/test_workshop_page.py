"""A clerk's day on the staff page, in a real browser over real files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.test_sign_in import PASSWORD
from tests.web.browser import chromium, needs_chromium, visit
from tests.web.house import House, serve
from tests.web.workshop import workshop
from voicebot.model import Account, Content, Role

pytestmark = [pytest.mark.browser, needs_chromium]

CLARA = Account("clara", "Clara Neri", frozenset({Role.STAFF}), (), ())

CHECKED = 60_000
"""Milliseconds that a whole check may take on a busy machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def live() -> list[Content]:
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clerk")


@pytest.fixture(scope="module")
def house(folder: Path, live: list[Content]) -> Iterator[House]:
    with serve(workshop=workshop(folder, live)) as house:
        house.employ(CLARA, PASSWORD)
        yield house


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    with visit(browser, f"{house.address}/staff") as page:
        page.get_by_label("Nome utente").or_(page.locator("[name=account]")).first.fill("clara")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        expect(page.locator("#office-title")).to_have_text("Polo territoriale uno")
        yield page


def opening(page: Page, day: str, number: int) -> str:
    return page.locator(f'[data-key="offices.polo-1.hours.{day}"] input').nth(number).input_value()


def change(page: Page, day: str, number: int, moment: str) -> None:
    field = page.locator(f'[data-key="offices.polo-1.hours.{day}"] input').nth(number)
    field.fill(moment)
    field.dispatch_event("change")


def test_a_clerks_day(page: Page, folder: Path, live: list[Content]) -> None:
    file = folder / "intents" / "offices.yaml"
    before = file.read_text("utf-8")
    verdict, publish = page.locator("#verdict"), page.locator("#publish")
    expect(verdict).to_have_text("Nessuna modifica.")

    # a mistake, told beside the field
    change(page, "monday", 1, "07:00")
    monday = page.locator('[data-key="offices.polo-1.hours.monday"]')
    expect(monday.locator(".fault")).to_be_visible(timeout=CHECKED)
    expect(monday.locator("input").first).to_have_attribute("aria-invalid", "true")
    expect(verdict).to_contain_text("Ci sono errori")
    expect(publish).to_be_disabled()
    assert file.read_text("utf-8") == before

    # mended, and what will change is said in words
    change(page, "monday", 1, "12:00")
    expect(verdict).to_contain_text("si può pubblicare", timeout=CHECKED)
    expect(monday.locator(".fault")).to_be_hidden()
    expect(page.locator("#affects")).to_contain_text("Polo territoriale uno")

    # heard
    page.locator("#at").fill("2026-11-23T10:00")
    page.locator("#ask button").click()
    expect(page.locator("#heard dd[lang=it]")).to_contain_text("a mezzogiorno", timeout=CHECKED)
    expect(page.locator("#heard dd[lang=ar]")).to_have_attribute("dir", "rtl")
    page.locator("#heard button").first.click()
    expect(page.locator("#sound")).to_be_visible()
    expect(page.locator("#sound")).to_have_js_property("error", None)
    page.locator("#sound").evaluate(
        """(sound) => new Promise((told) => {
             if (sound.readyState) told();
             sound.addEventListener("loadedmetadata", told);
           })"""
    )
    assert page.locator("#sound").evaluate("(sound) => sound.duration") > 1

    # published
    publish.click()
    expect(page.locator("#trouble")).to_be_hidden()
    expect(verdict).to_have_text("Pubblicato. Le nuove chiamate lo sentono.", timeout=CHECKED)
    assert file.read_text("utf-8") == before.replace(
        'monday: ["08:30-13:00"]', 'monday: ["08:30-12:00"]', 1
    )
    assert live[-1].office("polo-1").week[0][0].closes.hour == 12
    expect(page.locator("#history li").first).to_contain_text("clara")

    # and undone with one click
    page.locator("#history button").first.click()
    expect(verdict).to_have_text("La versione è di nuovo in uso.", timeout=CHECKED)
    assert file.read_text("utf-8") == before
    assert opening(page, "monday", 1) == "13:00"


def test_days_that_are_not_as_usual_show_in_the_month(page: Page) -> None:
    added = page.locator('[data-key="offices.polo-1.exceptions"]')
    added.get_by_role("button", name="Aggiungi giorni").click()
    row = page.locator('[data-key="offices.polo-1.exceptions[1]"]')
    row.locator("input[type=date]").first.fill("2026-12-24")
    row.locator("input[type=date]").first.dispatch_event("change")
    calendar = page.get_by_role("region", name="Calendario")
    month = calendar.locator(".month")
    for _ in range(24):
        if re.search("dicembre 2026", month.inner_text()):
            break
        calendar.get_by_role("button", name="Mese successivo").click()
    expect(calendar.locator("td.closed", has_text="24")).to_have_count(1)
    page.locator("#discard").click()
    expect(page.locator('[data-key="offices.polo-1.exceptions[1]"]')).to_have_count(0)


def test_every_field_has_a_name_and_arabic_runs_from_the_right(page: Page) -> None:
    for button in page.locator("#rooms button").all():
        button.click()
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("main input, main select, main textarea")]
                 .filter((one) => !one.labels?.length && !one.getAttribute("aria-label"))
                 .map((one) => one.outerHTML)"""
        )
        assert nameless == []
    arabic = page.locator('input[lang="ar"]').first
    assert arabic.evaluate("(one) => getComputedStyle(one).direction") == "rtl"


def test_an_emergency_closing_is_a_matter_of_two_clicks(page: Page, folder: Path) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#closed-office").select_option("ufficio-casa")
    page.locator("#emergency button").click()
    expect(page.locator("#closings li")).to_contain_text("Ufficio casa: chiuso dal")
    assert (folder / "emergency" / "state.json").is_file()
    page.locator("#closings button").click()
    expect(page.locator("#closings li")).to_have_count(0)
