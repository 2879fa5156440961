"""How callers and operators are reached: the web, SIP, the telephones of the offices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    IPvAnyNetwork,
    SecretStr,
    model_validator,
)

from voicebot.model import NumberingPlan, OfficeId, Way
from voicebot.settings.group import Group

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


class Http(Group):
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


class IceServer(Group):
    """A STUN or TURN server, told to the browser and used here too."""

    urls: str
    username: str | None = None
    credential: str | None = None


class WebRtc(Group):
    """How browsers are reached through routers."""

    ice_servers: tuple[IceServer, ...] = ()


class SipAccount(Group):
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


class Sip(Group):
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


class OfficeRoute(Group):
    """Where the callers of one office go."""

    way: Way = Way.QUEUE
    targets: tuple[Target, ...] = ()
    """Tried in order; needed for every way but the queue."""

    @model_validator(mode="after")
    def _somewhere(self) -> OfficeRoute:
        if self.way is not Way.QUEUE and not self.targets:
            raise ValueError(f"way = {self.way.value!r} needs targets: write at least one")
        return self


class Connect(Group):
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


class Numbering(Group):
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
