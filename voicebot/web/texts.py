"""The words of the pages, from `locales/<language>/LC_MESSAGES/pages.po`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from voicebot.errors import ContentError
from voicebot.model import Language


def load_page_texts(
    locales: Path, languages: Sequence[Language]
) -> Mapping[Language, Callable[[str], str]]:
    """By language, from an English text to the shown one.

    Raises:
        ContentError: a catalogue is missing or broken.
    """
    return {language: _texts(locales, language) for language in languages}


def _texts(locales: Path, language: Language) -> Callable[[str], str]:
    path = locales / language / "LC_MESSAGES" / "pages.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, language, abort_invalid=True)
    except FileNotFoundError as error:
        raise ContentError(f"{path}: there is no such file; restore it") from error
    except OSError as error:
        raise ContentError(f"{path}: cannot be read: {error.strerror}") from error
    except (PoFileError, ValueError) as error:
        raise ContentError(f"{path}: not a gettext catalogue: {error}") from error
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled).gettext
