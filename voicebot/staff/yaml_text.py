"""Values as YAML text, the way the staff files are written: every text in double quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Value: TypeAlias = str | bool | Sequence["Value"] | Mapping[str, "Value"]
"""What a staff file holds: texts, true and false, lists and mappings of them."""

STEP = 2
"""Spaces by which a nested key is indented."""

MAX_FLOW = 70
"""Signs that a new list in brackets may take; a longer one is written item by item."""


def is_list(value: Any) -> bool:
    """Whether it is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def fits(value: Value) -> bool:
    """Whether a list or mapping is written in brackets."""
    if not value:
        return True
    if isinstance(value, str | bool | Mapping):
        return False
    return all(isinstance(item, str | bool) for item in value) and len(flow(value)) <= MAX_FLOW


def flow(value: Any) -> str:
    """On one line; lists and mappings in brackets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if value is None:
        return "null"
    return "[" + ", ".join(flow(item) for item in value) + "]"


def _key(key: str) -> str:
    plain = key.replace("-", "").replace("_", "")
    return key if plain.isalnum() and plain.isascii() and not plain.isdigit() else flow(key)


def block_of(mapping: Mapping[str, Any], column: int) -> str:
    """One entry a line, from this column on."""
    lines = ""
    for key, value in mapping.items():
        lines += " " * column + _key(key) + ":"
        inline = isinstance(value, str | bool) or value is None or fits(value)
        lines += f" {flow(value)}\n" if inline else "\n" + nested(value, column + STEP)
    return lines


def nested(value: Any, column: int) -> str:
    """A mapping or a list on lines of its own."""
    if isinstance(value, Mapping):
        return block_of(value, column)
    return "".join(item_of(item, column) for item in value)


def item_of(item: Any, column: int) -> str:
    """One item of a list."""
    lead = " " * column + "- "
    if isinstance(item, Mapping) and item:
        return lead + block_of(item, column + STEP)[column + STEP :]
    return lead + flow(item) + "\n"
