"""Settings from arguments, the environment and a file; what is wrong is named with its key."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from voicebot.errors import SettingsError
from voicebot.model import LANGUAGES
from voicebot.settings import Http, Settings, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    file = folder / "voicebot.toml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(file: Path | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(file)
    return str(error.value)


def test_with_no_file_and_no_variable_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.languages == LANGUAGES
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert settings.privacy.log_transcripts is False
    assert settings.paths.intents.is_dir()
    assert settings.paths.locales.is_dir()


def test_the_file_of_the_working_directory_is_read(folder: Path) -> None:
    write(folder, 'languages = ["ar", "it"]\n[http]\nport = 9000\n')
    settings = load_settings()
    assert settings.languages == ("ar", "it")
    assert settings.http == Http(port=9000)


def test_a_file_that_is_named_is_read_instead(folder: Path) -> None:
    write(folder, "[http]\nport = 9000\n")
    other = folder / "other.toml"
    other.write_bytes(b"\xef\xbb\xbf[http]\r\nport = 9001\r\n")  # as some editors save it
    assert load_settings(other).http.port == 9001


def test_one_file_leaves_nothing_behind_for_the_next(folder: Path) -> None:
    assert load_settings(write(folder, "[http]\nport = 9000\n")).http.port == 9000
    (folder / "voicebot.toml").unlink()
    assert load_settings().http.port == 8080
    assert Settings().http.port == 8080


def test_a_variable_stands_over_the_file_key_by_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, '[http]\nport = 9000\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("VOICEBOT_HTTP__PORT", "9002")
    http = load_settings().http
    assert (http.host, http.port) == ("0.0.0.0", 9002)


def test_an_argument_stands_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_LOG_LEVEL", "DEBUG")
    assert Settings().log_level == "DEBUG"
    assert Settings(log_level="ERROR").log_level == "ERROR"


def test_lists_and_tables_are_written_as_json_in_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VOICEBOT_LANGUAGES", '["fr", "it"]')
    monkeypatch.setenv("VOICEBOT_WEBRTC__ICE_SERVERS", '[{"urls": "stun:stun.example.org"}]')
    monkeypatch.setenv("VOICEBOT_CONVERSATION", '{"silence": 5}')
    monkeypatch.setenv("VOICEBOT_CONVERSATION__MAX_CALL", "60")
    monkeypatch.setenv("VOICEBOT_SPEECH__RENDER_AHEAD", "false")
    settings = load_settings()
    assert settings.languages == ("fr", "it")
    assert settings.webrtc.ice_servers[0].urls == "stun:stun.example.org"
    assert (settings.conversation.silence, settings.conversation.max_call) == (5.0, 60.0)
    assert settings.speech.render_ahead is False


def test_variables_of_other_programs_and_in_small_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTHER_HTTP__PORT", "1")
    monkeypatch.setenv("voicebot_http__port", "9003")
    assert load_settings().http.port == 9003


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[http]\nport = 'many'\n", ["http.port", "integer", "voicebot.toml"]),
        ("[http]\nport = 70000\n", ["http.port", "65535"]),
        ("[http]\nprot = 9000\n", ["http.prot", "no such setting"]),
        ("nonsense = 1\n", ["nonsense", "no such setting"]),
        ("[htpp]\nport = 1\n", ["htpp", "no such setting"]),
        ("http = 8080\n", ["http", "voicebot.toml"]),
        ("log_level = 'loud'\n", ["log_level", "'DEBUG', 'INFO'"]),
        ("languages = []\n", ["languages", "it, en, fr, ar"]),
        ("languages = ['it', 'it']\n", ["languages", "each once"]),
        ("languages = ['it', 'de']\n", ["languages", "it, en, fr, ar"]),
        ("languages = 'it'\n", ["languages", "valid tuple"]),
        ("[speech]\nslower = 1.0\n", ["speech.slower"]),
        ("[speech.voices]\nde = ['espeak:de']\n", ["speech.voices", "de"]),
        ("[[webrtc.ice_servers]]\nurl = 'x'\n", ["webrtc.ice_servers.0.urls", "0.url:"]),
    ],
)
def test_what_is_wrong_in_the_file_is_named(folder: Path, text: str, parts: list[str]) -> None:
    write(folder, text)
    said = complaint()
    assert all(part in said for part in parts), said


def test_every_mistake_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "[http]\nport = -1\n[endpointing]\nlead = 'x'\n")
    monkeypatch.setenv("VOICEBOT_CONVERSATION__SILENCE", "0")
    said = complaint().splitlines()
    assert len(said) == 4
    assert "(in voicebot.toml)" in said[1]
    assert "(in VOICEBOT_CONVERSATION__SILENCE)" in said[3]


@pytest.mark.parametrize(
    ("variable", "value", "key", "why"),
    [
        ("VOICEBOT_HTTP__PORT", "many", "http.port", "integer"),
        ("VOICEBOT_HTTP__PROT", "9000", "http.prot", "no such setting"),
        ("VOICEBOT_NONSENSE", "1", "nonsense", "no such setting"),
        ("VOICEBOT_HTPP__PORT", "1", "htpp", "no such setting"),
        ("VOICEBOT_LANGUAGES", "it", "languages", "not valid JSON"),
        ("VOICEBOT_LANGUAGES", '["it", ', "languages", "not valid JSON"),
        ("VOICEBOT_LANGUAGES", '["de"]', "languages", "it, en, fr, ar"),
        ("VOICEBOT_HTTP", "{port: 1}", "http", "not valid JSON"),
        ("VOICEBOT_HTTP", "[1]", "http", "valid dictionary"),
        ("VOICEBOT_SPEECH__VOICES", "{'it': []}", "speech.voices", "not valid JSON"),
        ("VOICEBOT_SPEECH__VOICES", '{"it": 3}', "speech.voices.it", "valid tuple"),
        ("VOICEBOT_WEBRTC__ICE_SERVERS", "stun:x", "webrtc.ice_servers", "not valid JSON"),
        ("VOICEBOT_SPEECH__RENDER_AHEAD", "perhaps", "speech.render_ahead", "boolean"),
    ],
)
def test_what_is_wrong_in_a_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: str, why: str
) -> None:
    monkeypatch.setenv(variable, value)
    said = complaint()
    assert f"\n  {key}: " in said
    assert why in said
    assert f"(in {variable})" in said


def test_a_secret_that_is_badly_written_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_WEBRTC__ICE_SERVERS", "[{'credential': 'hunter2'}]")
    assert "hunter2" not in complaint()


def test_wrong_toml_is_named_with_its_line(folder: Path) -> None:
    said = complaint(write(folder, "[http]\nport = 1\nhost = \n"))
    assert "voicebot.toml: not valid TOML" in said
    assert "line 3" in said


def test_a_file_that_is_no_text(folder: Path) -> None:
    file = folder / "voicebot.toml"
    file.write_bytes(b"host = '\xe8'\n")
    assert "UTF-8" in complaint(file)


def test_a_file_that_is_not_there(folder: Path) -> None:
    assert "absent.toml: there is no such file" in complaint(folder / "absent.toml")
    assert "there is no such file" in complaint(folder)


def test_a_language_without_voices_of_its_own_keeps_the_usual_ones(folder: Path) -> None:
    write(folder, "[speech.voices]\nit = ['espeak:it']\n")
    voices = load_settings().speech.voices
    assert voices["it"] == ("espeak:it",)
    assert voices["ar"] == Settings().speech.voices["ar"]


def test_settings_are_frozen_and_can_be_handed_to_another_process(folder: Path) -> None:
    settings = load_settings(write(folder, "[http]\nport = 9000\n"))
    (folder / "voicebot.toml").unlink()
    assert pickle.loads(pickle.dumps(settings)) == settings
    with pytest.raises(ValidationError, match="frozen"):
        settings.log_level = "DEBUG"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        settings.http.port = 1  # type: ignore[misc]


def test_what_may_be_dialled_is_what_stands_in_the_file(folder: Path) -> None:
    write(
        folder,
        '[connect]\nphones = ["sip:201@exchange.example"]\n'
        '[connect.offices.ufficio-casa]\nway = "bridge"\n'
        'targets = ["sip:casa@exchange.example:5070;transport=tcp"]\n',
    )
    assert load_settings().connect.targets == {
        "sip:201@exchange.example",
        "sip:casa@exchange.example:5070;transport=tcp",
    }


@pytest.mark.parametrize(
    "target", ["casa@x", "sip:x", 'sip:a@b"', "sip:a b@c", "sip:a@b\nX: y", "sip:a@b?x=y", ""]
)
def test_a_target_that_is_none(folder: Path, target: str) -> None:
    write(folder, f"[connect]\nphones = [{json.dumps(target)}]\n")
    assert "connect.phones.0: String should match pattern" in complaint()


def test_a_way_with_nowhere_to_go(folder: Path) -> None:
    write(folder, '[connect.offices.ufficio-casa]\nway = "transfer"\n')
    assert "way = 'transfer' needs targets" in complaint()


ACCOUNT = '[[sip.accounts]]\nuser = "701"\ndomain = "exchange.example"\n'


def test_a_number_alone_needs_an_exchange(folder: Path) -> None:
    number = '[connect]\nphones = ["201"]\n'
    write(folder, number)
    assert "connect: Value error, 201: a number alone" in complaint()
    write(folder, number + ACCOUNT)
    assert load_settings().connect.targets == {"201"}


@pytest.mark.parametrize(
    ("sip", "wrong"),
    [
        ("max_calls = 228", "more than 230 calls"),
        ("rtp_ports = [20000, 20050]", "must hold two for each of 28 calls"),
    ],
)
def test_calls_that_we_place_need_room(folder: Path, sip: str, wrong: str) -> None:
    write(folder, f'[sip]\n{sip}\n[connect]\nphones = ["sip:1@exchange.example"]\n')
    assert wrong in complaint()


def test_networks_are_read_and_numbers_have_a_plan(folder: Path) -> None:
    write(
        folder,
        '[sip]\npeers = ["10.1.2.0/24"]\ntrusted = ["10.1.2.3"]\n'
        '[numbering]\ncountry_code = "33"\ntrunk_prefix = "0"\n',
    )
    settings = load_settings()
    assert [str(one) for one in (*settings.sip.peers, *settings.sip.trusted)] == [
        "10.1.2.0/24",
        "10.1.2.3/32",
    ]
    assert settings.numbering.plan.e164("01 42 68 53 00") == "+33142685300"


@pytest.mark.parametrize("network", ["10.1.2.3/24", "exchange.example", "10.1"])
def test_a_network_that_is_none(folder: Path, network: str) -> None:
    write(folder, f'[sip]\npeers = ["{network}"]\n')
    assert "sip.peers.0" in complaint()


@pytest.mark.parametrize(
    "target",
    ["sip:+39333@trunk.example", "sip:{number}", "sip:{other}@x", "{number}@x", "sip:a@{number}"],
)
def test_a_way_to_call_back_that_is_none(folder: Path, target: str) -> None:
    write(folder, f"[connect]\ncall_back = {json.dumps(target)}\n")
    assert "connect.call_back: String should match pattern" in complaint()


def test_a_way_to_call_back(folder: Path) -> None:
    write(folder, '[connect]\ncall_back = "sip:0{national}@trunk.example"\n')
    assert load_settings().connect.call_back == "sip:0{national}@trunk.example"
    assert load_settings().connect.call_back_to == ("+390", "+393")
