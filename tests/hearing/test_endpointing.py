"""When the caller has begun and ended to speak, told by a scripted voice activity.

The sound of these tests counts up sample by sample, so that every piece of it can be found again.
Loud stretches alternate in sign to pass the energy gate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voicebot.hearing.endpointing import (
    CHUNK_SAMPLES,
    CHUNK_SECONDS,
    MIN_UTTERANCE,
    TAIL,
    Endpointer,
    EndpointEvent,
    Endpointing,
    Noise,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from voicebot.model import FRAME_SAMPLES, RATE, Audio

LOUD = 8000


class ScriptedActivity:
    """Speech wherever the sound is loud; counts the chunks it is shown."""

    def __init__(self) -> None:
        self.shown: list[NDArray[np.int16]] = []

    def probability(self, chunk: NDArray[np.int16]) -> float:
        self.shown.append(chunk)
        return 0.9 if np.abs(chunk.astype(np.int32)).mean() > LOUD / 2 else 0.05


def speech(seconds: float) -> NDArray[np.int16]:
    count = round(seconds * RATE)
    return np.where(np.arange(count) % 2, LOUD, -LOUD).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), np.int16)


def play(endpointer: Endpointer, *pieces: NDArray[np.int16]) -> list[tuple[float, EndpointEvent]]:
    """As `play_whole`, without the pauses within utterances."""
    events = play_whole(endpointer, *pieces)
    return [one for one in events if not isinstance(one[1], SpeechPaused | SpeechResumed)]


def play_whole(
    endpointer: Endpointer, *pieces: NDArray[np.int16]
) -> list[tuple[float, EndpointEvent]]:
    """Every event with the time, seconds, at which the frame that brought it had arrived."""
    sound = np.concatenate(pieces)
    events: list[tuple[float, EndpointEvent]] = []
    for start in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = Audio(sound[start : start + FRAME_SAMPLES])
        now = (start + FRAME_SAMPLES) / RATE
        events += [(now, event) for event in endpointer.feed(frame)]
    return events


def test_one_sentence_starts_and_ends() -> None:
    events = play(Endpointer(ScriptedActivity()), silence(1.0), speech(1.5), silence(1.5))
    (_, started), (_, ended) = events
    assert isinstance(started, SpeechStarted)
    assert started.at == pytest.approx(1.0, abs=CHUNK_SECONDS)
    assert isinstance(ended, SpeechEnded)
    assert ended.segment.started_at == started.at
    assert ended.segment.speech_seconds == pytest.approx(1.5, abs=2 * CHUNK_SECONDS)
    assert ended.segment.audio.seconds == pytest.approx(0.3 + 1.5 + TAIL, abs=0.1)
    assert ended.segment.audio.rate == RATE


@given(st.integers(0, CHUNK_SAMPLES * 5))
def test_the_bot_gives_way_within_a_fifth_of_a_second(offset: int) -> None:
    quiet = np.zeros(RATE + offset, np.int16)
    events = play(Endpointer(ScriptedActivity()), quiet, speech(0.6))
    ((now, event),) = events
    assert isinstance(event, SpeechStarted)
    assert now - len(quiet) / RATE <= 0.2


def test_the_end_is_told_when_the_silence_has_lasted() -> None:
    events = play(Endpointer(ScriptedActivity()), silence(0.5), speech(1.0), silence(2.0))
    assert isinstance(events[1][1], SpeechEnded)
    assert events[1][0] - 1.5 == pytest.approx(0.7, abs=2 * CHUNK_SECONDS)


def test_a_pause_within_a_sentence_does_not_cut_it() -> None:
    events = play(
        Endpointer(ScriptedActivity()), speech(0.8), silence(0.5), speech(0.8), silence(1.0)
    )
    assert [type(event) for _, event in events] == [SpeechStarted, SpeechEnded]


def test_a_pause_is_told_and_what_follows_it() -> None:
    """What was said up to the last pause is what was said, where nothing follows."""
    pieces = speech(0.8), silence(0.5), speech(0.8), silence(1.0)
    events = play_whole(Endpointer(ScriptedActivity()), silence(0.5), *pieces)
    kinds = [SpeechStarted, SpeechPaused, SpeechResumed, SpeechPaused, SpeechEnded]
    assert [type(event) for _, event in events] == kinds
    (at, first), (_, last), (_, ended) = events[1], events[3], events[4]
    assert at - 1.3 == pytest.approx(0.25, abs=2 * CHUNK_SECONDS)
    assert isinstance(first, SpeechPaused) and isinstance(last, SpeechPaused)
    assert isinstance(ended, SpeechEnded) and ended.segment is last.segment
    assert first.segment.audio.seconds == pytest.approx(0.3 + 0.8 + 0.25, abs=0.1)
    assert last.segment.audio.seconds == pytest.approx(0.3 + 2.1 + 0.25, abs=0.1)


def test_a_cough_is_no_pause() -> None:
    events = play_whole(Endpointer(ScriptedActivity()), silence(0.5), speech(0.16), silence(1.5))
    assert [type(event) for _, event in events] == [SpeechStarted, Noise]


@pytest.mark.parametrize("wanted", [0.3, 0.4, 1.2])
def test_the_end_may_be_taken_sooner_or_later(wanted: float) -> None:
    endpointer = Endpointer(ScriptedActivity())
    paused = play_whole(endpointer, silence(0.5), speech(1.0), silence(0.3))[-1][1]
    assert isinstance(paused, SpeechPaused)
    endpointer.wait_for_end(paused.segment, wanted)
    ((at, ended),) = play_whole(endpointer, silence(1.2))
    assert isinstance(ended, SpeechEnded) and ended.segment is paused.segment
    assert at + 0.3 == pytest.approx(max(wanted, 0.32), abs=2 * CHUNK_SECONDS)


def test_patience_holds_for_one_pause_only() -> None:
    endpointer = Endpointer(ScriptedActivity())
    paused = play_whole(endpointer, silence(0.5), speech(1.0), silence(0.3))[-1][1]
    assert isinstance(paused, SpeechPaused)
    endpointer.wait_for_end(paused.segment, 3.0)
    events = play(endpointer, speech(0.5), silence(1.0))
    assert events[0][0] - 0.5 == pytest.approx(0.7, abs=2 * CHUNK_SECONDS)
    endpointer.wait_for_end(paused.segment, 0.01)  # of an utterance that has ended: no effect
    assert [type(e) for _, e in play(endpointer, speech(1.0), silence(0.5))] == [SpeechStarted]


def test_what_is_left_behind_after_an_early_end_leads_the_next_utterance() -> None:
    endpointer = Endpointer(ScriptedActivity())
    paused = play_whole(endpointer, silence(0.5), speech(1.0), silence(0.3))[-1][1]
    assert isinstance(paused, SpeechPaused)
    endpointer.wait_for_end(paused.segment, 0.3)
    *_, (_, ended) = play(endpointer, silence(0.2), speech(1.0), silence(1.0))
    assert isinstance(ended, SpeechEnded)
    assert ended.segment.speech_seconds == pytest.approx(1.0, abs=2 * CHUNK_SECONDS)
    loud = np.abs(ended.segment.audio.samples.astype(int)) > LOUD / 2
    assert loud.sum() == pytest.approx(RATE, abs=2 * CHUNK_SAMPLES)


def test_a_click_is_nothing_at_all() -> None:
    assert play(Endpointer(ScriptedActivity()), silence(0.5), speech(0.04), silence(1.5)) == []


def test_clicks_that_do_not_follow_each_other_closely_do_not_add_up() -> None:
    clicks = [speech(0.032), silence(0.25)] * 20
    assert play(Endpointer(ScriptedActivity()), silence(0.512), *clicks) == []


def test_a_cough_stops_the_bot_but_is_noise() -> None:
    events = play(Endpointer(ScriptedActivity()), silence(0.5), speech(0.16), silence(1.5))
    assert [type(event) for _, event in events] == [SpeechStarted, Noise]


def test_a_short_yes_is_an_utterance() -> None:
    events = play(
        Endpointer(ScriptedActivity()), silence(0.5), speech(MIN_UTTERANCE + 0.07), silence(1.5)
    )
    assert [type(event) for _, event in events] == [SpeechStarted, SpeechEnded]


def test_endless_speech_is_cut_without_losing_a_sample() -> None:
    endpointer = Endpointer(ScriptedActivity(), replace(Endpointing(), max_utterance=2.0))
    events = [event for _, event in play(endpointer, speech(7.0), silence(1.0))]
    segments = [event.segment for event in events if isinstance(event, SpeechEnded)]
    assert len(segments) == 4
    assert all(segment.audio.seconds <= 2.1 for segment in segments[:3])
    speech_samples = sum(int(np.count_nonzero(s.audio.samples)) for s in segments)
    assert speech_samples == 7 * RATE


def test_a_quiet_line_costs_no_model() -> None:
    activity = ScriptedActivity()
    play(Endpointer(activity), silence(10.0))
    assert activity.shown == []


def test_the_model_hears_what_came_just_before_the_speech() -> None:
    activity = ScriptedActivity()
    play(Endpointer(activity), silence(1.024), speech(0.2))
    assert not activity.shown[0].any()
    assert [bool(chunk.any()) for chunk in activity.shown[:5]] == [False] * 3 + [True] * 2


def test_reset_forgets_what_was_begun_and_time_goes_on() -> None:
    endpointer = Endpointer(ScriptedActivity())
    play(endpointer, silence(1.0), speech(1.0))
    endpointer.reset()
    assert play(endpointer, silence(1.0)) == []
    (_, started), *_ = play(endpointer, speech(1.0))
    assert isinstance(started, SpeechStarted)
    assert started.at == pytest.approx(3.0, abs=CHUNK_SECONDS)


def test_a_long_silence_is_not_kept() -> None:
    endpointer = Endpointer(ScriptedActivity())
    events = play(endpointer, silence(60.0), speech(1.0), silence(1.0))
    ended = events[1][1]
    assert isinstance(ended, SpeechEnded)
    assert ended.segment.audio.seconds < 2.0


def test_frames_of_any_length_give_the_same() -> None:
    sound = np.concatenate([silence(0.7), speech(1.1), silence(1.2)])
    whole = Endpointer(ScriptedActivity()).feed(Audio(sound))
    framed = [event for _, event in play_whole(Endpointer(ScriptedActivity()), sound)]
    assert [type(event) for event in whole] == [type(event) for event in framed]
    assert whole[0] == framed[0]


def _numbered(pieces: list[tuple[bool, int]]) -> NDArray[np.int16]:
    """Loud and quiet stretches in which each chunk carries its number in its first sample."""
    chunks: list[NDArray[np.int16]] = []
    for loud, count in pieces:
        for _ in range(count):
            chunk = speech(CHUNK_SECONDS) if loud else silence(CHUNK_SECONDS)
            chunk[0] = len(chunks)
            chunks.append(chunk)
    return np.concatenate(chunks)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12),
    st.sampled_from([0.0, 0.1, 0.3, 1.0]),
    st.sampled_from([1.5, 3.0, 15.0]),
)
def test_no_sound_is_lost_or_doubled(
    pieces: list[tuple[bool, int]], lead: float, max_utterance: float
) -> None:
    """Segments follow each other in order, never overlap, and hold all the speech there was.

    Speech may only be missing where it was too short to count: a click, or a `Noise`.
    """
    sound = _numbered([*pieces, (False, 40)])
    endpointer = Endpointer(ScriptedActivity(), Endpointing(lead=lead, max_utterance=max_utterance))
    found: list[int] = []
    for _, event in play(endpointer, sound, silence(0.1)):
        if isinstance(event, SpeechEnded):
            samples = event.segment.audio.samples
            assert len(samples) % CHUNK_SAMPLES == 0
            numbers = [int(number) for number in samples[::CHUNK_SAMPLES]]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert event.segment.speech_seconds <= len(samples) / RATE + 1e-9
            assert event.segment.audio.seconds <= max_utterance + lead + 2 * CHUNK_SECONDS
            found += numbers
    assert found == sorted(set(found))
    missing, run = set(range(len(sound) // CHUNK_SAMPLES)) - set(found), 0
    for number in range(len(sound) // CHUNK_SAMPLES):
        loud = abs(int(sound[number * CHUNK_SAMPLES + 1])) == LOUD
        run = run + 1 if loud and number in missing else 0
        assert run * CHUNK_SECONDS < MIN_UTTERANCE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12))
def test_every_start_is_followed_by_one_end(pieces: list[tuple[bool, int]]) -> None:
    events = play(Endpointer(ScriptedActivity()), _numbered(pieces), silence(1.5))
    kinds = [type(event) for _, event in events]
    assert all(kind is SpeechStarted for kind in kinds[::2])
    assert all(kind in (SpeechEnded, Noise) for kind in kinds[1::2])
    assert len(kinds) % 2 == 0
    times = [event.at for _, event in events if isinstance(event, SpeechStarted)]
    assert times == sorted(times)
