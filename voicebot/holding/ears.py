"""What an operator hears with: the headset at her browser, or her desk telephone for one call."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.holding.headset import Conversation, Headset
from voicebot.ports import Line


class Ears:
    """The lines to one operator."""

    def __init__(self, lost: Callable[[Headset], None]) -> None:
        """`lost` is told of a line that ended by itself."""
        self.target: str | None = None
        """Her desk telephone, when she has chosen it."""
        self.headset: Headset | None = None
        self.telephone: Headset | None = None
        """While she has answered it."""
        self._lost = lost

    @property
    def reachable(self) -> bool:
        """Whether a call can be put on her ear."""
        return self.headset is not None or self.target is not None

    @property
    def now(self) -> Headset | None:
        """What she hears with at this moment."""
        return self.telephone or self.headset

    async def wear(self, line: Line, talk: Conversation | None) -> None:
        """Another standing line: it goes on with what the one before had, or with `talk`."""
        before, self.headset = self.headset, Headset(line, self._lost)
        if before is not None:
            self.headset.conversation = before.conversation
            before.conversation = None
            await before.close()
        elif self.telephone is None:
            self.headset.conversation = talk

    def answered(self, line: Line) -> None:
        """Her telephone was rung, and she has answered."""
        self.telephone = Headset(line, self._lost)

    def hear(self, talk: Conversation | None) -> None:
        """This conversation from now on, or nothing."""
        if self.now is not None:
            self.now.conversation = talk

    async def put_down(self) -> None:
        """The telephone's call is over."""
        telephone, self.telephone = self.telephone, None
        if telephone is not None:
            await telephone.close()

    async def take_off(self) -> None:
        """She goes."""
        await self.put_down()
        headset, self.headset = self.headset, None
        if headset is not None:
            await headset.close()
