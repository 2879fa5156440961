"""What a running switchboard's processes have used so far, by Linux's /proc."""

from __future__ import annotations

import os
from pathlib import Path

from voicebot.errors import LineError

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")

_NAMES = {0: "switchboard", 5: "ear", 10: "voices"}
"""The processes, by how far their priority is below the first one's."""


def used(pid: int) -> tuple[dict[str, float], int]:
    """Seconds of processor time by process, and bytes of memory in all, shared pages split.

    Raises:
        LineError: there is no such process, or it is another user's.
    """
    try:
        family = [pid, *_children(pid)]
        fields = {one: _stat(one) for one in family}
        memory = sum(_memory(one) for one in family)
    except OSError as error:
        raise LineError(f"process {pid} cannot be watched: {error.strerror}") from error
    seconds: dict[str, float] = {}
    lowest = int(fields[pid][16])
    for stat in fields.values():
        name = _NAMES.get(int(stat[16]) - lowest, "others")
        seconds[name] = seconds.get(name, 0.0) + (int(stat[11]) + int(stat[12])) / _TICKS
    return seconds, memory


def _children(pid: int) -> list[int]:
    tasks = (_PROC / str(pid) / "task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _stat(pid: int) -> list[str]:
    """What follows the name: state first, user and system time 11 and 12 later, niceness 16."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _memory(pid: int) -> int:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
