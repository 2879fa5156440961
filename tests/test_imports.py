"""The walls of the house: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import voicebot

SOURCE = Path(voicebot.__file__).parent

VALUES = {"model", "errors"}
STAGES = {
    "hearing",
    "understanding",
    "offices",
    "answering",
    "speaking",
    "media",
    "content",
    "weights",
}

MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "errors": set(),
    "ports": VALUES,
    "logs": set(),
    "stopping": set(),
    "settings": VALUES,
    **{stage: {*VALUES, "ports"} for stage in STAGES},
    "dialogue": {*VALUES, "understanding", "offices", "answering"},
    "adapters": {*VALUES, "ports", "media"},
    "holding": {*VALUES, "ports"},
    "services": {*VALUES, "ports", "dialogue", "hearing", "holding", "speaking"},
    "attention": {*VALUES, "ports", "services", "dialogue", "hearing"},
    "connecting": {
        *VALUES,
        "ports",
        "services",
        "dialogue",
        "holding",
        "media",
        "speaking",
    },
    "call": {
        *VALUES,
        "ports",
        "services",
        "dialogue",
        "hearing",
        "speaking",
        "media",
        "holding",
        "attention",
        "connecting",
    },
    "switchboard": {*VALUES, "ports", "holding", "services", "call"},
    "report": {*VALUES, "dialogue", "understanding"},
    "bench": {*VALUES, "ports", "media", "understanding"},
    "simulation": {*VALUES, "ports", "holding"},
    "staff": {*VALUES, "ports", "content", "understanding", "answering", "offices", "dialogue"},
    "access": {*VALUES, "ports"},
    "web": {*VALUES, "ports", "switchboard", "access", "holding", "staff"},
}
"""By room, the rooms it may import; those that compose and present are `FREE`."""

FREE = {
    "app",
    "live",
    "build",
    "build_queue",
    "commands",
    "__main__",
    "__init__",
}

VENDORS = {
    "aiortc",
    "alembic",
    "argon2",
    "av",
    "baresip",
    "cryptography",
    "ctranslate2",
    "espeakng_loader",
    "faster_whisper",
    "onnxruntime",
    "piper",
    "psycopg",
    "pydub",
    "soundfile",
    "sqlalchemy",
    "tokenizers",
    "vosk",
    "watchfiles",
}
"""Libraries whose types stay inside `adapters`."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            if node.module == "voicebot":
                yield from (f"voicebot.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("room", "path"), list(modules()), ids=lambda value: str(value))
def test_a_room_imports_only_what_it_may(room: str, path: Path) -> None:
    if room in FREE:
        return
    allowed = MAY_IMPORT[room] | {room}
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "voicebot" and len(parts) > 1:
            assert parts[1] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize(("room", "path"), list(modules()), ids=lambda value: str(value))
def test_vendors_stay_in_their_adapters(room: str, path: Path) -> None:
    for name in imported(path):
        if name.split(".")[0] in VENDORS:
            assert room == "adapters", f"{path.name} imports {name}"
