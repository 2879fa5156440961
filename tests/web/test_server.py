"""The web side without a browser: what it serves, and what it does with nonsense."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiortc import RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import voicebot.web
from tests.web.house import MAX_BODY, House, serve
from voicebot.errors import ContentError
from voicebot.model import LANGUAGES, Arrival
from voicebot.settings import HOME
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.texts import load_page_texts


async def make_offer(*kinds: str) -> str:
    """A real offer with these media; `data` is a data channel."""
    peer = RTCPeerConnection()
    try:
        for kind in kinds:
            if kind == "data":
                peer.createDataChannel("switchboard")
            else:
                peer.addTrack(AudioStreamTrack() if kind == "audio" else VideoStreamTrack())
        await peer.setLocalDescription(await peer.createOffer())
        return str(peer.localDescription.sdp)
    finally:
        await peer.close()


@pytest.fixture(scope="module")
def offer() -> str:
    return asyncio.run(make_offer("audio", "data"))


@pytest.fixture(scope="module")
def shared_house() -> Iterator[House]:
    with serve() as house:
        yield house


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    shared_house.calls.clear()
    yield shared_house
    shared_house.wait_empty(10)


@pytest.fixture(scope="module")
def client(shared_house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_house.address, timeout=20) as client:
        yield client


def write(house: House, origin: str | None = None, query: str = "") -> ClientConnection:
    """Open a written conversation."""
    address = house.address.replace("http", "ws") + "/api/text" + query
    return connect(address, origin=origin, close_timeout=1)  # type: ignore[arg-type]


def ring(client: httpx.Client, sdp: object) -> httpx.Response:
    return client.post("/api/calls", content=json.dumps({"sdp": sdp}), headers=JSON)


JSON = {"Content-Type": "application/json"}


def assert_refused(response: httpx.Response) -> None:
    """A refusal that a program and a person can read, with nothing of the inside."""
    assert 400 <= response.status_code < 500
    answer = response.json()
    assert set(answer) == {"error", "message"}
    assert answer["error"] and answer["message"]
    assert "Traceback" not in response.text and "aiortc" not in response.text


# --- what it serves --------------------------------------------------------------------


def test_the_watchers_of_the_house(house: House, client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"
    with write(house) as line:
        line.recv(5)
        assert '\nvoicebot_calls_running{door="page"} 1\n' in client.get("/metrics").text
    house.wait_empty()
    metrics = client.get("/metrics").text
    assert '\nvoicebot_calls_running{door="page"} 0\n' in metrics
    known = re.compile(r'# TYPE \w+ (gauge|counter)|\w+({(\w+="\w+",?)+})? \d+')
    assert all(known.fullmatch(line_of_metrics) for line_of_metrics in metrics.splitlines())


def test_a_closing_switchboard_takes_nobody(offer: str) -> None:
    with serve() as house, httpx.Client(base_url=house.address) as client:
        with write(house) as line:
            line.recv(5)
            house.ask(house.switchboard.close())
            house.wait_empty()
            assert [json.loads(m) for m in line] == [{"ended": True}]
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "closing")
        assert client.get("/healthz").status_code == 200
        refused = ring(client, offer)
        assert refused.status_code == 503
        assert set(refused.json()) == {"error", "message"}
        with write(house) as line, pytest.raises(ConnectionClosed) as closed:
            line.recv(5)
        assert closed.value.rcvd and closed.value.rcvd.code == 1013
        assert house.switchboard.refused.total() == 2


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/healthz", "/nowhere", "/api/calls"])
def test_every_answer_has_the_headers_of_a_safe_page(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "microphone=(self)" in headers["permissions-policy"]


def test_the_page_holds_no_script_of_its_own(client: httpx.Client) -> None:
    html = client.get("/").text
    assert " style=" not in html and "<style" not in html
    assert not re.search(r"\son\w+=", html)
    assert re.findall(r"<script([^>]*)>", html) == [
        ' type="application/json" id="config"',
        ' type="module" src="/static/page.js"',
    ]


@pytest.mark.parametrize(
    ("accepted", "query", "shown"),
    [
        ("", "", "it"),
        ("de", "", "it"),
        ("*", "", "it"),
        ("ar", "", "ar"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "", "fr"),
        ("ar;q=0.1, en-GB;q=0.7", "", "en"),
        ("de, en;q=0.5", "", "en"),
        ("en;q=0, fr;q=0.1", "", "fr"),
        ("AR-MA", "", "ar"),
        ("en", "fr", "fr"),
        ("en", "xx", "en"),
        ("en", "../../etc", "en"),
        ("en", "", "en"),
        (";;q=,,=,q=1;en;q=x", "", "it"),
        ("en_US.UTF-8", "", "it"),
        ("zh-Hant-TW, ar-EG;q=0.5", "", "ar"),
        ("x" * 5000, "y" * 5000, "it"),
    ],
)
def test_the_language_of_the_page(
    client: httpx.Client, accepted: str, query: str, shown: str
) -> None:
    params = {"lang": query} if query else {}
    answer = client.get("/", params=params, headers={"Accept-Language": accepted})
    assert f'<html lang="{shown}" dir="{"rtl" if shown == "ar" else "ltr"}">' in answer.text
    assert answer.headers["vary"] == "Accept-Language"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
@settings(max_examples=60, deadline=None)
def test_any_accept_language_gets_a_page(client: httpx.Client, accepted: str) -> None:
    assert client.get("/", headers={"Accept-Language": accepted}).status_code == 200


def test_refusals_of_the_framework_have_the_same_form(client: httpx.Client) -> None:
    assert_refused(client.get("/nowhere"))
    assert_refused(client.get("/api/calls"))
    assert_refused(client.get("/static/../server.py"))
    assert_refused(client.get("/static/%2e%2e/server.py"))


# --- calls by WebRTC -------------------------------------------------------------------


def test_a_real_offer_is_answered(house: House, client: httpx.Client, offer: str) -> None:
    answer = ring(client, offer)
    assert answer.status_code == 200
    assert "m=audio" in answer.json()["sdp"] and "m=application" in answer.json()["sdp"]
    hang_up(house)


def hang_up(house: House) -> None:
    house.ask(house.wait_call().line.hang_up())
    house.wait_empty(10)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_other_sites_cannot_call(
    house: House, client: httpx.Client, offer: str, origin: str
) -> None:
    answer = client.post("/api/calls", json={"sdp": offer}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert_refused(answer)
    with pytest.raises(InvalidStatus) as refused:
        with write(house, origin):
            pass
    assert refused.value.response.status_code == 403
    assert not house.calls


def test_the_own_page_can_call(house: House, client: httpx.Client, offer: str) -> None:
    answer = client.post("/api/calls", json={"sdp": offer}, headers={"Origin": house.address})
    assert answer.status_code == 200
    hang_up(house)
    with write(house, house.address) as line:
        assert json.loads(line.recv(5))["caption"]["speaker"] == "bot"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"v=0"',
        b"{}",
        b'{"sdp": null}',
        b'{"sdp": 5}',
        b'{"sdp": ""}',
        b'{"sdp": ["v=0"]}',
        b'{"sdp": {"sdp": "v=0"}}',
        b'{"offer": "v=0"}',
        b'{"sdp": "' + b"v=0\\r\\n" * 100 + b'"}',
        b'{"sdp": "\\ud800"}',
        b"[" * 60_000,
        b'{"sdp": ' * 5000,
        b"1" * 10_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_nonsense_in_place_of_a_call(house: House, client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/calls", content=body, headers=JSON)
    assert_refused(answer)
    assert body[:30].decode("latin-1") not in answer.text or len(body) < 10
    assert_refused(client.post("/api/calls", content=body))
    assert not house.calls


def one_way(offer: str, direction: str) -> str:
    return offer.replace("a=sendrecv", f"a={direction}")


def many(offer: str, count: int) -> str:
    """The offer with its section of sound repeated, none of them bundled."""
    head, *sections = offer.split("m=")
    unbundled = re.sub(r"a=group:BUNDLE.*\r\n", "", head)
    sound = next(section for section in sections if section.startswith("audio"))
    parts = (re.sub(r"a=mid:.*\r\n", f"a=mid:{n}\r\n", sound) for n in range(count))
    return unbundled + "".join("m=" + part for part in parts)


def test_offers_that_are_no_call(house: House, client: httpx.Client, offer: str) -> None:
    video = asyncio.run(make_offer("video", "data"))
    data = asyncio.run(make_offer("data"))
    candidate = "a=candidate:1 1 udp 1 192.0.2.7 9 typ host\r\n"
    for sdp in (
        video,
        data,
        "hello",
        offer[: len(offer) // 2],
        offer.replace("opus", "sopu").replace("PCM", "XYZ").replace("G722", "G999"),
        one_way(offer, "inactive"),
        one_way(offer, "recvonly"),
        one_way(offer, "sendonly"),
        many(offer, 60),
        many(offer, 60).replace("\r\n", "\r"),
        offer + candidate * 500,
        re.sub("a=fingerprint.*\r\n", "", offer),
        re.sub("a=ice-pwd.*\r\n", "", offer),
    ):
        began = time.monotonic()
        answer = ring(client, sdp)
        assert_refused(answer)
        assert time.monotonic() - began < 5
    assert not house.calls
    assert_nothing_left(house)


def test_what_else_is_offered_is_declined(house: House, client: httpx.Client) -> None:
    sdp = asyncio.run(make_offer("audio", "video", "audio", "data"))
    sections = ring(client, sdp).json()["sdp"].split("m=")[1:]
    kinds = [section.split()[0] for section in sections]
    directions = [re.findall("a=(sendrecv|inactive|recvonly)", section) for section in sections]
    assert kinds == ["audio", "video", "audio", "application"]
    assert directions == [["sendrecv"], ["inactive"], ["inactive"], []]
    hang_up(house)


IDLE = ("Server.", "RequestResponseCycle", "LifespanOn", "run.<locals>", "serve.<locals>.run")
"""What a server does while nobody calls."""


def assert_nothing_left(house: House) -> None:
    """Nothing of a call is going on in the server, and no connection is open."""
    end = time.monotonic() + 5
    while True:
        left = {task for task in house.tasks() if not any(idle in task for idle in IDLE)}
        gc.collect()
        peers = [one for one in gc.get_objects() if type(one) is RTCPeerConnection]
        open_peers = [one for one in peers if one.connectionState != "closed"]
        if not left and not open_peers:
            return
        assert time.monotonic() < end, (left, open_peers)
        time.sleep(0.1)


@st.composite
def spoiled(draw: st.DrawFn, sdp: str) -> str:
    """A real offer with something done to it."""
    lines = sdp.split("\r\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "repeat", "swap", "cut", "number", "words", "move"])):
            case "drop":
                lines[at] = ""
            case "repeat":
                lines[at:at] = [lines[at]] * draw(st.integers(1, 50))
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "number":
                number = str(draw(st.integers(-(10**20), 10**20)))
                lines[at] = re.sub(r"\d+", number, lines[at], count=1)
            case "words":
                lines[at] += draw(st.text(max_size=20))
            case "move":
                lines = lines[at:] + lines[:at]
    return "\r\n".join(line for line in lines if line)


@given(data=st.data())
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_spoiled_offer_breaks_the_house(
    house: House, client: httpx.Client, offer: str, data: st.DataObject
) -> None:
    sdp = data.draw(spoiled(offer))
    answer = ring(client, sdp) if len(sdp) < MAX_BODY // 2 else None
    if answer is None:
        return
    if answer.status_code == 200:
        hang_up(house)
    else:
        assert_refused(answer)
    assert house.switchboard.running == 0


def test_after_all_that_nothing_is_left(house: House) -> None:
    assert_nothing_left(house)


def test_other_calls_go_on_meanwhile(house: House, client: httpx.Client, offer: str) -> None:
    with write(house) as line:
        line.recv(5)
        for sdp in ("hello", offer[:300], one_way(offer, "inactive")):
            assert_refused(ring(client, sdp))
            line.send(json.dumps({"key": "5"}))
            assert json.loads(line.recv(5))["caption"]["text"] == "key 5"


# --- sizes -----------------------------------------------------------------------------


def test_a_body_over_the_limit_that_says_so(client: httpx.Client) -> None:
    answer = ring(client, "v" * MAX_BODY)
    assert answer.status_code == 413
    assert_refused(answer)
    assert "content-security-policy" in answer.headers


def test_a_body_over_the_limit_in_pieces(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"sdp": "'
        for _ in range(MAX_BODY // 1000 + 1):
            yield b"v" * 1000

    answer = client.post("/api/calls", content=pieces(), headers=JSON)
    assert answer.status_code == 413
    assert_refused(answer)


def test_a_body_under_the_limit_in_pieces(house: House, client: httpx.Client, offer: str) -> None:
    def pieces() -> Iterator[bytes]:
        body = json.dumps({"sdp": offer}).encode()
        for at in range(0, len(body), 100):
            yield body[at : at + 100]

    assert client.post("/api/calls", content=pieces(), headers=JSON).status_code == 200
    hang_up(house)


def test_a_caller_who_leaves_while_sending(house: House, client: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", int(house.address.rsplit(":", 1)[1]))) as raw:
        raw.sendall(b"POST /api/calls HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
    assert client.get("/healthz").text == "ok"
    assert_nothing_left(house)


@pytest.mark.parametrize("length", [b"-1", b"5x", b"9" * 30])
def test_a_length_that_is_none(house: House, length: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(house.address.rsplit(":", 1)[1]))) as raw:
        raw.settimeout(5)
        raw.sendall(
            b"POST /api/calls HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n"
        )
        assert re.match(rb"HTTP/1.1 4\d\d ", raw.recv(1000))


# --- written conversations -------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"), [("ufficio-casa", True), ("nowhere", False), ("", False)]
)
def test_a_page_for_one_office(client: httpx.Client, query: str, shown: bool) -> None:
    """It says so, and keeps it when its language is changed."""
    text = client.get("/", params={"office": query, "lang": "en"}).text
    assert ('<p class="office">Housing office</p>' in text) is shown
    assert ('href="?lang=it&amp;office=ufficio-casa"' in text) is shown
    assert f'"office": {chr(34) + query + chr(34) if shown else "null"}' in text


def test_a_call_for_one_office(house: House, client: httpx.Client, offer: str) -> None:
    answer = client.post("/api/calls", json={"sdp": offer, "office": "ufficio-casa"})
    assert answer.status_code == 200
    assert house.wait_call().line.arrival == Arrival(office="ufficio-casa")
    hang_up(house)


def test_a_written_conversation_for_one_office(house: House) -> None:
    with write(house, query="?office=ufficio-casa"):
        assert house.wait_call().line.arrival == Arrival(office="ufficio-casa")


def test_a_written_conversation(house: House) -> None:
    with write(house) as line:
        assert json.loads(line.recv(5))["caption"]["language"] == "it"
        line.send(json.dumps({"text": " via   Emilia "}))
        shown = [json.loads(line.recv(5))["caption"]["text"] for _ in range(2)]
        assert shown == ["via Emilia", "echo via Emilia"]
        line.send(json.dumps({"text": "bye"}))
        assert json.loads(line.recv(5)) == {"ended": True}
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(5)
        assert closed.value.rcvd and closed.value.rcvd.code == 1000
    house.wait_empty()
    assert house.calls[0].ended == "bot"


def test_the_page_hangs_up_a_written_conversation(house: House) -> None:
    with write(house) as line:
        line.recv(5)
        line.send(json.dumps({"hang_up": True}))
        house.wait_empty(2)
    assert house.calls[0].ended == "caller"


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", '{"key": "A"}', '{"text": 5}', '{"hang_up": 1}', "x" * 10_000, "[" * 4000],
    ids=lambda message: repr(message[:12]),
)
def test_garbage_is_passed_over(house: House, message: str) -> None:
    with write(house) as line:
        line.recv(5)
        line.send(message)
        line.send(json.dumps({"key": "1"}))
        assert json.loads(line.recv(5))["caption"]["text"] == "key 1"
    house.wait_empty()
    assert house.calls[0].keys == ["1"]


def test_bytes_end_a_written_conversation(house: House) -> None:
    with write(house) as line:
        line.recv(5)
        line.send(b'{"key": "1"}')
        house.wait_empty(2)
    assert house.calls[0].ended == "lost"


def test_nothing_but_garbage_ends_it(house: House) -> None:
    with write(house) as line:
        line.recv(5)
        with pytest.raises(ConnectionClosed):
            for _ in range(1000):
                line.send("nonsense")
            while True:
                line.recv(5)
    house.wait_empty(2)
    assert house.calls[0].ended == "lost"


def test_ten_thousand_messages_at_once(house: House, client: httpx.Client) -> None:
    with write(house) as line:
        for number in range(10_000):
            line.send(json.dumps({"key": str(number % 10)}))
        assert client.get("/healthz").text == "ok"
        house.wait_until(lambda: len(house.calls[0].keys) == 10_000, 20)
    house.wait_empty()
    assert house.calls[0].keys == [str(number % 10) for number in range(10_000)]


def test_a_reader_who_never_reads(house: House, client: httpx.Client) -> None:
    with write(house) as line:
        for _ in range(2_000):
            line.send(json.dumps({"text": "parola " * 70}))
        house.wait_until(lambda: len(house.calls[0].texts) == 2_000, 20)
        assert client.get("/healthz").text == "ok"
    house.wait_empty()


def test_leaving_at_once(house: House) -> None:
    for _ in range(20):
        with write(house):
            pass
        with socket.create_connection(("127.0.0.1", int(house.address.rsplit(":", 1)[1]))) as raw:
            raw.sendall(
                b"GET /api/text HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
    house.wait_empty()
    assert_nothing_left(house)


def test_full_is_full_for_both_doors(offer: str) -> None:
    with serve(max_calls=1) as house, httpx.Client(base_url=house.address) as client:
        with write(house) as line:
            line.recv(5)
            refused = ring(client, offer)
            assert refused.status_code == 503
            assert "busy" in refused.json()["message"]
            with write(house) as second, pytest.raises(ConnectionClosed) as closed:
                second.recv(5)
            assert closed.value.rcvd and closed.value.rcvd.code == 1013
            line.send(json.dumps({"key": "1"}))
            assert json.loads(line.recv(5))["caption"]["text"] == "key 1"
        house.wait_empty()
        with write(house) as third:
            third.recv(5)
        full = 'voicebot_calls_refused_total{door="page",reason="full"} 2\n'
        assert full in client.get("/metrics").text


# --- the words of the pages ------------------------------------------------------------

WEB = Path(voicebot.web.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]


CALLERS = {"pages.py", "templates/caller.html"}
"""What callers read; all the rest is for those who work here."""


def said_by_the_pages(catalogue: str = "pages") -> set[str]:
    return {
        str(message)
        for file, _line, message, _comments, _context in extract_from_dir(WEB, METHODS)
        if (file in CALLERS) == (catalogue == "pages")
    }


@pytest.mark.parametrize(
    ("catalogue", "language"),
    [*(("pages", code) for code in LANGUAGES), *(("staff", code) for code in STAFF_LANGUAGES)],
)
def test_every_text_of_the_pages_is_translated(catalogue: str, language: str) -> None:
    said = said_by_the_pages(catalogue)
    assert len(said) > 15
    with (HOME / "locales" / language / "LC_MESSAGES" / f"{catalogue}.po").open("rb") as file:
        known = read_po(file, language, abort_invalid=True)
    messages: dict[str, Any] = {str(m.id): m for m in known if m.id}
    assert set(messages) == said
    for text, message in messages.items():
        assert message.string, text
        assert not message.fuzzy, text
        assert message.string == text or language != "en", text
        assert message.string.rstrip()[-1:] == text[-1:] or text[-1] not in "…:", text


@pytest.mark.parametrize("language", ["it", "fr", "ar"])
def test_a_translation_is_one(language: str) -> None:
    texts = load_page_texts(HOME / "locales", LANGUAGES)[language]
    same = {text for text in said_by_the_pages() if texts(text) == text}
    assert same <= {"Conversation"}
    if language == "ar":
        assert all(re.search("[\u0600-\u06ff]", texts(text)) for text in said_by_the_pages())


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME / "locales", tmp_path / "locales"))


@pytest.mark.parametrize(
    "content",
    [b'msgid "Call\nmsgstr', b"\xff\xfe\x00", b"hello", b'msgid "a"\nmsgstr "b"\nmsgstr "c'],
    ids=["open quote", "bytes", "prose", "two"],
)
def test_a_broken_catalogue_is_named(locales: Path, content: bytes) -> None:
    file = locales / "fr" / "LC_MESSAGES" / "pages.po"
    file.write_bytes(content)
    with pytest.raises(ContentError, match=re.escape(str(file))):
        load_page_texts(locales, LANGUAGES)


def test_a_missing_catalogue_is_named(locales: Path) -> None:
    file = locales / "ar" / "LC_MESSAGES" / "pages.po"
    file.unlink()
    with pytest.raises(ContentError, match=re.escape(str(file))):
        load_page_texts(locales, LANGUAGES)
    file.mkdir()
    with pytest.raises(ContentError, match=re.escape(str(file))):
        load_page_texts(locales, LANGUAGES)
