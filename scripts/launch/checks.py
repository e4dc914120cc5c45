"""Everything that must pass: what `run.py test` and so CI runs."""

from __future__ import annotations

import os
import subprocess

from scripts.launch.files import ROOT, digest, fail, read, write
from scripts.launch.packages import LOCK, PYTHON, VENV, run_python

WHEELS_CHECKED = VENV / "wheels-checked"
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}

# Name -> what the Python of .venv is given. These run side by side: mypy reckons while others wait for the index.
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "POSIX-only modules": ["-m", "scripts.check_portable"],
    "translations": ["-m", "scripts.translations", "check"],
    "wheels": ["-m", "scripts.check_wheels"],
}
# The tests are last, so that they have the machine to themselves and their count closes the output. A file's tests
# stay together, for they share a desk; the files come in the order of tests/conftest.py, the longest first.
# A process that dies ends the run, red; it would hang at its end otherwise.
TESTS = [
    "-m", "pytest", "-q", "-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0",
    "--durations", "15",
]  # fmt: skip


def run_checks() -> int:
    """Run everything that must pass; 1 where anything failed."""
    begun = {name: begin(words) for name, words in CHECKS.items() if is_due(name)}
    failed = [name for name, process in begun.items() if not has_passed(name, process)]
    print("== tests", flush=True)
    if run_python(*TESTS, check=False, **OFFSCREEN):
        failed.append("tests")
    return fail(f"Failed: {', '.join(failed)}") if failed else 0


def is_due(name: str) -> bool:
    """Whether to run it: a state of the lock whose wheels were found is not asked of the index again."""
    return name != "wheels" or read(WHEELS_CHECKED) != digest(LOCK)


def begin(words: list[str]) -> subprocess.Popen[str]:
    """Start a check; what it says is kept until its turn."""
    environment = {**os.environ, **OFFSCREEN}
    return subprocess.Popen(
        [PYTHON, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def has_passed(name: str, process: subprocess.Popen[str]) -> bool:
    """Wait for a check and print what it said, under its name."""
    said, _ = process.communicate()
    print(f"== {name}\n{said}", end="", flush=True)
    if name == "wheels" and process.returncode == 0:
        write(WHEELS_CHECKED, digest(LOCK))
    return process.returncode == 0
