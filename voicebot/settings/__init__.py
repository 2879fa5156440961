"""Every setting and its default: voicebot.toml first, VOICEBOT_* variables over it.

`VOICEBOT_HTTP__PORT=9000` is `port = 9000` under `[http]`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from voicebot.errors import SettingsError
from voicebot.model import LANGUAGES, Language
from voicebot.settings.group import HOME, Group
from voicebot.settings.lines import MAX_SIP_CALLS, Connect, Http, IceServer, Numbering, Sip, WebRtc
from voicebot.settings.people import Database, DeskPage, Holding, Privacy, SignIn, Staff
from voicebot.settings.speech import Conversation, Endpointing, Speech

__all__ = ["HOME", "Http", "IceServer", "Settings", "load_settings"]


class Paths(Group):
    """Where things are."""

    intents: Path = HOME / "intents"
    locales: Path = HOME / "locales"
    models: Path = HOME / "models"
    """The manifest and what is small enough for the repository."""
    data: Path = HOME / "var"
    """All that the program writes: fetched models, rendered prompts."""


class Settings(BaseSettings):
    """The whole of it, frozen."""

    model_config = SettingsConfigDict(
        env_prefix="VOICEBOT_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
    )

    languages: tuple[Language, ...] = LANGUAGES
    """The languages that callers may speak, in the order of the keyed choice."""
    time_zone: str = "Europe/Rome"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    drain: float = Field(default=60.0, ge=0)
    """Seconds that running calls may take to end after SIGTERM; then they are cut."""
    paths: Paths = Paths()
    http: Http = Http()
    webrtc: WebRtc = WebRtc()
    sip: Sip = Sip()
    connect: Connect = Connect()
    numbering: Numbering = Numbering()
    speech: Speech = Speech()
    endpointing: Endpointing = Endpointing()
    conversation: Conversation = Conversation()
    database: Database = Database()
    sign_in: SignIn = SignIn()
    desk: DeskPage = DeskPage()
    holding: Holding = Holding()
    staff: Staff = Staff()
    privacy: Privacy = Privacy()

    @field_validator("languages")
    @classmethod
    def _known(cls, value: tuple[Language, ...]) -> tuple[Language, ...]:
        unknown = [code for code in value if code not in LANGUAGES]
        if unknown or not value or len(set(value)) != len(value):
            raise ValueError(f"write some of {', '.join(LANGUAGES)}, each once")
        return value

    @field_validator("connect")
    @classmethod
    def _reachable(cls, value: Connect, info: ValidationInfo) -> Connect:
        """What is to be dialled must fit what takes calls."""
        sip = info.data.get("sip")
        targets = value.targets | ({value.call_back} if value.call_back else set())
        if not isinstance(sip, Sip) or not targets:
            return value
        numbers = sorted(one for one in targets if not one.startswith("sip"))
        if numbers and not sip.accounts:
            raise ValueError(
                f"{', '.join(numbers)}: a number alone is one of the exchange that an account "
                "registers at: add it to sip.accounts, or write sip:number@exchange"
            )
        calls = sip.max_calls + value.max_calls
        if calls > MAX_SIP_CALLS:
            raise ValueError(f"max_calls: with sip.max_calls more than {MAX_SIP_CALLS} calls")
        if sip.rtp_ports[1] - sip.rtp_ports[0] < 2 * calls:
            raise ValueError(f"max_calls: sip.rtp_ports must hold two for each of {calls} calls")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments over the environment; `load_settings` puts the file under both."""
        return init_settings, _Environment(settings_cls)


class _Environment(EnvSettingsSource):
    """The VOICEBOT_* variables; what is wrong in one is left to be found with its key."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value

    def __call__(self) -> dict[str, Any]:
        given = super().__call__()
        for variable, value in self.env_vars.items():
            key = variable.removeprefix(self.env_prefix.lower()).split("__")[0]
            if variable.startswith(self.env_prefix.lower()) and key not in Settings.model_fields:
                given[key] = value
        return given


def load_settings(file: Path | None = None) -> Settings:
    """The settings from `file` (default: voicebot.toml in the working directory, if any).

    Raises:
        SettingsError: the file or a variable is wrong; says which key and why.
    """
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: there is no such file; write one or leave --settings out")
    path = file or Path("voicebot.toml")
    written = _read(path) if path.is_file() else {}
    try:
        return Settings(**_over(written, _Environment(Settings)()))
    except ValidationError as error:
        lines = [_explained(problem, path) for problem in error.errors()]
        raise SettingsError("settings are wrong:\n  " + "\n  ".join(lines)) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not a text in UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, table by table; `above` wins."""
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            merged[key] = _over(below[key], above[key])
    return merged


_NO_JSON = ("dict_type", "tuple_type", "model_type")
"""Kinds of mistake that a text makes where a list or a table must stand."""


def _explained(problem: Mapping[str, Any], file: Path) -> str:
    """One mistake: its key, what is wrong, and where it was written."""
    parts = [str(part) for part in problem["loc"]]
    variables = ["VOICEBOT_" + "__".join(parts[:end]).upper() for end in range(len(parts), 0, -1)]
    present = sorted(name.upper() for name in os.environ)
    below = [name for name in present if name.startswith(f"{variables[0]}__")]
    origin = next((name for name in [*variables, *below] if name in present), None)
    message = problem["msg"]
    if problem["type"] == "extra_forbidden":
        message = "there is no such setting"
    elif origin and problem["type"] in _NO_JSON and isinstance(problem["input"], str):
        message = "not valid JSON, in which this is to be written here"
    return f"{'.'.join(parts)}: {message} (in {origin or file})"
