"""Files that are either the old one or the new one, whenever the process or the power ends."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path


def write_atomic(path: Path, content: str | bytes, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Replace ``path`` as a whole; its folder must exist. Created with ``mode``, so a key is never readable.

    With ``owner`` (uid, gid) the file is given away before it has its name: in a folder that the owner may write to,
    a name may be a link to anything a moment later.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if owner is not None and sys.platform != "win32":
                os.fchmod(descriptor, mode)
                os.fchown(descriptor, *owner)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
