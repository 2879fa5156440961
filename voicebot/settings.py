"""Every setting and its default: voicebot.toml first, VOICEBOT_* variables over it.

`VOICEBOT_HTTP__PORT=9000` is `port = 9000` under `[http]`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from voicebot.errors import SettingsError
from voicebot.model import LANGUAGES, Language, NumberingPlan, OfficeId, Way

HOME = Path(__file__).resolve().parent.parent
"""The checkout: intents, locales and models lie beside the package."""


MAX_SIP_CALLS = 230
"""Calls at once, both ways together. The stack's own limit is 255; some ring to be refused."""

Target = Annotated[
    str,
    Field(pattern=r"^(\+?[0-9*#]{2,20}|sips?:[^\s<>\"?;@]+@[^\s<>\"?@]+)$"),
]
"""Whom to dial: `sip:user@host`, or a number of the exchange that an account registers at."""

CallBackTarget = Annotated[
    str,
    Field(
        pattern=r"^(\+?[0-9*#]*\{(number|national)\}"
        r"|sips?:[^\s<>\"?;@{}]*\{(number|national)\}@[^\s<>\"?@{}]+)$"
    ),
]
"""The same with the caller's number in it: `{number}` in full, or `{national}`."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paths(_Group):
    """Where things are."""

    intents: Path = HOME / "intents"
    locales: Path = HOME / "locales"
    models: Path = HOME / "models"
    """The manifest and what is small enough for the repository."""
    data: Path = HOME / "var"
    """All that the program writes: fetched models, rendered prompts."""


class Http(_Group):
    """The web pages and their signalling."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    certificate: Path | None = None
    """PEM file; browsers away from localhost give the microphone only over HTTPS."""
    private_key: Path | None = None
    max_body: int = Field(default=64 * 1024, ge=1024)
    """Bytes. A WebRTC offer is some 5 kB."""
    max_calls: int = Field(default=20, ge=1)
    """Calls at once from web pages, sound and text together."""


class IceServer(_Group):
    """A STUN or TURN server, told to the browser and used here too."""

    urls: str
    username: str | None = None
    credential: str | None = None


class WebRtc(_Group):
    """How browsers are reached through routers."""

    ice_servers: tuple[IceServer, ...] = ()


class SipAccount(_Group):
    """An extension of a telephone exchange, to be registered there."""

    user: str
    domain: str
    password: SecretStr = SecretStr("")
    registrar: str | None = None
    """Where to register, when it is not the domain: `host`, `host:port` or a `sip:` address."""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    auth_user: str | None = None
    """The name to authenticate with, when it is not `user`."""

    def values(self) -> dict[str, Any]:
        """The fields in plain text, the password too: not to be logged."""
        return {**self.model_dump(), "password": self.password.get_secret_value()}


class Sip(_Group):
    """Calls by telephone."""

    enabled: bool = True
    host: str = "127.0.0.1"
    """The address to listen on: that of the interface towards the exchange; 0.0.0.0 for all."""
    port: int = Field(default=5060, ge=1, le=65534)
    """UDP and TCP; TLS is on the next one."""
    transports: tuple[Literal["udp", "tcp", "tls"], ...] = ("udp", "tcp")
    certificate: Path | None = None
    """PEM file with certificate and private key; TLS needs it."""
    codecs: tuple[Literal["opus", "g722", "pcma", "pcmu"], ...] = ("opus", "g722", "pcma", "pcmu")
    """The preferred first."""
    encryption: Literal["none", "offered", "required"] = "none"
    """SRTP with keys in the signalling (RFC 4568): use it with TLS."""
    rtp_ports: tuple[int, int] = (16384, 32766)
    """The first and the last UDP port of sound; each call takes two."""
    users: tuple[str, ...] = ("voicebot",)
    """User parts that are taken without registration, as the exchange or trunk sends them, such as
    "0592034444" and "+390592034444"; "*" for all. Calls to others get 404."""
    accounts: tuple[SipAccount, ...] = ()
    """Extensions to register as."""
    max_calls: int = Field(default=20, ge=1, le=MAX_SIP_CALLS)
    """Calls at once by telephone, beside those from web pages."""
    lost_timeout: float = Field(default=30.0, ge=1)
    """Seconds without a packet of sound after which a caller is gone; not while on hold."""
    peers: tuple[IPvAnyNetwork, ...] = ()
    """Networks from which calls are taken, such as "10.1.2.0/24"; empty for all."""
    trusted: tuple[IPvAnyNetwork, ...] = ()
    """Networks that vouch for the caller's number they tell (P-Asserted-Identity)."""
    tones: Literal["never", "without_events", "until_event"] = "without_events"
    """When keys are heard in the sound of G.711: never; where a telephone cannot send them as
    telephone-events; or in every call, until a key has come in another way."""

    @model_validator(mode="after")
    def _complete(self) -> Sip:
        if "tls" in self.transports and self.certificate is None:
            raise ValueError("transports: tls needs a certificate")
        first, last = self.rtp_ports
        if not 1024 <= first < last <= 65535 or last - first < 2 * self.max_calls:
            raise ValueError(
                "rtp_ports: write the first and the last, from 1024 to 65535, two for each call"
            )
        return self


class OfficeRoute(_Group):
    """Where the callers of one office go."""

    way: Way = Way.QUEUE
    targets: tuple[Target, ...] = ()
    """Tried in order; needed for every way but the queue."""

    @model_validator(mode="after")
    def _somewhere(self) -> OfficeRoute:
        if self.way is not Way.QUEUE and not self.targets:
            raise ValueError(f"way = {self.way.value!r} needs targets: write at least one")
        return self


class Connect(_Group):
    """How callers are put through to people. Nothing else is ever dialled than what stands here."""

    ring: float = Field(default=25.0, ge=3, le=120)
    """Seconds that a telephone may ring before the next one is tried."""
    max_calls: int = Field(default=8, ge=1, le=100)
    """Calls that we place at once; the stack keeps room for them beside those that come in."""
    phones: tuple[Target, ...] = ()
    """Desk telephones that operators may choose instead of a headset."""
    offices: dict[OfficeId, OfficeRoute] = {}
    """By office; one that is not here has the queue."""
    call_back: CallBackTarget | None = None
    """How callers who ask for it are called back; None: nobody is."""
    call_back_to: tuple[Annotated[str, Field(pattern=r"^\+?[0-9]+$")], ...] = ("+390", "+393")
    """How the numbers begin that may be called back: fixed lines and mobiles, none that cost
    extra. A caller's number may be forged, so this decides what a joker can make us pay."""

    @property
    def targets(self) -> frozenset[str]:
        """All that may be dialled."""
        of_offices = (target for office in self.offices.values() for target in office.targets)
        return frozenset((*self.phones, *of_offices))


class Numbering(_Group):
    """How telephone numbers are written where the switchboard stands."""

    country_code: str = Field(default="39", pattern=r"^[1-9][0-9]{0,2}$")
    """Without plus: 39 is Italy."""
    trunk_prefix: str = Field(default="", pattern=r"^[0-9]{0,2}$")
    """What is dialled before a national number and left out from abroad: "0" in France; none in
    Italy."""

    @property
    def plan(self) -> NumberingPlan:
        """The same as a value."""
        return NumberingPlan(self.country_code, self.trunk_prefix)


class Speech(_Group):
    """Hearing and voices."""

    threads: int = Field(default=2, ge=1)
    """Processor threads for one recognition."""
    voices: dict[Language, tuple[str, ...]] = {
        "it": ("piper:it_IT-paola-medium", "kokoro:if_sara", "espeak:it"),
        "en": (
            "piper:en_GB-cori-medium",
            "kokoro:bf_emma",
            "piper:en_US-joe-medium",
            "espeak:en-gb",
        ),
        "fr": ("piper:fr_FR-siwis-medium", "kokoro:ff_siwis", "espeak:fr-fr"),
        "ar": ("piper:ar_JO-kareem-medium", "espeak:ar"),
    }
    """By language, `engine:voice`, the preferred first; what is missing falls to the next."""
    recognisers: dict[Language, tuple[str, ...]] = dict.fromkeys(LANGUAGES, ("whisper",))
    """By language, `whisper` or `vosk:model`, the preferred first; the next one recognises where a
    model is missing or has understood nothing. Whisper tells the language in any case."""
    slower: float = Field(default=0.75, gt=0.3, lt=1.0)
    """Speed of speech after the caller asks to go slower; 1.0 is natural."""
    loudness: float = Field(default=-18.0, ge=-40.0, le=-10.0)
    """LUFS at which every voice is brought."""
    render_ahead: bool = True
    """Render all that can be foreseen at the start; else each sentence when first needed."""
    prompt_memory: int = Field(default=128 * 1024 * 1024, ge=0)
    """Bytes of rendered prompts held in memory; the rest is read from disk when needed."""
    keep_prompts: int = Field(default=60, ge=1)
    """Days for which a rendered prompt that is not used stays on disk."""
    max_waiting: int = Field(default=16, ge=1)
    """Utterances that may wait for recognition; past that callers are asked to use the keys."""

    @field_validator("recognisers")
    @classmethod
    def _recognisers(
        cls, value: dict[Language, tuple[str, ...]]
    ) -> dict[Language, tuple[str, ...]]:
        for label in (label for labels in value.values() for label in labels):
            engine, _, model = label.partition(":")
            if label != "whisper" and (engine != "vosk" or not model):
                raise ValueError(f"{label!r}: write whisper, or vosk: and a model")
        return value

    @field_validator("voices", "recognisers")
    @classmethod
    def _every_language(
        cls, value: dict[Language, tuple[str, ...]], info: ValidationInfo
    ) -> dict[Language, tuple[str, ...]]:
        """A language that is left out keeps what it has by default."""
        unknown = [code for code in value if code not in LANGUAGES]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: write some of {', '.join(LANGUAGES)}")
        default: dict[Language, tuple[str, ...]] = cls.model_fields[str(info.field_name)].default
        return {**default, **value}


class Endpointing(_Group):
    """When the caller has begun and ended to speak. Seconds."""

    speech_threshold: float = Field(default=0.5, gt=0, lt=1)
    """Probability of speech that opens an utterance."""
    min_speech: float = Field(default=0.1, gt=0)
    """Speech that must be heard before the bot's voice gives way."""
    pause: float = Field(default=0.25, gt=0)
    """Silence after which what has been said is recognised, whether or not it was all."""
    end_silence: float = Field(default=0.7, gt=0)
    """Silence that ends an utterance."""
    end_silence_clear: float = Field(default=0.4, gt=0)
    """The same where the words so far are a clear request."""
    end_silence_unfinished: float = Field(default=1.2, gt=0)
    """The same where the words so far stop in the middle of a sentence."""
    max_utterance: float = Field(default=15.0, gt=1)
    """Past this an utterance is taken as it is."""
    lead: float = Field(default=0.3, ge=0)
    """Sound kept from before the first word."""


class Conversation(_Group):
    """Patience of the conversation. Seconds."""

    silence: float = Field(default=7.0, gt=0)
    """Silence after the bot has spoken before it asks again."""
    text_idle: float = Field(default=600.0, gt=0)
    """A written conversation is closed after this much quiet."""
    max_call: float = Field(default=1800.0, gt=0)
    """A caller who has talked with the bot for longer is said goodbye to; neither waiting nor
    talking with an operator counts."""
    sign_of_life: float = Field(default=60.0, gt=0)
    """A caller who waits hears that they are not forgotten after so long without news."""


class Database(_Group):
    """Where accounts and the queue are kept."""

    url: str = ""
    """`postgresql://user:password@host/name`; empty for a SQLite file in `paths.data`."""
    key: SecretStr | None = None
    """64 hexadecimal digits by which telephone numbers are hashed and encrypted; None: those in
    `secret.key` in `paths.data`, made at the first start."""

    @field_validator("key")
    @classmethod
    def _digits(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch("[0-9a-fA-F]{64}", value.get_secret_value()):
            raise ValueError("write 64 hexadecimal digits; make them with openssl rand -hex 32")
        return value


class SignIn(_Group):
    """Sessions of the people who work here. Seconds."""

    idle: float = Field(default=3600.0, ge=60)
    """Without any use a session ends; an open desk is use."""
    total: float = Field(default=43200.0, ge=60)
    """However much it is used, a session ends: sign in anew every day."""


class DeskPage(_Group):
    """The operators' page."""

    link: str = ""
    """Where the information system shows a caller: an address with {number}, {office} or
    {language} in it."""
    target: float = Field(default=120.0, gt=0)
    """Seconds to answer in: what the service level counts by."""

    @field_validator("link")
    @classmethod
    def _address(cls, value: str) -> str:
        known = re.sub(r"\{(number|office|language)\}", "", value)
        if value and (not re.match("https?://", value) or set("{}") & set(known)):
            raise ValueError(
                "write an address with {number} where the number goes, such as"
                " https://people.example.org/search?telephone={number}"
            )
        return value


class HoldClass(_Group):
    """Callers who count as having come earlier, by the number that was rung."""

    name: str = Field(min_length=1)
    head_start: float = Field(gt=0)
    """Seconds; no more than `max_head_start` counts."""
    reason: str = Field(min_length=1)
    """As the operator reads it."""
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[0-9]+\*?$")], ...] = Field(min_length=1)
    """That were dialled, or that diverted the call: "+390592034000", or "+3905920340*" for all that
    begin so."""


class Holding(_Group):
    """The queue in which callers wait for an operator. Seconds."""

    music: Path | None = HOME / "intents" / "music" / "waiting.ogg"
    """What they hear meanwhile: WAV, FLAC, Ogg or MP3 of ten minutes at most; None: silence."""
    music_loudness: float = Field(default=-26.0, ge=-50.0, le=-12.0)
    """LUFS at which it is brought; under that of the voices, or it tires."""

    node: str | None = None
    """The name of this process where several share a database; None: the machine's name. It must
    stay the same over a restart."""
    offer: float = Field(default=20.0, gt=0)
    """How long a call rings at an operator before the next one is asked."""
    connecting: float = Field(default=10.0, gt=0)
    """How long the sound may take to be joined after she has accepted."""
    wrap_up: float = Field(default=20.0, ge=0)
    """For her notes after a call; 0: until she says that she is ready."""
    headset_grace: float = Field(default=8.0, ge=0)
    """How long her browser may be away in mid-call before the caller waits again."""
    reserved: float = Field(default=30.0, ge=0)
    """How long a caller who was transferred to a colleague is kept for her alone."""
    grace: float = Field(default=600.0, ge=0)
    """How long the place of a caller whose line dropped is kept."""
    classes: tuple[HoldClass, ...] = ()
    """The first that fits counts."""
    max_head_start: float = Field(default=300.0, ge=0)
    """By how much, at most, any class of callers may be put before those who came earlier."""
    any_language_after: float | None = Field(default=180.0, ge=0)
    """After so long operators may answer who don't speak the caller's language; None: never."""
    other_office_after: float | None = Field(default=480.0, ge=0)
    """After so long also operators of the offices in `stand_ins` may answer; None: never."""
    stand_ins: dict[OfficeId, tuple[OfficeId, ...]] = {}
    """By office, the offices whose operators may answer for it."""
    after_closing: float | None = Field(default=900.0, ge=0)
    """How long after its office has closed those who wait already are still served; None: all of
    them, however long it takes."""
    keep: float = Field(default=400 * 86400.0, ge=86400)
    """How long closed tickets are kept for the figures; they name nobody."""
    step: float = Field(default=0.25, gt=0, lt=1)
    """By what part the wait must have got better before the caller hears of it again."""
    code_delay: float = Field(default=1.0, ge=0)
    """After a wrong four-digit code, before the next one is looked at."""
    shared_numbers: tuple[str, ...] = ()
    """Numbers of switchboards, such as "+39059222111": nobody is known by them."""
    call_back_tries: int = Field(default=3, ge=1)
    """Calls to a caller who asked to be called back."""
    call_back_window: float = Field(default=8 * 3600.0, gt=0)
    """How long after having asked a caller may still be called."""
    call_back_pause: float = Field(default=300.0, ge=0)
    """Between two of these calls."""
    call_back_ring: float = Field(default=30.0, gt=0)
    """How long it rings at the caller's."""


class Staff(_Group):
    """For those who keep the staff files."""

    language: Literal["it", "en"] | None = None
    """In which language `voicebot check` and `diff` tell; by default that of the machine."""


class Privacy(_Group):
    """What may be kept. All off."""

    log_transcripts: bool = False
    """Log what was understood, with the words; for testing with consent only."""


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
