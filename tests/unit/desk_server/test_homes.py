"""Which homes are named as left over: those of deleted desks, and nothing that is in doubt. None is removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from desk_server import binaries, homes
from desk_server.settings import DeskSettings

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="homes are root's")
KEY = "0123456789ab"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, not there, of a home in ``shared`` whose note names it."""
    monkeypatch.setattr(binaries, "SHARED_HOME", tmp_path / "shared")
    (home_of(tmp_path) / "cluster").mkdir(parents=True)
    write_note(tmp_path)
    return tmp_path / "desk"


def home_of(folder: Path) -> Path:
    return folder / "shared" / KEY


def write_note(folder: Path, **other: object) -> None:
    note = {"data": str(folder / "desk"), "key": KEY, "device": folder.stat().st_dev, **other}
    (home_of(folder) / homes.NOTE).write_text(json.dumps(note))


def settings(key: str) -> DeskSettings:
    return DeskSettings(key=key, kind="embedded", port=1, pg_bin="/b", account="nobody", owner_login="socket")


def test_the_home_of_a_deleted_desk_is_named_and_left(data: Path) -> None:
    (home_of(data.parent).parent / "postgresql-17.10").mkdir()
    assert homes.find_abandoned() == [(home_of(data.parent), str(data))]
    assert (home_of(data.parent) / "cluster").is_dir()


def test_the_home_of_a_desk_that_another_one_has_replaced_is_named(data: Path) -> None:
    data.mkdir()
    settings("another").save(data)
    assert homes.find_abandoned() == [(home_of(data.parent), str(data))]


def test_the_home_of_a_desk_that_is_there_is_not_named(data: Path) -> None:
    data.mkdir()
    settings(KEY).save(data)
    assert homes.find_abandoned() == []
    assert home_of(data.parent).exists()


@pytest.mark.parametrize("doubt", ["no note", "a note of another", "a disk that is away", "a server", "a damaged desk"])
def test_what_is_in_doubt_is_not_named(data: Path, doubt: str) -> None:
    home = home_of(data.parent)
    if doubt == "no note":
        (home / homes.NOTE).unlink()
    elif doubt == "a note of another":
        os.chown(home / homes.NOTE, 65534, 65534)
    elif doubt == "a disk that is away":
        write_note(data.parent, device=data.parent.stat().st_dev + 1)
    elif doubt == "a server":
        (home / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    else:
        data.mkdir()
        (data / "desk.json").write_text("{")
    assert homes.find_abandoned() == []
    assert home.exists()
