"""What an operator can do, as her page asks for it; each acts on her own seat only."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from voicebot.holding.seat import Seat


class _Action(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ready(_Action):
    """Take calls; also the end of wrap-up."""

    do: Literal["ready"]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        if seat.state == "wrap_up":
            await seat.wrap_up_done()
        else:
            await seat.ready()


class Pause(_Action):
    """Take none."""

    do: Literal["pause"]
    reason: Literal["break", "meeting", "paperwork", "other"]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.pause(self.reason)


class Accept(_Action):
    """Take the call that rings."""

    do: Literal["accept"]
    token: int

    async def on(self, seat: Seat) -> bool:
        """At her seat; False when it is too late."""
        return await seat.accept(self.token)


class Decline(_Action):
    """Let a colleague take it."""

    do: Literal["decline"]
    token: int

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.decline(self.token)


class HangUp(_Action):
    """End the conversation."""

    do: Literal["hang_up"]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.hang_up()


class Hold(_Action):
    """The caller hears music, or they talk again."""

    do: Literal["hold"]
    held: bool

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.hold(self.held)


class Keys(_Action):
    """Keys for the caller's side."""

    do: Literal["keys"]
    digits: Annotated[str, Field(pattern=r"^[0-9*#]{1,32}$")]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.keys(self.digits)


class Transfer(_Action):
    """Hand the caller on: to an office, or to a colleague."""

    do: Literal["transfer"]
    office: str | None = None
    operator: str | None = None

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.transfer(self.office, self.operator)


class Consult(_Action):
    """Ask a colleague first, while the caller hears music."""

    do: Literal["consult"]
    operator: str

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.consult(self.operator)


class Complete(_Action):
    """The colleague who was asked goes on with the caller."""

    do: Literal["complete"]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.complete()


class Back(_Action):
    """Go on with the caller after having asked."""

    do: Literal["back"]

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        await seat.back()


class Phone(_Action):
    """Hear with a desk telephone instead of the headset; None: the headset again."""

    do: Literal["phone"]
    target: str | None

    async def on(self, seat: Seat) -> None:
        """At her seat."""
        seat.phone(self.target)


Action: TypeAlias = Annotated[
    Ready
    | Pause
    | Accept
    | Decline
    | HangUp
    | Hold
    | Keys
    | Transfer
    | Consult
    | Complete
    | Back
    | Phone,
    Field(discriminator="do"),
]
