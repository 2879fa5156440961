"""Tells when the files of a folder have been saved, whatever the editor and the file system do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from watchfiles import awatch

logger = logging.getLogger(__name__)

_LOST_SECONDS = 2.0
"""Before a folder that cannot be watched is tried again."""


async def saves(
    folder: Path, state: Callable[[], object], *, poll: float, settle: float
) -> AsyncIterator[None]:
    """One None for each time the files have changed and come to rest.

    The system's own notices make it quick; looking at the files every `poll` seconds makes it
    sure, since a network folder sends no notices and a folder that is replaced no longer does.

    Args:
        folder: may be missing for a while, even at first.
        state: what differs when a file has changed, None while there is nothing to be seen;
            blocking.
        poll: seconds between two looks without any notice.
        settle: seconds for which the state must stay the same.
    """
    noticed, stop = asyncio.Event(), asyncio.Event()
    notices = asyncio.create_task(_notices(folder, noticed, stop))
    known = await asyncio.to_thread(state)
    try:
        while True:
            try:
                await asyncio.wait_for(noticed.wait(), poll)
            except TimeoutError:
                pass
            noticed.clear()
            current = await asyncio.to_thread(state)
            if current is None or current == known:
                continue
            while (before := current) is not None:
                await asyncio.sleep(settle)
                current = await asyncio.to_thread(state)
                if current == before:
                    known = current
                    yield None
                    break
    finally:
        stop.set()
        notices.cancel()
        await asyncio.gather(notices, return_exceptions=True)


async def _notices(folder: Path, noticed: asyncio.Event, stop: asyncio.Event) -> None:
    """Set `noticed` at every notice of the system."""
    while not stop.is_set():
        try:
            place = await asyncio.to_thread(folder.stat)
            watch = awatch(
                folder,
                watch_filter=None,
                debounce=100,
                stop_event=stop,
                rust_timeout=1000,
                yield_on_timeout=True,
            )
            async for changes in watch:
                if changes:
                    noticed.set()
                if (await asyncio.to_thread(folder.stat)).st_ino != place.st_ino:
                    break  # another folder has taken its place
        except (OSError, RuntimeError) as error:
            logger.debug("%s cannot be watched: %s", folder, error)
        noticed.set()
        await asyncio.sleep(_LOST_SECONDS)
