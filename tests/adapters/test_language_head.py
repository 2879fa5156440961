"""The language head: what it adds to Whisper's belief, and files that are none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot import build
from voicebot.adapters.language_head import FLOOR, LanguageHead, doubted, features
from voicebot.errors import WeightsError
from voicebot.model import LANGUAGES
from voicebot.settings import Settings

WIDTH = 4
FRAMES = np.random.default_rng(3).normal(size=(50, WIDTH)).astype(np.float32)
SHIPPED = Path(__file__).resolve().parents[2] / "models" / "language" / "head.npz"


def write(path: Path, **changed: Any) -> Path:
    arrays = {
        "languages": np.array(LANGUAGES),
        "weights": np.zeros((2 * WIDTH, 5), np.float32),
        "bias": np.zeros(5, np.float32),
    }
    np.savez(path, **{name: value for name, value in {**arrays, **changed}.items()})
    return path


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> LanguageHead:
    return LanguageHead(write(tmp_path_factory.mktemp("head") / "head.npz"))


beliefs = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5).map(
    lambda shares: {code: s / sum(shares) for code, s in zip(LANGUAGES, shares, strict=False)}
)


@given(beliefs)
def test_a_head_of_zeros_leaves_the_belief_as_it_is(
    nothing: LanguageHead, belief: dict[str, float]
) -> None:
    assert nothing.correct(belief, FRAMES) == pytest.approx(belief, rel=1e-3)


def test_what_whisper_rules_out_can_still_be_mended(tmp_path: Path) -> None:
    weights = np.zeros((2 * WIDTH, 5), np.float32)
    weights[0, LANGUAGES.index("ar")] = 20.0
    head = LanguageHead(write(tmp_path / "head.npz", weights=weights))
    sure = {"it": 1.0, "en": 0.0, "fr": 0.0, "ar": 0.0}
    assert head.correct(sure, FRAMES * 0)["ar"] == pytest.approx(FLOOR, rel=0.01)
    assert head.correct(sure, FRAMES * 0 + 1)["ar"] > 0.99


def test_the_bias_of_the_last_stands_for_all_other_languages(tmp_path: Path) -> None:
    bias = np.array([0, 0, 0, 0, 9], np.float32)
    head = LanguageHead(write(tmp_path / "head.npz", bias=bias))
    assert sum(head.correct(dict.fromkeys(LANGUAGES, 0.2), FRAMES).values()) < 0.01


def test_features_are_mean_and_deviation_of_each_value() -> None:
    found = features(FRAMES)
    assert found.shape == (2 * WIDTH,)
    assert found[1] == pytest.approx(FRAMES[:, 1].mean())
    assert found[WIDTH + 1] == pytest.approx(FRAMES[:, 1].std())


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": np.zeros((8, 4), np.float32)},
        {"weights": np.zeros(8, np.float32)},
        {"bias": np.zeros(4, np.float32)},
        {"languages": np.array(["it"])},
        {"bias": np.array(["five", "words", "that", "are", "none"])},
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    path = write(tmp_path / "head.npz", **changed)
    with pytest.raises(WeightsError, match=re.escape(f"{path}: no language head")):
        LanguageHead(path)


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04 half of one"])
def test_a_file_that_is_no_head_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "head.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match="no language head"):
        LanguageHead(path)


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "head.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(WeightsError, match="no language head"):
        LanguageHead(tmp_path / "head.npz")


def test_a_file_that_lacks_an_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "head.npz", languages=np.array(LANGUAGES))
    with pytest.raises(WeightsError, match="weights"):
        LanguageHead(tmp_path / "head.npz")


def test_the_shipped_head_is_for_whisper_base_and_small() -> None:
    head = LanguageHead(SHIPPED)
    assert head.languages == LANGUAGES
    belief = dict.fromkeys(LANGUAGES, 0.2)
    assert set(head.correct(belief, np.zeros((3, 512), np.float32))) == set(LANGUAGES)
    with pytest.raises(ValueError, match="mismatch"):
        head.correct(belief, np.zeros((3, 768), np.float32))
    assert SHIPPED.stat().st_size < 200_000


def test_without_its_file_whisper_tells_the_language_alone(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(settings.paths.models / "manifest.toml", models)
    paths = settings.paths.model_copy(update={"models": models})
    store = build.weights(settings.model_copy(update={"paths": paths}))
    assert build._language_head(store) is None
    assert "languages are told by Whisper alone" in caplog.text
    assert build._language_head(build.weights(settings)) is not None


def test_doubt_keeps_the_order_and_takes_the_distance() -> None:
    likely = doubted({"it": 0.9, "fr": 0.05}, 2.0)
    assert 0.6 < likely["it"] < 0.9
    assert 0.05 < likely["fr"] < likely["it"]
    assert sum(likely.values()) < 1.0  # all other languages have gained as well


def test_nothing_believed_stays_nothing() -> None:
    assert doubted({"it": 0.0}, 2.0) == {"it": 0.0}
    assert doubted({"it": 1.0}, 2.0) == {"it": 1.0}
