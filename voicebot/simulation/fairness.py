"""The figures of a day: waits, who overtook whom, how true the announced waits were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import mean, median
from typing import Any

from voicebot.simulation.story import Played, Story


def figures(played: Played) -> dict[str, Any]:
    """All of them for one rule. Times in seconds."""
    stories = played.stories
    answered = [story for story in stories if story.answered_at is not None]
    overtaking = list(overtakes(answered))
    return {
        "rule": played.rule,
        "calls": len(stories),
        "answered": len(answered),
        "left": sum(story.left for story in stories),
        "wait": {name: _spread(group) for name, group in _groups(answered).items()},
        "overtakes": len(overtaking),
        "overtaken_callers": len({story.visit.id for story, _ in overtaking}),
        "worst_overtaking": round(max((seconds for _, seconds in overtaking), default=0.0), 1),
        "announced": announced(answered),
    }


def _groups(stories: Sequence[Story]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for story in stories:
        wait = story.wait or 0.0
        groups["all"].append(wait)
        groups[story.visit.priority.name].append(wait)
        groups[story.visit.language].append(wait)
        if story.visit.drops_after is not None and len(story.present) > 1:
            groups["dropped"].append(wait)
    return groups


def _spread(waits: Sequence[float]) -> dict[str, float]:
    ordered = sorted(waits)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"count": len(waits), "mean": round(mean(waits), 1), "p95": round(p95, 1)}


def overtakes(answered: Sequence[Story]) -> Iterable[tuple[Story, float]]:
    """Each caller who was overtaken, and by how many seconds the other had come later.

    Only between callers for one office in one language, whom the same operators may take; and
    only while the one overtaken was on the line and free to be taken when it rang for the other.
    """
    lanes: dict[tuple[str, str], list[Story]] = defaultdict(list)
    for story in answered:
        lanes[story.visit.office, story.visit.language].append(story)
    for lane in lanes.values():
        lane.sort(key=lambda story: story.visit.arrives)
        for number, first in enumerate(lane):
            for later in lane[number + 1 :]:
                ahead = (later.offered_at or 0.0) < (first.offered_at or 0.0)
                if ahead and first.could_be_taken_at(later.offered_at or 0.0):
                    yield first, later.visit.arrives - first.visit.arrives


def announced(answered: Sequence[Story]) -> dict[str, Any]:
    """How often the true wait was in the range that was said on joining, and how wide that was."""
    told = [story for story in answered if story.announced is not None]
    inside = 0
    widths = []
    for story in told:
        low, high = story.announced or (0.0, 0.0)
        true = (story.answered_at or 0.0) - story.announced_at
        inside += low <= true <= high
        widths.append(high - low)
    return {
        "told": len(told),
        "inside": inside,
        "percent": round(100 * inside / len(told), 1) if told else None,
        "median_width": round(median(widths), 1) if widths else None,
    }


def lines(days: Sequence[dict[str, Any]], bound: float) -> Iterable[str]:
    """The figures of several rules side by side."""
    head = f"{'rule':<28}{'mean':>7}{'p95':>7}{'urgent':>8}{'dropped':>9}{'ar':>7}"
    yield head + f"{'overtakes':>11}{'worst':>8}{'left':>6}  waits told true"
    for day in days:
        wait = day["wait"]
        row = f"{day['rule']:<28}{wait['all']['mean']:>7.0f}{wait['all']['p95']:>7.0f}"
        for group, width in (("urgent", 8), ("dropped", 9), ("ar", 7)):
            value = f"{wait[group]['mean']:.0f}" if group in wait else "-"
            row += f"{value:>{width}}"
        row += f"{day['overtakes']:>11}{day['worst_overtaking']:>8.0f}{day['left']:>6}  "
        told = day["announced"]
        if told["told"]:
            row += f"{told['percent']} % of {told['told']} (range {told['median_width']:.0f} s)"
        yield row
    yield f"bound of overtaking by the rank: {bound:.0f} s"


def swaps(played: Played) -> int:
    """Neighbours of one class in one lane who were served in another order than they came."""
    lanes: dict[tuple[str, str, str], list[Story]] = defaultdict(list)
    for story in played.stories:
        if story.offered_at is not None and len(story.present) == 1:
            visit = story.visit
            lanes[visit.office, visit.language, visit.priority.name].append(story)
    count = 0
    for lane in lanes.values():
        lane.sort(key=lambda story: story.visit.arrives)
        for one, other in pairwise(lane):
            count += (other.offered_at or 0.0) < (one.offered_at or 0.0)
    return count
