"""The figures of a bench as lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """Every share as `percent [95 % interval] count/of`, one a line, in groups."""
    for group, value in figures.items():
        if group.endswith("seconds"):
            yield group
            for step, took in value.items():
                yield f"  {step:<36}p50 {took['p50']:.3f}  p95 {took['p95']:.3f}"
        elif group == "failures":
            yield group
            yield from (f"  {json.dumps(failure, ensure_ascii=False)}" for failure in value)
        elif isinstance(value, Mapping):
            yield group
            yield from _shares(value, ())
        else:
            yield f"{group} {value}"


def _shares(figures: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if "percent" not in figures:
        for name, value in figures.items():
            yield from _shares(value, (*path, name))
    elif figures["of"]:
        low, high = figures["interval"]
        share = f"{figures['percent']:6.1f} %  [{low:5.1f} {high:5.1f}]"
        yield f"  {' '.join(path):<36}{share}  {figures['count']}/{figures['of']}"
