"""The spoken and shown texts, read from gettext catalogues and checked before anyone hears them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from voicebot.errors import ContentError
from voicebot.model import Language

SOURCE: Language = "en"
"""The language of the msgids; its own catalogue may leave its texts empty."""

_LINE = re.compile(r'\s*(#.*|(msg\w+(\[\d+\])?\s+)?"([^"\\]|\\.)*"\s*)?')
"""A line of a catalogue: a comment, a text in quotes with or without its keyword, or nothing."""


@dataclass(frozen=True, slots=True)
class Catalogues:
    """All texts by language and msgid."""

    texts: Mapping[Language, Mapping[str, str]]

    def text(self, language: Language, msgid: str) -> str:
        """The text as that language puts it, or the msgid where its catalogue has none."""
        return self.texts[language].get(msgid) or msgid


def load_catalogues(locales: Path, languages: Sequence[Language]) -> Catalogues:
    """The catalogues of `languages` under `locales`, compiled in memory.

    Raises:
        ContentError: a file is missing or broken, or a text is missing or has other placeholders
            than its msgid; lists every problem, one a line.
    """
    problems: list[str] = []
    source = _read(_file(locales, SOURCE), SOURCE, problems)
    expected = set(source)
    texts: dict[Language, Mapping[str, str]] = {}
    for language in languages:
        file = _file(locales, language)
        found = source if language == SOURCE else _read(file, language, problems)
        texts[language] = found
        if language != SOURCE and found:
            problems.extend(
                f'{file}: "{msgid}" has no translation; write its msgstr and remove any "fuzzy"'
                for msgid in sorted(expected)
                if not found.get(msgid)
            )
    if problems:
        raise ContentError("\n".join(problems))
    return Catalogues(texts)


def placeholders(text: str) -> frozenset[str]:
    """What stands between braces; ValueError where a brace is not closed."""
    return frozenset(
        field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, field, spec, conversion in Formatter().parse(text)
        if field is not None
    )


def _file(locales: Path, language: Language) -> Path:
    return locales / language / "LC_MESSAGES" / "voicebot.po"


def _read(file: Path, language: Language, problems: list[str]) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        catalogue = read_po(lines, locale=language, abort_invalid=True)
    except FileNotFoundError:
        problems.append(f"{file}: there is no such file; every language needs its texts there")
        return {}
    except PoFileError as error:
        problems.append(f"{file}: not a valid gettext catalogue: {error}")
        return {}
    except UnicodeDecodeError as error:
        problems.append(f"{file}: not UTF-8 text ({error.reason}); save it as UTF-8")
        return {}
    except (OSError, ValueError, LookupError) as error:
        problems.append(f"{file}: cannot be read: {error}")
        return {}
    # Babel takes a line with a quote missing for a text without its first or last letter.
    broken = [at for at, line in enumerate(lines, start=1) if not _LINE.fullmatch(line)]
    if broken:
        problems.extend(f'{file}:{at}: write the text between quotes ("...")' for at in broken)
        return {}
    return _texts(file, catalogue, problems)


def _texts(file: Path, catalogue: Catalog, problems: list[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for message in catalogue:
        if not message.id:
            continue
        where = f"{file}:{message.lineno or 1}"
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            problems.append(f"{where}: plural forms are not used here; write one msgstr")
            continue
        text = "" if message.fuzzy else message.string
        texts[message.id] = text
        if text:
            problems.extend(_wrong_placeholders(where, message.id, text))
    if not texts:
        problems.append(f"{file}: has no texts at all")
    return texts


def _wrong_placeholders(where: str, msgid: str, text: str) -> list[str]:
    try:
        found = placeholders(text)
    except ValueError as error:
        return [f"{where}: a brace is not closed ({error}); write placeholders as {{office}}"]
    wanted = placeholders(msgid)
    if found == wanted:
        return []
    names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
    return [f'{where}: "{msgid}" needs exactly these placeholders: {names}']
