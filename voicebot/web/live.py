"""Server-sent events: the whole of how things stand, again whenever any of it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi.responses import StreamingResponse

BEAT = 10.0
"""Seconds between two signs of life; a page that misses two opens the stream anew."""

GAP = 0.05
"""Seconds between two sendings: a burst of changes is sent once."""


class Changes:
    """Wakes all who watch; they look for themselves what has changed."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Something may have changed."""
        for news in self._watchers:
            news.set()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event that is set by every change."""
        news = asyncio.Event()
        self._watchers.add(news)
        try:
            yield news
        finally:
            self._watchers.discard(news)


@dataclass(frozen=True, slots=True)
class Watch:
    """What one window is shown."""

    look: Callable[[], str]
    """How things stand, as JSON."""
    now: Callable[[], int]
    """Milliseconds since 1970 by the house's clock, for windows whose own goes wrong."""
    welcome: Callable[[], Awaitable[bool]]
    """Whether it may still be shown."""


async def snapshots(watch: Watch, changes: Changes) -> AsyncIterator[str]:
    """What `look` gives, whenever it gives something else; ends when no longer `welcome`."""
    yield _beat(watch)
    loop, last = asyncio.get_running_loop(), ""
    with changes.watch() as news:
        checked = loop.time()
        while True:
            news.clear()
            now = watch.look()
            if now != last:
                yield f"data: {now}\n\n"
                last = now
                await asyncio.sleep(GAP)
            try:
                async with asyncio.timeout(max(0.0, checked + BEAT - loop.time())):
                    await news.wait()
            except TimeoutError:
                checked = loop.time()
                if not await watch.welcome():
                    yield "event: over\ndata: {}\n\n"
                    return
                yield _beat(watch)


def _beat(watch: Watch) -> str:
    return f"event: beat\ndata: {watch.now()}\n\n"


def event_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """The answer that carries them; proxies are asked to pass each on at once."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
