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
from voicebot.model import told

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
        return told("did you mean {word}?", word=best[0])
    return (
        told("write one of {choices}", choices=", ".join(choices)) if choices else told("remove it")
    )


def unquoted(node: Scalar) -> tuple[str, str]:
    """Why text without quotes is not the text it looks like, and how to write it."""
    text, remedy = node.text, told('put it in quotes: "{text}"', text=node.text)
    if node.value is None:
        if text:
            return told("YAML takes a bare {text} for nothing at all", text=text), remedy
        return told("nothing is written here"), told("write the text, in double quotes")
    if isinstance(node.value, bool):
        return told("YAML takes a bare {text} for true or false", text=text), remedy
    if isinstance(node.value, date):
        return told("without quotes YAML reads {text} as a date, not as text", text=text), remedy
    if re.fullmatch("0[0-7]+", text):
        octal = f", {int(text, 8)}" if len(text) < 5 else ""
        return told(
            "without quotes YAML reads {text} as an octal number{octal}", text=text, octal=octal
        ), remedy
    lost = told(", and its first 0 is lost") if re.fullmatch("0[0-9_]+", text) else ""
    return told("without quotes YAML reads {text} as a number{lost}", text=text, lost=lost), remedy


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
        return told("{path} is missing", path=path[-1]), told(
            "add {path}:{example}", path=path[-1], example=_example(str(path[-1]))
        )
    if kind == "extra_forbidden":
        known = _fields(model, path[:-1])
        here = find(tree, path[:-1])
        left = [key for key in known if not (isinstance(here, Table) and key in here.entries)]
        return told("{path} is not a key that may stand here", path=path[-1]), suggest(
            str(path[-1]), left
        )
    if kind == "too_short":
        least = context["min_length"]
        few = (
            told("the list needs at least 1 entry")
            if least == 1
            else told("the list needs at least {least} entries", least=least)
        )
        return few, (told("add what is missing") if path else told("write the file anew"))
    if kind == "literal_error":
        node = find(tree, path)
        known = [part.strip("'") for part in re.split(", | or ", context["expected"])]
        text = node.text if isinstance(node, Scalar) else ""
        return told("{text} is not a value that may stand here", text=shown(text)), suggest(
            text, known
        )
    return _wrong_kind(kind, find(tree, path))


def _wrong_kind(kind: str, node: Node | None) -> tuple[str, str]:
    """Text where a list must be, and so on."""
    if kind == "string_type" and isinstance(node, Scalar):
        return unquoted(node)
    if isinstance(node, Scalar):
        found = shown(node.text) if node.value is not None else told("nothing")
    else:
        found = told("a list") if isinstance(node, Items) else told("a mapping")
    wanted, remedy = {
        "string_type": (told("text"), told("write the text in double quotes")),
        "bool_type": (told("true or false"), told("write true or false")),
        "list_type": (told("a list"), told('write ["first", "second"], or [] for none')),
    }.get(kind, (told("a mapping"), told("write key: value below it, indented by two spaces more")))
    return told("{found} stands where {wanted} is needed", found=found, wanted=wanted), remedy


def _example(key: str) -> str:
    """What may follow a missing key, where a few signs can show it."""
    return {
        "key": ' "1"',
        "from": ' "06-15"',
        "to": ' "09-15"',
        "country": " IT",
        "telephone": ' "059 203 4444"',
        "appointment": told(" never, preferred or required"),
        "language": told(" and the two letters of this file's language"),
        "text": told(' "the sentence"'),
        "action": told(" with what the sentence asks for, such as talk or none"),
    }.get(key, told(" with what belongs to it, as in the sample file"))


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
