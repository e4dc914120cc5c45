"""Files in folders of another account, read and written as that account.

Where PostgreSQL's account may write, any name may be a link to anything a moment later. Root would follow it with all
its might; a process of that account gets no further than the account itself.
"""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

from desk_server.account import Account
from shared.errors import DeskError
from shared.files import write_atomic

# The name of the file is $1, its mode $2. What a killed one left is written over and renamed.
_REPLACE = """
umask 077
staged="$(dirname "$1")/.$(basename "$1").desk-staged"
rm -f "$staged" && cat > "$staged" && chmod "$2" "$staged" && sync "$staged" && mv -f "$staged" "$1" && exit 0
rm -f "$staged"
exit 1
"""

# A file that the account may not open ends the first command, whose word is the answer.
_READ_PART = 'exec < "$1" || exit 1; tail -c "+$2" | head -c "$3"'


def read_file(account: Account, file: Path) -> bytes:
    """The content as ``account`` may read it; DeskError where it may not."""
    if account.is_ours:
        return file.read_bytes()
    answer = account.run_binary(["/bin/cat", file])
    if answer.returncode != 0:
        raise _failure(account, file, "read", answer)
    return answer.stdout


def read_part(account: Account, file: Path, start: int, length: int) -> bytes:
    """At most ``length`` bytes from ``start`` on, as ``account`` may read them; DeskError where it may not."""
    if account.is_ours:
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(length)
    answer = account.run_binary(["/bin/sh", "-c", _READ_PART, "sh", file, str(start + 1), str(length)])
    if answer.returncode != 0:
        raise _failure(account, file, "read", answer)
    return answer.stdout


def replace_file(account: Account, file: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Replace a file as a whole, as ``account``; DeskError where it may not, OSError where the disk is full."""
    if account.is_ours:
        write_atomic(file, content, mode)
        return
    data = content.encode("utf-8") if isinstance(content, str) else content
    answer = account.run_binary(["/bin/sh", "-c", _REPLACE, "sh", file, f"{mode:o}"], data)
    if answer.returncode != 0:
        raise _failure(account, file, "written", answer)


def _failure(account: Account, file: Path, what: str, answer: subprocess.CompletedProcess[bytes]) -> Exception:
    words = answer.stderr.decode("utf-8", "replace").strip().splitlines()
    if any("No space left" in line for line in words):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
    reason = words[0].rpartition(": ")[2] if words else "no reason was given"
    return DeskError(f"{file} can't be {what} by the account {account.name}: {reason}.")
