"""Names whose sound staff have written in IPA: `[[Modena|ˈmɔdena]]` within a text.

A voice that reads IPA takes the second part, the others the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")


def plain(text: str) -> str:
    """The text for a voice that reads letters alone."""
    return _NAME.sub(r"\1", text)


def for_piper(text: str) -> str:
    """The text with the sounds as Piper reads them: `[[ˈmɔdena]]`."""
    return _NAME.sub(r"[[\2]]", text)


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is IPA."""
    at = 0
    for found in _NAME.finditer(text):
        yield text[at : found.start()], False
        yield found[2], True
        at = found.end()
    yield text[at:], False
