"""YAML as a tree that knows its lines; what YAML would silently change is reported.

A tree is built from the parser's events, so a second entry of the same key and a digit
without quotes are still to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from voicebot.content.problems import Path, Problem, dotted, shown
from voicebot.content.syntax import explain
from voicebot.model import told

MAX_DEPTH = 20
"""Levels of indentation; the deepest staff file has six."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One piece of text."""

    line: int
    """From 1."""
    text: str
    quoted: bool

    @property
    def value(self) -> str | bool | float | date | None:
        """The text, or what YAML takes it for when it has no quotes.

        All numbers are 0.0 and all dates the first there is: only the kind matters.
        """
        if self.quoted:
            return self.text
        lowered = self.text.lower()
        if lowered in ("", "~", "null"):
            return None
        if lowered in _BOOLEANS:
            return lowered in ("true", "yes", "on")
        if _DATE.fullmatch(self.text):
            return date.min
        return 0.0 if _NUMBER.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    line: int
    entries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; of a key that was written twice, the first."""

    line: int
    entries: dict[str, Node]
    lines: dict[str, int]
    """On which line each key stands."""


Node: TypeAlias = Scalar | Items | Table

_MEANINGS: dict[type, str] = {
    bool: told("true or false"),
    float: told("a number"),
    date: told("a date"),
    type(None): told("nothing"),
}
_BOOLEANS = ("true", "false", "yes", "no", "on", "off")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_NUMBER = re.compile(
    r"[-+]?(0[xo][0-9a-fA-F_]+|[0-9][0-9_]*(\.[0-9]*)?([eE][-+]?[0-9]+)?|\.[0-9]+|\.inf|\.nan)"
    r"|[-+]?[0-9]+(:[0-5]?[0-9])+",
    re.IGNORECASE,
)


def find(node: Node | None, path: Path) -> Node | None:
    """What stands at the path; None where nothing does."""
    for part in path:
        if isinstance(node, Table):
            node = node.entries.get(part) if isinstance(part, str) else None
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.entries):
            node = node.entries[part]
        else:
            return None
    return node


def line_of(tree: Node, path: Path) -> int:
    """The line of the key or list entry at the path, or of the nearest that holds it."""
    line, node = tree.line, tree
    for part in path:
        if isinstance(node, Table) and isinstance(part, str) and part in node.entries:
            line, node = node.lines[part], node.entries[part]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.entries):
            node = node.entries[part]
            line = node.line
        else:
            break
    return line


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Every piece of text with its path, keys left out."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Items):
        for index, entry in enumerate(node.entries):
            yield from scalars(entry, (*path, index))
    else:
        for key, entry in node.entries.items():
            yield from scalars(entry, (*path, key))


def parse(data: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a file, None where there is none to be had, and what is wrong with it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = told("the sign with the byte {byte:#04x} is not UTF-8", byte=data[error.start])
        remedy = told('save the file again with the encoding "UTF-8"')
        return None, [Problem(file, line, "", message, remedy)]
    tabs = _tabs(text, file)
    if tabs:
        return None, tabs
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop:
        pass
    except YAMLError as error:
        builder.problems.append(explain(error, text, file))
        return None, builder.problems
    except Exception:  # The parser was not written for any bytes whatever; a clerk's file may be.
        message, remedy = (
            told("this line cannot be read as YAML"),
            told("write it like the lines around it"),
        )
        builder.problems.append(Problem(file, builder.line, "", message, remedy))
        return None, builder.problems
    if builder.root is None and not builder.problems:
        builder.problems.append(
            Problem(
                file, 0, "", told("the file is empty"), told("copy the sample file and change it")
            )
        )
    return builder.root, builder.problems


def _tabs(text: str, file: str) -> list[Problem]:
    return [
        Problem(
            file,
            number,
            "",
            told("the line is indented with a tab"),
            told("indent with spaces, two for each step"),
        )
        for number, line in enumerate(text.split("\n"), 1)
        if re.match(r" *\t\s*[^\s#]", line)
    ]


class _Stop(Exception):
    """Nothing after this can be read."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    path: Path
    is_table: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    """The key that waits for its value."""
    ignored: bool = False
    """The value that follows belongs to a key that was already there, or is no text."""

    def node(self) -> Node:
        if self.is_table:
            return Table(self.line, self.entries, self.lines)
        return Items(self.line, tuple(self.items))


class _Builder:
    """Makes the tree out of the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.line = 1
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Event) -> None:
        """Go on by one event."""
        if event.start_mark is not None:
            self.line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._report(
                    (),
                    told("a line of three dashes begins a second document"),
                    told("remove the ---"),
                )
                raise _Stop
        elif isinstance(event, NodeEvent):
            self._node(event)
        elif event.__class__.__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            self._place(self._open.pop().node())

    def _node(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent):
            message = told("*{anchor} refers to another place of the file", anchor=event.anchor)
            self._report(self._path(), message, told("write the value out, or put it in quotes"))
            self._place(Scalar(self.line, "-", quoted=True))
            return
        tag = getattr(event, "ctag", None)
        if tag is not None:
            message = told('the tag "{tag}" is not used in these files', tag=tag)
            self._report(self._path(), message, told("remove it, or put the whole text in quotes"))
        if isinstance(event, ScalarEvent):
            self._place(Scalar(self.line, event.value, quoted=event.style is not None))
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            path = self._path()
            if len(self._open) >= MAX_DEPTH:
                message = told("this is more than {most} levels deep", most=MAX_DEPTH)
                self._report(path, message, told("write it like the entries around it"))
                self.root = None
                raise _Stop
            self._open.append(_Open(self.line, path, isinstance(event, MappingStartEvent)))

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self._open:
            self.root = node
            return
        holder = self._open[-1]
        if not holder.is_table:
            holder.items.append(node)
        elif holder.key is None:
            self._key(holder, node)
        else:
            if not holder.ignored:
                holder.entries[holder.key] = node
            holder.key, holder.ignored = None, False

    def _key(self, holder: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            message = told("brackets or braces stand where a key must be")
            self._report(holder.path, message, told("put the whole text in double quotes"))
            holder.key, holder.ignored = "", True
            return
        key = node.text
        holder.key = key
        if key in holder.lines:
            message = told(
                "{key} is written here again: it is on line {line} already",
                key=shown(key),
                line=holder.lines[key],
            )
            self._report(
                (*holder.path, key), message, told("keep one, with all that belongs to it")
            )
            holder.ignored = True
            return
        holder.lines[key] = node.line
        if not isinstance(node.value, str):
            meaning = _MEANINGS[type(node.value)]
            message = told(
                "the key {key} has no quotes, and YAML takes it for {meaning}",
                key=key or told("(empty)"),
                meaning=meaning,
            )
            self._report(
                (*holder.path, key), message, told('write "{key}": with the quotes', key=key)
            )

    def _path(self) -> Path:
        """The path of the node that comes next."""
        if not self._open:
            return ()
        holder = self._open[-1]
        if holder.is_table:
            return holder.path if holder.key is None else (*holder.path, holder.key)
        return (*holder.path, len(holder.items))

    def _report(self, path: Path, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, self.line, dotted(path), message, remedy))
