"""Saving publishes if and only if the check passes; what is wrong is told, and nothing changes."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.content.files import fingerprint
from voicebot.content.problems import StaffFilesError
from voicebot.errors import ContentError
from voicebot.model import Content, Decision, Language, Understanding
from voicebot.staff.archive import Archive, Occasion, Published
from voicebot.staff.check import CheckReport, check
from voicebot.staff.opening import start
from voicebot.staff.publish import Desk, Publisher, State, Status, owner

TOWN = Path(__file__).parent.parent / "content" / "town"
LANGUAGES = ("it", "en")
NAME = 'it: "Anagrafe"'


def examine(folder: Path) -> CheckReport:
    """The check without a matcher: the sentences are tried elsewhere."""
    report = check(folder, LANGUAGES, _nothing)
    good = tuple(one for one in report.problems if "must give" not in one.message)
    return CheckReport(report.content, good, 0, 0)


def _nothing(content: Content) -> Callable[[str, Language], Understanding]:
    return lambda text, language: Understanding(Decision.REJECT, ())


class Town:
    """A folder of staff files, and a switchboard that follows it."""

    def __init__(self, folder: Path) -> None:
        self.intents = Path(shutil.copytree(TOWN, folder / "intents"))
        self.archive = Archive(folder / "published")
        self.live: list[Content] = []
        self.examined = 0
        self.publisher = Publisher(
            Desk(self.intents, self.archive, self._examine), self._go_live, self._begin()
        )

    def _begin(self) -> Status:
        begun = start(self.intents, LANGUAGES, self.archive, examine)
        self.live.append(begun.content)
        return begun.status

    async def _examine(self, folder: Path) -> CheckReport:
        self.examined += 1
        return examine(folder)

    async def _go_live(self, content: Content, kept: Published) -> None:
        assert fingerprint(kept.folder) == content.version
        self.live.append(content)

    def write(self, old: str, new: str) -> None:
        file = self.intents / "offices.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


async def test_a_good_save_goes_live_with_its_author(town: Town) -> None:
    assert town.publisher.status.state is State.LIVE
    town.write('key: "1"', 'key: "7"')
    status = await town.publisher.publish("anna")
    assert status.state is State.LIVE
    assert status.live is not None
    assert (status.live.number, status.live.author, status.published) == (2, "anna", 1)
    assert town.live[-1].offices[0].key == "7"
    assert [one.number for one in await town.publisher.history()] == [2, 1]


async def test_a_bad_save_changes_nothing_and_is_told(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    before = town.publisher.status.live
    town.write('key: "1"', "key: 1")
    with caplog.at_level(logging.ERROR):
        status = await town.publisher.publish("anna")
    assert (status.state, status.live, status.refused) == (State.REFUSED, before, 1)
    assert [problem.line for problem in status.problems] == [7]
    assert "intents/offices.yaml:7: error: offices.nord.key" in caplog.text
    assert len(town.live) == 1
    # mended, it is live again
    town.write("key: 1", 'key: "8"')
    status = await town.publisher.publish("anna")
    assert (status.state, status.problems) == (State.LIVE, ())
    assert town.live[-1].offices[0].key == "8"


async def test_a_bad_save_that_is_undone_is_as_before(town: Town) -> None:
    town.write('key: "1"', "key: 1")
    await town.publisher.publish("anna")
    town.write("key: 1", 'key: "1"')
    status = await town.publisher.publish("anna")
    assert status.state is State.LIVE
    assert len(await town.publisher.history()) == 1


async def test_what_was_examined_is_not_examined_again(town: Town) -> None:
    await town.publisher.publish()
    assert town.examined == 0
    town.write('key: "1"', "key: 1")
    await town.publisher.publish()
    await town.publisher.publish()
    assert town.examined == 1


async def test_what_cannot_go_live_leaves_what_was(town: Town) -> None:
    async def fail(content: Content, kept: Published) -> None:
        raise ContentError("no memory")

    publisher = Publisher(
        Desk(town.intents, town.archive, town._examine), fail, town.publisher.status
    )
    town.write('key: "1"', 'key: "7"')
    with pytest.raises(ContentError, match="no memory"):
        await publisher.publish()
    assert publisher.status == town.publisher.status


async def test_rolling_back_is_a_version_of_its_own(town: Town) -> None:
    for key in "678":
        town.write('key: "', f'key: "{key}" # "')
        await town.publisher.publish("anna")
    status, aside = await town.publisher.rollback(2, "bruno")
    assert status.live is not None
    assert (status.live.number, status.live.of, status.live.author) == (5, 2, "bruno")
    assert status.live.occasion is Occasion.ROLLBACK
    assert aside is not None
    assert town.live[-1].version == town.archive.version(2).version
    assert fingerprint(town.intents) == town.archive.version(2).version


async def test_rolling_back_without_a_number_is_to_the_one_before(town: Town) -> None:
    with pytest.raises(ContentError, match="no version before"):
        await town.publisher.rollback(None, "bruno")
    town.write('key: "1"', 'key: "7"')
    await town.publisher.publish()
    status, _ = await town.publisher.rollback(None, "bruno")
    assert status.live is not None
    assert status.live.of == 1
    assert town.live[-1].offices[0].key == "1"


async def test_rolling_back_throws_a_bad_save_away(town: Town) -> None:
    town.write('key: "1"', 'key: "7"')
    await town.publisher.publish()
    town.write('key: "7"', "key: 7")
    await town.publisher.publish()
    status, aside = await town.publisher.rollback(2, "bruno")
    assert (status.state, len(await town.publisher.history())) == (State.LIVE, 2)
    assert aside is not None
    assert "key: 7" in (aside / "offices.yaml").read_text("utf-8")


async def test_looking_publishes_nothing(town: Town) -> None:
    town.write('key: "1"', 'key: "7"')
    assert (await town.publisher.check()).ok
    assert len(await town.publisher.history()) == 1


# --- the start -------------------------------------------------------------------------


def test_the_first_start_publishes(town: Town) -> None:
    (kept,) = town.archive.versions()
    assert (kept.occasion, kept.author) == (Occasion.START, owner(town.intents))


def test_a_start_with_bad_files_is_with_the_last_good_ones(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.write('key: "1"', "key: 1")
    with caplog.at_level(logging.ERROR):
        begun = start(town.intents, LANGUAGES, town.archive, examine)
    assert begun.content.version == town.live[0].version
    assert begun.status.state is State.REFUSED
    assert begun.status.problems[0].line == 7
    assert "started with version 1" in caplog.text
    assert "offices.nord.key" in caplog.text


def test_a_start_with_no_folder_at_all_is_with_the_last_good_one(town: Town) -> None:
    shutil.rmtree(town.intents)
    begun = start(town.intents, LANGUAGES, town.archive, examine)
    assert begun.content.version == town.live[0].version


def test_a_first_start_with_bad_files_is_none(town: Town, tmp_path: Path) -> None:
    town.write('key: "1"', "key: 1")
    with pytest.raises(StaffFilesError, match=r"offices.yaml:7: error"):
        start(town.intents, LANGUAGES, Archive(tmp_path / "empty"), examine)


def test_a_first_start_in_which_only_test_sentences_fail_is_one(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def strict(folder: Path) -> CheckReport:
        return check(folder, LANGUAGES, _nothing)

    begun = start(town.intents, LANGUAGES, Archive(tmp_path / "empty"), strict)
    assert begun.status.state is State.REFUSED
    assert begun.status.live is None
    assert "the files are used as they are" in caplog.text


def test_a_start_where_nothing_can_be_written_is_one(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    begun = start(town.intents, LANGUAGES, Archive(tmp_path / "file" / "published"), examine)
    assert (begun.status.state, begun.status.live) == (State.LIVE, None)
    assert "cannot be kept" in caplog.text
