"""Addresses in SIP headers (RFC 3261, 3966), read with patience: what networks send varies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

MAX_ADDRESSES = 32
"""Of one kind in one message: no call is passed on by so many, and reading them costs time."""

_BETWEEN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"?')


@dataclass(frozen=True, slots=True)
class Address:
    """Who: `"Anna" <sip:user@host;uri-parameter?header=…>;parameter`, or less of it."""

    name: str
    user: str
    """The number or name before the @; of a `tel:` URI, the number."""
    host: str
    """Empty in a `tel:` URI."""
    parameters: dict[str, str]
    """Those after the URI and those in it, names in lower case; empty where one has no value."""
    headers: dict[str, str]
    """Those within the URI, names in lower case, decoded."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read one; nonsense gives one with an empty user."""
        bare = _BETWEEN_QUOTES.sub(lambda quoted: " " * len(quoted.group()), text)
        opens = bare.find("<")
        if opens >= 0:
            closes = bare.find(">", opens)
            name = text[:opens].strip()
            uri = text[opens + 1 : closes if closes > opens else len(text)].strip()
            after = text[closes + 1 :] if closes > opens else ""
        else:
            name, uri, after = "", text.strip(), ""
        if name.startswith('"'):
            name = re.sub(r"\\(.)", r"\1", name[1:].removesuffix('"')).strip()
        scheme, _, rest = uri.partition(":")
        # a user part may hold semicolons and question marks too
        user, at, rest = rest.partition("@") if "@" in rest else ("", "", rest)
        rest, _, asked = rest.partition("?")
        host, _, inside = rest.partition(";")
        if not at and scheme.lower() == "tel":
            user, host = host, ""
        if scheme.lower() not in ("sip", "sips", "tel"):
            user = host = ""
        user = unquote(user.partition(":")[0].partition(";")[0]).strip()
        parameters = {**_pairs(inside, ";"), **_pairs(after, ";")}
        headers = {key: unquote(value) for key, value in _pairs(asked, "&").items()}
        return cls(name, user, host.lower(), parameters, headers)


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """All in headers of one name, one or several to a line."""
    parts = (part for value in values for part in _parts(value, ","))
    return tuple(Address.parse(part) for part in islice(parts, MAX_ADDRESSES))


def _parts(text: str, separator: str) -> Iterator[str]:
    """The text cut at separators that stand neither in quotes nor in angle brackets."""
    start, quoted, depth, escaped = 0, False, False, False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = letter == "\\", letter != '"'
        elif letter == '"':
            quoted = True
        elif letter in "<>":
            depth = letter == "<"
        elif letter == separator and not depth:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _pairs(text: str, separator: str) -> dict[str, str]:
    """`a=1;b` as {"a": "1", "b": ""}; the first of a name counts."""
    found: dict[str, str] = {}
    for part in _parts(text, separator):
        key, _, value = part.partition("=")
        if key.strip():
            found.setdefault(key.strip().lower(), value.strip().strip('"'))
    return found


def words(values: Sequence[str], separator: str = ";") -> frozenset[str]:
    """The tokens in header values such as `Privacy: id;critical`, in lower case."""
    return frozenset(
        word.strip().lower() for value in values for word in re.split(f"[{separator},]", value)
    ) - {""}
