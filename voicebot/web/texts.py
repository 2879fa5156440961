"""The words of the pages, from `locales/<language>/LC_MESSAGES/`: `pages.po` for callers,
`staff.po` for those who work here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from voicebot.errors import ContentError
from voicebot.model import Language


def load_page_texts(
    locales: Path, languages: Sequence[Language], catalogue: str = "pages"
) -> Mapping[Language, Callable[[str], str]]:
    """By language, from an English text to the shown one.

    Raises:
        ContentError: a catalogue is missing or broken, or lacks what another one has.
    """
    name = f"{catalogue}.po"
    files = {code: locales / code / "LC_MESSAGES" / name for code in languages}
    catalogues = {code: _read(path, code) for code, path in files.items()}
    texts = dict.fromkeys(str(m.id) for c in catalogues.values() for m in c if m.id)
    problems = [
        f"{files[code]}: {text!r} is not translated; write its msgid and msgstr"
        for code, catalogue in catalogues.items()
        for text in texts
        if (message := catalogue.get(text)) is None or not message.string or message.fuzzy
    ]
    if problems:
        raise ContentError("\n".join(problems))
    return {code: _compiled(catalogue) for code, catalogue in catalogues.items()}


def _read(path: Path, language: Language) -> Catalog:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, language, abort_invalid=True)
    except FileNotFoundError as error:
        raise ContentError(f"{path}: there is no such file; restore it") from error
    except OSError as error:
        raise ContentError(f"{path}: cannot be read: {error.strerror}") from error
    except (PoFileError, ValueError) as error:
        raise ContentError(f"{path}: not a gettext catalogue: {error}") from error
    if not len(catalogue):
        raise ContentError(f"{path}: there is no translation in it; restore it")
    return catalogue


def _compiled(catalogue: Catalog) -> Callable[[str], str]:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled).gettext
