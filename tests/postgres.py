"""A PostgreSQL of the tests' own: made in a new folder, reached over a socket there, and ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_USER = "nobody"
"""Who runs it where the tests run as root: PostgreSQL refuses to."""


def programs() -> Path | None:
    """Where PostgreSQL's own programs are; None when it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


class Postgres:
    """A running server."""

    def __init__(self, sockets: Path) -> None:
        self._address = f"postgresql://voicebot@/postgres?host={sockets}"

    def new_database(self) -> str:
        """The address of what is as good as an empty database, and made in no time: a schema."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._address) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self._address}&options=-csearch_path%3D{name}"

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self._address).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running(bin_folder: Path, durable: bool = False) -> Iterator[Postgres]:
    """A server that ends with the block; unless `durable` it waits for no disk."""
    as_root = os.geteuid() == 0
    # not below pytest's folder, which only root may enter; and a socket's path must be short
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if as_root:
        shutil.chown(folder, _USER)
    who: dict[str, str] = {"user": _USER} if as_root else {}
    data = folder / "data"
    try:
        make = [bin_folder / "initdb", "-D", data, "-U", "voicebot", "-A", "trust", "-E", "UTF8"]
        made = subprocess.run([*make, "--no-sync"], capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
        assert made.returncode == 0, made.stderr.decode()
        command = [bin_folder / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
        command += ["-F"] * (not durable)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **who)  # type: ignore[call-overload]
        try:
            postgres = Postgres(folder)
            for _ in range(300):
                if postgres.answers():
                    break
                assert server.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
            yield postgres
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing here is to be kept
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
