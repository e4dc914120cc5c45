"""Everything that must pass: what `run.py test` and so CI runs."""

from __future__ import annotations

from scripts.launch.files import digest, fail, read, write
from scripts.launch.packages import LOCK, VENV, run_python

WHEELS_CHECKED = VENV / "wheels-checked"

# Name -> what the Python of .venv is given. The tests are last, so that their count closes the output.
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "POSIX-only modules": ["-m", "scripts.check_portable"],
    "translations": ["-m", "scripts.translations", "check"],
    "wheels": ["-m", "scripts.check_wheels"],
    "tests": ["-m", "pytest", "-q", "-n", "3", "--dist", "loadfile", "--durations", "15"],
}


def run_checks() -> int:
    """Run everything that must pass, the tests last; 1 where anything failed."""
    failed = []
    for name, words in CHECKS.items():
        if name == "wheels" and read(WHEELS_CHECKED) == digest(LOCK):
            continue  # this state of the lock has passed, and asking again needs the index
        print(f"== {name}", flush=True)
        if run_python(*words, check=False, QT_QPA_PLATFORM="offscreen"):
            failed.append(name)
        elif name == "wheels":
            write(WHEELS_CHECKED, digest(LOCK))
    return fail(f"Failed: {', '.join(failed)}") if failed else 0
