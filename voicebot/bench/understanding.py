"""Does it understand recorded callers: whose language, which office, in what time."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from voicebot.bench.callers import COMMAND, NOTHING, OTHER, OUT_OF_DOMAIN, Caller
from voicebot.bench.channel import Channel
from voicebot.bench.figures import percentile, rate
from voicebot.model import OFFICE_ACTIONS, Audio, Decision, Heard, Language
from voicebot.understanding.matcher import NEAR

LONG = 1.5
"""Seconds of speech from which a language must be told."""

CHOICES = 3
"""As many offices as the conversation offers at most when it asks which."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How one sound was taken, on the way that a call's goes."""

    speech_seconds: float
    """By voice activity; 0 where nobody spoke."""
    heard: Heard
    report: Mapping[str, Any]
    """As `voicebot listen` prints it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One caller, and how they were taken."""

    caller: Caller
    taken: Taken


class Outcome(StrEnum):
    """What became of a caller who wanted an office."""

    ACCEPTED = "accepted_right"
    ASKED = "asked"
    """Asked about the right office, or to choose among some with it."""
    WRONG = "accepted_wrong"
    """Another office, or none of those meant."""
    MISTAKEN = "accepted_other_action"
    """The right office, but its hours told who would talk to it, or the like."""
    ASKED_WRONG = "asked_wrong"
    """Asked about other offices, or which of all."""
    REJECTED = "rejected"


def play(
    callers: Iterable[Caller],
    read: Callable[[Path], Audio],
    channel: Channel,
    listen: Callable[[Audio], Taken],
) -> Iterator[Result]:
    """Each caller over the channel; a file's own name seeds its noise and losses."""
    for caller in callers:
        audio = channel.carry(read(caller.file), zlib.crc32(caller.file.name.encode()))
        yield Result(caller, listen(audio))


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """All figures, by language; shares as `figures.rate` gives them."""
    languages = list(dict.fromkeys(result.caller.language for result in results))
    figures: dict[str, Any] = {
        "callers": len(results),
        "no_speech": sum(result.taken.speech_seconds == 0 for result in results),
        "language": {},
        "office": {},
        "command": {},
        "accepted_as_office": {},
    }
    for language in languages:
        own = [result for result in results if result.caller.language == language]
        figures["language"][language] = _language_figures(own)
        figures["office"] |= _keyed(language, _office_figures(own))
        figures["command"] |= _keyed(language, _command_figures(own))
        figures["accepted_as_office"] |= _keyed(language, _accepted_figures(own))
    figures["seconds"] = _seconds(results)
    return figures


def against(ours: Sequence[Result], plain: Sequence[Result]) -> dict[str, Any]:
    """The same callers recognised in a plainer way: offices, seconds, and the two compared."""
    other, took = summary(plain), _seconds(ours)
    once, twice = (seconds.get("total", {}).get("p50", 0.0) for seconds in (took, other["seconds"]))
    return {
        "plain_office": other["office"],
        "plain_seconds": other["seconds"],
        "times_faster": round(twice / once, 2) if once else 0.0,
    }


# --- one caller ------------------------------------------------------------------------


def best(heard: Heard) -> Language | None:
    """The likeliest language, before any abstaining."""
    if not heard.probabilities:
        return None
    return max(heard.probabilities, key=lambda language: heard.probabilities[language])


def office_outcome(result: Result) -> Outcome:
    """What became of somebody who wanted an office."""
    report, wanted = result.taken.report, result.caller
    decision = report["decision"]
    if decision == Decision.REJECT:
        return Outcome.REJECTED
    if decision == Decision.ACCEPT:
        if report["office"] is None and report["action"] in OFFICE_ACTIONS:
            return Outcome.ASKED_WRONG
        # Where several offices may be meant, taking one of them is a guess.
        if wanted.offices != {report["office"]}:
            return Outcome.WRONG
        return Outcome.ACCEPTED if _is(wanted, report) else Outcome.MISTAKEN
    offered: Sequence[Mapping[str, Any]] = report["candidates"]
    among = offered[:1]
    if decision == Decision.CHOOSE:
        # The scores of a report are rounded, so that a tie may seem a little wider.
        close = offered[0]["score"] - NEAR - 0.001
        among = [candidate for candidate in offered[:CHOICES] if candidate["score"] >= close]
    return Outcome.ASKED if any(_is(wanted, c) for c in among) else Outcome.ASKED_WRONG


def command_is_right(result: Result) -> bool:
    """Whether a command was carried out as meant."""
    report = result.taken.report
    action, _, to_language = result.caller.action.partition(":")
    return (
        report["decision"] == Decision.ACCEPT
        and report["action"] == action
        and (not to_language or report.get("to_language") == to_language)
    )


def accepted_as_office(result: Result) -> bool:
    """Whether an office was acted on without asking."""
    report = result.taken.report
    return report["decision"] == Decision.ACCEPT and report["office"] is not None


def failed(result: Result) -> bool:
    """Whether anything about a caller went wrong, a language left open included."""
    caller, taken = result.caller, result.taken
    expected = None if caller.language == OTHER else caller.language
    if taken.report["language"] != expected:
        return True
    if caller.wants_office:
        return office_outcome(result) not in (Outcome.ACCEPTED, Outcome.ASKED)
    if caller.target == COMMAND:
        return not command_is_right(result)
    return accepted_as_office(result)


def failure(result: Result) -> dict[str, Any]:
    """A failed caller in a line: what was wanted and what was taken."""
    caller, taken = result.caller, result.taken
    return {
        "file": caller.file.name,
        "wanted": {name: getattr(caller, name) for name in ("language", "target", "action")},
        "said": caller.text,
        "speech_seconds": round(taken.speech_seconds, 2),
        "taken": {key: value for key, value in taken.report.items() if key != "seconds"},
    }


# --- all callers of a language ---------------------------------------------------------


def _language_figures(results: Sequence[Result]) -> dict[str, Any]:
    """With any amount of speech, and with enough."""
    long = [result for result in results if result.taken.speech_seconds >= LONG]
    return {"any": _language_shares(results), "long": _language_shares(long)}


def _language_shares(results: Sequence[Result]) -> dict[str, Any]:
    """By the sound alone, and as the call goes on, where the words may decide as well."""
    of, expected = len(results), {result.caller.language for result in results}
    shares: dict[str, Any] = {}
    if OTHER not in expected:
        right = sum(best(r.taken.heard) == r.caller.language for r in results)
        shares["before_abstaining"] = rate(right, of)
    for name, taken in (
        ("sound", [result.taken.heard.language for result in results]),
        ("call", [result.taken.report["language"] for result in results]),
    ):
        abstained = taken.count(None)
        shares[name] = {"abstained": rate(abstained, of)}
        if OTHER in expected:
            shares[name]["taken"] = rate(of - abstained, of)
        else:
            right = sum(language in expected for language in taken)
            shares[name]["right"] = rate(right, of)
            shares[name]["wrong"] = rate(of - abstained - right, of)
    return shares


def _office_figures(results: Sequence[Result]) -> dict[str, Any]:
    wanted = [result for result in results if result.caller.wants_office]
    counts = Counter(office_outcome(result) for result in wanted)
    if not wanted:
        return {}
    good = counts[Outcome.ACCEPTED] + counts[Outcome.ASKED]
    shares = {str(outcome): rate(counts[outcome], len(wanted)) for outcome in Outcome}
    # These callers are first asked for their language; what they said is not lost.
    without = sum(result.taken.report["language"] is None for result in wanted)
    return {"right": rate(good, len(wanted)), **shares, "no_language": rate(without, len(wanted))}


def _command_figures(results: Sequence[Result]) -> dict[str, Any]:
    wanted = [result for result in results if result.caller.target == COMMAND]
    if not wanted:
        return {}
    right = sum(command_is_right(result) for result in wanted)
    rejected = sum(result.taken.report["decision"] == Decision.REJECT for result in wanted)
    return {
        "right": rate(right, len(wanted)),
        "wrong": rate(len(wanted) - right - rejected, len(wanted)),
        "rejected": rate(rejected, len(wanted)),
    }


def _accepted_figures(results: Sequence[Result]) -> dict[str, Any]:
    shares = {}
    for name, target in (("out_of_domain", OUT_OF_DOMAIN), ("no_request", NOTHING)):
        those = [result for result in results if result.caller.target == target]
        if those:
            shares[name] = rate(sum(map(accepted_as_office, those)), len(those))
    return shares


def _seconds(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """By step and in all, of those who spoke."""
    spoken = [result.taken.report["seconds"] for result in results if result.taken.speech_seconds]
    steps = {step: [seconds[step] for seconds in spoken] for step in (spoken[0] if spoken else ())}
    steps["total"] = [sum(seconds.values()) for seconds in spoken]
    return {
        step: {"p50": round(percentile(took, 0.5), 4), "p95": round(percentile(took, 0.95), 4)}
        for step, took in steps.items()
    }


def _is(wanted: Caller, request: Mapping[str, Any]) -> bool:
    return request["office"] in wanted.offices and request["action"] == wanted.action


def _keyed(language: Language, figures: dict[str, Any]) -> dict[str, Any]:
    """Nothing for a language that has none of that kind."""
    return {language: figures} if figures else {}
