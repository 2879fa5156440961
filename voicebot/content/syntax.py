"""What the YAML parser could not read, in plain words."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from voicebot.content.problems import Problem
from voicebot.model import told

_SYNTAX = (
    # A part of what the parser says; what it means; what to do.
    (
        "found unexpected end of stream",
        told("the quotes that open here are never closed"),
        told("close them at the end of the text"),
    ),
    (
        "mapping values are not allowed",
        told("a colon stands where none may be"),
        told("put the whole text in double quotes, and see that the line before has its own colon"),
    ),
    (
        "unknown escape character",
        told("a backslash stands within double quotes"),
        told("remove it, or use single quotes around the text"),
    ),
    (
        "cannot start any token",
        told("the text begins with a sign that means something to YAML"),
        told("put the whole text in double quotes"),
    ),
    (
        "could not find expected ':'",
        told("a key has no colon after it"),
        told('write "key: value", with a space after the colon'),
    ),
    (
        "<block end>",
        told(
            "this line does not fit those before it: it is indented differently, or it begins "
            "with a [, {{ or quote that ends too early"
        ),
        told("indent it like its neighbours, and put a whole phrase in double quotes"),
    ),
    (
        "expected ',' or",
        told("a list or mapping in brackets is not closed, or lacks a comma"),
        told("add the comma or the closing bracket, and put each text in double quotes"),
    ),
)


def explain(error: YAMLError, text: str, file: str) -> Problem:
    """The problem with its line, and what usually mends it."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        message = told(
            "an invisible control character stands at sign {place} of the file",
            place=error.position + 1,
        )
        return Problem(file, line, "", message, told("delete the line and type it again"))
    said, mark = "", None
    if isinstance(error, MarkedYAMLError):
        said, mark = error.problem or "", error.problem_mark
        if "end of stream" in said and error.context_mark is not None:
            mark = error.context_mark  # The end of the file says nothing; the opening quote does.
    line = min(mark.line + 1, text.count("\n") + 1) if mark is not None else 1
    for part, message, remedy in _SYNTAX:
        if part in said:
            return Problem(file, line, "", message, remedy)
    return Problem(
        file,
        line,
        "",
        told("this is not valid YAML: {said}", said=said),
        told("write it like the lines around it"),
    )
