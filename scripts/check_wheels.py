"""Check that every locked package has a wheel, with a locked hash, on each system and Python that we support.

    .venv/bin/python -m scripts.check_wheels

It needs the package index that pip is set up for. `python3 run.py test` runs it once for each state of the lock.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from scripts.wheels import TARGETS, Target, ask_pip

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"


def read_entries() -> Iterator[tuple[Requirement, list[str]]]:
    """Each package of the lock with its hash options."""
    text = re.sub(r"^#.*\n", "", LOCK.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+(?=--hash=)", line)
        yield Requirement(requirement), hashes


def lines_for(target: Target) -> list[str]:
    """The lock as `target` reads it, without markers: pip would weigh those by the system that it runs on."""
    entries = [(r, h) for r, h in read_entries() if r.marker is None or r.marker.evaluate(target.environment())]
    return [" ".join([f"{requirement.name}{requirement.specifier}", *hashes]) for requirement, hashes in entries]


def check(target: Target) -> int:
    """Ask pip for `target`; the number of wheels, or SystemExit with what is missing."""
    lines = lines_for(target)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.txt")
        wanted.write_text("\n".join(lines), "utf-8")
        found = ask_pip(target, ["--no-deps", "--require-hashes", "-r", str(wanted)])
    if len(found) != len(lines):
        raise SystemExit(f"{target.name}: {len(lines)} packages are locked, pip found {len(found)}.")
    return len(found)


def main() -> int:
    """Check all targets; 0 when each package has a wheel everywhere."""
    for target in TARGETS:
        print(f"{target.name}: {check(target)} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
