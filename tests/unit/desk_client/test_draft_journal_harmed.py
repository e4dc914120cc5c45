"""Drafts where something beside them is broken: what can be read is offered, what can be written is written."""

from __future__ import annotations

import shutil
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
from desk_client.drafts.cipher import KEY_FILE, SECRET_FILE
from desk_client.drafts.content import Draft, DraftContent, FieldText
from desk_client.drafts.journal import DraftFault, DraftJournal
from desk_client.drafts.journal_file import JournalFile
from shared.errors import KeyStoreError

MINE = ("pc-full", "lin")
WAIT_MS = 60_000  # files are made and synced, on a disk that others use too


def draft(text: str = "typed") -> Draft:
    content = DraftContent("ticket", 7, "10007", 3, typed={"subject": FieldText(text, text, 2, 5)})
    return Draft(uuid.uuid4(), *MINE, "Lin", datetime.now(UTC), content)


@pytest.fixture
def open_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], DraftJournal]]:
    """A journal on the same profile each time: another process, as far as the files know."""
    monkeypatch.setattr(journal_module, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(journal_module, "CLOSE_SECONDS", 60.0)  # a busy disk is waited for
    made: list[DraftJournal] = []

    def make() -> DraftJournal:
        made.append(DraftJournal(tmp_path, use_store=False))
        return made[-1]

    yield make
    for one in made:
        one.close()


def write(qtbot: QtBot, journal: DraftJournal, *drafts: Draft) -> None:
    for one in drafts:
        with qtbot.waitSignal(journal.written, timeout=WAIT_MS):
            journal.put(one)


def leave(qtbot: QtBot, journal: DraftJournal, *drafts: Draft) -> None:
    """A process that wrote these and is gone."""
    write(qtbot, journal, *drafts)
    journal.close()


def take_away(folder: Path, *patterns: str) -> None:
    """As a program does that cleans up, or a person."""
    gone = [file for pattern in patterns for file in folder.glob(pattern)]
    assert gone
    for file in gone:
        file.unlink()


def offered(qtbot: QtBot, journal: DraftJournal) -> set[uuid.UUID]:
    with qtbot.waitSignal(journal.found, timeout=WAIT_MS) as signal:
        journal.look(*MINE)
    return {one.id for one in signal.args[0].mine}


def after_kill(qtbot: QtBot, profile: Path) -> set[uuid.UUID]:
    """What a start would offer, were each process on this profile killed now."""
    shutil.copytree(profile, profile / "killed")
    journal = DraftJournal(profile / "killed", use_store=False)
    try:
        return offered(qtbot, journal)
    finally:
        journal.close()
        shutil.rmtree(profile / "killed")


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
    with qtbot.waitSignal(journal.found, timeout=WAIT_MS) as signal:
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
    with qtbot.waitSignal(journal.found, timeout=WAIT_MS) as signal:
        journal.look(*MINE)
    assert {one.id for one in signal.args[0].mine} == {one.id for one in drafts}


def test_a_damaged_record_of_the_key_does_not_end_drafts(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    one = draft("before")
    leave(qtbot, open_journal(), one)
    (tmp_path / "drafts" / KEY_FILE).write_bytes(b"no database at all" * 300)
    journal, other = open_journal(), draft("after")
    with qtbot.waitSignal(journal.found, timeout=WAIT_MS) as signal:
        journal.look(*MINE)
    assert signal.args[0].mine == (one,), "the key itself is where it was"
    leave(qtbot, journal, other)
    again = open_journal()
    with qtbot.waitSignal(again.found, timeout=WAIT_MS) as signal:
        again.look(*MINE)
    assert {found.id for found in signal.args[0].mine} == {one.id, other.id}


def test_a_mistake_does_not_end_drafts(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_draft: Draft) -> bytes:
        raise LookupError("a mistake")

    journal, one = open_journal(), draft()
    # `written` is listened for from the first: it may come before another line of this is reached
    with qtbot.waitSignal(journal.written, timeout=WAIT_MS) as signal, monkeypatch.context() as broken:
        broken.setattr(store_module, "encode", wrong)
        with qtbot.waitSignal(journal.failed, timeout=WAIT_MS):
            journal.put(one)
    assert signal.args[0] == {one.id: one}


def test_a_clock_that_was_set_back_leaves_the_newest_state(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot
) -> None:
    """The same draft twice within one process: the last that was handed over counts, whatever its time says."""
    journal, one = open_journal(), draft("first")
    newer = replace(one, written_at=one.written_at - timedelta(days=1), content=draft("second").content)
    leave(qtbot, journal, one, newer)
    again = open_journal()
    with qtbot.waitSignal(again.found, timeout=WAIT_MS) as signal:
        again.look(*MINE)
    assert signal.args[0].mine == (newer,)


HARMS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda folder: None,
    "the folder": shutil.rmtree,
    "all of the file": lambda folder: take_away(folder, "*.drafts*"),
    "the file alone": lambda folder: take_away(folder, "*.drafts"),
    "what is not in the file yet": lambda folder: take_away(folder, "*-wal"),
    "the key": lambda folder: take_away(folder, KEY_FILE, SECRET_FILE),
    "the key's secret": lambda folder: take_away(folder, SECRET_FILE),
    "the record of the key": lambda folder: take_away(folder, KEY_FILE),
    "the file and the key": lambda folder: take_away(folder, "*"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_somebody_took_away_is_made_anew_by_the_next_write(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path, harm: str
) -> None:
    """All that this client has is readable after a kill, not only what was written last; and nobody hears of it."""
    drafts, folder, faults = [draft("one"), draft("two"), draft("three")], tmp_path / "drafts", list[Any]()
    journal = open_journal()
    journal.failed.connect(faults.append)
    write(qtbot, journal, *drafts[:2])
    assert after_kill(qtbot, tmp_path) == {one.id for one in drafts[:2]}
    HARMS[harm](folder)
    write(qtbot, journal, drafts[2])
    assert after_kill(qtbot, tmp_path) == {one.id for one in drafts}
    assert faults == []
    HARMS[harm](folder)
    with qtbot.waitSignal(journal.written, timeout=WAIT_MS):
        journal.remove(drafts[0].id)
    assert after_kill(qtbot, tmp_path) == {one.id for one in drafts[1:]}, "also where something was only taken out"


def test_where_nothing_can_be_made_anew_nothing_is_called_written(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    first, second, folder = draft("first"), draft("second"), tmp_path / "drafts"
    journal, said = open_journal(), list[Any]()
    write(qtbot, journal, first)
    shutil.rmtree(folder)
    folder.write_text("in its place")
    journal.written.connect(lambda ids, _: said.append(ids))
    with qtbot.waitSignal(journal.failed, timeout=WAIT_MS) as signal:
        journal.put(second)
    assert signal.args == [DraftFault.DISK]
    assert said == []
    with qtbot.waitSignals([journal.recovered, journal.written], timeout=WAIT_MS):
        folder.unlink()
    assert after_kill(qtbot, tmp_path) == {first.id, second.id}


def test_two_clients_agree_on_a_new_key(open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path) -> None:
    """The first makes it; what the second wrote by the old one would be readable for nobody."""
    drafts, clients = [draft(str(at)) for at in range(4)], [open_journal(), open_journal()]
    for client, one in zip(clients, drafts[:2], strict=True):
        write(qtbot, client, one)
    shutil.rmtree(tmp_path / "drafts")
    for client, one in zip(clients, drafts[2:], strict=True):
        write(qtbot, client, one)
    assert after_kill(qtbot, tmp_path) == {one.id for one in drafts}


@pytest.mark.parametrize("harm", ["the folder", "the key"])
def test_a_client_that_ends_leaves_all_that_it_had(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path, harm: str
) -> None:
    """Also what it took over from one before it, where nothing was written after the harm."""
    drafts = [draft("of the one before"), draft("its own")]
    leave(qtbot, open_journal(), drafts[0])
    journal = open_journal()
    assert offered(qtbot, journal) == {drafts[0].id}
    write(qtbot, journal, drafts[1])
    HARMS[harm](tmp_path / "drafts")
    journal.close()
    assert offered(qtbot, open_journal()) == {one.id for one in drafts}


def test_nobody_is_asked_for_a_key_by_a_window_that_has_gone(
    qtbot: QtBot, open_journal: Callable[[], DraftJournal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, asked = open_journal(), []
    write(qtbot, journal, draft())

    def refuse(*_: object, **__: object) -> None:
        asked.append(True)
        raise KeyStoreError("locked")

    monkeypatch.setattr(store_module, "load_cipher", refuse)
    take_away(tmp_path / "drafts", KEY_FILE)
    with qtbot.waitSignal(journal.failed, timeout=WAIT_MS):
        journal.put(draft("more"))
    count = len(asked)
    journal.close()
    assert 0 < count == len(asked)


def test_a_draft_that_is_gone_before_its_file_was_found_again_stays_gone(
    qtbot: QtBot, open_journal: Callable[[], DraftJournal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was out of sight for a moment, just behind a write to it."""
    journal, looks, is_there = open_journal(), [], JournalFile.is_there
    kept, discarded = draft("kept"), draft("discarded")
    write(qtbot, journal, kept)

    def look(file: JournalFile) -> bool:
        looks.append(True)
        return len(looks) != 2 and is_there(file)

    monkeypatch.setattr(JournalFile, "is_there", look)
    with qtbot.waitSignal(journal.failed, timeout=WAIT_MS):
        journal.put(discarded)
    with qtbot.waitSignal(journal.written, timeout=WAIT_MS):
        journal.remove(discarded.id)
    journal.close()
    after = open_journal()
    with qtbot.waitSignal(after.found, timeout=WAIT_MS) as found:
        after.look(*MINE)
    assert [one.id for one in found.args[0].mine] == [kept.id]
