"""The folder that all of this works in, and small files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def fail(sentence: str) -> int:
    """Say why it ends here."""
    print(sentence, file=sys.stderr)
    return 1


def digest(*files: Path) -> str:
    """One name for the content of `files`."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def read(file: Path) -> str | None:
    """The text of `file`; None where there is none."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return file.read_text("utf-8")
    return None


def write(file: Path, text: str) -> None:
    """Write `file` so that it is there whole or not at all."""
    half = file.with_name(file.name + ".new")
    half.write_text(text, "utf-8")
    half.replace(file)
