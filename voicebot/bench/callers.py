"""A folder of recorded callers, with what each of them says and wants."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.model import Language, OfficeId

LIST = "callers.tsv"
COLUMNS = ("file", "language", "target", "action", "text")

OTHER = "other"
"""In place of a language: one that the switchboard does not speak."""
COMMAND = "command"
OUT_OF_DOMAIN = "ood"
NOTHING = "-"
"""In place of an office: a command, a wish that is no office's, a sentence that is no wish."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One line of callers.tsv."""

    file: Path
    language: Language
    """A language of the switchboard, or `OTHER`."""
    target: str
    """An office's id, `COMMAND`, `OUT_OF_DOMAIN` or `NOTHING`; several ids with a bar between
    where what is said leaves open which of them, so that the caller must be asked."""
    action: str
    """An action's name, such as `talk`; with a command to change language `language:fr`."""
    text: str
    """What is said, where it is known."""

    @property
    def wants_office(self) -> bool:
        """Whether an office is the right answer."""
        return self.target not in (COMMAND, OUT_OF_DOMAIN, NOTHING)

    @property
    def offices(self) -> frozenset[OfficeId]:
        """Those that may be meant; none where no office is wanted."""
        return frozenset(self.target.split("|")) if self.wants_office else frozenset()


def read_callers(folder: Path) -> list[Caller]:
    """All callers of a folder, in the order of its callers.tsv.

    Raises:
        ContentError: the list is missing, lacks a column, or names a file that is not there.
    """
    path = folder / LIST
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
    except OSError as error:
        raise ContentError(f"{path}: cannot be read; name a folder of recorded callers") from error
    callers = []
    for number, row in enumerate(rows, start=2):
        missing = [column for column in COLUMNS if row.get(column) is None]
        if missing:
            raise ContentError(f"{path}:{number}: no {', '.join(missing)}; write it, tabs between")
        file = folder / row["file"]
        if not file.is_file():
            raise ContentError(f"{path}:{number}: {file} is not there; add it or take the line out")
        callers.append(Caller(file, row["language"], row["target"], row["action"], row["text"]))
    return callers
