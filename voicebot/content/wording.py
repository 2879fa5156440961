"""Mistakes against the schema, told to a clerk: what is wrong, and what to write."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from voicebot.content.problems import Path, Problem, dotted, shown
from voicebot.content.tree import Items, Node, Scalar, Table, find, line_of

Model = TypeVar("Model", bound=BaseModel)

_ALIKE = 60.0
"""Likeness, of 100, from which a wrong key is taken for a slip of a right one."""


def validate(model: type[Model], tree: Node, file: str) -> tuple[Model | None, list[Problem]]:
    """The tree as a model, or None and everything in it that is against the schema."""
    try:
        return model.model_validate(_plain(tree)), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [_problem(model, tree, file, details) for details in found]


def suggest(written: str, known: Iterable[str]) -> str:
    """ "did you mean ...?" where one of the known words is near, else all of them."""
    choices = list(known)
    best = process.extractOne(written.casefold(), choices, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if best is not None:
        return f"did you mean {best[0]}?"
    return f"write one of {', '.join(choices)}" if choices else "remove it"


def unquoted(node: Scalar) -> tuple[str, str]:
    """Why text without quotes is not the text it looks like, and how to write it."""
    text, remedy = node.text, f'put it in quotes: "{node.text}"'
    if node.value is None:
        if text:
            return f"YAML takes a bare {text} for nothing at all", remedy
        return "nothing is written here", "write the text, in double quotes"
    if isinstance(node.value, bool):
        return f"YAML takes a bare {text} for true or false", remedy
    if isinstance(node.value, date):
        return f"without quotes YAML reads {text} as a date, not as text", remedy
    if re.fullmatch("0[0-7]+", text):
        octal = f", {int(text, 8)}" if len(text) < 5 else ""
        return f"without quotes YAML reads {text} as an octal number{octal}", remedy
    lost = ", and its first 0 is lost" if re.fullmatch("0[0-9_]+", text) else ""
    return f"without quotes YAML reads {text} as a number{lost}", remedy


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [_plain(entry) for entry in node.entries]
    return {key: _plain(entry) for key, entry in node.entries.items()}


def _problem(model: type[BaseModel], tree: Node, file: str, details: ErrorDetails) -> Problem:
    path = tuple(details["loc"])
    while (
        path and details["type"] not in ("missing", "extra_forbidden") and not _exists(tree, path)
    ):
        path = path[:-1]
    message, remedy = _told(model, tree, path, details)
    return Problem(file, line_of(tree, path), dotted(path), message, remedy)


def _exists(tree: Node, path: Path) -> bool:
    return find(tree, path) is not None


def _told(model: type[BaseModel], tree: Node, path: Path, details: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what to write, by the kind of mistake."""
    kind = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    if kind == "staff":
        return context["message"], context["remedy"]
    if kind == "missing":
        return f"{path[-1]} is missing", f"add {path[-1]}:{_example(str(path[-1]))}"
    if kind == "extra_forbidden":
        known = _fields(model, path[:-1])
        here = find(tree, path[:-1])
        left = [key for key in known if not (isinstance(here, Table) and key in here.entries)]
        return f"{path[-1]} is not a key that may stand here", suggest(str(path[-1]), left)
    if kind == "too_short":
        least = context["min_length"]
        return f"the list needs at least {least} entr{'y' if least == 1 else 'ies'}", (
            "add what is missing" if path else "write the file anew"
        )
    if kind == "literal_error":
        node = find(tree, path)
        known = [part.strip("'") for part in re.split(", | or ", context["expected"])]
        text = node.text if isinstance(node, Scalar) else ""
        return f"{shown(text)} is not a value that may stand here", suggest(text, known)
    return _wrong_kind(kind, find(tree, path))


def _wrong_kind(kind: str, node: Node | None) -> tuple[str, str]:
    """Text where a list must be, and so on."""
    if kind == "string_type" and isinstance(node, Scalar):
        return unquoted(node)
    if isinstance(node, Scalar):
        found = shown(node.text) if node.value is not None else "nothing"
    else:
        found = "a list" if isinstance(node, Items) else "a mapping"
    wanted, remedy = {
        "string_type": ("text", "write the text in double quotes"),
        "bool_type": ("true or false", "write true or false"),
        "list_type": ("a list", 'write ["first", "second"], or [] for none'),
    }.get(kind, ("a mapping", "write key: value below it, indented by two spaces more"))
    return f"{found} stands where {wanted} is needed", remedy


def _example(key: str) -> str:
    """What may follow a missing key, where a few signs can show it."""
    return {
        "key": ' "1"',
        "from": ' "06-15"',
        "to": ' "09-15"',
        "country": " IT",
        "telephone": ' "059 203 4444"',
        "appointment": " never, preferred or required",
        "language": " and the two letters of this file's language",
        "text": ' "the sentence"',
        "action": " with what the sentence asks for, such as talk or none",
    }.get(key, " with what belongs to it, as in the sample file")


def _fields(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys that may stand in the mapping at the path."""
    kind: Any = model
    for part in path:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = get_args(kind)[-1]
    kind = _bare(kind)
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    if not is_model:
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _bare(kind: Any) -> Any:
    """The type without its annotations and without None."""
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        kind = get_args(kind)[0]
    return kind
