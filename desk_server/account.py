"""The operating system's account that PostgreSQL runs as: our own, or an unprivileged one where we are root."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.errors import DeskError

DEDICATED = "supportdesk"
SHARED = "nobody"
ENVIRONMENT_VARIABLE = "DESK_ACCOUNT"


@dataclass(frozen=True, slots=True)
class Account:
    """A name with its ids; ids are None on Windows."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this process runs as it."""
        return sys.platform == "win32" or self.uid == os.geteuid()

    def run(
        self, command: Sequence[str | Path], *, output: Any = subprocess.PIPE, timeout: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account in English and without any ``PG...`` of our environment."""
        return subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=Path(command[0]).anchor or None,
            env=plain_environment(),
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
            **self._identity,
        )

    def run_binary(self, command: Sequence[str | Path], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a program as this account, with ``given`` as its input; output and errors apart."""
        return subprocess.run(
            [str(part) for part in command],
            input=given,
            capture_output=True,
            cwd=Path(command[0]).anchor or None,
            env=plain_environment(),
            check=False,
            **self._identity,
        )

    @property
    def _identity(self) -> dict[str, Any]:
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    @property
    def owner(self) -> tuple[int, int] | None:
        """The ids to give a file to this account by; None where we are it."""
        return None if self.uid is None or self.gid is None or self.is_ours else (self.uid, self.gid)

    def take(self, path: Path) -> None:
        """Make a file or folder this account's own; of a link the link itself."""
        if sys.platform != "win32" and self.owner is not None:
            os.chown(path, *self.owner, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass through ``folder`` and all above it, by owner and mode."""
        if self.is_ours:
            return True
        folder = folder.resolve()
        return all(self._may_pass(part) for part in (folder, *folder.parents) if part.exists())

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


def plain_environment() -> dict[str, str]:
    """Our environment without libpq's variables, messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "LANGUAGE": "C"}


def own_account() -> Account:
    """The account that this process runs as."""
    if sys.platform == "win32":
        return Account(getpass.getuser())
    return account_of(os.geteuid())


def server_account() -> Account:
    """The account for a new desk's PostgreSQL, which refuses to run as root: ours, or one of its own where we are root.

    Whoever runs as that account is the database's superuser, so one that other programs share is the last choice.
    """
    own = own_account()
    if own.uid != 0:
        return own
    stated = os.environ.get(ENVIRONMENT_VARIABLE)
    if stated:
        return account_named(stated)
    return _existing(DEDICATED) or _made(DEDICATED) or account_named(SHARED)


def _existing(name: str) -> Account | None:
    try:
        return account_named(name)
    except DeskError:
        return None


def _made(name: str) -> Account | None:
    """A new system account that nobody logs in to; None where the system does not let us or has its own way."""
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        return None
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        own_account().run([*command, "--shell", "/usr/sbin/nologin", name], timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return _existing(name)


def account_named(name: str) -> Account:
    """Look an account up by name."""
    if sys.platform == "win32":
        return Account(name)
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        # an id without a name (containers): what account_of made of it
        if name.isdigit():
            return account_of(int(name))
        raise DeskError(f"The account {name} does not exist on this computer.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_of(uid: int) -> Account:
    """Look an account up by its number."""
    if sys.platform == "win32":
        raise DeskError("Windows has no account numbers.")
    import pwd

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, os.getegid() if uid == os.geteuid() else uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def person_name() -> str:
    """The name of whoever runs this, as the operating system knows it."""
    return own_account().name
