"""What every group of settings is, and where the files beside the package lie."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

HOME = Path(__file__).resolve().parent.parent.parent
"""The checkout: intents, locales and models lie beside the package."""


class Group(BaseModel):
    """A table of voicebot.toml: frozen, and with no key that is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")
