"""The manifest as the project ships it, and the ways of writing it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.weights.build import hub_file, model, package_file
from voicebot.errors import WeightsError
from voicebot.settings import Settings
from voicebot.weights.examine import State
from voicebot.weights.manifest import Purpose, Source, load_manifest
from voicebot.weights.store import WeightStore

MODELS = Path(__file__).resolve().parents[2] / "models"


def test_the_shipped_manifest_pins_every_file_to_the_byte() -> None:
    manifest = load_manifest(MODELS / "manifest.toml")
    for entry in manifest.models:
        for file in entry.files:
            assert file.sha256 is not None, (entry.id, file.name)
            assert file.size is not None, (entry.id, file.name)


def test_the_shipped_manifest_has_all_that_the_settings_prefer() -> None:
    manifest = load_manifest(MODELS / "manifest.toml")
    ids = {entry.id for entry in manifest.models}
    vectors = {file.name for file in manifest.model("kokoro-voices").files}
    for language, voices in Settings().speech.voices.items():
        for voice in voices:
            engine, _, name = voice.partition(":")
            if engine == "piper":
                assert language in manifest.model(f"piper-{name}").languages
            if engine == "kokoro":
                assert f"{name}.bin" in vectors
    assert {"whisper-base", "kokoro-82m"} <= ids


def test_every_language_can_be_recognised_from_packages_alone() -> None:
    manifest = load_manifest(MODELS / "manifest.toml")
    covered = {
        language
        for entry in manifest.models
        if entry.source is Source.PACKAGE and entry.purpose is Purpose.RECOGNITION
        for language in entry.languages
    }
    assert covered == {"it", "en", "fr", "ar"}


def test_doubtful_licences_are_told() -> None:
    manifest = load_manifest(MODELS / "manifest.toml")
    for voice in ("it_IT-paola", "fr_FR-siwis", "ar_JO-kareem", "en_US-joe"):
        assert "lessac" in manifest.model(f"piper-{voice}-medium").doubt
    assert "state no licence" in manifest.model("piper-ar_JO-kareem-medium").doubt
    assert not manifest.model("piper-en_GB-cori-medium").doubt
    for entry in manifest.models:
        assert "lessac" not in entry.id and "upmc" not in entry.id and "-tom-" not in entry.id


def test_the_voice_vectors_in_the_repository_are_those_of_the_manifest(tmp_path: Path) -> None:
    store = WeightStore(load_manifest(MODELS / "manifest.toml"), MODELS, tmp_path)
    status = store.verify("kokoro-voices")
    assert status.state is State.PRESENT, status.problem
    assert store.path("kokoro-voices") == MODELS / "kokoro"
    assert (MODELS / "kokoro" / "LICENSE").read_text(encoding="utf-8").count("Apache License")


GOOD = model("a", "hub", hub_file("a.onnx", b"a"))


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("format = 2\n" + GOOD, "format", "format = 1"),
        ("format = 1\n", "model", "at least one"),
        ("format = 1\n" + GOOD + "\n" + GOOD, "a", "two models"),
        ("format = 1\n" + GOOD.replace('"voice"', '"song"'), "model[a].purpose", "recognition"),
        ("format = 1\n" + GOOD.replace('["it"]', '["de"]'), "model[a].languages", "fr"),
        ("format = 1\n" + GOOD.replace('"hub"', '"disk"'), "model[a].source", "repository"),
        ("format = 1\n" + GOOD.replace("licence", "license"), "model[a].license", "licence"),
        ("format = 1\n" + GOOD.replace('"MIT"', '""'), "model[a].licence", "text"),
        ("format = 1\n" + GOOD.replace("size = 1", "size = -1"), "size", "number of bytes"),
        ("format = 1\n" + GOOD.replace("size = 1", "size = true"), "size", "number of bytes"),
        ("format = 1\n" + GOOD.replace('sha256 = "', 'sha256 = "X'), "sha256", "hexadecimal"),
        ("format = 1\n" + GOOD.replace("a.onnx", "../a.onnx"), "name", "plain name"),
        ("format = 1\n" + GOOD.replace("https://", "ftp://"), "url", "https://"),
        (
            "format = 1\n" + model("a", "hub", hub_file("a.onnx", b"a", pin="none")),
            "model[a].file[a.onnx].sha256",
            "digest",
        ),
        (
            "format = 1\n" + model("a", "package", hub_file("a.onnx", b"a")),
            "url",
            'source = "hub"',
        ),
        (
            "format = 1\n" + model("a", "package", package_file("a.onnx", b"a", {})),
            "parts",
            "which files",
        ),
        (
            "format = 1\n" + model("a", "package", package_file("a", b"a", {"p": "../x"})),
            "parts[p].file",
            "without ..",
        ),
        (
            "format = 1\n"
            + model("a", "hub", hub_file("a.zip", b"a", unpack=True), hub_file("b", b"b")),
            "model[a].file",
            "one file only",
        ),
        ("format = 1\nmodel = 3", "model", "list of tables"),
        ("format = 1\n[", "", "not valid TOML"),
    ],
)
def test_what_is_written_wrong_is_named_with_file_and_key(
    tmp_path: Path, text: str, key: str, remedy: str
) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError) as caught:
        load_manifest(path)
    assert str(path) in str(caught.value)
    assert key in str(caught.value)
    assert remedy in str(caught.value)


def test_a_missing_manifest_says_which_setting(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"paths\.models"):
        load_manifest(tmp_path / "manifest.toml")


def test_an_unknown_model_lists_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text("format = 1\n" + GOOD, encoding="utf-8")
    with pytest.raises(WeightsError, match="write one of: a"):
        load_manifest(path).model("b")
