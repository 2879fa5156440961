"""A call without sound over a WebSocket: for callers who write and read."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi import WebSocket, WebSocketDisconnect

from voicebot.adapters import page_messages
from voicebot.errors import LineError
from voicebot.model import Arrival, Caption, HungUp, LineEvent
from voicebot.ports import AudioSource, BridgedOnly

logger = logging.getLogger(__name__)

MAX_OUTGOING = 200
"""Captions that may wait for a slow page; past that the oldest is dropped."""


class TextSocketLine(BridgedOnly):
    """A `Line` over an accepted WebSocket."""

    has_audio = False

    def __init__(self, socket: WebSocket, arrival: Arrival) -> None:
        self.arrival = arrival
        self._socket = socket
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue(MAX_OUTGOING)
        self._closed = asyncio.Event()

    def attach(self, source: AudioSource) -> None:
        """There is no sound on this line."""

    async def events(self) -> AsyncIterator[LineEvent]:
        """Keys and written sentences, until the page closes."""
        nonsense = 0
        while not self._closed.is_set() and nonsense <= page_messages.MAX_NONSENSE:
            try:
                message = await self._socket.receive_text()
            except (WebSocketDisconnect, RuntimeError, KeyError):
                break
            try:
                event = page_messages.parse(message)
            except LineError as error:
                logger.info("a written call: %s", error)
                nonsense += 1
                continue
            yield event
            if isinstance(event, HungUp):
                return
        yield HungUp("lost")

    def show(self, caption: Caption) -> None:
        """Send a caption."""
        self._queue(page_messages.caption(caption))

    async def hang_up(self) -> None:
        """Tell the page, and let `pump` end."""
        if not self._closed.is_set():
            self._closed.set()
            self._queue(page_messages.ENDED)
            self._queue(None)

    async def pump(self) -> None:
        """Send what is shown, until the line is hung up or the page has gone."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while (message := await self._outgoing.get()) is not None:
                await self._socket.send_text(message)
            await self._socket.close()

    def _queue(self, message: str | None) -> None:
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(message)
