"""The `voicebot` command: its exit codes, what it prints where, and never a stack trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from typer.testing import CliRunner

from tests.adapters import clips
from tests.weights.build import hub_file, make_store, model
from voicebot import __main__ as command
from voicebot import __version__
from voicebot.model import RATE
from voicebot.settings import HOME

FIELDS = {
    "file",
    "language",
    "language_probabilities",
    "text",
    "office",
    "action",
    "day",
    "decision",
    "candidates",
    "seconds",
}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON, an object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def refused(self, *words: str, code: int = 1) -> None:
        """It failed with a sentence that holds these words, and no stack trace."""
        said = self.out + self.err
        assert self.code == code, said
        assert "Traceback" not in said
        for word in words:
            assert word in said, said


Voicebot = Callable[..., Ran]


@pytest.fixture
def voicebot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Voicebot:
    """Runs the command as its script does, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICEBOT_PATHS__DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOICEBOT_SPEECH__VOICES", '{"it": ["espeak:it"]}')

    def run(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["voicebot", *map(str, arguments)])
        try:
            command.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        printed = capfd.readouterr()
        return Ran(code, printed.out, printed.err)

    return run


def in_a_process(folder: Path, *arguments: str, **variables: str) -> Ran:
    """`python -m voicebot`, as a user runs it."""
    environment = {**os.environ, "PYTHONPATH": str(HOME), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "voicebot", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


# --- the program -----------------------------------------------------------------------


def test_the_commands_are_listed() -> None:
    shown = CliRunner().invoke(command.cli, ["--help"])
    assert shown.exit_code == 0
    for name in ("serve", "check", "listen", "ask", "say", "hours", "models", "version"):
        assert name in shown.output
    assert "fetch" in CliRunner().invoke(command.cli, ["models", "--help"]).output


def test_it_runs_as_a_module_and_says_its_version(tmp_path: Path) -> None:
    assert in_a_process(tmp_path, "version") == Ran(0, f"{__version__}\n", "")


def test_a_mistake_in_the_settings_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "voicebot.toml").write_text("[http]\nprot = 1\n", "utf-8")
    ran = in_a_process(tmp_path, "check", VOICEBOT_HTTP__PORT="many")
    ran.refused("http.prot", "VOICEBOT_HTTP__PORT")
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--settings", "no.toml", "check"], ["no.toml: there is no such file"]),
        (["hours", "casa", "--lang", "it"], ["'casa' is no office", "ufficio-casa"]),
        (["models", "verify", "nonsense"], ["nonsense"]),
        (["models", "fetch", "nonsense"], ["nonsense"]),
        (["say", "Ciao", "--lang", "it", "-o", "no/a.wav"], ["no/a.wav", "existing folder"]),
    ],
)
def test_what_a_user_can_mend_is_said_in_a_sentence(
    voicebot: Voicebot, arguments: list[str], words: list[str]
) -> None:
    ran = voicebot(*arguments)
    ran.refused(*words)
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["ask", "ciao", "--lang", "de"], "'de' is none of it, en, fr, ar"),
        (["say", "ciao", "--lang", "IT", "-o", "a.wav"], "'IT' is none of"),
        (["hours", "ufficio-casa", "--lang", "xx"], "'xx' is none of"),
        (["listen", "a.wav", "--lang", "xx"], "'xx' is none of"),
        (["hours", "ufficio-casa", "--lang", "it", "--at", "tomorrow"], "tomorrow"),
        (["ask", "ciao"], "--lang"),
        (["listen"], "Missing argument"),
        (["nonsense"], "nonsense"),
    ],
)
def test_what_is_typed_wrongly_is_a_usage_error(
    voicebot: Voicebot, arguments: list[str], word: str
) -> None:
    voicebot(*arguments).refused(word, code=2)


def test_a_settings_file_is_named_on_the_command_line(voicebot: Voicebot, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('languages = ["it"]\n', "utf-8")
    voicebot("--settings", file, "ask", "ciao", "--lang", "en").refused("languages", "en")
    assert voicebot("ask", "housing office", "--lang", "en").code == 0  # and is forgotten


# --- ask, hours, say, check ------------------------------------------------------------


def test_ask_prints_one_json_object(voicebot: Voicebot) -> None:
    ran = voicebot("ask", "--json", "--lang", "it", "gli", "orari", "dell'ufficio casa")
    (row,) = ran.rows()
    assert ran.code == 0
    assert set(row) == FIELDS - {"file"}
    assert (row["office"], row["action"]) == ("ufficio-casa", "hours")
    assert row["candidates"][0] == {"office": "ufficio-casa", "action": "hours", "score": 1.0}


def test_ask_prints_for_people_too(voicebot: Voicebot) -> None:
    ran = voicebot("ask", "--lang", "ar", "--explain", "مكتب السكن")
    assert 'office: "ufficio-casa"' in ran.out
    assert "مكتب السكن" in ran.out
    assert "phrases: [" in ran.out


def test_ask_takes_what_looks_like_markup_as_it_is(voicebot: Voicebot) -> None:
    ran = voicebot("ask", "--lang", "it", "[bold]ufficio[/bold] casa [/]")
    assert "[bold]ufficio[/bold] casa [/]" in ran.out


def test_hours_at_a_moment(voicebot: Voicebot) -> None:
    ran = voicebot("hours", "ufficio-casa", "--lang", "en", "--at", "2026-11-23T09:00:00Z")
    assert ran.code == 0
    assert "Housing office." in ran.out.splitlines()
    assert "from nine o'clock to half past twelve" in ran.out


def test_say_names_the_voice(voicebot: Voicebot, tmp_path: Path) -> None:
    ran = voicebot("say", "--lang", "it", "-o", "ciao.wav", "Buongiorno", "a tutti")
    assert ran.code == 0
    assert ran.err.startswith("ciao.wav: ")
    assert "espeak" in ran.err.lower()
    assert soundfile.info(tmp_path / "ciao.wav").duration > 0.5


def test_check_of_broken_files(
    voicebot: Voicebot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = tmp_path / "intents"
    shutil.copytree(HOME / "intents", intents)
    offices = intents / "offices.yaml"
    offices.write_text(offices.read_text("utf-8").replace('key: "5"', "key: 5"), "utf-8")
    (intents / "ar.yaml").write_text("- [\n", "utf-8")
    monkeypatch.setenv("VOICEBOT_PATHS__INTENTS", str(intents))
    ran = voicebot("check")
    ran.refused("offices.yaml:", "ar.yaml:", "2 errors")
    voicebot("ask", "ciao", "--lang", "it").refused("offices.yaml", "ar.yaml")


def test_check_of_a_folder_that_is_not_there(
    voicebot: Voicebot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_PATHS__INTENTS", "/no/such/folder")
    voicebot("check").refused("/no/such/folder")


# --- models ----------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest of a whole model, a damaged one and one that is not here."""
    body = b"a model" * 100
    names = ("good", "bad", "absent")
    store = make_store(tmp_path, *(model(n, "hub", hub_file(f"{n}.bin", body)) for n in names))
    for name, content in (("good", body), ("bad", b"X" + body[1:])):
        store.folder(name).mkdir(parents=True)
        (store.folder(name) / f"{name}.bin").write_bytes(content)
    monkeypatch.setenv("VOICEBOT_PATHS__MODELS", str(tmp_path / "models"))


@pytest.mark.usefixtures("models")
def test_models_list(voicebot: Voicebot) -> None:
    rows = voicebot("models", "list", "--json").rows()
    assert [(row["id"], row["state"]) for row in rows] == [
        ("good", "present"),
        ("bad", "corrupt"),
        ("absent", "missing"),
    ]
    table = voicebot("models", "list")
    assert table.code == 0
    assert all(row["id"] in table.out for row in rows)


@pytest.mark.usefixtures("models")
def test_models_verify(voicebot: Voicebot) -> None:
    ran = voicebot("models", "verify")
    ran.refused("good: good", "bad: ")
    assert "absent" not in ran.out
    assert voicebot("models", "verify", "good") == Ran(0, "good: good\n", "")


def test_a_manifest_that_is_not_there(voicebot: Voicebot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_PATHS__MODELS", "/no/such/folder")
    voicebot("models", "list").refused("manifest.toml")


def test_listening_without_a_model_says_what_to_do(
    voicebot: Voicebot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store(tmp_path, model("whisper-base", "hub", hub_file("model.bin", b"x")))
    monkeypatch.setenv("VOICEBOT_PATHS__MODELS", str(tmp_path / "models"))
    voicebot("listen", "a.wav").refused("voicebot models fetch whisper-base")


# --- listen, with the real recogniser --------------------------------------------------

CALLER = clips.FOLDER / "it-001-0.flac"


def write_callers(folder: Path) -> list[Path]:
    """The same caller in every kind of file, and between them what is no caller."""
    folder.mkdir()
    sound = clips.Clip(CALLER.name, "it", "").audio().samples.astype(np.float64) / 32768
    wide = soxr.resample(sound, RATE, 44_100)
    narrow = soxr.resample(sound, RATE, 8000)
    stereo = np.stack([wide, 0.2 * wide], axis=1)
    soundfile.write(folder / "alaw.wav", narrow, 8000, subtype="ALAW")
    soundfile.write(folder / "stereo.wav", stereo, 44_100)
    (folder / "text.wav").write_text("Buongiorno\n" * 100, "utf-8")
    (folder / "empty.wav").write_bytes(b"")
    noise = np.random.default_rng(3).normal(0, 0.05, RATE * 3)
    soundfile.write(folder / "silence.wav", np.zeros(RATE * 2), RATE)
    soundfile.write(folder / "noise.wav", noise, RATE)
    soundfile.write(folder / "layer.mp3", wide, 44_100)
    soundfile.write(folder / "vorbis.ogg", wide, 44_100)
    names = ["alaw.wav", "text.wav", "stereo.wav", "empty.wav", "absent.wav", "silence.wav"]
    names += ["noise.wav", "layer.mp3", "vorbis.ogg"]
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-loglevel", "error", "-i", str(folder / "stereo.wav")]
        subprocess.run([*command, "-c:a", "aac", str(folder / "telephone.m4a")], check=True)
        names.append("telephone.m4a")
    return [folder / name for name in names]


@pytest.fixture(scope="module")
def listened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, dict[str, dict[str, Any]]]:
    """One run over all the files, and its objects by the files' names."""
    folder = tmp_path_factory.mktemp("listen")
    files = write_callers(folder / "callers")
    data = str(tmp_path_factory.getbasetemp() / "data")
    arguments = ("listen", "--json", *map(str, files))
    ran = in_a_process(folder, *arguments, VOICEBOT_PATHS__DATA=data)
    rows = ran.rows()
    assert [row["file"] for row in rows] == [str(file) for file in files]
    return ran, {Path(row["file"]).name: row for row in rows}


CALLERS = ["alaw.wav", "stereo.wav", "layer.mp3", "vorbis.ogg", "telephone.m4a"]


@pytest.mark.models
@pytest.mark.parametrize("name", CALLERS)
def test_a_caller_is_understood_in_every_kind_of_file(
    listened: tuple[Ran, dict[str, dict[str, Any]]], name: str
) -> None:
    if name == "telephone.m4a" and not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg")
    row = listened[1][name]
    assert set(row) == FIELDS
    assert (row["language"], row["office"], row["action"]) == ("it", "ufficio-casa", "hours")
    assert row["language_probabilities"]["it"] > 0.5
    assert set(row["language_probabilities"]) == {"it", "en", "fr", "ar"}
    assert row["decision"] == "accept"
    assert "ufficio casa" in row["text"].lower()
    assert set(row["seconds"]) == {"language", "recognise", "understand"}
    assert set(row["candidates"][0]) == {"office", "action", "score"}


@pytest.mark.models
@pytest.mark.parametrize("name", ["silence.wav", "noise.wav"])
def test_where_nobody_speaks_nothing_is_understood(
    listened: tuple[Ran, dict[str, dict[str, Any]]], name: str
) -> None:
    row = listened[1][name]
    assert set(row) == FIELDS
    assert (row["text"], row["office"], row["action"]) == ("", None, "none")
    assert (row["decision"], row["candidates"]) == ("reject", [])


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("text.wav", "not a sound file"),
        ("empty.wav", "not a sound file"),
        ("absent.wav", "no such file"),
    ],
)
def test_a_bad_file_is_an_object_of_its_own_and_the_others_are_reported(
    listened: tuple[Ran, dict[str, dict[str, Any]]], name: str, why: str
) -> None:
    ran, rows = listened
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert set(rows[name]) == {"file", "error", "message"}
    assert rows[name]["error"] == "audio_file"
    assert why in rows[name]["message"]


@pytest.mark.models
def test_a_language_that_is_given_is_taken(
    voicebot: Voicebot, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = str(tmp_path_factory.getbasetemp() / "data")
    monkeypatch.setenv("VOICEBOT_PATHS__DATA", data)
    ran = voicebot("listen", "--lang", "fr", "--json", clips.FOLDER / "fr-037-0.flac", CALLER)
    french, italian = ran.rows()
    assert ran.code == 0
    assert (french["language"], french["office"]) == ("fr", "ufficio-casa")
    assert italian["language_probabilities"]["it"] > 0.5  # what is heard is told all the same
