"""The desk over HTTP: who may do what, to whose call, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx
import pytest

from tests.fakes.line import FakeLine
from tests.web.house import House, serve
from tests.web.test_server import make_offer
from tests.web.waiting import WaitingCaller
from voicebot.model import Account, Role
from voicebot.model.holding import OperatorState, TicketState

PASSWORD = "tre parole a caso"


def account(name: str, role: Role, *offices: str) -> Account:
    return Account(name, name.title(), frozenset({role}), offices, ("it",))


STAFF = [
    account("anna", Role.OPERATOR),
    account("bruno", Role.OPERATOR),
    account("carla", Role.OPERATOR, "segreteria"),
    account("sara", Role.SUPERVISOR),
    account("edo", Role.STAFF),
]


@pytest.fixture
def house() -> Iterator[House]:
    with serve() as house:
        for one in STAFF:
            house.employ(one, PASSWORD)
        yield house
        for window in Window.opened:
            window.http.close()
        Window.opened.clear()


class Window:
    """A page of somebody who has signed in, as far as HTTP sees it."""

    opened: ClassVar[list[Window]] = []

    def __init__(self, house: House, name: str) -> None:
        self.opened.append(self)
        self.house, self.name = house, name
        self.http = httpx.Client(base_url=house.address, headers={"Origin": house.address})
        form = {"account": name, "password": PASSWORD}
        assert self.http.post("/sign-in", data=form).status_code == 303
        page = self.http.get("/desk").text
        config = page.partition('id="config">')[2].partition("</script>")[0]
        self.csrf = json.loads(config)["csrf"] if config else ""

    def do(self, what: str, **fields: Any) -> httpx.Response:
        """Act as the page does."""
        return self.post("/desk/do", {"do": what, **fields})

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(path, json=body, headers={"X-CSRF-Token": self.csrf})

    @contextmanager
    def open(self) -> Iterator[Iterator[dict[str, Any]]]:
        """The stream of snapshots."""
        with self.http.stream("GET", "/desk/events", timeout=15) as stream:
            assert stream.status_code == 200
            lines = stream.iter_lines()
            yield (
                json.loads(line.removeprefix("data: "))
                for line in lines
                if line.startswith("data: {")
            )


def take_calls(window: Window) -> None:
    """Put a headset on that needs no browser, and be ready."""
    house = window.house

    async def wear() -> None:
        seat = next(one for one in house.desk.seats if one.operator.id == window.name)
        await seat.headset(FakeLine())

    house.ask(wear())
    assert window.do("ready").status_code == 204


@pytest.mark.parametrize("path", ["/desk", "/desk/events", "/desk/do", "/desk/headset"])
@pytest.mark.parametrize("name", ["sara", "edo"])
def test_only_operators_sit_at_the_desk(house: House, name: str, path: str) -> None:
    window = Window(house, name)
    method = "POST" if path in ("/desk/do", "/desk/headset") else "GET"
    answer = window.http.request(method, path, json={"do": "ready"})
    assert answer.status_code == 403
    assert not house.desk.seats


@pytest.mark.parametrize("path", ["", "/events", "/days?first=2026-01-01&last=2026-01-02"])
@pytest.mark.parametrize("name", ["anna", "edo"])
def test_only_supervisors_see_the_overview(house: House, name: str, path: str) -> None:
    assert Window(house, name).http.get(f"/desk/supervisor{path}").status_code == 403


def test_nothing_is_shown_to_who_is_not_signed_in(house: House) -> None:
    with httpx.Client(base_url=house.address) as nobody:
        for path in ("/desk", "/desk/events", "/desk/supervisor", "/desk/supervisor/events"):
            assert nobody.get(path).status_code == 401
        assert nobody.post("/desk/do", json={"do": "ready"}).status_code == 401


def test_a_seat_lasts_as_long_as_a_window(house: House) -> None:
    window = Window(house, "anna")
    assert window.do("ready").status_code == 409, "no window is open yet"
    with window.open() as snapshots:
        first = next(snapshots)
        assert first["state"] == "paused"
        assert first["waiting"] == first["colleagues"] == first["missed"] == []
        assert [seat.operator.id for seat in house.desk.seats] == ["anna"]


def test_an_operator_sees_only_whom_she_may_take(house: House) -> None:
    WaitingCaller.join(house, "ufficio-casa", number="+39059111")
    anna, carla = Window(house, "anna"), Window(house, "carla")
    with anna.open() as hers, carla.open() as others:
        assert [one["office"] for one in next(hers)["waiting"]] == ["ufficio-casa"]
        shown = next(others)
        assert shown["waiting"] == []
        assert "+39059111" not in json.dumps(shown)


def test_a_number_is_shown_only_to_whom_the_call_is_offered(house: House) -> None:
    WaitingCaller.join(house, number="+39059111")
    anna, bruno = Window(house, "anna"), Window(house, "bruno")
    with anna.open() as hers, bruno.open() as his:
        take_calls(anna)
        offered = next(one for one in hers if one["state"] == "ringing")
        assert offered["call"]["number"] == "+39059111"
        seen = next(one for one in his if one["waiting"][0]["offered"])
        assert "+39059111" not in json.dumps(seen) and "token" not in json.dumps(seen["waiting"])


def test_nobody_touches_a_colleagues_call(house: House) -> None:
    caller = WaitingCaller.join(house)
    anna, bruno = Window(house, "anna"), Window(house, "bruno")
    with anna.open() as hers, bruno.open():
        take_calls(anna)
        token = next(one for one in hers if one["state"] == "ringing")["call"]["token"]
        assert bruno.do("accept", token=token).status_code == 409
        assert bruno.do("decline", token=token).status_code == 204
        assert bruno.do("hang_up").status_code == 204
        assert bruno.do("hold", held=True).status_code == 204
        assert bruno.do("transfer", office="segreteria").status_code == 204
        assert caller.state() is TicketState.OFFERED
        assert anna.do("accept", token=token).status_code == 204
        house.wait_until(lambda: caller.state() is TicketState.CONNECTED)
        for what in (
            {"do": "hang_up"},
            {"do": "hold", "held": True},
            {"do": "keys", "digits": "1"},
        ):
            assert bruno.post("/desk/do", what).status_code == 204
        assert bruno.do("transfer", operator="anna").status_code == 204
        assert caller.state() is TicketState.CONNECTED
        states = {seat.operator.id: seat.state for seat in house.desk.seats}
        assert states == {"anna": OperatorState.BUSY, "bruno": OperatorState.PAUSED}


def test_a_call_on_her_telephone_is_answered_there(house: House) -> None:
    caller = WaitingCaller.join(house)
    anna = Window(house, "anna")
    with anna.open() as hers:
        assert anna.do("phone", target="201").status_code == 204
        assert anna.do("ready").status_code == 204
        token = next(one for one in hers if one["state"] == "ringing")["call"]["token"]
        assert anna.do("accept", token=token).status_code == 409
        assert caller.state() is TicketState.OFFERED
        assert anna.do("decline", token=token).status_code == 204
        house.wait_until(caller.waits)


def test_an_accept_that_comes_too_late(house: House) -> None:
    WaitingCaller.join(house)
    anna = Window(house, "anna")
    with anna.open() as hers:
        take_calls(anna)
        token = next(one for one in hers if one["state"] == "ringing")["call"]["token"]
        anna.do("decline", token=token)
        answer = anna.do("accept", token=token)
        assert answer.status_code == 409 and answer.json()["error"] == "desk"


@pytest.mark.parametrize(
    "action",
    [
        {"do": "phone", "target": "+39 1234"},
        {"do": "transfer", "office": "polo-9"},
        {"do": "transfer", "operator": "nobody"},
        {"do": "transfer", "operator": "anna"},
        {"do": "transfer"},
        {"do": "transfer", "office": "segreteria", "operator": "bruno"},
        {"do": "ready"},
    ],
    ids=str,
)
def test_what_can_not_be_done_is_refused(house: House, action: dict[str, Any]) -> None:
    anna = Window(house, "anna")
    with anna.open() as snapshots:
        next(snapshots)
        answer = anna.post("/desk/do", action)
    assert answer.status_code == 409 and answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"do": "fly"},
        {"do": "pause", "reason": "<script>"},
        {"do": "keys", "digits": "12a"},
        {"do": "keys", "digits": "1" * 33},
        {"do": "accept", "token": "x"},
        {"do": "ready", "more": 1},
        [],
        "ready",
    ],
    ids=str,
)
def test_nonsense_is_refused(house: House, body: object) -> None:
    anna = Window(house, "anna")
    with anna.open() as snapshots:
        next(snapshots)
        answer = anna.post("/desk/do", body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "message"}


@pytest.mark.parametrize("sdp", ["v=0", "x" * 5000])
def test_a_headset_that_is_none(house: House, sdp: str) -> None:
    anna = Window(house, "anna")
    with anna.open() as snapshots:
        next(snapshots)
        answer = anna.post("/desk/headset", {"sdp": sdp, "window": "abcd1234"})
        assert answer.status_code == 409
        assert anna.post("/desk/headset", {"sdp": "v=0", "window": "../.."}).status_code == 422
        assert house.desk.seats[0].reachable is False


async def test_a_headset_needs_the_token(house: House) -> None:
    offer = await make_offer("audio", "data")
    anna = Window(house, "anna")
    with anna.open() as snapshots:
        next(snapshots)
        body = {"sdp": offer, "window": "abcd1234"}
        assert anna.http.post("/desk/headset", json=body).status_code == 403
        assert anna.post("/desk/headset", body).json()["sdp"].startswith("v=0")


def test_the_page_holds_nothing_that_breaks_its_policy(house: House) -> None:
    anna = Window(house, "anna")
    page = anna.http.get("/desk")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert " style=" not in page.text and " onclick=" not in page.text
