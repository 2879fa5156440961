"""The day as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voicebot.errors import SettingsError
from voicebot.simulation.story import Played


def draw(days: Sequence[Played], file: Path) -> None:
    """Who waited how long under each rule, and what was announced beside what came true.

    Raises:
        SettingsError: the library that draws is not installed, or the file can't be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingsError("a plot needs matplotlib: pip install 'voicebot[plots]'") from error
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for played in days:
        waits = sorted(story.wait / 60 for story in played.stories if story.wait is not None)
        shares = [(number + 1) / len(waits) for number in range(len(waits))]
        left.step(waits, shares, where="post", label=played.rule)
    left.set(xlabel="minutes from the first call to the answer", ylabel="share of answered callers")
    left.legend()
    left.grid(alpha=0.3)
    told = [one for one in days[0].stories if one.announced and one.answered_at is not None]
    told.sort(key=lambda story: (story.answered_at or 0.0) - story.announced_at)
    for number, story in enumerate(told):
        low, high = story.announced or (0.0, 0.0)
        true = (story.answered_at or 0.0) - story.announced_at
        inside = low <= true <= high
        right.plot(
            [number, number],
            [low / 60, high / 60],
            color="tab:blue" if inside else "tab:red",
            alpha=0.35,
            linewidth=1,
        )
        right.plot(number, true / 60, ".", color="black", markersize=2)
    right.set(
        xlabel="answered callers, by their wait", ylabel="minutes: announced (line), true (dot)"
    )
    right.grid(alpha=0.3)
    try:
        figure.savefig(file)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file}: the plot can't be written: {error}") from error
