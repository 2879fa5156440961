"""How callers are counted: by made-up results, and by real callers through the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.adapters import clips
from voicebot import build
from voicebot.__main__ import cli
from voicebot.bench.callers import Caller
from voicebot.bench.channel import Channel
from voicebot.bench.printing import lines
from voicebot.bench.understanding import (
    Outcome,
    Result,
    Taken,
    against,
    failed,
    failure,
    play,
    summary,
)
from voicebot.bench.understanding import office_outcome as outcome
from voicebot.commands import work
from voicebot.errors import AudioFileError
from voicebot.model import RATE, Audio, Heard, Language
from voicebot.settings import Settings

POLO_1, POLO_2, CASA = (
    {"office": office, "action": "talk", "score": score}
    for office, score in (("polo-1", 0.9), ("polo-2", 0.86), ("ufficio-casa", 0.7))
)


def caller(language: Language = "it", target: str = "polo-1", action: str = "talk") -> Caller:
    return Caller(Path("one.wav"), language, target, action, "Il polo uno, per favore")


def taken(
    decision: str = "accept",
    candidates: tuple[dict[str, Any], ...] = (POLO_1,),
    language: Language | None = "it",
    seconds: float = 2.0,
    to_language: Language | None = None,
) -> Taken:
    best = candidates[0] if candidates else {"office": None, "action": "none"}
    report = {
        "language": language,
        "text": "polo uno",
        "office": best["office"],
        "action": best["action"],
        "decision": decision,
        "candidates": list(candidates),
        "seconds": {"language": 0.1, "recognise": 0.2, "understand": 0.01},
        "to_language": to_language,
    }
    return Taken(seconds, Heard(language, {"it": 0.6, "fr": 0.3}, ()), report)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (taken(), Outcome.ACCEPTED),
        (taken(candidates=(CASA,)), Outcome.WRONG),
        (taken(candidates=({**POLO_1, "action": "hours"},)), Outcome.MISTAKEN),
        (taken(candidates=({"office": None, "action": "operator", "score": 1},)), Outcome.WRONG),
        (taken(candidates=({"office": None, "action": "talk", "score": 1},)), Outcome.ASKED_WRONG),
        (taken("confirm", (POLO_1, CASA)), Outcome.ASKED),
        (taken("confirm", (CASA, POLO_1)), Outcome.ASKED_WRONG),
        (taken("choose", (POLO_2, POLO_1)), Outcome.ASKED),
        (taken("choose", (POLO_2, CASA)), Outcome.ASKED_WRONG),
        (taken("choose", ({**CASA, "score": 0.99}, POLO_1)), Outcome.ASKED_WRONG),
        (taken("choose", (CASA, CASA, CASA, POLO_1)), Outcome.ASKED_WRONG),
        (taken("reject", ()), Outcome.REJECTED),
        (taken("reject", (POLO_1,)), Outcome.REJECTED),
    ],
)
def test_an_office_is_right_only_as_asked_for(result: Taken, expected: Outcome) -> None:
    assert outcome(Result(caller(), result)) is expected


def test_who_leaves_open_which_office_must_be_asked() -> None:
    anyone = caller(target="polo-1|polo-2")
    assert outcome(Result(anyone, taken())) is Outcome.WRONG
    assert outcome(Result(anyone, taken("choose", (POLO_2, POLO_1)))) is Outcome.ASKED
    assert outcome(Result(anyone, taken("choose", (CASA,)))) is Outcome.ASKED_WRONG


def test_languages_are_counted_before_and_after_abstaining_and_by_length() -> None:
    results = [
        Result(caller(), taken()),
        Result(caller(), taken(language=None)),
        Result(caller(), taken(language="fr", seconds=0.9)),
        Result(caller("other", "-", "none"), taken("reject", (), None)),
        Result(caller("other", "-", "none"), taken("reject", (), "fr")),
    ]
    figures = summary(results)["language"]
    everyone, long = figures["it"]["any"], figures["it"]["long"]
    assert everyone["before_abstaining"]["count"] == 3
    counts = [everyone["call"][name]["count"] for name in ("right", "abstained", "wrong")]
    assert counts == [1, 1, 1]
    assert long["call"]["wrong"] == {**long["sound"]["wrong"], "count": 0, "of": 2}
    other = figures["other"]["any"]["call"]
    assert set(other) == {"abstained", "taken"}
    assert (other["taken"]["count"], other["abstained"]["count"]) == (1, 1)


def test_what_the_words_decided_is_told_from_what_the_sound_did() -> None:
    by_words = taken()
    heard = Heard(None, by_words.heard.probabilities, ())
    figures = summary([Result(caller(), Taken(2.0, heard, by_words.report))])["language"]["it"]
    assert figures["any"]["sound"]["abstained"]["count"] == 1
    assert figures["any"]["call"]["right"]["count"] == 1


def test_commands_are_right_with_their_language() -> None:
    french = {"office": None, "action": "language", "score": 1.0}
    results = [
        Result(
            caller(target="command", action=action),
            taken(candidates=(french,), to_language="fr"),
        )
        for action in ("language:fr", "language:en", "operator")
    ]
    results.append(Result(caller(target="command", action="operator"), taken("reject", ())))
    figures = summary(results)["command"]["it"]
    assert {name: share["count"] for name, share in figures.items()} == {
        "right": 1,
        "wrong": 2,
        "rejected": 1,
    }


def test_who_asks_for_no_office_must_get_none() -> None:
    results = [
        Result(caller(target="ood", action="none"), taken()),
        Result(caller(target="ood", action="none"), taken("confirm")),
        Result(caller(target="-", action="none"), taken("reject", ())),
    ]
    figures = summary(results)["accepted_as_office"]["it"]
    assert (figures["out_of_domain"]["count"], figures["out_of_domain"]["of"]) == (1, 2)
    assert figures["no_request"]["count"] == 0
    assert [failed(result) for result in results] == [True, False, False]


@pytest.mark.parametrize(
    ("result", "bad"),
    [
        (Result(caller(), taken()), False),
        (Result(caller(), taken(language=None)), True),
        (Result(caller(), taken("reject", ())), True),
        (Result(caller("other", "-", "none"), taken("reject", (), None)), False),
        (Result(caller(target="command", action="repeat"), taken()), True),
    ],
)
def test_failures_are_what_went_wrong(result: Result, bad: bool) -> None:
    assert failed(result) is bad
    told = failure(result)
    assert told["file"] == "one.wav" and told["said"] == result.caller.text
    assert told["taken"]["text"] == "polo uno"


def test_time_is_counted_by_step_and_in_all_of_those_who_spoke() -> None:
    silent = Result(caller(), taken("reject", (), None, 0.0))
    seconds = summary([silent, Result(caller(), taken())])["seconds"]
    assert seconds["total"] == {"p50": 0.31, "p95": 0.31}
    assert seconds["recognise"]["p50"] == 0.2
    assert summary([silent])["no_speech"] == 1


def test_two_ways_of_recognising_are_compared_by_their_medians() -> None:
    slow = taken("reject", ())
    slow = replace(slow, report={**slow.report, "seconds": {"recognise": 1.24}})
    figures = against([Result(caller(), taken())], [Result(caller(), slow)])
    assert figures["times_faster"] == 4.0
    assert figures["plain_office"]["it"]["rejected"]["count"] == 1
    printed = "\n".join(lines(figures))
    assert "plain_seconds" in printed and "times_faster 4.0" in printed


def test_a_files_noise_does_not_depend_on_who_came_before() -> None:
    channel = Channel(noise=Audio(np.arange(-500, 500, dtype=np.int16)), loss=0.2)
    first, second = caller(), Caller(Path("two.wav"), "it", "-", "none", "")

    def sounds(*callers: Caller) -> dict[str, list[int]]:
        kept: list[list[int]] = []

        def listen(audio: Audio) -> Taken:
            kept.append(audio.samples.tolist())
            return taken()

        speech = Audio(np.full(RATE, 900, np.int16))
        results = list(play(callers, lambda file: speech, channel, listen))
        return {r.caller.file.name: k for r, k in zip(results, kept, strict=True)}

    both = sounds(first, second)
    assert sounds(second)["two.wav"] == both["two.wav"] != both["one.wav"]


def test_figures_are_printed_with_their_intervals() -> None:
    results = [Result(caller(), taken()), Result(caller(), taken("reject", ()))]
    figures = summary(results)
    figures["failures"] = [failure(results[1])]
    text = "\n".join(lines(figures))
    assert "callers 2" in text
    assert "it right " in text and "50.0 %  [  9.4  90.5]  1/2" in text
    assert "total" in text and "p50 0.310" in text
    assert '"said": "Il polo uno, per favore"' in text


# --- the command -----------------------------------------------------------------------


def test_the_noise_beside_the_callers_is_taken_unless_another_is_named(tmp_path: Path) -> None:
    assert work.BenchLine().channel(tmp_path).noise is None
    assert work.BenchLine(loss=3.0).channel(tmp_path).loss == 0.03
    with pytest.raises(AudioFileError, match=r"noise/babble\.flac"):
        work.BenchLine(noise=10.0).channel(tmp_path / "callers")
    named = clips.FOLDER / "it-001-0.flac"
    channel = work.BenchLine(noise=10.0, noise_file=named).channel(tmp_path)
    assert channel.noise is not None and channel.noise_ratio == 10.0


@pytest.fixture
def whisper_here(settings: Settings) -> Iterator[None]:
    build.weights(settings).ensure("whisper-base")
    yield


@pytest.mark.models
def test_real_callers_are_understood_by_telephone(
    settings: Settings, whisper_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_PATHS__DATA", str(settings.paths.data))
    options = ["--callers", str(clips.FOLDER), "--telephone", "--json", "--failures"]
    ran = CliRunner().invoke(cli, ["bench", "understanding", *options])
    assert ran.exit_code == 0, ran.output
    figures = json.loads(ran.stdout)
    assert figures["callers"] == len(clips.clips())
    for language, shares in figures["language"].items():
        assert shares["any"]["before_abstaining"]["percent"] == 100.0, language
        assert shares["any"]["call"]["wrong"]["count"] == 0, language
    assert figures["office"]["it"]["right"]["count"] == 2
    assert figures["accepted_as_office"]["ar"]["no_request"]["count"] == 0
    assert 0 < figures["seconds"]["total"]["p50"] <= figures["seconds"]["total"]["p95"]
    assert set(figures["seconds"]) == {"language", "recognise", "understand", "total"}
