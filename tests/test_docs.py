"""What the documents say is so: settings, commands, links, messages, models, import rules."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

import voicebot
from tests.test_imports import FREE, MAY_IMPORT
from voicebot import attention, call
from voicebot.__main__ import cli
from voicebot.adapters import text_socket, webrtc
from voicebot.model import LANGUAGES
from voicebot.settings import HOME, IceServer, Settings, load_settings
from voicebot.weights.manifest import load_manifest

DOCS = HOME / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *(p for p in [HOME / "README.md"] if p.is_file())])
STAFF = [DOCS / "staff.it.md", DOCS / "staff.en.md"]

COMMAND = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?voicebot (?=[a-z-])([^`\n]*)")
"""A command as the pages write it: `voicebot`, a space, and a word."""


def read(page: Path) -> str:
    return page.read_text("utf-8")


def rows(text: str, *header: str) -> Iterator[tuple[str, ...]]:
    """The cells of every table that begins with these headings."""
    inside = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if cells[: len(header)] == header:
            inside = True
        elif inside and not set("".join(cells)) <= set("- :"):
            yield cells


def quoted(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def fences(text: str) -> Iterator[tuple[str, str]]:
    """Language and content of every fenced block."""
    yield from re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.M | re.S)


def prose(text: str) -> str:
    """Without the fenced blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)


def code(text: str) -> Iterator[str]:
    """Every fenced block and every inline piece of code."""
    yield from (block for _, block in fences(text))
    yield from quoted(prose(text))


# --- settings ------------------------------------------------------------------------------


def as_written(value: Any) -> str:
    """A default as the table shows it: as in TOML, paths from the program's folder."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path):
        return f'"{value.relative_to(HOME)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(as_written(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def leaves(settings: BaseModel, before: str = "") -> Iterator[tuple[str, str]]:
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from leaves(value, f"{before}{name}.")
        elif isinstance(value, dict) and value:
            yield from ((f"{before}{name}.{key}", as_written(one)) for key, one in value.items())
        else:
            yield f"{before}{name}", as_written(value)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with no voicebot.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_setting_is_in_the_table_with_its_default_and_no_other(elsewhere: Path) -> None:
    table = {
        quoted(key)[0]: quoted(default)[0]
        for key, _, default, _ in rows(read(DOCS / "settings.md"), "Key", "Variable", "Default")
    }
    assert table == dict(leaves(load_settings()))


def test_every_variable_is_named_as_its_key_is() -> None:
    for key, variable, *_ in rows(read(DOCS / "settings.md"), "Key", "Variable"):
        wanted = "VOICEBOT_" + quoted(key)[0].upper().replace(".", "__")
        assert quoted(variable) == [wanted]


def listed(group: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The kinds of tables that stand in lists, such as a STUN server."""
    for field in group.model_fields.values():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from listed(kind)
        for one in get_args(kind):
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield one


def test_every_field_of_a_table_in_a_list_is_named() -> None:
    named = set(quoted(prose(read(DOCS / "settings.md"))))
    kinds = list(listed(Settings))
    assert IceServer in kinds
    for kind in kinds:
        assert set(kind.model_fields) <= named, kind.__name__


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_of_a_settings_file_is_one(page: Path, elsewhere: Path) -> None:
    for language, block in fences(read(page)):
        if language == "toml":
            file = elsewhere / "example.toml"
            file.write_text(block, "utf-8")
            load_settings(file)


# --- commands ------------------------------------------------------------------------------


def commands_in(text: str) -> Iterator[list[str]]:
    for piece in code(text):
        for found in COMMAND.finditer(piece):
            yield shlex.split(found[1].partition("#")[0].partition(";")[0])


def wrong_in(words: list[str]) -> str | None:
    """What there is not in the command, if anything."""
    at: Any = typer.main.get_command(cli)
    options = {name for parameter in at.params for name in parameter.opts}
    while words and words[0] in options:
        words = words[2:]
    while words and hasattr(at, "commands"):
        if words[0] not in at.commands:
            return words[0]
        at, words = at.commands[words[0]], words[1:]
    options = {"--help"} | {name for parameter in at.params for name in parameter.opts}
    unknown = [word for word in words if word.startswith("-") and word not in options]
    return unknown[0] if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_exists(page: Path) -> None:
    for words in commands_in(read(page)):
        assert wrong_in(words) is None, f"{page.name}: voicebot {' '.join(words)}"


def test_commands_are_found_and_wrong_ones_noticed() -> None:
    """The test above would pass over nothing at all."""
    assert sum(1 for page in PAGES for _ in commands_in(read(page))) > 40
    assert wrong_in(["models", "fetsch"]) == "fetsch"
    assert wrong_in(["ask", "--explane", "--lang", "it"]) == "--explane"
    assert wrong_in(["--settings", "x.toml", "serve"]) is None


# --- links and languages -------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The headings as links name them."""
    titles = re.findall(r"^#+ (.+)$", prose(read(page)), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = prose(read(page))
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        target, _, anchor = link.partition("#")
        if ":" in target:
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {link}"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.it.md")), ids=lambda page: page.name)
def test_a_page_has_the_same_parts_in_both_languages(page: Path) -> None:
    twin = page.with_name(page.name.replace(".it.md", ".en.md"))
    assert twin.is_file()
    parts = re.compile(r"^ *(#+ |```\w+|- \*\*|\d+\. )", re.M)
    assert parts.findall(read(page)) == parts.findall(read(twin))
    shown = re.compile(r"^ *\$ (voicebot .*)", re.M)
    assert shown.findall(read(page)) == shown.findall(read(twin))


def test_there_is_a_page_in_both_languages() -> None:
    assert [page.is_file() for page in STAFF] == [True, True]


# --- models --------------------------------------------------------------------------------


def test_the_models_are_those_of_the_manifest() -> None:
    manifest = load_manifest(HOME / "models" / "manifest.toml")
    wanted = {
        model.id: (
            model.source.value,
            f"{model.size / 1e6:.0f}",
            " ".join(model.languages),
            f"{model.licence}, with a doubt" if model.doubt else model.licence,
        )
        for model in manifest.models
    }
    text = read(DOCS / "models.md")
    assert {quoted(row[0])[0]: row[1:5] for row in rows(text, "Model", "Comes from")} == wanted


def test_the_models_said_to_be_unused_are() -> None:
    """A voice is used by the name in a setting; the others by their id in the code."""
    source = "\n".join(read(path) for path in Path(voicebot.__file__).parent.rglob("*.py"))
    for row in rows(read(DOCS / "models.md"), "Model", "Comes from"):
        model = quoted(row[0])[0]
        if row[5] == "nothing yet":
            assert f'"{model}"' not in source, model
        elif not model.startswith(("piper-", "vosk-")) and model != "silero-vad":
            assert f'"{model}"' in source, model


def test_what_a_language_falls_back_to_is_what_the_settings_say() -> None:
    text = read(DOCS / "models.md")
    shown = [set(quoted(" ".join(row[1:3]))) for row in rows(text, "Language", "With the hubs")]
    voices = Settings().speech.voices
    neural = [
        {voice.partition(":")[2] for voice in voices[code] if not voice.startswith("espeak:")}
        for code in LANGUAGES
    ]
    assert shown == neural


# --- the house -----------------------------------------------------------------------------


def test_the_import_rules_are_those_that_are_held() -> None:
    everything, nothing = "anything: they compose and present", "nothing of the house"
    table: dict[str, set[str]] = {}
    free: set[str] = set()
    for rooms, may in rows(read(DOCS / "house.md"), "Room", "May import"):
        if may == everything:
            free |= set(quoted(rooms))
            continue
        assert quoted(may) or may == nothing
        table |= {room: set(quoted(may)) for room in quoted(rooms)}
    assert table == MAY_IMPORT
    assert free == FREE - {"__init__"}


def test_every_room_is_described_and_no_other() -> None:
    text = read(DOCS / "house.md")
    described = [quoted(row[0])[0] for row in rows(text, "Room", "What is done there")]
    there = {
        path.name.removesuffix(".py")
        for path in Path(voicebot.__file__).parent.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert sorted(described) == sorted(there - {"__init__"})


def test_the_bounds_of_the_queues_are_those_of_the_code() -> None:
    bounds = [row[1] for row in rows(read(DOCS / "house.md"), "Queue", "Bound")]
    assert bounds == [
        str(call.MAX_EVENTS),
        str(attention.MAX_UTTERANCES),
        "`speech.max_waiting`",
        f"{webrtc.MAX_FRAMES} (3 s)",
        str(text_socket.MAX_OUTGOING),
    ]
