"""Files of what callers say, by what they want: text to match, or to make recordings of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.model import Language


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence of a caller."""

    language: Language
    target: str
    """As `Caller.target` has it."""
    action: str
    """As `Caller.action` has it."""
    text: str


def read_sentences(folder: Path, language: Language) -> list[Spoken]:
    """The sentences of one language, from `<language>.txt`.

    A line `= TARGET ACTION` says what is wanted in the lines after it; `#` begins a remark.

    Raises:
        ContentError: the file cannot be read, or a sentence stands before any such line.
    """
    path = folder / f"{language}.txt"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: cannot be read; name a folder with {path.name}") from error
    spoken: list[Spoken] = []
    wanted: list[str] = []
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("="):
            wanted = line[1:].split()
        if len(wanted) != 2:
            raise ContentError(f"{path}:{number}: write = TARGET ACTION above, such as = ood none")
        if not line.startswith("="):
            spoken.append(Spoken(language, wanted[0], wanted[1], line))
    return spoken
