"""What many tests share: the sample town, loaded once."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from voicebot import build
from voicebot.content.load import load_content
from voicebot.dialogue import Dialogue
from voicebot.settings import Settings

# how long an example takes says more about the machine than about the code
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The defaults, with a data folder of the session's own."""
    data = tmp_path_factory.mktemp("data")
    defaults = Settings()
    return defaults.model_copy(
        update={"paths": defaults.paths.model_copy(update={"data": Path(data)})}
    )


@pytest.fixture(scope="session")
def dialogue(settings: Settings) -> Dialogue:
    """The conversation of the sample town."""
    content = load_content(settings.paths.intents, settings.languages)
    return build.dialogue(settings, content)
