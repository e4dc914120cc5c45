"""Files that are either the old one or the new one, whenever the process or the power ends."""

from __future__ import annotations

import getpass
import glob
import os
import secrets
import subprocess
import time
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o644
_LEFT_BEHIND_SECONDS = 3600  # nobody writes for so long


def write_atomic(path: Path, content: str | bytes, mode: int = PUBLIC) -> None:
    """Replace ``path`` as a whole; its folder must exist. A private file is private from its first byte on."""
    _remove_left_behind(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode == PRIVATE:
                restrict_to_owner(unfinished)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def restrict_to_owner(path: Path) -> None:
    """On Windows, where a file has no mode: its list of who may use it names this person alone."""
    if os.name != "nt":
        return
    command = ["icacls", str(path), "/inheritance:r", "/grant:r", f"{_windows_user()}:F"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        raise OSError(f"{path.name} can't be kept to its owner alone")


def is_private(path: Path) -> bool:
    """Whether nobody but its owner may use a file; on Windows, whether its list names this person alone."""
    if os.name != "nt":
        return not path.stat().st_mode & 0o077
    answer = subprocess.run(["icacls", str(path)], check=False, capture_output=True, encoding="utf-8", errors="replace")
    listed = answer.stdout.removeprefix(str(path)).split("\n\n")[0].splitlines()  # below the empty line: a summary
    names = {line.rpartition(":")[0].strip().lower() for line in listed if line.strip()}
    return answer.returncode == 0 and names <= {_windows_user().lower()}


def _windows_user() -> str:
    domain = os.environ.get("USERDOMAIN")
    return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()


def _remove_left_behind(path: Path) -> None:
    """What a killed writer left may be a key."""
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        try:
            if leftover.stat().st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                leftover.unlink(missing_ok=True)
        except OSError:
            continue  # another process was quicker
