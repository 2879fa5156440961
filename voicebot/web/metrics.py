"""What Prometheus reads, in its text format."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.switchboard import Door, Refusal, Switchboard


def text(switchboard: Switchboard) -> str:
    """The figures of now."""
    running = [(f'door="{door}"', switchboard.running_by(door)) for door in Door]
    taken = [(f'door="{door}"', switchboard.taken[door]) for door in Door]
    refused = [
        (f'door="{door}",reason="{reason}"', switchboard.refused[door, reason])
        for door in Door
        for reason in Refusal
    ]
    return (
        _metric("voicebot_calls_running", "gauge", running)
        + _metric("voicebot_calls_taken_total", "counter", taken)
        + _metric("voicebot_calls_refused_total", "counter", refused)
        + _metric("voicebot_draining", "gauge", [("", int(switchboard.draining))])
    )


def _metric(name: str, kind: str, values: Iterable[tuple[str, int]]) -> str:
    lines = [f"{name}{{{labels}}} {value}".replace("{}", "") for labels, value in values]
    return "\n".join([f"# TYPE {name} {kind}", *lines, ""])
