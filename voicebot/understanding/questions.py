"""What is asked of an office: to talk to it, its hours, the way; and on which day."""

from __future__ import annotations

from datetime import date

from voicebot.model import Action, Candidate, Request
from voicebot.understanding.frames import Fit, Frames
from voicebot.understanding.sentence import Sentence

MARKER = "{office}"
"""Where an office stands in the staff's phrases."""
_ASKED = 0.65
"""Share of a frame that must be said around an office to ask for hours or the way."""
_ASKED_SURELY = 0.55
"""The same where a word was heard that only such questions have."""
_WHOLE = 0.9
"""Share of a frame from which it counts whatever else is said."""
_TELLING = 0.65
"""How surely a word must be said that only such questions have, below that share."""
_STRANGE_ASKING = 0.5
"""Share of strange words from which more of a frame must be said around a need."""
_ASKED_ALONE = 0.8
"""Share of a frame that must be said where no office is named, or much else is."""
_STRANGE_ALONE = 0.25
"""Share of the words that may be left unexplained where no office is named."""
_STRANGE_WITHOUT = 0.1
"""The same for a frame that leaves room for an office."""
_NEAR = 0.08
"""By how much less of a wish to talk must be said than of a question, to count for as much."""


def action_at(
    sentence: Sentence, actions: Frames[Action], taken: frozenset[int], named: bool
) -> tuple[Action, date | None]:
    """What is wanted of the office at `taken`, `named` or meant by a need, and on which day."""
    fits = actions.fits(sentence, taken)
    asked = [fit for action, fit in fits.items() if action is not Action.TALK and _asks(fit, named)]
    question = max(asked, key=lambda fit: (fit.evidence, fit.coverage), default=None)
    talk = fits.get(Action.TALK)
    if question is None:
        strange = sentence.content - taken - actions.explained(sentence)
        bare = sentence.day is not None and (talk is None or talk.coverage < _ASKED) and not strange
        return (Action.HOURS, sentence.day) if bare else (Action.TALK, None)
    if (
        talk
        and talk.evidence >= question.evidence
        and (talk.coverage >= min(_ASKED_ALONE, question.coverage - _NEAR))
    ):
        return Action.TALK, None
    return question.meaning, sentence.day if question.meaning is Action.HOURS else None


def _asks(fit: Fit[Action], named: bool) -> bool:
    """Whether a question was asked, and not merely something said in the words of one."""
    if fit.coverage >= _WHOLE:
        return True
    if fit.telling < _TELLING:
        return False
    if named:
        return fit.coverage >= (_ASKED_SURELY if fit.telling == 1.0 else _ASKED)
    # "When will they throw us out" tells a need in the words of a question about hours.
    return fit.coverage >= (_ASKED_ALONE if fit.strange >= _STRANGE_ASKING else _ASKED)


def action_alone(sentence: Sentence, actions: Frames[Action]) -> Candidate | None:
    """A question about hours or the way that names no office."""
    if sentence.day is not None and not sentence.content:
        return Candidate(Request(Action.HOURS, day=sentence.day, part=sentence.part), 1.0, "")
    fits = [
        fit
        for fit in actions.fits(sentence).values()
        if fit.meaning is not Action.TALK
        and fit.coverage >= _ASKED_ALONE
        and fit.strange <= (_STRANGE_WITHOUT if MARKER in fit.phrase else _STRANGE_ALONE)
        and sentence.content
    ]
    if not fits:
        return None
    fit: Fit[Action] = max(fits, key=lambda each: (each.evidence, each.coverage))
    day = sentence.day if fit.meaning is Action.HOURS else None
    score = fit.coverage * (1.0 - fit.strange)
    part = sentence.part if day else None
    return Candidate(Request(fit.meaning, day=day, part=part), score, fit.phrase)
