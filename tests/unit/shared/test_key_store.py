"""The key at rest: encrypted, private, its password in the key store or beside it. No test asks a real store."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

import shared.files
from shared import key_store
from shared.errors import KeyStoreError
from shared.files import PRIVATE, write_atomic
from shared.key_store import KEY_FILE, PASSWORD_FILE, KeyPassword, forget_password, new_key, read_password, write_key


class Store(KeyringBackend):
    """A key store in memory. ``fault`` is what it does instead of answering."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.forgets_at_once = False
        self.wait: threading.Event | None = None
        self.threads: set[str] = set()

    def _begin(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.wait is not None:
            self.wait.wait(20)
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._begin()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._begin()
        if not self.forgets_at_once:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._begin()
        if (service, username) not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[service, username]


@pytest.fixture
def store() -> Iterator[Store]:
    before = keyring.get_keyring()
    made = Store()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def no_store() -> Iterator[None]:
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


def opens(folder: Path, kept: KeyPassword) -> bool:
    password = read_password(folder, kept)
    assert password is not None
    load_pem_private_key((folder / KEY_FILE).read_bytes(), password.encode())
    return True


def is_private(file: Path) -> bool:
    return os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_key_is_encrypted_and_its_password_in_the_store(tmp_path: Path, store: Store) -> None:
    kept = write_key(tmp_path, new_key())
    assert kept.place == "store"
    assert list(store.kept) == [("SupportDesk", kept.key_id)]
    assert opens(tmp_path, kept)
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]
    assert is_private(tmp_path / KEY_FILE)
    content = (tmp_path / KEY_FILE).read_bytes()
    assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    with pytest.raises(TypeError):
        load_pem_private_key(content, None)


def test_without_a_store_the_password_lies_beside_it_and_this_is_told(tmp_path: Path, no_store: None) -> None:
    kept = write_key(tmp_path, new_key())
    assert kept == KeyPassword("file")
    assert opens(tmp_path, kept)
    assert is_private(tmp_path / KEY_FILE)
    assert is_private(tmp_path / PASSWORD_FILE)


def test_a_store_is_not_asked_where_the_profile_is_for_somebody_else(tmp_path: Path, store: Store) -> None:
    kept = write_key(tmp_path, new_key(), use_store=False)
    assert kept == KeyPassword("file")
    assert opens(tmp_path, kept)
    assert not store.threads


@pytest.mark.parametrize("fault", [KeyringLocked("locked"), OSError("no bus"), RuntimeError("a backend's own")])
def test_a_store_that_fails_is_as_good_as_none(tmp_path: Path, store: Store, fault: Exception) -> None:
    store.fault = fault
    assert write_key(tmp_path, new_key()) == KeyPassword("file")
    assert opens(tmp_path, KeyPassword("file"))


def test_a_store_that_forgets_is_found_out(tmp_path: Path, store: Store) -> None:
    store.forgets_at_once = True
    assert write_key(tmp_path, new_key()).place == "file"


def test_a_store_of_no_worth_is_none(tmp_path: Path, store: Store) -> None:
    store.__class__ = type("Plaintext", (Store,), {"priority": 0.5})
    assert write_key(tmp_path, new_key()).place == "file"
    assert not store.threads


def test_a_store_that_never_answers_is_not_waited_for(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_store, "STORE_SECONDS", 0.05)
    store.wait = threading.Event()
    assert write_key(tmp_path, new_key()).place == "file"
    with pytest.raises(KeyStoreError, match="locked or does not answer"):
        read_password(tmp_path, KeyPassword("store", "x"))
    store.wait.set()
    for thread in threading.enumerate():
        if thread.name == "desk-key-store":
            thread.join()


def test_a_locked_store_is_a_sentence_when_the_key_is_needed(tmp_path: Path, store: Store) -> None:
    kept = write_key(tmp_path, new_key())
    store.fault = KeyringLocked("locked")
    with pytest.raises(KeyStoreError, match="locked"):
        read_password(tmp_path, kept)
    store.fault = None
    assert opens(tmp_path, kept)


def test_a_password_that_is_gone_is_a_sentence(tmp_path: Path, store: Store) -> None:
    kept = write_key(tmp_path, new_key())
    store.kept.clear()
    with pytest.raises(KeyStoreError, match="does not hold"):
        read_password(tmp_path, kept)
    with pytest.raises(KeyStoreError, match=PASSWORD_FILE):
        read_password(tmp_path, KeyPassword("file"))


def test_a_store_that_is_gone_is_a_sentence(tmp_path: Path, no_store: None) -> None:
    with pytest.raises(KeyStoreError, match="no key store"):
        read_password(tmp_path, KeyPassword("store", "x"))


def test_a_key_without_password_asks_nobody(tmp_path: Path, store: Store) -> None:
    assert read_password(tmp_path, KeyPassword("none")) is None
    assert not store.threads


def test_a_password_is_forgotten_even_twice(tmp_path: Path, store: Store) -> None:
    kept = write_key(tmp_path, new_key())
    forget_password(kept)
    assert not store.kept
    forget_password(kept)


def test_each_key_has_a_password_of_its_own(tmp_path: Path, store: Store) -> None:
    write_key(tmp_path, new_key())
    write_key(tmp_path, new_key())
    assert len(set(store.kept.values())) == 2


def test_a_client_starts_without_reading_keyring_or_cryptography() -> None:
    code = (
        "import sys, desk_client.__main__, desk_client.app;"
        "print([name for name in ('keyring', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert done.stdout.strip() == "[]"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    write_atomic(file, "old", PRIVATE)

    def fails(_descriptor: int) -> None:
        raise OSError("as meant")

    monkeypatch.setattr(shared.files.os, "fsync", fails)
    with pytest.raises(OSError, match="as meant"):
        write_atomic(file, "new", PRIVATE)
    monkeypatch.undo()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "old")]


def test_what_a_killed_writer_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    old, young = tmp_path / ".file.aa.tmp", tmp_path / ".file.bb.tmp"
    old.write_text("a key")
    young.write_text("being written")
    os.utime(old, (0, 0))
    write_atomic(tmp_path / "file", "new")
    assert {one.name for one in tmp_path.iterdir()} == {"file", ".file.bb.tmp"}


def test_on_windows_the_list_of_who_may_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called; not run on Windows."""
    called: list[list[str]] = []
    file = tmp_path / "client.key"
    answers = [0, 5]

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        called.append(command)
        return subprocess.CompletedProcess(command, answers.pop(0))

    monkeypatch.setattr(shared.files.subprocess, "run", run)
    monkeypatch.setattr(shared.files.os, "name", "nt")
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    monkeypatch.setattr(shared.files.getpass, "getuser", lambda: "li")
    shared.files.restrict_to_owner(file)
    with pytest.raises(OSError, match="owner alone"):
        shared.files.restrict_to_owner(file)
    monkeypatch.undo()
    assert called == 2 * [["icacls", str(file), "/inheritance:r", "/grant:r", "OFFICE\\li:F"]]
