"""Shares with their uncertainty, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

_Z = 1.959964
"""Standard deviations around the middle that hold 95 % of a normal distribution."""


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score; (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, weight = count / of, _Z**2 / of
    middle = share + weight / 2
    half = _Z * math.sqrt((share * (1 - share) + weight / 4) / of)
    # rounding must not put the share itself outside
    low, high = (middle - half) / (1 + weight), (middle + half) / (1 + weight)
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def rate(count: int, of: int) -> dict[str, Any]:
    """A share in percent with its 95 % interval; None of nothing."""
    low, high = wilson(count, of)
    percent = round(100 * count / of, 2) if of else None
    return {
        "count": count,
        "of": of,
        "percent": percent,
        "interval": [round(100 * low, 2), round(100 * high, 2)],
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share (0 to 1) of all do not exceed; 0 of none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
