"""Signing in over HTTP: the cookie, roles, other sites, guessing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Form
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from tests.access.test_sign_in import PASSWORD
from tests.access.test_sign_in import House as Office
from tests.web.browser import chromium, needs_chromium, visit
from tests.web.house import House, serve, town
from voicebot.access.sign_in import SignedIn
from voicebot.model import Account, Role
from voicebot.settings import HOME
from voicebot.web.guard import Guard
from voicebot.web.server import HERE
from voicebot.web.sign_in import add_sign_in, require
from voicebot.web.staff_pages import STAFF_LANGUAGES, StaffPages
from voicebot.web.texts import load_page_texts

ANNA = Account("anna", "Anna Bianchi", frozenset({Role.OPERATOR}), (), ("it",))
SARA = Account("sara", "Sara <Verdi>", frozenset({Role.STAFF, Role.SUPERVISOR}), (), ())

HTTPS = "https://testserver"


class Building:
    """A web side with a page for each role, and a counter that only operators may move."""

    def __init__(self) -> None:
        self.office = Office()
        self.moved = 0
        app = FastAPI()
        app.add_middleware(Guard, max_body=10_000)
        texts = load_page_texts(HOME / "locales", STAFF_LANGUAGES, "staff")
        add_sign_in(app, self.office.access, StaffPages(HERE / "templates", town, texts))

        @app.get("/staff")
        async def staff(who: Annotated[SignedIn, Depends(require(Role.STAFF))]) -> str:
            return who.csrf

        @app.get("/desk")
        async def desk(
            who: Annotated[SignedIn, Depends(require(Role.OPERATOR, Role.SUPERVISOR))],
        ) -> str:
            return who.csrf

        @app.post("/move")
        async def move(
            who: Annotated[SignedIn, Depends(require(Role.OPERATOR))],
            by: Annotated[int, Form()] = 1,
        ) -> int:
            self.moved += by
            return self.moved

        self.app = app

    def browser(self, address: str = "http://testserver") -> TestClient:
        """A browser with no session yet."""
        return TestClient(self.app, address, follow_redirects=False)

    def signed_in(self, account: str = "anna", address: str = "http://testserver") -> TestClient:
        """A browser with one."""
        browser = self.browser(address)
        assert sign_in(browser, account).status_code == 303
        return browser


@pytest.fixture
async def building() -> Building:
    building = Building()
    for account in (ANNA, SARA):
        await building.office.register.add(account, PASSWORD)
    return building


def sign_in(browser: TestClient, account: str, password: str = PASSWORD, **more: str) -> Any:
    headers = {"Origin": more.pop("origin", str(browser.base_url).rstrip("/"))}
    return browser.post(
        "/sign-in", data={"account": account, "password": password, **more}, headers=headers
    )


def test_the_cookie_can_be_neither_read_nor_sent_by_other_pages(building: Building) -> None:
    cookie = sign_in(building.browser(), "anna").headers["set-cookie"].lower()
    assert cookie.startswith("session=")
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "secure" not in cookie and "domain" not in cookie


def test_over_https_it_is_secure_and_bound_to_the_host(building: Building) -> None:
    cookie = sign_in(building.browser(HTTPS), "anna").headers["set-cookie"]
    assert cookie.startswith("__Host-session=") and "; Secure" in cookie
    assert building.signed_in(address=HTTPS).get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("account", "target", "home"),
    [
        ("anna", "", "/desk"),
        ("sara", "", "/desk/supervisor"),
        ("sara", "/staff", "/staff"),
        ("anna", "https://evil.example/", "/desk"),
        ("anna", "//evil.example/", "/desk"),
    ],
)
def test_where_one_arrives(building: Building, account: str, target: str, home: str) -> None:
    answer = sign_in(building.browser(), account, next=target)
    assert answer.headers["location"] == home


def test_wrong_is_told_and_the_name_stays(building: Building) -> None:
    answer = sign_in(building.browser(), '"><script>', "wrong")
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert "Account o password non corretti." in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text and "wrong" not in answer.text


def test_guessing_is_slowed(building: Building) -> None:
    browser = building.browser()
    for _ in range(5):
        assert sign_in(browser, "anna", "wrong").status_code == 401
    answer = sign_in(browser, "anna")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert "Troppi tentativi" in answer.text
    building.office.watch.wait(2)
    assert sign_in(browser, "anna").status_code == 303


def test_each_role_has_its_own_pages(building: Building) -> None:
    anna, sara = building.signed_in("anna"), building.signed_in("sara")
    assert [b.get("/desk").status_code for b in (anna, sara)] == [200, 200]
    assert [b.get("/staff").status_code for b in (anna, sara)] == [403, 200]
    refused = anna.get("/staff", headers={"Accept": "text/html"})
    assert refused.status_code == 403 and "altri compiti" in refused.text
    assert anna.get("/staff").json()["error"] == "not_allowed"


def test_who_is_not_signed_in_comes_to_the_sign_in_page_and_back(building: Building) -> None:
    browser = building.browser()
    answer = browser.get("/staff", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/staff")
    assert 'name="next" value="/staff"' in browser.get("/sign-in?next=/staff").text
    assert 'name="next" value=""' in browser.get("/sign-in?next=//evil.example").text
    assert browser.get("/staff").json()["error"] == "not_signed_in"
    assert browser.post("/move").status_code == 401


def test_a_session_that_expired_or_was_made_up_opens_nothing(building: Building) -> None:
    browser = building.signed_in()
    building.office.watch.wait(timedelta(hours=1).total_seconds() + 1)
    assert browser.get("/desk").status_code == 401
    made_up = building.browser()
    made_up.cookies.set("session", "x" * 43)
    assert made_up.get("/desk").status_code == 401


ORIGIN = {"Origin": "http://testserver"}


def test_a_change_needs_the_token_of_this_session_and_our_own_page(building: Building) -> None:
    anna = building.signed_in()
    token = anna.get("/desk").json()
    other = building.signed_in().get("/desk").json()
    good = {"X-CSRF-Token": token}
    assert token != other
    for headers in (
        ORIGIN,
        {**ORIGIN, "X-CSRF-Token": ""},
        {**ORIGIN, "X-CSRF-Token": other},
        {**ORIGIN, "X-CSRF-Token": "é"},
        {**good, "Origin": "http://evil.example"},
        {**good, "Origin": "null"},
        {**good, **ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {**good, **ORIGIN, "Sec-Fetch-Site": "same-site"},
    ):
        answer = anna.post("/move", headers={k.encode(): v.encode() for k, v in headers.items()})
        assert answer.status_code == 403, headers
    assert building.moved == 0
    assert anna.post("/move", headers={**good, **ORIGIN}).status_code == 200
    assert anna.post("/move", data={"csrf": token, "by": 4}, headers=ORIGIN).json() == 5
    assert anna.post("/move", data={"csrf": "x", "by": 4}, headers=ORIGIN).status_code == 403


def test_another_site_cannot_sign_somebody_in(building: Building) -> None:
    browser = building.browser()
    assert sign_in(browser, "anna", origin="http://evil.example").status_code == 403
    assert not building.office.sessions.kept


def test_signing_out(building: Building) -> None:
    browser = building.signed_in()
    token = browser.get("/desk").json()
    assert browser.post("/sign-out", headers=ORIGIN).status_code == 403
    stolen = browser.cookies["session"]
    answer = browser.post("/sign-out", data={"csrf": token}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    browser.cookies.set("session", stolen)
    assert browser.get("/desk").status_code == 401, "the session itself has ended"


def test_the_first_start_says_how_to_make_an_account() -> None:
    text = Building().browser().get("/sign-in").text
    assert re.search("<code>voicebot user add anna --role operator .*</code>", text)


def test_later_it_does_not(building: Building) -> None:
    assert "voicebot user add" not in building.browser().get("/sign-in").text


@pytest.mark.parametrize(
    ("query", "accepted", "shown"),
    [
        ("", "it", "Accedi"),
        ("", "en-GB", "Sign in"),
        ("?lang=en", "it", "Sign in"),
        ("", "fr", "Accedi"),
        ("?lang=xx", "de", "Accedi"),
    ],
)
def test_the_language_of_the_page(
    building: Building, query: str, accepted: str, shown: str
) -> None:
    answer = building.browser().get(f"/sign-in{query}", headers={"Accept-Language": accepted})
    assert f'<h1 id="title">{shown}</h1>' in answer.text


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"account=" + b"x" * 9000, b"account[]=1"])
def test_nonsense_in_place_of_a_sign_in(building: Building, body: bytes) -> None:
    headers = {**ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    answer = building.browser().post("/sign-in", content=body, headers=headers)
    assert 400 <= answer.status_code < 500


# --- in a real browser ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with serve() as house:
        house.employ(ANNA, PASSWORD)
        house.employ(SARA, PASSWORD)
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.browser
@needs_chromium
def test_signing_in_and_out_in_a_browser(house: House, browser: Browser) -> None:
    with visit(browser, f"{house.address}/sign-in") as page:
        page.get_by_label("Account").fill("sara")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/supervisor")
        page.get_by_role("button", name="Esci").click()
        expect(page.get_by_role("heading")).to_have_text("Accedi")
