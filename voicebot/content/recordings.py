"""The staff's own recordings: which sentence each of them takes the place of.

`recordings/it/grazie-per-aver-chiamato.mp3` is what callers hear in Italian where the voice would
say "Grazie per aver chiamato". What is in the files is looked at by `staff/sounds.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from voicebot.content.files import RECORDINGS, staff_files
from voicebot.content.problems import Problem
from voicebot.content.wording import suggest
from voicebot.model import LANGUAGES, Language, prompt_name, told


def find_recordings(
    intents: Path, languages: Sequence[Language], problems: list[Problem]
) -> Mapping[tuple[Language, str], str]:
    """By language and `Sentence.name`, the path within the folder; what is wrong is added."""
    found: dict[tuple[Language, str], str] = {}
    for path in staff_files(intents):
        if path.parts[0] != RECORDINGS:
            continue
        shown = f"{intents.name}/{path.as_posix()}"
        if len(path.parts) != 3 or path.parts[1] not in LANGUAGES:
            message = told("the recording does not lie in the folder of a language")
            language = path.parts[1] if len(path.parts) == 3 else ""
            remedy = told(
                "put it in recordings/it or so: {hint}", hint=suggest(language, LANGUAGES)
            )
            problems.append(Problem(shown, 0, "", message, remedy))
            continue
        key = (path.parts[1], prompt_name(path.stem))
        if key in found:
            message = told("{other} is a recording of the same sentence", other=found[key])
            problems.append(Problem(shown, 0, "", message, told("keep one of them")))
        elif key[0] in languages:
            found[key] = path.as_posix()
    return found
