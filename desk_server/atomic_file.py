"""Files that are either the old one or the new one, whenever the process or the power ends."""

from __future__ import annotations

import glob
import os
import secrets
from pathlib import Path

from desk_server.processes import process_is_alive


def write_atomic(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Replace ``path`` as a whole; its folder must exist. Created with ``mode``, so a key is never readable.

    What a killed writer of the same file left, which may be a key, is removed.
    """
    _remove_leftovers(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*-*.tmp"):
        writer = leftover.name.removeprefix(f".{path.name}.").partition("-")[0]
        if writer.isdigit() and not process_is_alive(int(writer)):
            leftover.unlink(missing_ok=True)
