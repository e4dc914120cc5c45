"""The journal of drafts: what is on the disk, whose it is, and what happens where the disk does not take it."""

from __future__ import annotations

import errno
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_client.drafts import journal as journal_module
from desk_client.drafts.cipher import SECRET_FILE, load_cipher
from desk_client.drafts.content import Draft, DraftContent, FieldText, decode, encode
from desk_client.drafts.journal import DraftFault, DraftJournal
from desk_client.drafts.journal_file import FileDamagedError, FileHeldError, JournalFile
from desk_client.drafts.store import Found
from shared.files import is_private

WAIT_MS = 60_000  # files are made and synced, on a disk that others use too
SECRET = "Phone of 李娜: 555-0199"


def draft(text: str = SECRET, *, person: str = "lin", draft_id: uuid.UUID | None = None) -> Draft:
    content = DraftContent("ticket", 7, "10007", 3, typed={"subject": FieldText(text, text, 2, 5)})
    return Draft(draft_id or uuid.uuid4(), "pc-full", person, person.title(), datetime.now(UTC), content)


@pytest.fixture
def open_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], DraftJournal]]:
    """A journal on the same profile each time: another process, as far as the files know."""
    monkeypatch.setattr(journal_module, "CLOSE_SECONDS", 60.0)  # a busy disk is waited for
    made: list[DraftJournal] = []

    def make() -> DraftJournal:
        made.append(DraftJournal(tmp_path, use_store=False))
        return made[-1]

    yield make
    for one in made:
        one.close()


def written(qtbot: QtBot, journal: DraftJournal, one: Draft | None, draft_id: uuid.UUID | None = None) -> None:
    with qtbot.waitSignal(journal.written, timeout=WAIT_MS):
        journal.put(one) if one is not None else journal.remove(draft_id or uuid.uuid4())


def found(qtbot: QtBot, journal: DraftJournal, person: str = "lin", machine: str = "pc-full") -> Found:
    with qtbot.waitSignal(journal.found, timeout=WAIT_MS) as signal:
        journal.look(machine, person)
    return signal.args[0]


def journals(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "drafts").glob("*.drafts"))


def test_the_next_process_finds_it_and_nobody_reads_it_on_the_disk(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    first, one = open_journal(), draft()
    written(qtbot, first, one)
    held = b"".join(file.read_bytes() for file in (tmp_path / "drafts").iterdir() if file.suffix != ".password")
    assert len(held) > 200
    assert "李娜".encode() not in held
    assert b"555-0199" not in held
    assert is_private(tmp_path / "drafts" / SECRET_FILE)
    assert all(is_private(file) for file in journals(tmp_path))
    assert found(qtbot, open_journal()).mine == ()  # the first is alive
    first.close()
    assert found(qtbot, open_journal()).mine == (one,)


def test_key_and_file_are_there_before_the_first_key_press(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    """To make them may take seconds on a busy disk, which a first draft would have to wait for."""
    journal = open_journal()
    assert found(qtbot, journal) == Found((), {}, 0)
    assert (tmp_path / "drafts" / SECRET_FILE).exists()
    assert len(journals(tmp_path)) == 1
    journal.close()
    assert journals(tmp_path) == []


def test_the_newest_state_counts_and_what_is_gone_is_gone(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    journal, one = open_journal(), draft("old")
    written(qtbot, journal, one)
    newer, other = draft("new", draft_id=one.id), draft("other")
    written(qtbot, journal, newer)
    written(qtbot, journal, other)
    written(qtbot, journal, None, other.id)
    journal.close()
    second = open_journal()
    assert found(qtbot, second).mine == (newer,)
    written(qtbot, second, None, newer.id)
    second.close()
    assert journals(tmp_path) == []


def test_others_drafts_stay_where_they_are(open_journal: Callable[[], DraftJournal], qtbot: QtBot) -> None:
    journal, mine, theirs = open_journal(), draft(), draft(person="zhao")
    written(qtbot, journal, mine)
    written(qtbot, journal, theirs)
    journal.close()
    elsewhere = open_journal()
    assert found(qtbot, elsewhere, "lin", "pc-other").mine == ()
    first = open_journal()
    answer = found(qtbot, first)
    assert (answer.mine, dict(answer.others)) == ((mine,), {"Zhao": 1})
    second = open_journal()  # while the first is alive, and has only its own
    answer = found(qtbot, second, "zhao")
    assert (answer.mine, dict(answer.others)) == ((theirs,), {})


def test_a_draft_left_in_two_files_by_a_kill_is_offered_once(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot
) -> None:
    old = draft("old")
    new = Draft(old.id, "pc-full", "lin", "Lin", old.written_at + timedelta(seconds=1), draft("new").content)
    for one in (new, old):
        journal = open_journal()
        written(qtbot, journal, one)
        journal.close()
    third = open_journal()
    assert found(qtbot, third).mine == (new,)
    third.close()
    assert found(qtbot, open_journal()).mine == (new,)


def test_what_can_t_be_read_is_said_and_kept(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, tmp_path: Path
) -> None:
    journal = open_journal()
    written(qtbot, journal, draft())
    journal.close()
    (tmp_path / "drafts" / "x.drafts").write_bytes(b"no database at all, but some bytes" * 40)
    (tmp_path / "drafts" / SECRET_FILE).unlink()  # the key is gone, and another one is made
    second = open_journal()
    answer = found(qtbot, second)
    assert (answer.mine, answer.unreadable) == ((), 2)
    assert len(list((tmp_path / "drafts").glob("*.damaged"))) == 2
    assert found(qtbot, open_journal()).unreadable == 0  # said once
    one = draft("with the new key")
    written(qtbot, second, one)
    second.close()
    assert found(qtbot, open_journal()).mine == (one,)


def test_one_draft_can_t_be_put_in_the_place_of_another(tmp_path: Path) -> None:
    cipher, one, other = load_cipher(tmp_path, use_store=False), uuid.uuid4(), uuid.uuid4()
    sealed = cipher.encrypt(one, b"text")
    assert cipher.decrypt(one, sealed) == b"text"
    assert load_cipher(tmp_path, use_store=False).decrypt(one, sealed) == b"text"
    for wrong_id, data in ((other, sealed), (one, sealed[:-1]), (one, b"")):
        with pytest.raises(ValueError, match=r"not encrypted by this key|Nonce"):
            cipher.decrypt(wrong_id, data)


def test_a_full_disk_is_said_and_all_is_written_once_there_is_room(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RETRY_SECONDS", 0.05)
    journal, first, second = open_journal(), draft("first"), draft("second")
    written(qtbot, journal, first)
    honest, tries = JournalFile.write, []

    def full(*arguments: Any) -> None:
        tries.append(arguments)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(JournalFile, "write", full)
    faults: list[DraftFault] = []
    journal.failed.connect(faults.append)
    journal.put(second)
    qtbot.waitUntil(lambda: len(tries) > 3 and bool(faults), timeout=WAIT_MS)
    QApplication.processEvents()
    assert faults == [DraftFault.DISK_FULL]  # said once, tried again and again
    with qtbot.waitSignals([journal.recovered, journal.written], timeout=WAIT_MS):
        monkeypatch.setattr(JournalFile, "write", honest)
    journal.close()
    assert {one.id for one in found(qtbot, open_journal()).mine} == {first.id, second.id}


@pytest.mark.parametrize("is_freed", [True, False])
def test_closing_tries_once_more_and_waits_for_nothing(
    open_journal: Callable[[], DraftJournal], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_freed: bool
) -> None:
    monkeypatch.setattr(journal_module, "RETRY_SECONDS", 600)
    journal, one = open_journal(), draft()
    tries: list[Any] = []

    def full(*arguments: Any) -> None:
        tries.append(arguments)
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as small:
        small.setattr(JournalFile, "write", full)
        with qtbot.waitSignal(journal.failed, timeout=WAIT_MS):
            journal.put(one)
        if not is_freed:
            journal.close()
    journal.close()
    assert len(tries) == (1 if is_freed else 2), "once more, and no oftener"
    assert found(qtbot, open_journal()).mine == ((one,) if is_freed else ())


def test_a_file_is_one_process_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.drafts"
    first = JournalFile(path)
    first.write({uuid.uuid4(): b"1"})
    with pytest.raises(FileHeldError):
        JournalFile(path)
    first.close()
    second = JournalFile(path)
    assert list(second.read().values()) == [b"1"]
    second.remove()
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"x" * 4096)
    with pytest.raises(FileDamagedError):
        JournalFile(path)


def test_each_write_is_on_the_disk_before_it_counts(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "a.drafts")
    asked = [file._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    file.close()
    assert asked == ["wal", 2]


PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.datetimes(timezones=st.just(UTC)) | st.uuids()
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner).map(tuple) | st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(st.dictionaries(st.text(), VALUES), VALUES, st.text(), st.integers(0, 9), st.integers(0, 9))
def test_values_come_back_as_they_were(base: dict[str, Any], value: Any, text: str, cursor: int, anchor: int) -> None:
    typed = {"subject": FieldText(value, text, cursor, anchor)}
    content = DraftContent(
        "ticket", None, text, None, base=base, typed=typed, save_ids={"row": uuid.uuid4(), "sent": base}
    )
    one = Draft(uuid.uuid4(), "m", "p", "P", datetime.now(UTC), content)
    assert decode(one.id, encode(one)) == one


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"format": 9}', b"\xff", b'{"$": "no such kind", "of": 1}'])
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode(uuid.uuid4(), data)
