"""What the telephone side is told by the settings, and the same in the SIP stack's own terms."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import TypeAlias

from baresip import Account, Config

from voicebot.model import NumberingPlan

ANYONE = "*"
"""Stands for every user part among the users that are taken."""

CODECS = {"opus": "opus/48000/1", "g722": "g722/16000/1", "pcma": "pcma", "pcmu": "pcmu"}
"""Our names and the stack's."""

ENCRYPTION = {"none": None, "offered": "srtp", "required": "srtp-mand"}
"""SRTP by RFC 4568: which of the stack's ways is meant."""

TONES = ("never", "without_events", "until_event")
"""When keys are heard in the sound: never; where a telephone can't send them as telephone-events
(RFC 4733); or in every call, until a key has come in another way."""

Network: TypeAlias = IPv4Network | IPv6Network

_SPARE_CALLS = 20
"""Calls above our own limit that the stack lets ring, so that we refuse and count them."""


@dataclass(frozen=True, slots=True)
class SipAccount:
    """An extension of an exchange, to be registered there."""

    user: str
    domain: str
    password: str = field(default="", repr=False)
    registrar: str | None = None
    """Where to register, when it is not the domain: `host[:port]` or a `sip:` address."""
    transport: str = "udp"
    auth_user: str | None = None
    """The name to authenticate with, when it is not `user`."""


@dataclass(frozen=True, slots=True)
class SipSetup:
    """What the stack is to do."""

    host: str
    """The address to listen on; `0.0.0.0` for all."""
    port: int
    """UDP and TCP; TLS is on the next one."""
    transports: tuple[str, ...]
    """Some of udp, tcp, tls."""
    certificate: Path | None
    """PEM with certificate and key, for TLS."""
    codecs: tuple[str, ...]
    """Some of `CODECS`, the preferred first."""
    encryption: str
    """One of `ENCRYPTION`."""
    rtp_ports: tuple[int, int]
    users: tuple[str, ...]
    """User parts that are taken without registration, or `ANYONE`."""
    accounts: tuple[SipAccount, ...]
    max_calls: int
    lost_timeout: float
    """Seconds without a packet after which a caller is gone."""
    targets: frozenset[str] = frozenset()
    """All that may be dialled, or callers be transferred to: `sip:` addresses, or numbers of the
    exchange that the first account registers at."""
    max_placed: int = 0
    """Calls that we place at once."""
    call_back: str | None = None
    """How a caller is called back: a target with `{number}` (E.164) or `{national}` in it."""
    call_back_to: tuple[str, ...] = ()
    """How numbers begin that may be called back."""
    peers: tuple[Network, ...] = ()
    """Networks from which calls are taken; empty for all."""
    trusted: tuple[Network, ...] = ()
    """Networks that vouch for the caller's number they tell."""
    tones: str = "without_events"
    """One of `TONES`."""
    numbering: NumberingPlan = NumberingPlan()

    def address(self, target: str) -> str | None:
        """The SIP address of a target; None where the settings do not name it."""
        return self._address(target) if target in self.targets else None

    def address_of_caller(self, number: str) -> str | None:
        """Where a caller with this number is called back; None where the settings do not let us."""
        digits = number.removeprefix("+")
        known = digits.isascii() and digits.isdigit() and number.startswith(self.call_back_to)
        if self.call_back is None or not self.call_back_to or not known:
            return None
        national = self.numbering.national(number)
        return self._address(self.call_back.format(number=number, national=national))

    def _address(self, target: str) -> str | None:
        """A number alone is one of the exchange that our first account registers at."""
        if target.startswith(("sip:", "sips:")):
            return target
        if not self.accounts:
            return None
        account = self.accounts[0]
        # as the account itself is reached: the stack goes by an address's own transport
        way = "" if account.transport == "udp" else f";transport={account.transport}"
        return f"sip:{target.replace('#', '%23')}@{account.domain}{way}"

    def takes(self, source: str | None) -> bool:
        """Whether calls from this IP address are taken; None is an unknown one."""
        return not self.peers or (source is not None and _lies_in(source, self.peers))

    def trusts(self, source: str) -> bool:
        """Whether what this address says of a caller is believed."""
        return _lies_in(source, self.trusted)

    def hears_tones(self, offer: str) -> bool:
        """Whether to listen for keys in the sound of a call with this SDP."""
        events = "telephone-event" in offer.lower()
        return self.tones == "until_event" or (self.tones == "without_events" and not events)

    def check_address(self) -> None:
        """Try the address: the stack starts without a word where it is another machine's.

        Raises:
            OSError: it can't be listened on.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                if kind is socket.SOCK_STREAM:
                    # connections of the process before this one may still be closing
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host.strip("[]"), self.port))

    def config(self) -> Config:
        """In the stack's own terms."""
        lines = {
            "sip_listen": f"{self.host}:{self.port}",
            "sip_transports": ",".join(self.transports),
            "sip_certificate": self.certificate,
            "rtp_ports": "{}-{}".format(*self.rtp_ports),
            # one voice needs one channel
            "opus_stereo": "no",
            "opus_sprop_stereo": "no",
            # The recogniser needs no even playout: with a jitter buffer every answer comes 20 to
            # 100 ms later, late packets are lost, and garbage before the first packet mutes a call.
            "audio_jitter_buffer_type": "off",
        }
        everywhere = self.host in ("0.0.0.0", "::", "[::]")
        return Config(
            # without an interface the stack would not use the loopback address at all
            net_interface=None if everywhere else self.host,
            # `sip_trace` takes it in; it reaches no log
            sip_trace=True,
            max_concurrent_calls=self.max_calls + self.max_placed + _SPARE_CALLS,
            extra_config_text="".join(f"{k} {v}\n" for k, v in lines.items() if v is not None),
        )

    def listener(self, user: str) -> str:
        """The stack's line for an agent that takes calls to `user` by any transport."""
        anyone = user == ANYONE
        extra = ("catchall=yes",) if anyone else ()
        account = Account(
            user="anyone" if anyone else user,
            domain=f"{self.host}:{self.port}",
            password="",
            reg_interval=0,
            audio_codecs=tuple(CODECS[name] for name in self.codecs),
            extra_params=(*extra, *self._media()),
        )
        # with a transport named here, calls by the others would not find this agent
        return account.aor().replace(f";transport={account.transport}", "", 1)

    def extension(self, account: SipAccount) -> Account:
        """The stack's account of an extension."""
        return Account(
            user=account.user,
            domain=account.domain,
            password=account.password,
            registrar=account.registrar,
            transport=account.transport,  # type: ignore[arg-type]  # the stack checks it
            auth_user=account.auth_user,
            audio_codecs=tuple(CODECS[name] for name in self.codecs),
            extra_params=self._media(),
        )

    def _media(self) -> tuple[str, ...]:
        mode = ENCRYPTION[self.encryption]
        return () if mode is None else (f"mediaenc={mode}",)


def _lies_in(source: str, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address(source)
    except ValueError:
        return False
    return any(address in network for network in networks)
