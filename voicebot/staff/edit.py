"""Changes in a staff file's text: only what is changed is written anew.

The text is spliced where the parser says that a value stands, so every comment, blank line, order
and quote that is not part of the change stays as staff left it. After each change the text is read
back: what would read otherwise than it should is refused, and nothing is written.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from voicebot.errors import ContentError
from voicebot.model import told
from voicebot.staff.yaml_nodes import (
    child_of,
    compose,
    gap_of,
    is_flow,
    last_of,
    owner_of,
    path_of,
    plain,
    value_at,
)
from voicebot.staff.yaml_text import STEP, Value, block_of, fits, flow, is_list, item_of, nested


@dataclass(frozen=True, slots=True)
class Change:
    """One value to be set, or taken away."""

    path: tuple[str | int, ...]
    """Keys, and places in lists from 0."""
    value: Value | None
    """None takes the key, or the list's item, away."""


def edit(text: str, changes: Iterable[Change]) -> str:
    """The file's text with the changes made, in order.

    Raises:
        ContentError: the text is no YAML, or a change cannot be made in it: says what to do.
    """
    for change in changes:
        wanted = _changed(read(text), change)
        try:
            text = _Text(text).changed(change.path, change.value)
        except (KeyError, IndexError, TypeError) as error:
            raise _by_hand(change) from error
        if read(text) != wanted:
            raise _by_hand(change)
    return text


def read(text: str) -> Any:
    """What the file says, as plain values; every scalar but true and false is a text.

    Raises:
        ContentError: it is no YAML.
    """
    return plain(compose(text))


def _by_hand(change: Change) -> ContentError:
    place = ".".join(str(part) for part in change.path)
    return ContentError(
        told(
            "{place} cannot be changed here as the file is written: change it in the file",
            place=place,
        )
    )


def _changed(data: Any, change: Change) -> Any:
    """The same change made in plain values."""
    data = copy.deepcopy(data) if data is not None else {}
    at = data
    for part, following in zip(change.path, change.path[1:], strict=False):
        if isinstance(at, dict) and at.get(part) is None and isinstance(following, str):
            at[part] = {}
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError) as error:
            raise _by_hand(change) from error
    last = change.path[-1]
    try:
        if change.value is None:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(_lists(change.value))
        else:
            at[last] = _lists(change.value)
    except (KeyError, IndexError, TypeError) as error:
        raise _by_hand(change) from error
    return data


def _lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_lists(item) for item in value]
    return value


class _Text:
    """One text and where its values stand in it."""

    def __init__(self, text: str) -> None:
        self._text = text if not text or text.endswith("\n") else text + "\n"
        self._root = compose(self._text)

    def changed(self, path: Sequence[str | int], value: Value | None) -> str:
        """The text with one change."""
        node, depth = self._root, 0
        while depth < len(path) - 1 and (below := child_of(node, path[depth])) is not None:
            if not isinstance(below, MappingNode | SequenceNode):
                break
            node, depth = below, depth + 1
        for part in reversed(path[depth + 1 :]):
            if value is None or not isinstance(part, str):
                raise KeyError(part)
            value = {part: value}
        if node is None:
            return self._text + block_of({str(path[depth]): value or ""}, 0)
        return self._put(node, path[depth], value)

    def _put(self, parent: Node, part: str | int, value: Value | None) -> str:
        if is_flow(parent) or not parent.value:
            return self._again(parent, part, value)
        if isinstance(parent, SequenceNode):
            items = plain(parent)
            after = items[:part] + ([] if value is None else [_lists(value)]) + items[part + 1 :]  # type: ignore[operator]
            return self._list(parent, after)
        entry = next((pair for pair in parent.value if pair[0].value == part), None)
        if entry is None:
            if value is None:
                raise KeyError(part)
            column = parent.value[0][0].start_mark.column
            return self._after(last_of(parent), block_of({str(part): value}, column))
        key, node = entry
        if value is None:
            if len(parent.value) == 1:
                raise KeyError(part)  # an empty mapping has no place of its own in block style
            return self._without(key, node)
        return self._replace(key, node, value)

    def _replace(self, key: Node, node: Node, value: Value) -> str:
        """Another value for a key that is there."""
        inline = isinstance(value, str | bool) or fits(value)
        block = isinstance(node, MappingNode | SequenceNode) and not is_flow(node)
        if isinstance(node, SequenceNode) and block and is_list(value):
            return self._list(node, _lists(value))
        if isinstance(node, MappingNode) and block and isinstance(value, Mapping) and value:
            return self._mapping(key, value)
        if not block and inline:
            return self._splice(
                node.start_mark.index, node.end_mark.index, gap_of(node) + flow(value)
            )
        colon = self._text.index(":", key.end_mark.index) + 1
        if block:
            # what stands behind the key's colon, such as a comment, stays there
            head = self._text[: self._line_end(colon)]
            if inline:
                head = self._text[:colon] + " " + flow(value) + self._text[colon : len(head)]
                body = ""
            else:
                body = nested(value, key.start_mark.column + STEP)
            return head + "\n" + body + self._text[self._line_end(last_of(node)) + 1 :]
        rest = self._text[node.end_mark.index : self._line_end(node.end_mark.index)]
        tail = self._text[self._line_end(node.end_mark.index) + 1 :]
        body = nested(value, key.start_mark.column + STEP)
        return self._text[:colon] + rest + "\n" + body + tail

    def _mapping(self, key: Node, value: Mapping[str, Value]) -> str:
        """Each entry for itself, so that the comments between them stay."""
        path = self._path_of(key)
        text = self._text
        before: dict[str, Any] = value_at(plain(compose(text)), path)
        for name, item in value.items():
            if name not in before or before[name] != _lists(item):
                text = _Text(text).changed((*path, name), item)
        for name in before:
            if name not in value:
                text = _Text(text).changed((*path, name), None)
        return text

    def _path_of(self, key: Node) -> tuple[str | int, ...]:
        found = path_of(self._root, key)
        if found is None:
            raise KeyError(key.value)
        return found

    def _list(self, node: Node, after: list[Any]) -> str:
        """The items that differ; those that stay keep their lines and their comments."""
        if not after:
            return self._emptied(node)
        before = [plain(item) for item in node.value]
        frozen = [json.dumps(item, sort_keys=True) for item in before]
        wanted = [json.dumps(item, sort_keys=True) for item in after]
        column = node.start_mark.column
        text, steps = (
            self._text,
            SequenceMatcher(None, frozen, wanted, autojunk=False).get_opcodes(),
        )
        for kind, first, last, new_first, new_last in reversed(steps):
            if kind == "equal":
                continue
            lines = "".join(item_of(item, column) for item in after[new_first:new_last])
            if first < last:
                begin = self._line_start(node.value[first].start_mark.index)
                text = self._cut(text, node.value[first:last], begin, lines)
            elif first > 0:
                place = self._line_end(last_of(node.value[first - 1])) + 1
                text = text[:place] + lines + text[place:]
            else:
                place = self._line_start(node.value[0].start_mark.index)
                text = text[:place] + lines + text[place:]
        return text

    def _cut(self, text: str, items: Sequence[Node], begin: int, lines: str) -> str:
        """Without the items' own lines; the comments on lines of their own between them stay."""
        for number in reversed(range(len(items))):
            start = self._line_start(items[number].start_mark.index) if number else begin
            end = self._line_end(last_of(items[number])) + 1
            text = text[:start] + ("" if number else lines) + text[end:]
        return text

    def _emptied(self, node: Node) -> str:
        path = owner_of(self._root, node)
        if path is None:
            raise KeyError("list")
        parent, key = path
        if not isinstance(parent, MappingNode):
            raise KeyError("list")
        colon = self._text.index(":", key.end_mark.index) + 1
        head = self._text[:colon] + " []" + self._text[colon : self._line_end(colon)] + "\n"
        tail = self._text[self._line_end(colon) + 1 :]
        offset = len(self._text) - len(tail)
        for item in reversed(node.value):
            start = self._line_start(item.start_mark.index) - offset
            end = self._line_end(last_of(item)) + 1 - offset
            tail = tail[:start] + tail[end:]
        return head + tail

    def _again(self, parent: Node, part: str | int, value: Value | None) -> str:
        """A mapping or list in brackets, written anew as a whole."""
        whole = _changed(plain(parent), Change((part,), value))
        if not is_flow(parent):
            raise KeyError(part)
        return self._splice(parent.start_mark.index, parent.end_mark.index, flow(whole))

    def _without(self, key: Node, node: Node) -> str:
        start = self._line_start(key.start_mark.index)
        end = self._line_end(max(last_of(node), key.end_mark.index)) + 1
        return self._text[:start] + self._text[end:]

    def _after(self, index: int, lines: str) -> str:
        end = self._line_end(index) + 1
        return self._text[:end] + lines + self._text[end:]

    def _splice(self, start: int, end: int, new: str) -> str:
        return self._text[:start] + new + self._text[end:]

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """Where the line break of the line of this sign stands."""
        return self._text.index("\n", index)
