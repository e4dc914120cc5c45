""".venv: the locked packages, installed once for each state of the lock."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import venv
from collections.abc import Iterator

from scripts.launch.files import ROOT, digest, read, write

WINDOWS = os.name == "nt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
INSTALLED = VENV / "installed"  # holds the digest of the lock, once all of it is installed
LOCK = ROOT / "requirements.lock"
TRANSLATIONS = ROOT / "desk_client" / "resources" / "i18n"


def ensure_packages() -> None:
    """Make .venv hold exactly the locked packages, and know this folder."""
    if not is_installed():
        with one_at_a_time() as lock:
            if not is_installed():
                install_packages(lock)
    write_path_file()


def is_installed() -> bool:
    """Whether .venv is whole, runs, and has the packages of the lock as it is now."""
    return read(INSTALLED) == digest(LOCK) and venv_runs()


def venv_runs() -> bool:
    """Whether the Python of .venv starts and is one that we support."""
    test = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.prefix == sys.base_prefix)"
    with contextlib.suppress(OSError):
        return subprocess.run([PYTHON, "-I", "-c", test], capture_output=True, check=False).returncode == 0
    return False


def install_packages(lock: int) -> None:
    """Install the lock; a .venv that is not known to be whole is made anew (pip keeps what it has downloaded)."""
    if not (INSTALLED.exists() and venv_runs()):
        print(f"Making {VENV}", flush=True)
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(VENV)
        venv.EnvBuilder(with_pip=True, symlinks=not WINDOWS).create(VENV)
    INSTALLED.unlink(missing_ok=True)
    print("Installing the locked packages (about 150 MB to fetch, once)", flush=True)
    pip = [PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    pip += ["--require-hashes", "--no-deps", "--progress-bar", "off", "-r", LOCK]
    # pip inherits the lock: where only this process is killed, the next start waits for the pip that it left behind.
    inherited = {} if WINDOWS else {"pass_fds": (lock,)}
    subprocess.run(pip, check=True, env={**os.environ, "PIP_USER": "0"}, **inherited)  # type: ignore[call-overload] # streams
    write(INSTALLED, digest(LOCK))


def write_path_file() -> None:
    """Let .venv import this folder, first; escaped, since Python reads such files in the encoding of the locale."""
    packages = VENV / "Lib/site-packages" if WINDOWS else next(VENV.glob("lib/python3*/site-packages"))
    line = f"import sys; sys.path.insert(0, {str(ROOT)!a})\n"
    if read(packages / "supportdesk.pth") != line:
        write(packages / "supportdesk.pth", line)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[int]:
    """Hold the set-up lock of this folder; yields its file descriptor."""
    with (ROOT / ".setup.lock").open("a+") as file:
        if WINDOWS:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined] # Windows has it
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another set-up is at work in this folder; waiting for it.", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def ensure_translations() -> None:
    """Compile the translations that are older than their source."""
    sources = list(TRANSLATIONS.glob("*.ts"))
    compiled = [(source, source.with_suffix(".qm")) for source in sources]
    if any(not qm.exists() or qm.stat().st_mtime < ts.stat().st_mtime for ts, qm in compiled):
        run_python("-m", "scripts.translations", "compile")


def run_python(*words: str, check: bool = True, **environment: str) -> int:
    """Run the Python of .venv in this folder; its exit code."""
    command = [str(PYTHON), *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=check).returncode
