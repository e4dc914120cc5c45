"""A small project of its own around the real run.py: one tiny package to install, a server that only writes down."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RECORDER = """\
import os, pathlib, sys
words = sys.argv[1:]
folder = pathlib.Path(__file__).resolve().parent.parent
with (folder / "calls").open("a", encoding="utf-8") as calls:
    calls.write(" ".join([__package__, *words]) + "\\n")
if os.environ.get("FAIL_AT") in words:
    sys.exit(1)
if words[:1] == ["init"]:
    data = pathlib.Path(os.environ["DESK_DATA"])
    data.mkdir(exist_ok=True)
    (data / "desk.json").write_text('{"port": %s}' % words[words.index("--port") + 1])
"""


class SmallProject:
    """A folder with run.py in it, whose path has a space and Chinese characters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_files(self) -> None:
        """What a clone holds."""
        folder = self.folder
        folder.mkdir()
        (folder / "scripts").mkdir()
        shutil.copy(ROOT / "run.py", folder)
        shutil.copy(ROOT / "scripts" / "__init__.py", folder / "scripts")
        shutil.copytree(ROOT / "scripts" / "launch", folder / "scripts" / "launch")
        (folder / "migrations" / "versions").mkdir(parents=True)
        (folder / "migrations" / "versions" / "0001.py").touch()
        for package in ("desk_server", "desk_client"):
            (folder / package).mkdir()
            (folder / package / "__init__.py").touch()
            (folder / package / "__main__.py").write_text(RECORDER, "utf-8")
        shutil.copy(folder / "desk_client" / "__main__.py", folder / "desk_client" / "tour.py")
        self.lock("1.0")

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def lock(self, version: str) -> None:
        """Lock the tiny package at `version`."""
        wheel = self.folder / f"tiny-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("tiny.py", f"VERSION = '{version}'\n")
            archive.writestr(
                f"tiny-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
            )
            tags = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            archive.writestr(f"tiny-{version}.dist-info/WHEEL", tags)
            archive.writestr(f"tiny-{version}.dist-info/RECORD", "")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        line = f"tiny @ {wheel.as_uri()} --hash=sha256:{digest}\n"
        (self.folder / "requirements.lock").write_text(line, "utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
        return {**kept, **more}

    def run(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Start run.py from another folder."""
        command = [sys.executable, str(self.folder / "run.py"), *words]
        folder = cwd or self.folder.parent
        kept = self.environment(**environment)
        return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False, timeout=120)

    def calls(self) -> list[str]:
        """What was asked of the server and the client since the last look, without paths and ports."""
        file = self.folder / "calls"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [" ".join(line.split()[:2]) for line in lines]

    def installed(self) -> str:
        """The version of the tiny package that .venv has."""
        return self.ask("import tiny; print(tiny.VERSION)")

    def ask(self, code: str) -> str:
        """What the Python of .venv prints, started elsewhere."""
        done = subprocess.run([self.python, "-c", code], cwd="/", capture_output=True, text=True, check=True)
        return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A fresh clone: nothing is made yet."""
    made = SmallProject(tmp_path / "支持 台")
    made.write_files()
    return made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """A project with its .venv, made once."""
    made = SmallProject(tmp_path_factory.mktemp("template") / "支持 台")
    made.write_files()
    assert made.run("stop").returncode == 0
    made.calls()
    return made


@pytest.fixture
def with_packages(template: SmallProject, tmp_path: Path) -> SmallProject:
    """A project that has its .venv, and nothing else yet."""
    shutil.copytree(template.folder, tmp_path / "支持 台", symlinks=True)
    return SmallProject(tmp_path / "支持 台")
