"""Where the values of a YAML text stand: the parser's nodes, with their first and last signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from voicebot.errors import ContentError
from voicebot.model import told


def compose(text: str) -> Node | None:
    """The tree of the whole text; None of an empty one.

    Raises:
        ContentError: it is no YAML.
    """
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise ContentError(told("the file is not valid YAML: mend it in the file first")) from error
    return node


def plain(node: Node | None) -> Any:
    """As plain values; every scalar but true, false and null is a text."""
    match node:
        case MappingNode():
            return {key.value: plain(value) for key, value in node.value}
        case SequenceNode():
            return [plain(item) for item in node.value]
        case ScalarNode() if (node.tag or "").endswith(":bool") and node.style is None:
            return node.value.lower() in ("true", "yes", "on")
        case ScalarNode() if (node.tag or "").endswith(":null") and node.style is None:
            return None
        case ScalarNode():
            return node.value
        case _:
            return None


def child_of(node: Node | None, part: str | int) -> Node | None:
    """What stands there; None where nothing does."""
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: Node = node.value[part]
        return child
    return None


def value_at(data: Any, path: Sequence[str | int]) -> Any:
    """The value at the end of a path; KeyError or IndexError where there is none."""
    for part in path:
        data = data[part]
    return data


def path_of(node: Node | None, key: Node) -> tuple[str | int, ...] | None:
    """The path at whose end this key stands."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name is key:
                return (name.value,)
            if (below := path_of(value, key)) is not None:
                return (name.value, *below)
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            if (below := path_of(item, key)) is not None:
                return (number, *below)
    return None


def owner_of(node: Node | None, wanted: Node) -> tuple[Node, Node] | None:
    """The mapping that holds this value, and its key."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if value is wanted:
                return node, name
            if (below := owner_of(value, wanted)) is not None:
                return below
    elif isinstance(node, SequenceNode):
        for item in node.value:
            if (below := owner_of(item, wanted)) is not None:
                return below
    return None


def is_flow(node: Node) -> bool:
    """Whether it stands in brackets."""
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def last_of(node: Node) -> int:
    """The index of the last sign of a value, without what follows it."""
    if isinstance(node, MappingNode) and node.value and not is_flow(node):
        return last_of(node.value[-1][1])
    if isinstance(node, SequenceNode) and node.value and not is_flow(node):
        return last_of(node.value[-1])
    return max(int(node.end_mark.index) - 1, int(node.start_mark.index) - 1, 0)


def gap_of(node: Node) -> str:
    """A value that was empty stands right behind its colon."""
    return " " if node.start_mark.index == node.end_mark.index else ""
