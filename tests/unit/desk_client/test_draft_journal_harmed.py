"""Drafts where something beside them is broken: what can be read is offered, what can be written is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desk_client.drafts import journal as journal_module
from desk_client.drafts import store as store_module
from desk_client.drafts.cipher import KEY_FILE
from desk_client.drafts.content import Draft, DraftContent, FieldText
from desk_client.drafts.journal import DraftJournal
from desk_client.drafts.journal_file import JournalFile

MINE = ("pc-full", "lin")


def draft(text: str = "typed") -> Draft:
    content = DraftContent("ticket", 7, "10007", 3, typed={"subject": FieldText(text, text, 2, 5)})
    return Draft(uuid.uuid4(), *MINE, "Lin", datetime.now(UTC), content)


@pytest.fixture
def open_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], DraftJournal]]:
    """A journal on the same profile each time: another process, as far as the files know."""
    monkeypatch.setattr(journal_module, "RETRY_SECONDS", 0.05)
    made: list[DraftJournal] = []

    def make() -> DraftJournal:
        made.append(DraftJournal(tmp_path, use_store=False))
        return made[-1]

    yield make
    for one in made:
        one.close()


def leave(qtbot: QtBot, journal: DraftJournal, *drafts: Draft) -> None:
    """A process that wrote these and is gone."""
    for one in drafts:
        with qtbot.waitSignal(journal.written, timeout=10_000):
            journal.put(one)
    journal.close()


def test_a_file_that_can_not_be_opened_hides_no_other(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    one = draft()
    leave(qtbot, open_journal(), one)
    (tmp_path / "drafts" / f"{'f' * 32}.drafts").mkdir()  # after ours in their order; as of another account
    (tmp_path / "drafts" / f"{'0' * 32}.drafts").mkdir()
    journal = open_journal()
    faults: list[Any] = []
    journal.failed.connect(faults.append)
    with qtbot.waitSignal(journal.found, timeout=5_000) as signal:
        journal.look(*MINE)
    assert signal.args[0].mine == (one,)
    assert signal.args[0].unreadable == 2
    assert faults == [], "ours is written all the same"


def test_what_was_adopted_before_a_fault_is_offered_after_it(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [draft("one"), draft("two")]
    for one in drafts:
        leave(qtbot, open_journal(), one)
    honest, reads = JournalFile.read, iter([False, True])

    def read(file: JournalFile) -> dict[uuid.UUID, bytes]:
        if next(reads, False):
            raise OSError("the disk was away")
        return honest(file)

    monkeypatch.setattr(JournalFile, "read", read)
    journal = open_journal()
    with qtbot.waitSignal(journal.found, timeout=5_000) as signal:
        journal.look(*MINE)
    assert {one.id for one in signal.args[0].mine} == {one.id for one in drafts}


def test_a_damaged_record_of_the_key_does_not_end_drafts(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    one = draft("before")
    leave(qtbot, open_journal(), one)
    (tmp_path / "drafts" / KEY_FILE).write_bytes(b"no database at all" * 300)
    journal, other = open_journal(), draft("after")
    with qtbot.waitSignal(journal.found, timeout=5_000) as signal:
        journal.look(*MINE)
    assert signal.args[0].mine == (one,), "the key itself is where it was"
    leave(qtbot, journal, other)
    again = open_journal()
    with qtbot.waitSignal(again.found, timeout=5_000) as signal:
        again.look(*MINE)
    assert {found.id for found in signal.args[0].mine} == {one.id, other.id}


def test_a_mistake_does_not_end_drafts(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_draft: Draft) -> bytes:
        raise LookupError("a mistake")

    journal, one = open_journal(), draft()
    with monkeypatch.context() as broken:
        broken.setattr(store_module, "encode", wrong)
        with qtbot.waitSignal(journal.failed, timeout=5_000):
            journal.put(one)
    with qtbot.waitSignal(journal.written, timeout=5_000) as signal:
        pass
    assert signal.args[0] == {one.id}


def test_a_clock_that_was_set_back_leaves_the_newest_state(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot
) -> None:
    """The same draft twice within one process: the last that was handed over counts, whatever its time says."""
    journal, one = open_journal(), draft("first")
    newer = replace(one, written_at=one.written_at - timedelta(days=1), content=draft("second").content)
    leave(qtbot, journal, one, newer)
    again = open_journal()
    with qtbot.waitSignal(again.found, timeout=5_000) as signal:
        again.look(*MINE)
    assert signal.args[0].mine == (newer,)
