"""Recognition by Whisper on CTranslate2: one encoding for the language and for the words.

CTranslate2 is used directly, since faster-whisper's `transcribe` encodes the usual window of
30 seconds, and once more for the language. The libraries are loaded with the model: they take a
second and 100 MB, which only the process that recognises needs to spend.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicebot.adapters.language_head import LanguageHead, doubted
from voicebot.adapters.whisper_text import alike, collapse, repeats
from voicebot.errors import HearingError, VoicebotError, WeightsError
from voicebot.media.noise import NOISY, liveliness
from voicebot.model import RATE, Audio, Expected, Heard, Hypothesis, Language, Segment

Choose = Callable[[Mapping[Language, float], float], Language | None]
"""Language probabilities and seconds of speech -> the language, or None to abstain."""

PADDING = 2.0
"""Seconds of silence after the speech; with less the decoder tends to repeat itself."""

FULL_WINDOW = 30.0
"""Seconds that Whisper was trained on: what a doubtful text is tried again with."""

BEAM = 5
"""Hypotheses followed in decoding where the words are in doubt; against one, a tenth fewer word
errors for twice the time."""

BORNE_OUT = 0.2
"""Mean probability that a text must have without its hints to be believed: names that are made out
of noise have 0.1 and less, what was said has 0.4 at the median."""

RIVAL = 0.25
"""A second language that is at least this likely, relative to the best, is recognised too."""

MIN_CONFIDENCE = 0.35
"""Below this the words are not what was said."""

MAX_NO_SPEECH = 0.6
"""A higher probability that nobody spoke is believed, unless the words are surer still."""

_FRAMES_A_SECOND = 50
"""Of the encoder's output."""

_FIRST_TOKENS = 8
_TOKENS_A_SECOND = 11
"""What a text may have at most: the fastest speech has 11 tokens a second."""

HINT_LOSS = 0.1
"""A text with hints may be less sure than one without by this much."""

_HINT_TOKENS = 100
"""Longest hint, of the 448 positions that the decoder has."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One decoding."""

    language: Language
    text: str
    confidence: float
    no_speech: float
    finished: bool
    """False when it was cut off for its length."""

    @property
    def doubtful(self) -> bool:
        """Whether it looks like a decoder that lost its way."""
        return not self.finished or repeats(self.text) or self.confidence < MIN_CONFIDENCE

    @property
    def is_speech(self) -> bool:
        """Whether it may be what somebody said."""
        silent = self.no_speech > max(MAX_NO_SPEECH, self.confidence)
        return any(letter.isalnum() for letter in self.text) and not silent and not self.doubtful


class Whisper:
    """The recogniser. Blocking: it lives in a process of its own."""

    def __init__(
        self,
        model_dir: Path,
        threads: int,
        choose: Choose,
        hints: Mapping[Language, str] | None = None,
        head: LanguageHead | None = None,
    ) -> None:
        """Load a multilingual model.

        Args:
            model_dir: holds model.bin, config.json, tokenizer.json and vocabulary.txt.
            threads: of the processor, for one recognition.
            choose: whose language an utterance is, or None.
            hints: by language, words that callers may say, such as the offices' names. They are
                put before the speech as if they had been said, and halve the errors in them; but
                out of noise they make the names themselves. So the words are taken where the sound
                bears them out without the hints too, or where they are much the same as those
                that are recognised without.
            head: corrects the model's belief whose language it is; trained on this model.

        Raises:
            WeightsError: a file is missing or broken.
        """
        import ctranslate2
        import tokenizers
        from faster_whisper.feature_extractor import FeatureExtractor

        try:
            self._model = ctranslate2.models.Whisper(
                str(model_dir), device="cpu", compute_type="int8", intra_threads=threads
            )
            self._tokenizer = tokenizers.Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        except Exception as error:
            raise WeightsError(f"{model_dir}: no Whisper model for CTranslate2: {error}") from error
        self._view = ctranslate2.StorageView.from_array
        self._extract = FeatureExtractor(feature_size=self._model.n_mels)
        self._choose = choose
        self._head = head
        self._hints = {language: self._hint(text) for language, text in (hints or {}).items()}

    def expect(self, expected: Expected) -> None:
        """Hear other names better from now on."""
        self._hints = {language: self._hint(text) for language, text in expected.hints.items()}

    def hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        """Whose language, among `languages`, and what was said; see `voicebot.ports.Ear`.

        Without `expected` the words are recognised in the likeliest language, even when the
        choice abstains, and in the second one too if it comes near.

        Raises:
            HearingError: the recogniser failed.
        """
        if not languages:
            raise HearingError("no language to hear was given")
        try:
            return self._hear(segment, languages, expected)
        except VoicebotError:
            raise
        except Exception as error:
            raise HearingError(f"recognition failed: {error}") from error

    def _hear(
        self, segment: Segment, languages: Sequence[Language], expected: Language | None
    ) -> Heard:
        started = time.perf_counter()
        encoded = self._encode(segment.audio, PADDING)
        probabilities = self._identify(encoded, segment.audio.seconds, languages)
        if liveliness(segment.audio) < NOISY:
            probabilities = doubted(probabilities)
        identified = time.perf_counter()
        best = sorted(languages, key=lambda code: -probabilities[code])[:2]
        if expected is not None:
            tried = [expected]
        elif len(best) > 1 and probabilities[best[1]] < RIVAL * probabilities[best[0]]:
            tried = best[:1]
        else:
            tried = best
        drafts = self._recognise(segment.audio, encoded, tried)
        return Heard(
            # A language without a word of it is a guess.
            language=self._choose(probabilities, segment.speech_seconds) if drafts else None,
            probabilities=probabilities,
            hypotheses=tuple(Hypothesis(d.language, d.text, d.confidence) for d in drafts),
            seconds={
                "language": identified - started,
                "recognise": time.perf_counter() - identified,
            },
        )

    def _identify(
        self, encoded: Any, seconds: float, languages: Sequence[Language]
    ) -> dict[Language, float]:
        """How likely each language is."""
        belief, frames = self._belief(encoded), _spoken(encoded, seconds)
        if self._head is not None and set(languages) <= set(self._head.languages):
            belief = self._head.correct(belief, frames)
        return {code: belief.get(code, 0.0) for code in languages}

    def impression(self, segment: Segment) -> tuple[dict[Language, float], NDArray[np.float32]]:
        """What a language is told from: the model's own belief over all it knows, and its encoding.

        The encoding is that of the sound without the silence added to it: shape (frames, width),
        20 ms each. A language head is trained on this.
        """
        encoded = self._encode(segment.audio, PADDING)
        return self._belief(encoded), _spoken(encoded, segment.audio.seconds)

    def _belief(self, encoded: Any) -> dict[Language, float]:
        pairs = self._model.detect_language(encoded)[0]
        return {token.strip("<|>"): float(share) for token, share in pairs}

    def _recognise(self, audio: Audio, encoded: Any, tried: Sequence[Language]) -> list[_Draft]:
        """What was said, in each language that gives something; the likeliest language first."""
        drafts = [self._draft(encoded, code, audio.seconds) for code in tried]
        if drafts[0].doubtful:
            encoded = self._encode(audio, FULL_WINDOW - audio.seconds)
            again = [self._draft(encoded, code, audio.seconds) for code in tried]
            drafts = [
                min(pair, key=lambda draft: (draft.doubtful, -draft.confidence))
                for pair in zip(drafts, again, strict=True)
            ]
        return [draft for draft in drafts if draft.is_speech]

    def _draft(self, encoded: Any, language: Language, seconds: float) -> _Draft:
        """The words by someone who knows the names, quickly; with care where they are in doubt."""
        hint = self._hints.get(language)
        if hint is None:
            return self._decode(encoded, language, seconds, BEAM)
        quick = self._decode(encoded, language, seconds, 1, hint)
        if quick.is_speech and self._borne_out(encoded, quick):
            return quick
        plain = self._decode(encoded, language, seconds, BEAM)
        if not plain.is_speech:
            return plain
        hinted = self._decode(encoded, language, seconds, BEAM, hint)
        sure = hinted.is_speech and hinted.confidence >= plain.confidence - HINT_LOSS
        return hinted if sure and alike(hinted.text, plain.text) else plain

    def _borne_out(self, encoded: Any, draft: _Draft) -> bool:
        """Whether the sound alone makes the words likely: no decoding, one look at all of them."""
        if draft.no_speech > MAX_NO_SPEECH:
            return False
        # the text as it is taken: what repeats itself becomes ever likelier
        ids = self._tokenizer.encode(f" {draft.text}", add_special_tokens=False).ids
        frames = 2 * np.asarray(encoded).shape[1]
        start = [self._token(name) for name in _start(draft.language)]
        aligned = self._model.align(encoded, start, [ids], [frames])[0]
        likely = np.maximum(aligned.text_token_probs, 1e-6)
        return bool(np.exp(np.mean(np.log(likely))) >= BORNE_OUT)

    def _encode(self, audio: Audio, padding: float) -> Any:
        """The encoder's output for the sound with silence after it, 30 seconds at most."""
        sound: NDArray[np.float32] = np.divide(audio.samples, 32768, dtype=np.float32)
        silence = np.zeros(max(0, round(padding * RATE)), np.float32)
        mel = self._extract(np.concatenate([sound, silence]), padding=0)
        # The encoder halves the frames, so their number must be even.
        frames = min(mel.shape[1], round(FULL_WINDOW * 100)) // 2 * 2
        return self._model.encode(self._view(np.ascontiguousarray(mel[np.newaxis, :, :frames])))

    def _hint(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids
        return [self._token("<|startofprev|>"), *ids[-_HINT_TOKENS:]]

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        if token is None:
            raise HearingError(f"the model knows no {name}")
        return int(token)

    def _decode(
        self, encoded: Any, language: Language, seconds: float, beam: int, hint: Sequence[int] = ()
    ) -> _Draft:
        prompt = [*hint, *(self._token(name) for name in _start(language))]
        room = min(440 - len(prompt), _FIRST_TOKENS + round(_TOKENS_A_SECOND * seconds))
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            max_length=len(prompt) + room,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = result.sequences_ids[0]
        # The score is the mean over the tokens; the one that ends the text is in it too.
        mean = result.scores[0] * len(ids) / (len(ids) + 1)
        said = self._tokenizer.decode(ids).strip()
        text = collapse(said)
        return _Draft(
            language,
            text,
            float(min(1.0, np.exp(mean))),
            float(result.no_speech_prob),
            # A repetition that was cut off is none the worse once it is collapsed.
            len(ids) < room or text != said,
        )


def _start(language: Language) -> tuple[str, ...]:
    """What the decoder is begun with."""
    return "<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"


def _spoken(encoded: Any, seconds: float) -> NDArray[np.float32]:
    """The encoder's output for the first so many seconds, at least one frame."""
    frames: NDArray[np.float32] = np.asarray(encoded)[0]
    return frames[: max(1, round(seconds * _FRAMES_A_SECOND))]
