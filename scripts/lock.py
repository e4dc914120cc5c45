"""Write requirements.lock: every package of every extra, pinned, with the hashes of its wheels.

Run it with the project's own Python after a change of the dependencies in pyproject.toml:

    .venv/bin/python -m scripts.lock

It asks pip, as pip is set up on this machine, and writes no address of a registry. One file serves Python 3.11 to 3.13
on Linux and on Windows: a package that only one system needs carries a marker.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.wheels import TARGETS, Target, ask_pip, sha256_of

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = """\
# Written by scripts/lock.py from pyproject.toml; change it there and run the script again.
# All extras, for Python 3.11 to 3.13 on Linux (x86-64) and Windows (x86-64). Wheels only.
"""

Metadata = Mapping[str, Any]


def read_roots() -> list[str]:
    """The requirements of pyproject.toml: the project's own and those of all extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras: Iterable[list[str]] = project["optional-dependencies"].values()
    return sorted({*project["dependencies"], *(line for extra in extras for line in extra)})


def resolve(requirements: Iterable[str]) -> dict[str, Metadata]:
    """What pip would install for the oldest target, by canonical name."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.txt")
        wanted.write_text("\n".join(requirements), "utf-8")
        report = ask_pip(TARGETS[0], ["-r", str(wanted)])
    return {canonicalize_name(item["metadata"]["name"]): item["metadata"] for item in report}


def find_needed(roots: Iterable[str], found: Mapping[str, Metadata], target: Target) -> dict[str, str]:
    """Every requirement that counts on `target`: canonical name -> the line that asks for it."""
    needed: dict[str, str] = {}
    waiting = [Requirement(line) for line in roots]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate(target.environment()):
            continue
        if name in needed:
            continue
        needed[name] = f"{requirement.name}{requirement.specifier}"
        waiting += [Requirement(line) for line in found.get(name, {}).get("requires_dist", [])]
    return needed


def resolve_everywhere(roots: list[str]) -> tuple[dict[str, Metadata], dict[str, set[Target]]]:
    """Pins for all targets together, and on which targets each is needed.

    pip weighs markers by the system that it runs on, so what another system needs is added until nothing is missing.
    """
    wanted = list(roots)
    while True:
        found = resolve(wanted)
        needed = {target: find_needed(roots, found, target) for target in TARGETS}
        missing = {line for lines in needed.values() for name, line in lines.items() if name not in found}
        if not missing:
            return found, {name: {t for t in TARGETS if name in needed[t]} for name in found}
        wanted += sorted(missing)


def marker_for(targets: set[Target]) -> str:
    """The marker of a package that is needed on `targets` only."""
    if targets == set(TARGETS):
        return ""
    systems = {target.sys_platform for target in targets}
    versions = {target.python for target in targets}
    if targets != {target for target in TARGETS if target.sys_platform in systems and target.python in versions}:
        raise SystemExit(f"no marker says {sorted(target.name for target in targets)}; teach scripts/lock.py one")
    parts = []
    if systems != {target.sys_platform for target in TARGETS}:
        parts.append(_any_of("sys_platform", systems))
    if versions != {target.python for target in TARGETS}:
        parts.append(_any_of("python_version", versions))
    return f" ; {' and '.join(parts)}"


def _any_of(variable: str, values: set[str]) -> str:
    alternatives = " or ".join(f'{variable} == "{value}"' for value in sorted(values))
    return f"({alternatives})" if len(values) > 1 else alternatives


def collect_hashes(pins: Iterable[str]) -> dict[str, set[str]]:
    """The SHA-256 of the wheel that each target would take, by canonical name."""
    hashes: dict[str, set[str]] = {}
    for target in TARGETS:
        for item in ask_pip(target, ["--no-deps", *pins]):
            hashes.setdefault(canonicalize_name(item["metadata"]["name"]), set()).add(sha256_of(item))
    return hashes


def main() -> int:
    """Write the lock; 0 when done."""
    found, targets_of = resolve_everywhere(read_roots())
    pins = {name: f"{name}=={metadata['version']}" for name, metadata in sorted(found.items())}
    hashes = collect_hashes(pins.values())
    lines = [HEADER]
    for name, pin in pins.items():
        lines.append(pin + marker_for(targets_of[name]))
        lines += [f"    --hash=sha256:{digest}" for digest in sorted(hashes[name])]
    text = "\n".join(lines).replace("\n    --hash", " \\\n    --hash")
    LOCK.write_text(text + "\n", "utf-8", newline="\n")
    print(f"{LOCK.name}: {len(pins)} packages, {sum(map(len, hashes.values()))} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
