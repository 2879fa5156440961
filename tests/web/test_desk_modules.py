"""The desk's modules one by one, in a real browser, with nothing of the page around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser import chromium, needs_chromium
from tests.web.house import House, serve

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with serve() as house:
        yield house


@pytest.fixture(scope="module")
def page(house: House) -> Iterator[Page]:
    with chromium() as browser:
        yield blank(browser, house)


def blank(browser: Browser, house: House) -> Page:
    page = browser.new_page()
    page.goto(f"{house.address}/healthz")
    return page


def run(page: Page, module: str, script: str) -> Any:
    """What the script gives, with `m` for the module."""
    return page.evaluate(
        f"async () => {{ const m = await import('/static/desk/{module}'); {script} }}"
    )


def test_tries_come_later_and_later_and_not_all_at_once(page: Page) -> None:
    waits = run(page, "live.js", "return [0, 1, 2, 5, 99].map((n) => m.retryAfter(n, 1));")
    assert waits == [500, 1000, 2000, 15000, 15000]
    assert run(page, "live.js", "return m.retryAfter(3, 0);") == 2000


def test_events_out_of_pieces_of_any_size(page: Page) -> None:
    text = 'event: beat\\ndata: 7\\n\\ndata: {"a": "b: c"}\\n\\nevent: over\\ndata: {}\\n\\nda'
    for size in (1, 2, 7, 100):
        events = run(
            page,
            "live.js",
            f"""const got = [];
            const events = new m.Events((...event) => got.push(event));
            const text = '{text}';
            const pieces = text.match(/[^]{{1,{size}}}/g);
            for (const piece of pieces) events.feed(piece);
            return got;""",
        )
        assert events == [["beat", "7"], ["message", '{"a": "b: c"}'], ["over", "{}"]]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9.6, "0:10"), (65, "1:05"), (3599, "59:59"), (3661, "1:01:01"), (-5, "0:00")],
)
def test_durations(page: Page, seconds: float, shown: str) -> None:
    assert run(page, "clock.js", f"return m.duration({seconds * 1000});") == shown


def test_times_go_by_the_switchboards_clock(page: Page) -> None:
    script = "m.setClock(Date.now() + 60000); return m.now() - Date.now();"
    assert run(page, "clock.js", script) == pytest.approx(60000, abs=50)


@pytest.mark.parametrize(
    ("state", "call", "asked", "face"),
    [
        ("available", None, False, "none"),
        ("ringing", {}, False, "offer"),
        ("busy", {"connected": None}, False, "connecting"),
        ("busy", {"connected": 1}, False, "talk"),
        ("busy", {"connected": 1, "on_hold": True}, False, "held"),
        ("busy", {"connected": 1, "on_hold": True}, True, "asked"),
        ("wrap_up", {"connected": 1}, False, "wrap_up"),
        ("paused", {"connected": 1}, False, "none"),
    ],
)
def test_the_faces_of_the_call(
    page: Page, state: str, call: dict[str, Any] | None, asked: bool, face: str
) -> None:
    script = "async (s) => (await import('/static/desk/callcard.js')).face(s)"
    assert page.evaluate(script, {"state": state, "call": call, "asked": asked}) == face


def test_notes_stay_with_their_caller_and_go_with_the_wrap_up(page: Page) -> None:
    script = """
      const kept = new Map();
      const storage = {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, value),
        removeItem: (key) => kept.delete(key),
      };
      const field = document.createElement("textarea");
      const write = (text) => { field.value = text; field.dispatchEvent(new Event("input")); };
      const seen = [];
      const notes = new m.Notes(field, storage);
      notes.show(1); write("uno"); seen.push(field.value);
      const reloaded = new m.Notes(field, storage);
      field.value = ""; reloaded.show(1); seen.push(field.value);
      reloaded.show(2); seen.push(field.value);
      write("due"); reloaded.show(null); seen.push(field.value, kept.size);
      kept.set("note", "{broken"); reloaded.show(3); seen.push(field.value);
      return seen;"""
    assert run(page, "notes.js", script) == ["uno", "uno", "", "", 0, ""]


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (7, 10), (11, 20), (999, 1000)])
def test_the_top_of_a_plot_is_a_round_number(page: Page, most: int, top: int) -> None:
    assert run(page, "plots.js", f"return m.ceiling({most});") == top


def test_bars_are_as_high_as_their_parts(page: Page) -> None:
    script = """
      const plot = m.bars([{name: "a", parts: [3, 1, 1]}, {name: "b", parts: [0, 0, 5]}],
                          ["x", "y", "z"], "title");
      return [...plot.querySelectorAll("rect")].map((one) => Number(one.getAttribute("height")));"""
    heights = run(page, "plots.js", script)
    assert sum(heights[:3]) == pytest.approx(heights[5])
    assert heights[0] == pytest.approx(3 * heights[1]) and heights[3] == heights[4] == 0


def test_a_line_of_shares_has_gaps_where_there_is_nothing(page: Page) -> None:
    script = """
      const points = [0.5, null, 1, 0].map((share, at) => ({name: String(at), share}));
      return m.shares(points, "title").querySelector("path").getAttribute("d");"""
    path = run(page, "plots.js", script)
    assert (path.count("M"), path.count("L")) == (2, 1)


def test_names_are_shown_as_text_whatever_is_in_them(page: Page) -> None:
    script = """
      const list = document.createElement("ul");
      m.showColleagues(list, [{name: "<img src=x onerror=alert(1)>", state: "busy"}],
                       {states: {busy: "B"}});
      return [list.querySelectorAll("img").length, list.textContent];"""
    assert run(page, "lists.js", script) == [0, "<img src=x onerror=alert(1)> B"]
