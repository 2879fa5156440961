"""models/manifest.toml as values: every model, its files, how they are checked, on what terms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from voicebot.errors import WeightsError
from voicebot.model import LANGUAGES, Language

FORMAT = 1
"""The version of the manifest's shape that this program reads."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_HEX = {"sha256": re.compile(r"[0-9a-f]{64}"), "md5": re.compile(r"[0-9a-f]{32}")}
_FILE_KEYS = frozenset({"name", "size", "sha256", "md5", "url", "parts", "unpack"})
_MODEL_KEYS = frozenset(
    {"id", "purpose", "languages", "source", "folder", "licence", "doubt", "note", "file"}
)
_PART_KEYS = frozenset({"package", "install", "file"})


class Purpose(StrEnum):
    """What a model is for."""

    RECOGNITION = "recognition"
    VOICE = "voice"
    VOICE_ACTIVITY = "voice activity"


class Source(StrEnum):
    """Where a model's files come from."""

    PACKAGE = "package"
    """Installed Python packages."""
    HUB = "hub"
    """Fetched over the network, only when asked."""
    REPOSITORY = "repository"
    """Beside the manifest."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file, inside an installed package."""

    package: str
    """The name to import, which is never imported."""
    install: str
    """What to give to pip."""
    file: str
    """Path inside the package, with slashes."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model and how it is known to be whole."""

    name: str
    """Its name in the model's folder; of an archive, the archive's own name."""
    size: int | None
    """Bytes; None when it is not published."""
    sha256: str | None
    """Lower-case hexadecimal."""
    md5: str | None
    """Lower-case hexadecimal."""
    url: str | None = None
    """Where it is fetched from; None unless the source is a hub."""
    parts: tuple[Part, ...] = ()
    """Joined in this order; empty unless the source is packages."""
    unpack: bool = False
    """A zip whose content is what the model's folder holds."""

    @property
    def pinned(self) -> bool:
        """Whether any digest is known."""
        return self.sha256 is not None or self.md5 is not None


@dataclass(frozen=True, slots=True)
class Model:
    """One model, as the manifest describes it."""

    id: str
    purpose: Purpose
    languages: tuple[Language, ...]
    source: Source
    licence: str
    files: tuple[ModelFile, ...]
    doubt: str = ""
    """What to know about the licence before installing it; empty when there is none."""
    note: str = ""
    folder: str = ""
    """Name of its folder; the id unless it lies in the repository."""

    @property
    def size(self) -> int:
        """Bytes to fetch or to put together, as far as they are published."""
        return sum(file.size or 0 for file in self.files)

    @property
    def archive(self) -> ModelFile | None:
        """The zip that the whole model comes in, if it does."""
        return self.files[0] if self.files[0].unpack else None

    @property
    def packages(self) -> tuple[str, ...]:
        """What pip must install for it, each once."""
        return tuple(dict.fromkeys(part.install for file in self.files for part in file.parts))


@dataclass(frozen=True, slots=True)
class Manifest:
    """All the models."""

    path: Path
    models: tuple[Model, ...]

    def model(self, model_id: str) -> Model:
        """The model of that id.

        Raises:
            WeightsError: there is none; lists those that there are.
        """
        for model in self.models:
            if model.id == model_id:
                return model
        known = ", ".join(model.id for model in self.models)
        raise WeightsError(f"{model_id}: no such model in {self.path}; write one of: {known}")


def load_manifest(path: Path) -> Manifest:
    """The manifest at `path`.

    Raises:
        WeightsError: it is missing or wrong; names file and key and what to write.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WeightsError(
            f"{path}: there is no such file; set paths.models to the folder that holds it"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise WeightsError(f"{path}: not valid TOML: {error}") from error
    top = _Table(path, "", content)
    top.allow(frozenset({"format", "model"}))
    if top.content.get("format") != FORMAT:
        raise top.wrong("format", f"this program reads {FORMAT}; write format = {FORMAT}")
    models = tuple(
        _model(table) for table in top.tables("model", lambda entry: str(entry.get("id", "?")))
    )
    if not models:
        raise top.wrong("model", "write at least one [[model]]")
    ids = [model.id for model in models]
    for model_id in ids:
        if ids.count(model_id) > 1:
            raise top.wrong(model_id, "two models have this id; give each its own")
    return Manifest(path, models)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file, that knows where it stands for what it has to complain of."""

    path: Path
    where: str
    content: Mapping[str, Any]

    def wrong(self, key: str, remedy: str) -> WeightsError:
        place = f"{self.where}.{key}" if self.where else key
        return WeightsError(f"{self.path}: {place}: {remedy}")

    def allow(self, keys: frozenset[str]) -> None:
        for key in self.content:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise self.wrong(key, f"not a key of this table; write one of: {known}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.content.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, 'write a text in quotes, such as "..."')
        return value

    def name(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if not _SAFE_NAME.fullmatch(value):
            raise self.wrong(key, f"{value!r} is not a plain name: letters, digits, and . _ - +")
        return value

    def tables(self, key: str, label: Callable[[Mapping[str, Any]], str]) -> list[_Table]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(key, "write a list of tables")
        where = f"{self.where}.{key}" if self.where else key
        return [_Table(self.path, f"{where}[{label(entry)}]", entry) for entry in value]

    def digest(self, kind: str) -> str | None:
        value = self.content.get(kind)
        if value is None:
            return None
        if not isinstance(value, str) or not _HEX[kind].fullmatch(value):
            raise self.wrong(kind, f"not a {kind}: write its lower-case hexadecimal digits")
        return value

    def choice(self, key: str, kind: type[Purpose] | type[Source]) -> str:
        value = self.text(key)
        if value not in set(kind):
            raise self.wrong(key, f"{value!r} is not known; write one of: {', '.join(kind)}")
        return value


def _model(table: _Table) -> Model:
    table.allow(_MODEL_KEYS)
    model_id = table.name("id")
    source = Source(table.choice("source", Source))
    languages = table.content.get("languages")
    if not isinstance(languages, list) or not languages or not set(languages) <= set(LANGUAGES):
        raise table.wrong("languages", f"write a list of some of: {', '.join(LANGUAGES)}")
    files = tuple(
        _file(entry, source)
        for entry in table.tables("file", lambda entry: str(entry.get("name", "?")))
    )
    if not files:
        raise table.wrong("file", "write at least one [[model.file]]")
    if any(file.unpack for file in files) and len(files) > 1:
        raise table.wrong("file", "a model that is unpacked from a zip has that one file only")
    return Model(
        id=model_id,
        purpose=Purpose(table.choice("purpose", Purpose)),
        languages=tuple(languages),
        source=source,
        licence=table.text("licence"),
        files=files,
        doubt=table.text("doubt", ""),
        note=table.text("note", ""),
        folder=table.name("folder", model_id),
    )


def _file(table: _Table, source: Source) -> ModelFile:
    table.allow(_FILE_KEYS)
    name = table.name("name")
    size = table.content.get("size")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size <= 0):
        raise table.wrong("size", "write the number of bytes")
    unpack = table.content.get("unpack", False)
    if not isinstance(unpack, bool) or (unpack and source is not Source.HUB):
        raise table.wrong("unpack", "write true, on a zip from a hub, or leave it out")
    file = ModelFile(
        name=name,
        size=size,
        sha256=table.digest("sha256"),
        md5=table.digest("md5"),
        url=_url(table, source),
        parts=_parts(table, source),
        unpack=unpack,
    )
    if not file.pinned and not (source is Source.HUB and name.endswith(".json")):
        raise table.wrong("sha256", "write its digest; only a .json from a hub may go without")
    return file


def _url(table: _Table, source: Source) -> str | None:
    if source is not Source.HUB:
        if "url" in table.content:
            raise table.wrong("url", f'leave it out, or write source = "{Source.HUB}"')
        return None
    url = table.text("url")
    address = urlsplit(url)
    if address.scheme not in {"https", "http"} or not address.netloc:
        raise table.wrong("url", "write an address that begins with https://")
    return url


def _parts(table: _Table, source: Source) -> tuple[Part, ...]:
    entries = table.tables("parts", lambda entry: str(entry.get("package", "?")))
    if (source is Source.PACKAGE) != bool(entries):
        remedy = "leave them out" if entries else "write which files of which packages it is"
        raise table.wrong("parts", f'{remedy}; they belong to source = "{Source.PACKAGE}"')
    parts = []
    for entry in entries:
        entry.allow(_PART_KEYS)
        file = entry.text("file")
        if file.startswith("/") or ".." in file.split("/"):
            raise entry.wrong("file", "write a path inside the package, without ..")
        parts.append(Part(entry.name("package"), entry.text("install"), file))
    return tuple(parts)
