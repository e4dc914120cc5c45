"""The platforms that SupportDesk is locked for, and what pip would install on each of them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import default_environment

# Newest first. PySide6 6.11 itself asks for glibc 2.34 (Debian 12 has 2.36), so no older system counts.
_MANYLINUX = (*(f"manylinux_2_{minor}_x86_64" for minor in range(34, 16, -1)), "manylinux2014_x86_64")


@dataclass(frozen=True)
class Target:
    """One Python on one system."""

    python: str
    sys_platform: str
    tags: tuple[str, ...]

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"Python {self.python} on {self.sys_platform}"

    def environment(self) -> dict[str, str]:
        """The values that requirement markers are weighed with."""
        windows = self.sys_platform == "win32"
        return {
            **{key: str(value) for key, value in default_environment().items()},
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_machine": "AMD64" if windows else "x86_64",
            "platform_system": "Windows" if windows else "Linux",
            "os_name": "nt" if windows else "posix",
            "sys_platform": self.sys_platform,
            "extra": "",
        }


TARGETS = tuple(
    Target(python, sys_platform, tags)
    for sys_platform, tags in (("linux", _MANYLINUX), ("win32", ("win_amd64",)))
    for python in ("3.11", "3.12", "3.13")
)


def ask_pip(target: Target, arguments: Sequence[str]) -> list[dict[str, Any]]:
    """What `pip install` would install on `target`, from wheels alone; SystemExit with pip's words where it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += ["--dry-run", "--ignore-installed", "--report", str(report), "--target", str(Path(folder, "none"))]
        command += ["--only-binary=:all:", "--python-version", target.python]
        command += [word for tag in target.tags for word in ("--platform", tag)]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{target.name}: pip found no answer.\n{done.stderr.strip()}")
        installed: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["install"]
        return installed


def sha256_of(item: dict[str, Any]) -> str:
    """The SHA-256 of one wheel in pip's report."""
    return str(item["download_info"]["archive_info"]["hashes"]["sha256"])
