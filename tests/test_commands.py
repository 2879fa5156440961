"""What the commands do, with a scripted recogniser and the plainest voice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.fakes.line import SPEECH_LEVEL
from tests.fakes.speech import FakeVoiceActivity, heard
from tests.weights.build import hub_file, make_store, model
from voicebot import build
from voicebot.commands import staff_work, work
from voicebot.content.load import load_content
from voicebot.dialogue import Dialogue
from voicebot.errors import AudioFileError, ContentError, HearingError, SettingsError, VoicebotError
from voicebot.model import RATE, Content, Heard, Language, Segment
from voicebot.settings import Settings
from voicebot.understanding.matcher import Matcher
from voicebot.weights.examine import State


@pytest.fixture
def plain(settings: Settings, tmp_path: Path) -> Settings:
    """The sample town with eSpeak's voices and a data folder of its own."""
    voices = {"it": ("espeak:it",), "en": ("espeak:en-gb",), "fr": ("espeak:fr-fr",)}
    return settings.model_copy(
        update={
            "paths": settings.paths.model_copy(update={"data": tmp_path / "data"}),
            "speech": settings.speech.model_copy(
                update={"voices": {**settings.speech.voices, **voices}}
            ),
        }
    )


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch, settings: Settings, dialogue: Dialogue) -> None:
    """The sample town need not be read anew for every command; changed copies of it are."""
    make = build.matcher
    sample = (settings.paths.intents, settings.languages)

    def load(folder: Path, languages: Sequence[Language]) -> Content:
        known = (folder, tuple(languages)) == sample
        return dialogue.content if known else load_content(folder, languages)

    def matcher(content: Content) -> Matcher:
        return dialogue.matcher if content is dialogue.content else make(content)

    monkeypatch.setattr(work, "load_content", load)
    monkeypatch.setattr(staff_work, "load_content", load)
    monkeypatch.setattr(build, "matcher", matcher)


def edited(plain: Settings, tmp_path: Path, edit: Callable[[Path], None]) -> Settings:
    """The same with a changed copy of the staff files."""
    intents = tmp_path / "intents"
    shutil.copytree(plain.paths.intents, intents)
    edit(intents)
    return plain.model_copy(update={"paths": plain.paths.model_copy(update={"intents": intents})})


class ScriptedWhisper:
    """Hears the same in every sound; fails at one longer than 5 seconds."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, tuple[Language, ...], Language | None]] = []

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        self.asked.append((segment.speech_seconds, tuple(languages), expected))
        if segment.audio.seconds > 5:
            raise HearingError("the recogniser failed")
        return heard("it", "gli orari dell'ufficio casa")


class ScriptedSilero:
    def for_call(self) -> FakeVoiceActivity:
        return FakeVoiceActivity()


@pytest.fixture
def whisper(monkeypatch: pytest.MonkeyPatch) -> ScriptedWhisper:
    ear = ScriptedWhisper()
    monkeypatch.setattr(build, "whisper", lambda settings, hints: ear)
    monkeypatch.setattr(build, "silero", ScriptedSilero)
    return ear


def speech(file: Path, seconds: float = 1.0, level: int = SPEECH_LEVEL + 200) -> Path:
    soundfile.write(file, np.full(int(seconds * RATE), level, np.int16), RATE)
    return file


def listen(
    settings: Settings, *files: Path, language: Language | None = None
) -> list[dict[str, Any] | VoicebotError]:
    results = list(work.listen(settings, files, language))
    assert [file for file, _ in results] == list(files)
    return [result for _, result in results]


# --- listen ----------------------------------------------------------------------------


def test_a_bad_file_in_the_middle_leaves_the_others(
    plain: Settings, whisper: ScriptedWhisper, tmp_path: Path
) -> None:
    (tmp_path / "bad.wav").write_text("Buongiorno")
    first, bad, failing, last = listen(
        plain,
        speech(tmp_path / "a.wav"),
        tmp_path / "bad.wav",
        speech(tmp_path / "long.wav", 6),
        speech(tmp_path / "b.wav"),
    )
    assert isinstance(bad, AudioFileError)
    assert isinstance(failing, HearingError)
    for report in (first, last):
        assert isinstance(report, dict)
        assert (report["office"], report["action"]) == ("ufficio-casa", "hours")
    assert len(whisper.asked) == 3


def test_a_file_without_speech_is_reported_without_asking_the_recogniser(
    plain: Settings, whisper: ScriptedWhisper, tmp_path: Path
) -> None:
    (report,) = listen(plain, speech(tmp_path / "silent.wav", level=0))
    assert isinstance(report, dict)
    assert (report["language"], report["text"], report["decision"]) == (None, "", "reject")
    assert whisper.asked == []


def test_the_languages_and_the_given_one_reach_the_recogniser(
    plain: Settings, whisper: ScriptedWhisper, tmp_path: Path
) -> None:
    file = speech(tmp_path / "a.wav")
    two = plain.model_copy(update={"languages": ("it", "fr")})
    listen(two, file)
    listen(two, file, language="fr")
    assert [(languages, given) for _, languages, given in whisper.asked] == [
        (("it", "fr"), None),
        (("it", "fr"), "fr"),
    ]


def test_a_language_that_is_not_configured_is_refused(
    plain: Settings, whisper: ScriptedWhisper, tmp_path: Path
) -> None:
    two = plain.model_copy(update={"languages": ("it", "fr")})
    with pytest.raises(SettingsError, match="languages"):
        listen(two, speech(tmp_path / "a.wav"), language="en")
    with pytest.raises(SettingsError, match="languages"):
        work.ask(two, "housing office", "en", False)
    with pytest.raises(SettingsError, match="languages"):
        staff_work.hours(two, "ufficio-casa", "en", None)


# --- ask, hours, say -------------------------------------------------------------------


def test_ask_tells_which_phrases_a_sentence_resembles(plain: Settings) -> None:
    report = work.ask(plain, "mi hanno sfrattato", "it", explain=True)
    assert report["office"] == "ufficio-casa"
    assert any("sfratt" in phrase for phrase in report["phrases"])
    assert "phrases" not in work.ask(plain, "mi hanno sfrattato", "it", explain=False)


@pytest.mark.parametrize(
    ("language", "at", "words"),
    [
        ("it", datetime(2026, 11, 23, 10, 0), "dalle nove alle dodici e trenta"),
        ("en", datetime(2026, 11, 23, 10, 0), "open now"),
        ("en", datetime(2026, 11, 24, 10, 0), "closed"),
        ("fr", datetime(2026, 11, 23, 10, 0), "de neuf heures à douze heures"),
        ("ar", datetime(2026, 11, 23, 10, 0), "من الساعة التاسعة"),
    ],
)
def test_hours_are_what_a_caller_would_be_told(
    plain: Settings, language: str, at: datetime, words: str
) -> None:
    told = " ".join(staff_work.hours(plain, "ufficio-casa", language, at))
    assert words in told


def test_hours_of_now_need_no_moment(plain: Settings) -> None:
    assert list(staff_work.hours(plain, "polo-1", "it", None))


def test_an_office_that_is_none_is_answered_with_those_there_are(plain: Settings) -> None:
    with pytest.raises(ContentError, match=r"'casa' is no office; write one of polo-1, .*casa"):
        staff_work.hours(plain, "casa", "it", None)


def test_say_writes_the_voice_that_callers_hear(plain: Settings, tmp_path: Path) -> None:
    normal, slow = tmp_path / "normal.wav", tmp_path / "slow.wav"
    voice = work.say(plain, "L'ufficio casa è aperto.", "it", normal, slow=False)
    assert "espeak" in voice.lower()
    work.say(plain, "L'ufficio casa è aperto.", "it", slow, slow=True)
    lengths = [soundfile.info(file).duration for file in (normal, slow)]
    assert lengths[1] / lengths[0] == pytest.approx(1 / plain.speech.slower, rel=0.05)
    assert soundfile.info(normal).samplerate == RATE


def test_say_into_a_folder_that_is_not_there(plain: Settings, tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="existing folder"):
        work.say(plain, "Ciao", "it", tmp_path / "no" / "a.wav", slow=False)


# --- check -----------------------------------------------------------------------------


def test_the_sample_files_are_good(plain: Settings) -> None:
    good, lines = staff_work.check_files(plain)
    assert good, lines
    assert "0 errors" in lines[-1]


def test_check_names_every_problem_of_every_file_at_once(plain: Settings, tmp_path: Path) -> None:
    def edit(intents: Path) -> None:
        offices = intents / "offices.yaml"
        text = offices.read_text("utf-8")
        text = text.replace('key: "5"', "key: 5").replace('"09:00-12:30"', '"12:30-09:00"', 1)
        offices.write_text(text, "utf-8")
        (intents / "en.yaml").write_text("language: en\noffices: [\n", "utf-8")
        (intents / "fr.yaml").unlink()

    broken = edited(plain, tmp_path, edit)
    good, lines = staff_work.check_files(broken)
    assert not good
    for name in ("offices.yaml", "en.yaml", "fr.yaml"):
        assert any(name in line for line in lines), name
    assert sum("offices.yaml" in line for line in lines) >= 2
    assert "not tried" in lines[-1]
    with pytest.raises(ContentError):
        load_content(broken.paths.intents, broken.languages)


def test_check_names_a_test_sentence_that_is_taken_wrongly(plain: Settings, tmp_path: Path) -> None:
    def edit(intents: Path) -> None:
        file = intents / "tests" / "it.yaml"
        text = file.read_text("utf-8")
        assert text.count("office: ufficio-casa, action: where") >= 1
        changed = text.replace(
            "office: ufficio-casa, action: where", "office: polo-1, action: where", 1
        )
        file.write_text(changed, "utf-8")

    good, lines = staff_work.check_files(edited(plain, tmp_path, edit))
    assert not good
    assert len([line for line in lines if "must give" in line]) == 1


# --- models ----------------------------------------------------------------------------


@pytest.fixture
def two_models(plain: Settings, tmp_path: Path) -> Settings:
    """A manifest of two small models: one whole, one of which a byte is wrong."""
    root = tmp_path / "root"
    root.mkdir()
    good, bad = b"a good model" * 100, b"a bad model!" * 100
    store = make_store(
        root,
        model("good", "hub", hub_file("good.bin", good)),
        model("bad", "hub", hub_file("bad.bin", bad), extra='doubt = "of whose voice"'),
        model("absent", "hub", hub_file("absent.bin", good)),
    )
    for name, body in (("good", good), ("bad", b"X" + bad[1:])):
        store.folder(name).mkdir(parents=True)
        (store.folder(name) / f"{name}.bin").write_bytes(body)
    paths = plain.paths.model_copy(update={"models": root / "models", "data": root / "data"})
    return plain.model_copy(update={"paths": paths})


def test_models_are_listed_with_how_they_stand_and_their_terms(two_models: Settings) -> None:
    rows = {row["id"]: row for row in work.models_list(two_models)}
    assert {name: row["state"] for name, row in rows.items()} == {
        "good": State.PRESENT,
        "bad": State.CORRUPT,
        "absent": State.MISSING,
    }
    assert rows["bad"]["licence"] == "MIT (of whose voice)"
    assert rows["good"]["problem"] == ""
    assert rows["absent"]["problem"]


def test_models_are_verified_byte_by_byte(two_models: Settings) -> None:
    problems = {s.model.id: s.problem for s in work.models_verify(two_models, None)}
    assert problems["good"] == ""
    assert "bad.bin" in problems["bad"]
    assert "absent" not in problems  # what is not here is no fault
    assert work.models_verify(two_models, ["absent"])[0].problem
    with pytest.raises(VoicebotError, match="nonsense"):
        work.models_verify(two_models, ["nonsense"])


def test_what_the_settings_use_and_is_not_here_is_missing(
    two_models: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "wanted_models", lambda settings: {"good", "bad"})
    assert {m.id for m in work.models_missing(two_models, None)} == {"bad"}
    assert [m.id for m in work.models_missing(two_models, ["good"])] == ["good"]
