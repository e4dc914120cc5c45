"""Which account runs PostgreSQL, and what it may enter."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk_server import account
from desk_server.account import Account, account_named, account_of, own_account, plain_environment, server_account
from shared.errors import DeskError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="accounts and modes as on POSIX")


def test_postgresql_never_runs_as_root() -> None:
    assert server_account().uid != 0
    assert own_account().uid == os.geteuid()
    assert own_account().can_enter(Path("/"))


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Root on a computer with the account nobody alone, whose ``useradd`` works; the list has the accounts."""
    known = ["nobody"]

    def named(name: str) -> Account:
        if name not in known:
            raise DeskError("no such account")
        return Account(name, 1, 1)

    def made(command: list[str], **_: object) -> None:
        assert "--system" in command
        known.append(command[-1])

    monkeypatch.delenv("DESK_ACCOUNT", raising=False)
    monkeypatch.setattr(account, "own_account", lambda: Account("root", 0, 0))
    monkeypatch.setattr(account, "account_named", named)
    monkeypatch.setattr("desk_server.account.shutil.which", lambda *_, **__: "/usr/sbin/useradd")
    monkeypatch.setattr(Account, "run", lambda self, command, **_: made(command))
    return known


def test_a_new_desk_has_an_account_that_no_other_program_shares(as_root: list[str]) -> None:
    assert server_account().name == "supportdesk"
    assert as_root == ["nobody", "supportdesk"]
    assert server_account().name == "supportdesk"
    assert as_root == ["nobody", "supportdesk"]  # made once


def test_where_no_account_can_be_made_the_shared_one_serves(
    as_root: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(Account, "run", fails)
    assert server_account().name == "nobody"
    monkeypatch.setattr("desk_server.account.shutil.which", lambda *_, **__: None)
    assert server_account().name == "nobody"
    as_root.append("supportdesk")
    assert server_account().name == "supportdesk"


def test_the_account_may_be_stated(as_root: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ACCOUNT", "nobody")
    assert server_account().name == "nobody"
    monkeypatch.setenv("DESK_ACCOUNT", "no-such-account-here")
    with pytest.raises(DeskError):
        server_account()


def test_unknown_account_is_a_sentence() -> None:
    assert account_named(own_account().name) == own_account()
    with pytest.raises(DeskError, match="does not exist"):
        account_named("no-such-account-here")


def test_account_without_a_name_has_its_number() -> None:
    assert account_of(4_000_001).name == "4000001"
    assert account_named("4000001").uid == 4_000_001


def test_a_closed_folder_anywhere_above_shuts_the_account_out(desk_folder: Path) -> None:
    stranger = account_of(4_000_001)
    inner = desk_folder / "a" / "b"
    inner.mkdir(parents=True)
    for folder in (desk_folder, inner.parent, inner):
        folder.chmod(0o711)
    assert stranger.can_enter(inner)
    inner.parent.chmod(0o700)
    assert not stranger.can_enter(inner)
    inner.parent.chmod(0o711)
    assert stranger.can_enter(inner)


def test_programs_get_no_libpq_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c fsync=off")
    monkeypatch.setenv("DESK_PG_BIN", "/x")
    environment = plain_environment()
    assert "PGOPTIONS" not in environment
    assert environment["DESK_PG_BIN"] == "/x"
    assert environment["LC_ALL"] == "C"


def test_a_program_runs_and_says_what_it_says() -> None:
    answer = own_account().run(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (answer.returncode, answer.stdout) == (3, "out\nerr\n")
