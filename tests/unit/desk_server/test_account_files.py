"""Files of PostgreSQL's account: root writes them as that account, which gets nowhere that it could not go itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk_server.account import Account, account_named, own_account
from desk_server.account_files import read_file, replace_file
from shared.errors import DeskError

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root writes as another account"
)


@pytest.fixture
def account() -> Account:
    return account_named("nobody")


@pytest.fixture
def folder(desk_folder: Path, account: Account) -> Path:
    """A folder that belongs to the account."""
    desk_folder.mkdir(mode=0o755)
    account.take(desk_folder)
    return desk_folder


@pytest.fixture
def secret(desk_folder: Path) -> Path:
    """A file of root's in a folder of root's, which the account may look into."""
    elsewhere = desk_folder.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    file = elsewhere / "pg_hba.conf"
    file.write_text("root's own")
    file.chmod(0o600)
    return file


def test_a_file_is_replaced_whole_with_its_mode_and_owner(folder: Path, account: Account) -> None:
    content = bytes(range(256)) * 1000
    for mode in (0o600, 0o640):
        replace_file(account, folder / "it's a; $(name)", content, mode)
        (file,) = folder.iterdir()
        assert (file.read_bytes(), file.stat().st_mode & 0o777, file.stat().st_uid) == (content, mode, account.uid)
        assert read_file(account, file) == content


def test_what_a_killed_one_left_is_no_hindrance(folder: Path, account: Account) -> None:
    (folder / ".desk.conf.desk-staged").write_text("half")
    replace_file(account, folder / "desk.conf", "whole")
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("desk.conf", "whole")]


def test_a_link_leads_root_nowhere(folder: Path, account: Account, secret: Path) -> None:
    (folder / "pg_hba.conf").symlink_to(secret)
    with pytest.raises(DeskError, match="can't be read by the account nobody"):
        read_file(account, folder / "pg_hba.conf")
    replace_file(account, folder / "pg_hba.conf", "ours")  # the link goes, not what it points to
    assert not (folder / "pg_hba.conf").is_symlink()
    (folder / "conf").symlink_to(secret.parent)
    with pytest.raises(DeskError, match="can't be written by the account nobody"):
        replace_file(account, folder / "conf" / "pg_hba.conf", "ours")
    assert (secret.read_text(), len(list(secret.parent.iterdir()))) == ("root's own", 1)
    replace_file(own_account(), folder / "conf" / "pg_hba.conf", "ours")  # the control: root as root follows it
    assert secret.read_text() == "ours"
