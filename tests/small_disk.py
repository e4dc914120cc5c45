"""A small file system of its own, to be filled: root on Linux alone can make one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoSmallDiskError(Exception):
    """None can be made here; the reason is the text."""


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, megabytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", self.folder], check=True)

    def fill(self) -> None:
        """Leave no room for anything more."""
        for size in (1_000_000, 4096):
            with (self.folder / f"ballast-{size}").open("wb", buffering=0) as ballast:
                while True:
                    try:
                        if ballast.write(b"x" * size) < size:
                            break
                    except OSError:
                        break

    def empty(self) -> None:
        for ballast in self.folder.glob("ballast-*"):
            ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted at ``folder``, which is made; NoSmallDiskError where that is not possible."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise NoSmallDiskError("only root on Linux can make a small disk")
    folder.mkdir()
    options = f"size={megabytes}m,mode=711"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False).returncode != 0:
        raise NoSmallDiskError("mounting is not allowed here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
