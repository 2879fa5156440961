"""Phrase templates: `[optional]`, `(this|that)`, nested as needed, and `{office}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from typing import TypeAlias

from rapidfuzz import fuzz

from voicebot.model import told

MAX_EXPANSIONS = 200
"""Sentences one template may stand for; past that it is a slip, and slows the matching."""

MAX_DEPTH = 12
"""Brackets within brackets; nobody can read more."""

OFFICE = "{office}"
"""Stands in a template where callers name an office."""


class TemplateError(ValueError):
    """A template that cannot be expanded."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a sequence of pieces; `optional` adds the empty one."""

    alternatives: tuple[Sequence, ...]
    optional: bool


Piece: TypeAlias = str | Choice
Sequence: TypeAlias = tuple[Piece, ...]


@lru_cache(maxsize=20_000)
def expand(template: str, office_allowed: bool = False) -> tuple[str, ...]:
    """Every sentence that the template stands for, in order, with single spaces.

    `{office}` is left as it is where it is allowed. Repeated sentences are kept.

    Raises:
        TemplateError: says what is wrong, at which column (from 1), and what to write.
    """
    sequence = _Parser(template, office_allowed).parse()
    count = _count(sequence)
    if count > MAX_EXPANSIONS:
        raise TemplateError(
            told(
                "this stands for {count} sentences, and {most} is the most",
                count=_rounded(count),
                most=MAX_EXPANSIONS,
            ),
            told("write it as two or more phrases with fewer brackets each"),
        )
    sentences = tuple(" ".join(text.split()) for text in _texts(sequence))
    for sentence in sentences:
        _check_sentence(sentence)
    return sentences


def _check_sentence(sentence: str) -> None:
    if sentence.count(OFFICE) > 1:
        raise TemplateError(
            told('"{sentence}" names {office} twice', sentence=sentence, office=OFFICE),
            told("keep one {office}", office=OFFICE),
        )
    if not any(sign.isalnum() for sign in sentence):
        raise TemplateError(
            told("with every optional part left out, no word remains"),
            told("leave at least one word outside the square brackets"),
        )


def _rounded(count: int) -> str:
    return str(count) if count < 1_000_000 else told("more than a million")


def _count(sequence: Sequence) -> int:
    return prod(
        sum(_count(alternative) for alternative in piece.alternatives) + piece.optional
        for piece in sequence
        if isinstance(piece, Choice)
    )


def _texts(sequence: Sequence) -> Iterator[str]:
    ways = [[piece] if isinstance(piece, str) else _choices(piece) for piece in sequence]
    return ("".join(parts) for parts in product(*ways))


def _choices(choice: Choice) -> list[str]:
    texts = [text for alternative in choice.alternatives for text in _texts(alternative)]
    return [*texts, ""] if choice.optional else texts


class _Parser:
    """Reads one template from left to right."""

    _TOKENS = re.compile(r"\{[^{}()\[\]|]*\}|[][(){}|]|[^][(){}|]+")
    _CLOSING = {"(": ")", "[": "]"}

    def __init__(self, template: str, office_allowed: bool) -> None:
        self.tokens = list(self._TOKENS.finditer(template))
        self.position = 0
        self.office_allowed = office_allowed

    def parse(self) -> Sequence:
        sequence = self._sequence(0)
        if self.position < len(self.tokens):
            self._stray(self.tokens[self.position])
        return sequence

    def _sequence(self, depth: int) -> Sequence:
        """Pieces up to a closing sign, a `|`, or the end."""
        pieces: list[Piece] = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            text = token.group()
            if text in ("]", ")", "|"):
                break
            self.position += 1
            if text in ("[", "("):
                pieces.append(self._choice(token, depth + 1))
            elif text.startswith("{") or text == "}":
                pieces.append(self._brace(token))
            else:
                pieces.append(text)
        return tuple(pieces)

    def _choice(self, opening: re.Match[str], depth: int) -> Choice:
        if depth > MAX_DEPTH:
            raise TemplateError(
                told(
                    "{opening} opens more than {most} brackets within brackets",
                    opening=_at(opening),
                    most=MAX_DEPTH,
                ),
                told("write it as several simpler phrases"),
            )
        alternatives: list[Sequence] = []
        while True:
            alternative = self._sequence(depth)
            if not alternative or all(isinstance(p, str) and not p.strip() for p in alternative):
                self._empty(opening)
            alternatives.append(alternative)
            if self.position >= len(self.tokens):
                sign = self._CLOSING[opening.group()]
                raise TemplateError(
                    told("{opening} is never closed", opening=_at(opening)),
                    told('add the missing "{sign}"', sign=sign),
                )
            closing = self.tokens[self.position]
            self.position += 1
            if closing.group() == "|":
                continue
            if closing.group() != self._CLOSING[opening.group()]:
                raise TemplateError(
                    told(
                        "{opening} is closed by {closing}",
                        opening=_at(opening),
                        closing=_at(closing),
                    ),
                    told("close ( with ) and [ with ], the inner one first"),
                )
            return Choice(tuple(alternatives), optional=opening.group() == "[")

    def _empty(self, opening: re.Match[str]) -> None:
        if self.position >= len(self.tokens):
            return  # What is wrong then is that the bracket is not closed.
        place = told("just before column {column}", column=self.tokens[self.position].start() + 1)
        raise TemplateError(
            told("{opening} has an empty alternative {place}", opening=_at(opening), place=place),
            told("write the missing words, or [words] for what may be left out"),
        )

    def _brace(self, token: re.Match[str]) -> str:
        text = token.group()
        if text in ("{", "}"):
            raise TemplateError(
                told("{token} has no partner", token=_at(token)),
                told("write {office}, or remove it", office=OFFICE),
            )
        if text != OFFICE:
            alike = fuzz.ratio(text.casefold(), OFFICE) >= 60
            hint = (
                told("did you mean {word}?", word=OFFICE)
                if alike
                else told("only {office} may stand in braces", office=OFFICE)
            )
            raise TemplateError(told("{token} is not known", token=_at(token)), hint)
        if not self.office_allowed:
            raise TemplateError(
                told("{token} has its place only in the phrases under actions", token=_at(token)),
                told("write the words that callers say"),
            )
        return text

    def _stray(self, token: re.Match[str]) -> None:
        if token.group() == "|":
            raise TemplateError(
                told("{token} stands outside brackets", token=_at(token)),
                told("put the alternatives in round brackets: (this|that)"),
            )
        opening = "(" if token.group() == ")" else "["
        raise TemplateError(
            told("{token} closes nothing", token=_at(token)),
            told('add the missing "{opening}", or remove it', opening=opening),
        )


def _at(token: re.Match[str]) -> str:
    return told(
        "{sign} at column {column} of the phrase", sign=token.group(), column=token.start() + 1
    )
