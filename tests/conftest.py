"""What many tests share: the sample town, loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import postgres
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Postgres]:
    """A PostgreSQL of the tests' own."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/voicebot.sqlite"
    server: postgres.Postgres = request.getfixturevalue("postgresql")
    return server.new_database()
