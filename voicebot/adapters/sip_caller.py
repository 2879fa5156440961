"""Telephones that call a switchboard by SIP over UDP and keep what they hear, packet by packet.

They are what the benches measure with: the sound that each sends is set to the packet, and each
packet that comes is kept with the moment at which it came. One task sends the packets of all.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from voicebot.adapters import sip_message
from voicebot.adapters.sip_message import Message
from voicebot.adapters.sip_telephone import PACKET_SECONDS, Echo, Telephone
from voicebot.errors import LineError

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that the switchboard may take to answer, or to take leave."""

RESEND = 0.5
"""Seconds after which a request without an answer is sent again: SIP's T1."""


class Telephones(asyncio.DatagramProtocol):
    """Any number of telephones behind one SIP address."""

    def __init__(self, host: str, port: int, user: str, echo: Echo | None = None) -> None:
        self._echo = echo
        self._target = (host, port)
        self._user = user
        self._here = ("", 0)
        self._calls: dict[str, Telephone] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls, host: str, port: int, user: str, echo: Echo | None = None
    ) -> AsyncIterator[Telephones]:
        """Telephones that call `user` at the switchboard there; all hang up in the end.

        Raises:
            LineError: there is no such host.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, family=socket.AF_INET)
        except OSError as error:
            raise LineError(f"{host}: there is no such host: {error}") from error
        address, target = found[0][4][:2]
        bank = cls(str(address), int(target), user, echo)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(bank._target)
            local = probe.getsockname()[0]
        bank._transport, _ = await loop.create_datagram_endpoint(
            lambda: bank, local_addr=(local, 0)
        )
        bank._here = bank._transport.get_extra_info("sockname")
        pacing = loop.create_task(bank._pace())
        try:
            yield bank
        finally:
            await asyncio.gather(*(call.hang_up() for call in tuple(bank._calls.values())))
            pacing.cancel()
            await asyncio.wait([pacing])
            bank._transport.close()

    async def dial(self) -> Telephone:
        """Call, and wait until the switchboard answers.

        Raises:
            LineError: it refused, or did not answer.
        """
        call = Telephone(self.leave, self._echo)
        await call.open_sound(self._here[0])
        self._calls[call.id] = call
        uri = f"sip:{self._user}@{self._target[0]}:{self._target[1]}"
        call.remote, call.target = f"<{uri}>", uri
        body = sip_message.offer(self._here[0], call.port, 1)
        try:
            answer = await self._ask(call, "INVITE", 1, call.answered, body)
            if answer.status >= 300:
                raise LineError(f"the switchboard refused: {answer.first.partition(' ')[2]}")
        except LineError:
            self._calls.pop(call.id)
            await call.hang_up()
            raise
        return call

    async def leave(self, call: Telephone) -> None:
        """End a call; harmless when it has ended."""
        if self._calls.pop(call.id, None) is None or call.ended.is_set():
            return
        self._calls[call.id] = call
        with contextlib.suppress(LineError):
            await self._ask(call, "BYE", 2, call.left)
        self._calls.pop(call.id, None)
        call.ended.set()

    async def _ask(
        self, call: Telephone, method: str, number: int, answer: asyncio.Future[T], body: str = ""
    ) -> T:
        """Send a request until its answer is there."""
        data = self._request(call, method, number, secrets.token_hex(6), body)
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not answer.done():
            self._send(data)
            await asyncio.wait([answer], timeout=RESEND)
            if asyncio.get_running_loop().time() > deadline:
                raise LineError("the switchboard does not answer; is it running there?")
        return answer.result()

    # Messages

    @property
    def _contact(self) -> str:
        return f"<sip:caller@{self._here[0]}:{self._here[1]}>"

    def _request(
        self, call: Telephone, method: str, number: int, branch: str, body: str = ""
    ) -> bytes:
        here = f"{self._here[0]}:{self._here[1]}"
        headers = [
            ("Via", f"SIP/2.0/UDP {here};branch=z9hG4bK{branch}"),
            ("From", f"<sip:caller@{here}>;tag={call.id}"),
            ("To", call.remote),
            ("Call-ID", call.id),
            ("CSeq", f"{number} {method}"),
            ("Contact", self._contact),
            ("Max-Forwards", "70"),
        ]
        return sip_message.write(f"{method} {call.target} SIP/2.0", headers, body)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data, self._target)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """A message of the switchboard."""
        message = sip_message.parse(data)
        call = self._calls.get(message.header("call-id")) if message else None
        if message is None or call is None:
            return
        if message.status:
            self._on_response(call, message)
        else:
            self._on_request(call, message)

    def _on_response(self, call: Telephone, answer: Message) -> None:
        if answer.status < 200:
            return
        if answer.method == "BYE":
            if not call.left.done():
                call.left.set_result(None)
            return
        call.remote = answer.header("to")
        if answer.status < 300:
            call.target = answer.header("contact").strip("<>").split(">")[0]
            call.peer = sip_message.address(answer.body)
            branch = secrets.token_hex(6)
        else:
            # to a refusal the ACK belongs to the INVITE's own transaction
            branch = answer.header("via").partition("branch=z9hG4bK")[2].split(";")[0]
        self._send(self._request(call, "ACK", 1, branch))
        if not call.answered.done():
            call.answered.set_result(answer)

    def _on_request(self, call: Telephone, request: Message) -> None:
        if request.method == "ACK":
            return
        body = ""
        if request.method == "INVITE":
            call.peer = sip_message.address(request.body) or call.peer
            body = sip_message.offer(self._here[0], call.port, 2)
        elif request.method == "BYE":
            call.ended.set()
        self._send(sip_message.reply(request, "200 OK", self._contact, body))

    # Sound

    async def _pace(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += PACKET_SECONDS
            await asyncio.sleep(due - loop.time())
            for call in tuple(self._calls.values()):
                call.tick(loop.time())
