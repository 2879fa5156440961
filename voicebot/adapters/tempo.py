"""The same speech, slower: FFmpeg's `atempo` stretches the sound and keeps the pitch."""

from __future__ import annotations

import numpy as np
from av import AudioFrame
from av.error import FFmpegError
from av.filter import Graph

from voicebot.errors import SpeakingError
from voicebot.model import Audio


def stretch(audio: Audio, speed: float) -> Audio:
    """`audio` at `speed` (0.5 to 2.0; 1.0 is as it is). Some milliseconds of work.

    Raises:
        SpeakingError: the filter failed.
    """
    if len(audio.samples) == 0:
        return audio
    try:
        return Audio(_filtered(audio, speed), audio.rate)
    except (FFmpegError, ValueError) as error:
        raise SpeakingError(f"speech cannot be slowed down: {error}") from error


def _filtered(audio: Audio, speed: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    graph = Graph()
    source = graph.add_abuffer(sample_rate=audio.rate, format="s16", layout="mono")
    tempo = graph.add("atempo", f"{speed:.3f}")
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    frame = AudioFrame.from_ndarray(audio.samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = audio.rate
    source.push(frame)
    source.push(None)
    parts = []
    while True:
        try:
            part = sink.pull()
        except (EOFError, BlockingIOError):
            break
        if isinstance(part, AudioFrame):
            parts.append(part.to_ndarray().reshape(-1))
    return np.concatenate(parts).astype(np.int16) if parts else np.zeros(0, np.int16)
