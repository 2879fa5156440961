#!/usr/bin/env python3
"""Train the language head: what corrects Whisper's belief whose language an utterance is.

    scripts/train_language.py FOLDER... --noise FILE... [--output FILE] [--cache FILE]

A folder holds callers.tsv with the columns file, language, voice; a file's name is
LANGUAGE-COLLECTION-NUMBER, and `voice` names the speaker. The language `other` stands for those
that the switchboard does not speak; which one it is may follow as "(distractor language pt)".

Prints how well callers are told apart that the head did not learn from, then writes the head that
learned from all. Two ways of holding callers back: whole collections, so that neither speaker nor
microphone nor room is known; and speakers, an other language being held back as a whole. The
judgement is that of `voicebot.hearing.language`, thresholds included.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voicebot import build
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.language_head import features, prior
from voicebot.adapters.whisper import Whisper
from voicebot.bench.channel import Channel
from voicebot.bench.figures import rate
from voicebot.hearing.language import choose
from voicebot.hearing.whole import utterance
from voicebot.model import LANGUAGES, RATE, Audio, Segment
from voicebot.ports import VoiceActivity
from voicebot.settings import load_settings

CLASSES = (*LANGUAGES, "other")
VARIANTS = ("as recorded", "telephone", "short", "noise")
LENGTHS = (1.2, 2.0)
"""Seconds of speech that part short, middling and long utterances."""

DECAY = 0.02
"""Weight of the penalty on large weights: keeps the head near Whisper's own belief."""
STEPS = 150
CAUTION = 1.25
"""Added to the score of all other languages, so that few callers in one are taken for ours."""
FOLDS = 8
LONG = 1.5
"""Seconds of speech from which a language must be told."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clips:
    """Many utterances; the arrays belong together row by row."""

    classes: NDArray[np.int64]
    """Index into `CLASSES`."""
    speakers: NDArray[np.str_]
    """Who speaks; of an other language which one it is."""
    collections: NDArray[np.str_]
    variants: NDArray[np.str_]
    seconds: Floats
    """Of speech."""
    priors: Floats
    """Logarithms of Whisper's probabilities, shape (clips, classes)."""
    features: Floats

    def where(self, chosen: NDArray[np.bool_]) -> Clips:
        """Some of them."""
        return Clips(*(getattr(self, field.name)[chosen] for field in fields(self)))


def main() -> None:
    """Read the arguments, listen, validate, train, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--noise", nargs="+", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("models/language/head.npz"))
    parser.add_argument("--cache", type=Path, help="keeps the encodings for another run")
    arguments = parser.parse_args()
    if arguments.cache and arguments.cache.is_file():
        with np.load(arguments.cache) as arrays:
            clips = Clips(*(arrays[field.name] for field in fields(Clips)))
    else:
        clips = listen(arguments.folders, [read_audio(file) for file in arguments.noise])
        if arguments.cache:
            arrays = {field.name: getattr(clips, field.name) for field in fields(Clips)}
            np.savez(arguments.cache, **arrays)
    validate(clips)
    weights, bias = train(clips)
    np.savez(arguments.output, languages=np.array(LANGUAGES), weights=weights, bias=bias)
    sys.stdout.write(f"\n{arguments.output}: {len(clips.classes)} utterances\n")


# --- listening -------------------------------------------------------------------------


def listen(folders: Sequence[Path], noises: Sequence[Audio]) -> Clips:
    """Every caller in every variant."""
    model = build.weights(load_settings()).ensure("whisper-base")
    whisper, silero = Whisper(model, 1, choose), build.silero()
    rows = []
    for row, audio in _recordings(folders):
        for variant in VARIANTS:
            seed = zlib.crc32(f"{row['file']} {variant}".encode())
            segment = _variant(audio, variant, noises, seed, silero.for_call)
            if segment is None:
                continue
            belief, frames = whisper.impression(segment)
            _, collection, _ = row["file"].split("-", 2)
            rows.append(
                (
                    CLASSES.index(row["language"]),
                    _speaker(row),
                    collection,
                    variant,
                    segment.speech_seconds,
                    prior(belief, LANGUAGES),
                    features(frames),
                )
            )
    return Clips(*(np.array(column) for column in zip(*rows, strict=True)))


def _recordings(folders: Sequence[Path]) -> Iterator[tuple[dict[str, str], Audio]]:
    for folder in folders:
        with (folder / "callers.tsv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
        for number, row in enumerate(rows, start=1):
            sys.stderr.write(f"\r{folder} {number}/{len(rows)} ")
            yield row, read_audio(folder / row["file"])
    sys.stderr.write("\n")


def _speaker(row: dict[str, str]) -> str:
    other = re.search(r"distractor language (\w+)", row["voice"])
    voice = re.sub(r"\(.*\)", "", row["voice"]).strip()
    return other[1] if other else f"{row['language']} {voice}"


def _variant(
    audio: Audio,
    variant: str,
    noises: Sequence[Audio],
    seed: int,
    activity: Callable[[], VoiceActivity],
) -> Segment | None:
    """One caller, changed; None where nobody speaks or it would be the same as another."""
    random = np.random.default_rng(seed)
    if variant == "as recorded":
        return utterance(audio, activity())
    if variant == "noise":
        noise = noises[int(random.integers(len(noises)))]
        channel = Channel(True, noise, random.uniform(6, 20), random.choice([0.0, 0.03]))
        return utterance(channel.carry(audio, seed), activity())
    segment = utterance(Channel(telephone=True).carry(audio, seed), activity())
    if segment is None or variant == "telephone":
        return segment
    length = round(random.uniform(0.9, 2.2) * RATE)
    spare = len(segment.audio.samples) - length
    if spare < 0.15 * len(segment.audio.samples):
        return None
    start = random.integers(spare)
    return utterance(Audio(segment.audio.samples[start : start + length]), activity())


# --- training --------------------------------------------------------------------------


def train(clips: Clips) -> tuple[Floats, Floats]:
    """The weights (features, classes) and the bias (classes,) for features as they are."""
    mean = clips.features.mean(axis=0)
    deviation = clips.features.std(axis=0) + 1e-3
    weights, bias = _fit((clips.features - mean) / deviation, clips, _shares(clips))
    weights /= deviation[:, np.newaxis]
    bias -= mean @ weights
    bias[-1] += CAUTION
    return weights, bias


def _shares(clips: Clips) -> Floats:
    """How much each clip counts: all languages alike, and nobody for talking the most.

    That holds for short and for long utterances by themselves: most of the Arabic is short, and
    its shortness is not what it is to be known by.
    """
    shares = np.zeros(len(clips.classes), np.float32)
    lengths = np.digitize(clips.seconds, LENGTHS)
    for speaker in np.unique(clips.speakers):
        own = clips.speakers == speaker
        shares[own] = own.sum() ** -0.5
    for index in range(len(CLASSES)):
        for length in range(len(LENGTHS) + 1):
            own = (clips.classes == index) & (lengths == length)
            shares[own] /= max(1e-9, shares[own].sum())
    return np.asarray(shares[:, np.newaxis] / shares.sum(), np.float32)


def _fit(inputs: Floats, clips: Clips, shares: Floats) -> tuple[Floats, Floats]:
    """Logistic regression on top of the priors, by Nesterov's gradient descent."""
    wanted = np.eye(len(CLASSES), dtype=np.float32)[clips.classes]
    weights: Floats = np.zeros((inputs.shape[1], len(CLASSES)), np.float32)
    bias: Floats = np.zeros(len(CLASSES), np.float32)
    last_weights, last_bias = weights, bias
    step = 1 / (_curvature(inputs, shares) / 2 + DECAY + 0.5)
    momentum = 1.0
    for _ in range(STEPS):
        before, momentum = momentum, (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        push = (before - 1) / momentum
        ahead = weights + push * (weights - last_weights)
        bias_ahead = bias + push * (bias - last_bias)
        error = shares * (_softmax(inputs @ ahead + bias_ahead + clips.priors) - wanted)
        last_weights, last_bias = weights, bias
        weights = np.asarray(ahead - step * (inputs.T @ error + DECAY * ahead), np.float32)
        bias = np.asarray(bias_ahead - step * error.sum(axis=0), np.float32)
    return weights, bias


def _curvature(inputs: Floats, shares: Floats) -> float:
    """The largest eigenvalue of the inputs' second moments, which bounds the step."""
    vector: Floats = np.ones(inputs.shape[1], np.float32)
    size = 1.0
    for _ in range(15):
        vector = np.asarray(inputs.T @ (shares[:, 0] * (inputs @ vector)), np.float32)
        size = float(np.linalg.norm(vector))
        vector /= size
    return size


def _softmax(scores: Floats) -> Floats:
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True), np.float32)


# --- validation ------------------------------------------------------------------------


def validate(clips: Clips) -> None:
    """Print the tables."""
    groups, index = np.unique(clips.speakers, return_inverse=True)
    folds = np.random.default_rng(1).permutation(len(groups)) % FOLDS
    judgements = {
        "Whisper alone": _softmax(clips.priors),
        "speakers held back": held_back(clips, folds[index]),
        "collections held back": held_back(clips, clips.collections),
    }
    for title, likely in judgements.items():
        for variant in ("telephone", "noise", "as recorded"):
            for length, keep in (
                (f"{LONG} s of speech or more", clips.seconds >= LONG),
                ("less speech", clips.seconds < LONG),
            ):
                judged = keep & (clips.variants == variant)
                if title.startswith("collections"):
                    # All in other languages are of one collection: without it none is known.
                    judged &= clips.classes < len(LANGUAGES)
                _table(f"{title}; {variant}; {length}", clips.where(judged), likely[judged])


def held_back(clips: Clips, groups: NDArray[np.generic]) -> Floats:
    """Probabilities (clips, classes), each from a head that has not seen the clip's group."""
    likely = np.zeros((len(clips.classes), len(CLASSES)), np.float32)
    for group in np.unique(groups):
        own = groups == group
        weights, bias = train(clips.where(~own))
        tested = clips.where(own)
        likely[own] = _softmax(tested.features @ weights + bias + tested.priors)
    return likely


def _table(title: str, clips: Clips, likely: Floats) -> None:
    sys.stdout.write(f"\n{title}\n\n")
    sys.stdout.write("| language | clips | right before abstaining | abstained | wrong |\n")
    sys.stdout.write("| --- | --- | --- | --- | --- |\n")
    for index, language in enumerate(CLASSES):
        own = clips.classes == index
        count = int(own.sum())
        best = likely[own, : len(LANGUAGES)].argmax(axis=1)
        right = "" if language == "other" else _percent(int((best == index).sum()), count)
        chosen = [
            choose(dict(zip(LANGUAGES, map(float, row), strict=False)), float(seconds))
            for row, seconds in zip(likely[own], clips.seconds[own], strict=True)
        ]
        abstained = chosen.count(None)
        wrong = count - abstained - chosen.count(language)
        cells = (language, str(count), right, _percent(abstained, count), _percent(wrong, count))
        if count:
            sys.stdout.write(f"| {' | '.join(cells)} |\n")


def _percent(count: int, of: int) -> str:
    share = rate(count, of)
    low, high = share["interval"]
    return f"{share['percent']:.1f} % ({low:.1f}-{high:.1f})" if of else ""


if __name__ == "__main__":
    main()
