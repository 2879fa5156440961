"""The overview: figures over HTTP, and in a real browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import chromium, needs_chromium, visit
from tests.web.house import House, serve
from tests.web.waiting import WaitingCaller
from voicebot.holding import moves
from voicebot.model import Account, Role
from voicebot.model.holding import Claim, Lane, Outcome, Wish

PASSWORD = "tre parole a caso"

SARA = Account("sara", "Sara Verdi", frozenset({Role.SUPERVISOR}), (), ())

LANES = [("ufficio-casa", "it"), ("ufficio-casa", "fr"), ("segreteria", "it")]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Yesterday three were served and one left; today one was served."""
    with serve() as house:
        house.employ(SARA, PASSWORD)
        house.ask(fill(house))
        yield house


async def fill(house: House) -> None:
    """Closed tickets, with times written as if they had passed."""
    store = house.queue.store
    book = house.daybook
    yesterday = book.start_of_day(-1) + timedelta(hours=9)
    for minutes, (office, language), wait, outcome in [
        (0, LANES[0], 30, Outcome.SERVED),
        (5, LANES[0], 200, Outcome.SERVED),
        (10, LANES[1], 60, Outcome.SERVED),
        (70, LANES[2], 90, Outcome.ABANDONED),
    ]:
        house.watch.at = yesterday + timedelta(minutes=minutes)
        await live_through(house, Wish(office, language), wait, outcome)
    house.watch.at = None
    await live_through(house, Wish(*LANES[0]), 0, Outcome.SERVED)
    assert len(await store.past(book.start_of_day(-1), book.start_of_day(1))) == 5


async def live_through(house: House, wish: Wish, wait: float, outcome: Outcome) -> None:
    """One caller from joining to the end."""
    store, watch = house.queue.store, house.watch
    ticket = await store.enter(wish, "elsewhere", with_code=False)
    watch.wait(wait)
    if outcome is Outcome.SERVED:
        lane = Lane(wish.office, wish.language, ticket.entered_at)
        claimed = await store.claim(Claim("anna", (lane,), 20, "elsewhere"))
        assert claimed is not None and claimed.id == ticket.id
        assert await store.move(ticket.id, moves.accept(claimed.token))
        assert await store.move(ticket.id, moves.connected(claimed.token))
        watch.wait(100)
        assert await store.move(ticket.id, moves.close(outcome, token=claimed.token))
    else:
        assert await store.move(ticket.id, moves.close(outcome, node="elsewhere"))


@pytest.fixture(scope="module")
def sara(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.address, headers={"Origin": house.address}) as client:
        form = {"account": "sara", "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303
        yield client


def span(house: House) -> dict[str, str]:
    first, last = house.daybook.start_of_day(-1), house.daybook.start_of_day()
    return {"first": str(first.date()), "last": str(last.date())}


def test_the_days(house: House, sara: httpx.Client) -> None:
    days: list[dict[str, Any]] = sara.get("/desk/supervisor/days", params=span(house)).json()
    yesterday, today = days
    assert yesterday["name"] == span(house)["first"]
    assert (yesterday["offered"], yesterday["answered"], yesterday["in_time"]) == (4, 3, 2)
    assert yesterday["service_level"] == 0.5 and yesterday["abandonment"] == 0.25
    assert yesterday["speed_of_answer"] == pytest.approx((30 + 200 + 60) / 3)
    assert yesterday["talk"] == pytest.approx(100)
    assert (today["offered"], today["service_level"]) == (1, 1.0)


@pytest.mark.parametrize(
    ("by", "groups"),
    [("office", ["segreteria", "ufficio-casa"]), ("language", ["fr", "it"])],
)
def test_the_table_as_csv(house: House, sara: httpx.Client, by: str, groups: list[str]) -> None:
    answer = sara.get("/desk/supervisor/figures.csv", params={**span(house), "by": by})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    yesterday = [row for row in rows if row["day"] == span(house)["first"]]
    assert [row["group"] for row in yesterday] == groups
    assert sum(int(row["offered"]) for row in yesterday) == 4
    assert all(re.fullmatch(r"[\w.,-]*", cell) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("first", "last"), [("2026-01-02", "2026-01-01"), ("2020-01-01", "2026-01-01"), ("x", "y")]
)
def test_a_span_that_is_none(sara: httpx.Client, first: str, last: str) -> None:
    for path in ("days", "figures.csv"):
        answer = sara.get(f"/desk/supervisor/{path}", params={"first": first, "last": last})
        assert answer.status_code in (409, 422) and answer.json()["message"]


# --- in a real browser ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.browser
@needs_chromium
def test_the_overview_in_a_browser(house: House, browser: Browser) -> None:
    with visit(browser, f"{house.address}/desk/supervisor") as page:
        page.get_by_label("Account").fill("sara")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#service_level")).to_have_text("100%")
        expect(page.locator("#service_level-sum")).to_have_text("1 / 1 (≤ 120 s)")
        expect(page.locator("#abandonment-sum")).to_have_text("0 / 1")
        expect(page.locator("#plot-hours rect")).to_have_count(3)
        expect(page.locator("#plot-days rect")).to_have_count(6)
        expect(page.locator("#plot-levels circle")).to_have_count(2)
        expect(page.locator("#by_day tbody tr")).to_have_count(2)
        expect(page.locator("#by_day tbody tr").first).to_contain_text("50%")
        expect(page.locator("#queues-empty")).to_have_text("Nessuno in attesa.")
        caller = WaitingCaller.join(house, "segreteria", "fr")
        row = page.locator("#queues tbody tr")
        expect(row).to_contain_text("Segreteria")
        expect(row).to_contain_text("Francese")
        caller.hang_up()
        with page.expect_download() as download:
            page.get_by_role("button", name="Scarica come CSV").click()
        assert download.value.suggested_filename.endswith("-by-office.csv")
