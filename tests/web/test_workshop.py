"""The staff page's requests: what is read, tried, published, refused."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.access.test_sign_in import PASSWORD
from tests.access.test_sign_in import House as Office
from tests.web.house import town
from tests.web.workshop import workshop
from voicebot.model import RATE, Account, Content, Role
from voicebot.settings import HOME
from voicebot.web.guard import Guard
from voicebot.web.server import HERE
from voicebot.web.sign_in import add_sign_in
from voicebot.web.staff_pages import STAFF_LANGUAGES, StaffPages
from voicebot.web.texts import load_page_texts
from voicebot.web.workshop import add_workshop

CLARA = Account("clara", "Clara Neri", frozenset({Role.STAFF}), (), ())
ANNA = Account("anna", "Anna Bianchi", frozenset({Role.OPERATOR}), (), ("it",))

MONDAY = ["offices", "polo-1", "hours", "monday"]


class Shop:
    """A web side with the staff page over files of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live: list[Content] = []
        self.office = Office()
        self.app = FastAPI()
        self.app.add_middleware(Guard, max_body=100_000)
        texts = load_page_texts(HOME / "locales", STAFF_LANGUAGES, "staff")
        pages = StaffPages(HERE / "templates", town, texts)
        add_sign_in(self.app, self.office.access, pages)
        self.room = workshop(folder, self.live)
        add_workshop(self.app, self.room)

    @property
    def offices(self) -> str:
        return (self.folder / "intents" / "offices.yaml").read_text("utf-8")

    def archived(self, number: int) -> str:
        """The offices of a published version."""
        folder = self.folder / "published" / f"{number:06}" / "intents"
        return (folder / "offices.yaml").read_text("utf-8")

    def clerk(self, account: str = "clara") -> Clerk:
        browser = TestClient(self.app, headers={"accept-language": "it"}, follow_redirects=False)
        got = browser.post("/sign-in", data={"account": account, "password": PASSWORD})
        assert got.status_code == 303
        return Clerk(browser)


class Clerk:
    """Somebody in front of the page."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser
        page = browser.get("/staff")
        self.page = page
        self.csrf = page.text.partition('"csrf": "')[2].partition('"')[0]
        self.sheet: dict[str, Any] = (
            browser.get("/staff/files").json() if page.status_code == 200 else {}
        )

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.browser.post(path, json=body, headers={"x-csrf-token": self.csrf})

    def draft(self, path: Sequence[str | int], value: object, **more: object) -> dict[str, Any]:
        change = {"path": list(path), "value": value}
        return {"base": self.sheet["version"], "changes": {"offices.yaml": [change]}, **more}


@pytest.fixture
async def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    for account in (CLARA, ANNA):
        await shop.office.register.add(account, PASSWORD)
    return shop


def test_only_staff_come_in_and_only_from_the_page(shop: Shop) -> None:
    stranger = TestClient(shop.app, follow_redirects=False)
    assert stranger.get("/staff/files").status_code == 401
    assert stranger.get("/staff", headers={"accept": "text/html"}).status_code == 303
    operator = shop.clerk("anna")
    assert operator.page.status_code == 403
    clerk = shop.clerk()
    body = clerk.draft(MONDAY, ["09:00-12:00"])
    for path in ("check", "publish", "preview", "listen", "rollback", "close", "open"):
        forged = clerk.browser.post(f"/staff/{path}", json=body)
        assert forged.status_code == 403, path
    assert not shop.live


def test_a_good_change_is_published_and_taken_back(shop: Shop) -> None:
    clerk, before = shop.clerk(), shop.offices
    body = clerk.draft(MONDAY, ["09:00-12:00"])
    tried = clerk.post("/staff/check", body).json()
    assert tried["ok"]
    assert tried["failed"] == 0
    assert any("Polo territoriale uno" in line for line in tried["affects"]), tried
    assert shop.offices == before
    assert shop.archived(1) == before
    heard = clerk.post("/staff/preview", {**body, "office": "polo-1", "at": "2026-11-23T10:00"})
    italian = next(one for one in heard.json() if one["language"] == "it")
    assert "Lunedì dalle nove a mezzogiorno." in " ".join(italian["shown"])
    assert clerk.post("/staff/publish", body).json()["ok"]
    assert shop.offices == before.replace('monday: ["08:30-13:00"]', 'monday: ["09:00-12:00"]', 1)
    opens = shop.live[-1].office("polo-1").week[0][0].opens
    assert (opens.hour, opens.minute) == (9, 0)
    newest, first = clerk.browser.get("/staff/history").json()
    assert (newest["author"], newest["occasion"]) == ("clara", "page")
    back = clerk.post("/staff/rollback", {"number": first["number"]}).json()
    assert back["state"] == "live"
    assert shop.offices == before
    assert shop.live[-1].office("polo-1").week[0][0].opens.minute == 30


def test_a_mistake_is_told_at_its_field_and_changes_nothing(shop: Shop) -> None:
    clerk, before = shop.clerk(), shop.offices
    answer = clerk.post("/staff/publish", clerk.draft(MONDAY, ["13:00-08:30"])).json()
    assert not answer["ok"]
    error = next(one for one in answer["problems"] if one["error"])
    assert (error["file"], error["key"]) == ("offices.yaml", "offices.polo-1.hours.monday[0]")
    assert shop.offices == before
    assert not shop.live
    assert len(clerk.browser.get("/staff/history").json()) == 1


def test_a_draft_of_older_files_is_refused(shop: Shop) -> None:
    clerk = shop.clerk()
    file = shop.folder / "intents" / "offices.yaml"
    file.write_text(file.read_text("utf-8") + "# a note\n", "utf-8")
    answer = clerk.post("/staff/publish", clerk.draft(MONDAY, ["09:00-12:00"]))
    assert answer.status_code == 409
    assert "la ricarichi" in answer.json()["message"]
    assert shop.offices.endswith("# a note\n")


@pytest.mark.parametrize(
    ("file", "path"),
    [("../voicebot.toml", ["a"]), ("tests/it.yaml", ["sentences"]), ("offices.yaml", ["a", 3])],
)
def test_what_the_page_does_not_edit_stays(shop: Shop, file: str, path: list[str | int]) -> None:
    clerk = shop.clerk()
    body = {"base": clerk.sheet["version"], "changes": {file: [{"path": path, "value": "x"}]}}
    answer = clerk.post("/staff/check", body)
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_a_draft_that_cannot_be_used_is_not_previewed(shop: Shop) -> None:
    clerk = shop.clerk()
    body = clerk.draft(["offices", "polo-1", "names"], "no mapping", office="polo-1")
    assert clerk.post("/staff/preview", body).status_code == 422


def test_a_sentence_is_listened_to(shop: Shop) -> None:
    clerk = shop.clerk()
    body = {"language": "it", "sentences": ["Buongiorno.", "Siamo aperti."]}
    sound = clerk.post("/staff/listen", body)
    assert sound.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(sound.content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        assert file.getnframes() >= RATE
    assert clerk.post("/staff/listen", {**body, "language": "de"}).status_code == 422
    assert clerk.post("/staff/listen", {**body, "sentences": ["a" * 2000]}).status_code == 422


def test_an_emergency_closing_is_switched_on_and_off(shop: Shop) -> None:
    clerk = shop.clerk()
    (one,) = clerk.post("/staff/close", {"office": "ufficio-casa"}).json()
    assert (one["office"], one["author"], one["until"]) == ("ufficio-casa", "clara", None)
    assert shop.room.board.read()[0].emergency.office == "ufficio-casa"
    assert clerk.post("/staff/close", {"office": "nowhere"}).status_code == 422
    assert clerk.post("/staff/open", {"office": "ufficio-casa"}).json() == []
    assert shop.room.board.read() == ()
