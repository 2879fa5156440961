"""Saves are noticed, whatever the editor does, and only once the files lie still."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from voicebot.adapters import folder_watch
from voicebot.adapters.folder_watch import saves
from voicebot.content.files import state_on_disk

SETTLE = 0.15


class Watched:
    """A folder, and how many saves were noticed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self._task: asyncio.Task[None] | None = None

    async def _watch(self, poll: float) -> None:
        state = partial(state_on_disk, self.folder)
        async for _ in saves(self.folder, state, poll=poll, settle=SETTLE):
            self.count += 1

    async def __aenter__(self) -> Watched:
        self._task = asyncio.create_task(self._watch(0.3))
        await asyncio.sleep(0.5)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def noticed(self, count: int) -> None:
        """Wait until so many saves were noticed, and see that it stays at that."""
        for _ in range(80):
            if self.count >= count:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.6)
        assert self.count == count


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    folder = tmp_path / "intents"
    (folder / "tests").mkdir(parents=True)
    (folder / "it.yaml").write_text("a")
    (folder / "tests" / "it.yaml").write_text("a")
    async with Watched(folder) as watched:
        yield watched


async def test_a_plain_save(watched: Watched) -> None:
    await watched.noticed(0)
    (watched.folder / "it.yaml").write_text("bb")
    await watched.noticed(1)
    (watched.folder / "tests" / "it.yaml").write_text("bb")
    await watched.noticed(2)


async def test_an_editor_that_writes_beside_and_renames(watched: Watched) -> None:
    file = watched.folder / "it.yaml"
    for number in (1, 2):
        new = watched.folder / ".it.yaml.tmp"
        new.write_text(f"b{number}")
        os.replace(file, watched.folder / "it.yaml~")
        os.replace(new, file)
        await watched.noticed(number)


async def test_a_file_written_in_pieces_is_one_save(watched: Watched) -> None:
    with (watched.folder / "it.yaml").open("w") as file:
        for _ in range(6):
            file.write("a piece of the file\n")
            file.flush()
            await asyncio.sleep(SETTLE / 3)
    await watched.noticed(1)


async def test_swap_files_are_no_saves(watched: Watched) -> None:
    for name in (".it.yaml.swp", "it.yaml~", "4913", "#it.yaml#"):
        (watched.folder / name).write_text("x")
    await watched.noticed(0)


async def test_a_folder_that_vanishes_and_comes_back(watched: Watched) -> None:
    away = watched.folder.with_name("away")
    os.rename(watched.folder, away)
    await watched.noticed(0)
    os.rename(away, watched.folder)
    await watched.noticed(0)
    (watched.folder / "it.yaml").write_text("after")
    await watched.noticed(1)


async def test_a_folder_that_is_replaced_whole(watched: Watched, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(watched.folder, other)
    (other / "it.yaml").write_text("other")
    shutil.rmtree(watched.folder)
    os.rename(other, watched.folder)
    await watched.noticed(1)
    (watched.folder / "it.yaml").write_text("and after")
    await watched.noticed(2)


async def test_without_any_notice_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object, **__: object) -> AsyncIterator[set[object]]:
        await asyncio.sleep(3600)
        yield set()

    monkeypatch.setattr(folder_watch, "awatch", silent)
    (tmp_path / "it.yaml").write_text("a")
    async with Watched(tmp_path) as watched:
        (tmp_path / "it.yaml").write_text("bb")
        await watched.noticed(1)
