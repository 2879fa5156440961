"""How long a caller waits for an answer, and how long the bot talks on when they break in.

All is measured at the caller's end of the wire: a word counts as said when the packet with its last
sample goes out, and as heard when the packet with its first sample comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicebot.bench.callers import Caller
from voicebot.bench.figures import percentile, rate
from voicebot.bench.voice import STEP, Track, begins, ceases, contains, loud
from voicebot.media.g711 import NARROW

PIECE = 1.0
"""Seconds of an answer by which a rest of an older prompt is recognised."""

_STEP_SAMPLES = round(STEP * NARROW)


class Outcome(StrEnum):
    """What a caller met."""

    ANSWERED = "answered"
    EARLY = "early"
    """The bot spoke before the caller had ended."""
    WENT_ON = "went_on"
    """The bot went on with what it was saying, as after a noise."""
    SILENT = "silent"
    """No answer came."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Response:
    """One caller's call."""

    caller: Caller
    outcome: Outcome
    seconds: float | None = None
    """From the end of the caller's speech to the bot's first word; with `ANSWERED` or `EARLY`."""
    barge_in: float | None = None
    """From the beginning of the caller's speech to the bot's silence; None where it was silent."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """When a caller spoke, in the time of the track."""

    began: float
    ended: float


def judge(caller: Caller, spoken: Spoken, heard: Track, greeting: NDArray[np.int16]) -> Response:
    """What the caller met, from all that came over the wire.

    Args:
        caller: who spoke, once.
        spoken: when.
        heard: from the answering of the call to a while after the answer.
        greeting: what the bot says when nobody interrupts it, at 8 kHz; empty if that is unknown.
    """
    flags = loud(heard.samples)
    spoke_at = heard.index(spoken.began) // _STEP_SAMPLES
    talking = flags[max(0, spoke_at - round(0.3 / STEP)) : spoke_at + 1].any()
    quiet = ceases(flags, spoke_at)
    if quiet is None:
        return Response(caller, Outcome.WENT_ON)
    barge_in = heard.at(quiet * _STEP_SAMPLES) - spoken.began if talking else None
    if barge_in is not None and spoken.began + barge_in > spoken.ended + 1.0:
        return Response(caller, Outcome.WENT_ON)
    word = begins(flags, quiet)
    if word is None:
        return Response(caller, Outcome.SILENT, barge_in=barge_in)
    first = word * _STEP_SAMPLES
    if contains(greeting, heard.samples[first : first + round(PIECE * NARROW)]):
        return Response(caller, Outcome.WENT_ON, barge_in=barge_in)
    seconds = heard.at(first) - spoken.ended
    outcome = Outcome.ANSWERED if seconds >= 0 else Outcome.EARLY
    return Response(caller, outcome, seconds, barge_in)


def summary(responses: Sequence[Response]) -> dict[str, Any]:
    """All figures: seconds and shares, by language and in all."""
    languages = list(dict.fromkeys(response.caller.language for response in responses))
    groups = {code: [r for r in responses if r.caller.language == code] for code in languages}
    groups["all"] = list(responses)
    return {
        "calls": len(responses),
        "seconds": {
            f"{name} {code}": spread(values)
            for code, group in groups.items()
            for name, values in (("response", _waits(group)), ("barge_in", _barge_ins(group)))
            if values
        },
        "outcome": {
            code: {str(o): rate(sum(r.outcome is o for r in group), len(group)) for o in Outcome}
            for code, group in groups.items()
        },
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Half of all, and nearly all, are no more than this."""
    shares = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
    return {name: round(value, 3) for name, value in shares.items()}


def _waits(responses: Sequence[Response]) -> list[float]:
    return [r.seconds for r in responses if r.seconds is not None and r.outcome is Outcome.ANSWERED]


def _barge_ins(responses: Sequence[Response]) -> list[float]:
    return [r.barge_in for r in responses if r.barge_in is not None]
