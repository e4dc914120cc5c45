"""Which account runs PostgreSQL, and what it may enter."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk_server.account import account_named, account_of, own_account, plain_environment, server_account
from shared.errors import DeskError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="accounts and modes as on POSIX")


def test_postgresql_never_runs_as_root() -> None:
    assert server_account().uid != 0
    assert own_account().uid == os.geteuid()
    assert own_account().can_enter(Path("/"))


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
