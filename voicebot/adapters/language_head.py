"""Whose language, by a small linear head on the recogniser's encoding, joined with its own belief.

Whisper's belief is weak on short Arabic, while its encoding tells more than it makes of it. The
head corrects the belief: its scores are added to the logarithms of Whisper's probabilities, so
that a head of zeros would leave them as they are. `scripts/train_language.py` makes it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voicebot.errors import WeightsError
from voicebot.model import Language

FLOOR = 1e-3
"""No lower probability of Whisper's counts: where it is surely wrong the head can still mend it."""


def features(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the head looks at: mean and deviation of each of the encoder's values.

    Args:
        frames: the encoder's output while somebody speaks, shape (frames, width), 20 ms each.

    Returns:
        Shape (2 * width,).
    """
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])


def prior(belief: Mapping[Language, float], languages: tuple[Language, ...]) -> NDArray[np.float32]:
    """Logarithms of Whisper's probabilities, shape (languages + 1,); all others come last."""
    own = [belief.get(language, 0.0) for language in languages]
    return np.log(np.maximum([*own, 1.0 - sum(own)], FLOOR)).astype(np.float32)


DOUBT = 1.5
"""How much less is believed of the language in noise: the root that is taken of each share."""


def doubted(probabilities: Mapping[Language, float], root: float = DOUBT) -> dict[Language, float]:
    """The same belief, held less firmly: a root of each share, that of all others included."""
    others = max(0.0, 1.0 - sum(probabilities.values()))
    shares = {language: share ** (1 / root) for language, share in probabilities.items()}
    total = sum(shares.values()) + others ** (1 / root)
    return {language: share / total for language, share in shares.items()} if total else shares


class LanguageHead:
    """The head, as read from its file."""

    def __init__(self, path: Path) -> None:
        """Load an .npz of `languages`, `weights` (2 * width, languages + 1) and `bias`.

        Raises:
            WeightsError: the file is missing or is no language head.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                self._languages: tuple[Language, ...] = tuple(map(str, arrays["languages"]))
                self._weights: NDArray[np.float32] = arrays["weights"].astype(np.float32)
                self._bias: NDArray[np.float32] = arrays["bias"].astype(np.float32)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise WeightsError(f"{path}: no language head: {error}") from error
        classes = (len(self._languages) + 1,)
        if self._weights.ndim != 2 or self._weights.shape[1:] != classes:
            raise WeightsError(f"{path}: no language head: its shapes do not belong together")
        if self._bias.shape != classes:
            raise WeightsError(f"{path}: no language head: its shapes do not belong together")

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those it can tell apart, and from all others."""
        return self._languages

    def correct(
        self, belief: Mapping[Language, float], frames: NDArray[np.float32]
    ) -> dict[Language, float]:
        """Whisper's probabilities of `languages`, corrected by what the encoding tells.

        Args:
            belief: at least over `languages`; what is missing from 1 is all others.
            frames: as for `features`.

        Returns:
            Probabilities of `languages`; what is missing from 1 is all others.

        Raises:
            ValueError: the encoding is of another width than the head's.
        """
        scores = prior(belief, self._languages) + features(frames) @ self._weights + self._bias
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        return dict(zip(self._languages, map(float, likely), strict=False))
