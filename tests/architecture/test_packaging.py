"""The lock fits pyproject.toml and names no registry; a wheel has all that runs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.check_wheels import LOCK, lines_for, read_entries
from scripts.lock import read_roots
from scripts.wheels import TARGETS
from tests.architecture.sources import PRODUCT, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|\b[a-z0-9-]+\.(org|com|net|io|cn)\b", re.I)


def locked() -> dict[str, Requirement]:
    return {canonicalize_name(requirement.name): requirement for requirement, _ in read_entries()}


def test_the_lock_holds_every_requirement_of_the_project() -> None:
    pins = locked()
    for line in read_roots():
        wanted = Requirement(line)
        pin = pins[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(str(pin.specifier).removeprefix("==")), (line, str(pin))


def test_every_locked_package_is_pinned_and_hashed() -> None:
    for requirement, hashes in read_entries():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option) for option in hashes), requirement


def test_the_lock_names_no_registry() -> None:
    assert ADDRESS.search("--index-url https://example.org/simple")
    assert not ADDRESS.search(LOCK.read_text("utf-8"))


def test_what_only_windows_needs_is_locked_for_windows_alone() -> None:
    has_colorama = {target.name: any(line.startswith("colorama==") for line in lines_for(target)) for target in TARGETS}
    assert has_colorama == {target.name: target.sys_platform == "win32" for target in TARGETS}


def test_the_locked_versions_are_the_installed_ones() -> None:
    wrong = []
    for name, requirement in locked().items():
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "none"
        if not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement}: {installed}")
    assert not wrong, "start run.py, it brings .venv to the lock"


def test_every_package_is_listed() -> None:
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for folder in PRODUCT
        for file in (ROOT / folder).rglob("__init__.py")
    }
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    assert listed == {*found, "migrations"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The project's wheel, built from a copy of the files that git knows."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(source)], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w"]
    subprocess.run([*build, str(folder), str(source)], check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_a_wheel_holds_what_runs_and_no_tests(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    needed = {name for name in tracked if name.startswith((*(f"{folder}/" for folder in PRODUCT), "migrations/"))}
    assert needed
    assert sorted(needed - held) == []
    assert not [name for name in held if name.startswith(("tests/", "bench/", "scripts/"))]


def test_a_wheel_has_both_commands(wheel: zipfile.ZipFile) -> None:
    points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(points).decode()
    assert "desk-server = " in text
    assert "desk-client = " in text
    assert Path(points).parent.name.startswith("supportdesk-")
