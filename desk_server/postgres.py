"""One PostgreSQL cluster of ours: made, started, stopped, asked after, through its own programs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from desk_server.account import Account
from desk_server.account_files import replace_file
from desk_server.binaries import Binaries
from desk_server.processes import process_is_alive, signal_finds
from desk_server.settings import MINIMUM_MAJOR
from shared.errors import DeskError

START_SECONDS = 60
_ROOM_NEEDED = 4_000_000  # a failure with less than this left is the disk's: the words for it differ widely
_ZOMBIE_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says of a running server."""

    pid: int
    port: int
    socket_dir: str
    is_ready: bool
    listens_at: str = "*"  # the first of its listen_addresses

    def local_address(self) -> str:
        """The address that this computer itself reaches the server by, whatever names others know it by."""
        if self.listens_at in ("", "*", "0.0.0.0"):  # noqa: S104 - read, not bound
            return "127.0.0.1"
        if self.listens_at == "::":
            return "::1"
        try:
            return str(socket.getaddrinfo(self.listens_at, self.port, type=socket.SOCK_STREAM)[0][4][0])
        except OSError:
            return "127.0.0.1"


def cluster_major(folder: Path) -> int | None:
    """The major version that made the cluster in ``folder``; None where there is none."""
    try:
        return int((folder / "PG_VERSION").read_text(encoding="ascii").strip().split(".")[0])
    except (OSError, ValueError):
        return None


def check_cluster_major(folder: Path) -> int:
    """The cluster's major version; DeskError where it is none or too old for us."""
    major = cluster_major(folder)
    if major is None:
        raise DeskError(f"{folder} is not a PostgreSQL data folder.")
    if major < MINIMUM_MAJOR:
        raise DeskError(
            f"The cluster in {folder} is of PostgreSQL {major}; SupportDesk needs {MINIMUM_MAJOR} or newer. "
            "Nothing was changed."
        )
    return major


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of this computer."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Cluster:
    """A PGDATA folder with the programs and the account that serve it."""

    def __init__(self, folder: Path, binaries: Binaries, account: Account) -> None:
        self.folder = folder
        self.binaries = binaries
        self.account = account

    @property
    def log_folder(self) -> Path:
        """Where the server writes its log, one file a weekday."""
        return self.folder / "log"

    def make(self, files: dict[str, str | bytes], superuser: str = "postgres") -> None:
        """initdb beside the final place, write ``files`` into it, then rename: it is there whole or not at all."""
        self.remove_half_made()
        staged = self.folder.with_name(f"{self.folder.name}.new-{os.getpid()}")
        staged.mkdir(mode=0o700, parents=True)
        try:
            self.account.take(staged)
            self._initdb(staged, superuser)
            for name, content in files.items():
                self.write_file(name, content, staged)
            staged.rename(self.folder)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise

    def remove_half_made(self) -> None:
        """Remove what killed runs of ``make`` left."""
        for leftover in self.folder.parent.glob(f"{self.folder.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _initdb(self, staged: Path, superuser: str) -> None:
        options = ["-U", superuser, "-A", "reject", "-k", "-E", "UTF8", "--no-locale"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-clean"]  # make() cleans
        command: list[str | Path] = [self.binaries.program("initdb"), "-D", staged, *options]
        answer = self.account.run(command)
        if answer.returncode != 0:
            raise DeskError(_explain("PostgreSQL could not make its cluster", answer.stdout or "", staged.parent))

    def write_file(self, name: str, content: str | bytes, folder: Path | None = None) -> None:
        """Replace one file of the cluster; only the server's account may read it."""
        replace_file(self.account, (folder or self.folder) / name, content)

    def postmaster(self) -> Postmaster | None:
        """The running server; None where none runs (a file left by a killed one counts as none)."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
            pid, port, socket_dir = int(lines[0]), int(lines[3]), lines[4]
        except (OSError, ValueError, IndexError):
            return None
        if not (process_is_alive(pid) and self._may_be_our_server(pid)):
            return None
        is_ready = len(lines) > 7 and lines[7].strip() == "ready"
        return Postmaster(pid, port, socket_dir, is_ready, lines[5].strip() if len(lines) > 5 else "*")

    def _may_be_our_server(self, pid: int) -> bool:
        """Whether a live process may be the server: after a power loss its number may be somebody else's."""
        process = Path(f"/proc/{pid}")
        if not process.exists():
            return True  # a system without /proc
        try:
            return (process / "cwd").readlink() == self.folder.resolve()  # a server stands in its folder
        except OSError:  # another account's process: root in a container may not ask
            return (process / "comm").read_text(encoding="utf-8", errors="replace").startswith("postgres")

    def is_running(self) -> bool:
        """Whether the server runs and takes connections."""
        running = self.postmaster()
        return running is not None and running.is_ready

    def start(self, port: int) -> None:
        """Start and wait until it takes connections; nothing where it does already."""
        if self.is_running():
            return
        self._wait_for_the_dead()
        self._remove_pid_file_of_an_earlier_boot()
        if self._has_come_up():
            return
        if self.postmaster() is None and not port_is_free(port):
            raise DeskError(
                f"Port {port} is in use by another program; stop that one, or make the desk with another --port."
            )
        before = self._log_sizes()
        options = ["-w", "-t", str(START_SECONDS), "-l", str(self.folder / "startup.log")]
        answer = self._pg_ctl([self.binaries.program("pg_ctl"), "start", "-D", self.folder, *options])
        if not self._has_come_up():
            raise DeskError(_explain("PostgreSQL did not start", self._log_since(before) + answer, self.folder))

    def _has_come_up(self) -> bool:
        """Whether the server runs, once its start or stop is over that a killed command may have left on its way."""
        deadline = time.monotonic() + START_SECONDS
        while (server := self.postmaster()) is not None and not server.is_ready and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.is_running()

    def _wait_for_the_dead(self) -> None:
        """A killed server stays as a zombie until it is reaped, and PostgreSQL takes its number for a live one."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split()[0])
        except (OSError, ValueError, IndexError):
            return
        deadline = time.monotonic() + _ZOMBIE_WAIT_SECONDS
        while not process_is_alive(pid) and signal_finds(pid) and os.name == "posix":
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)

    def _remove_pid_file_of_an_earlier_boot(self) -> None:
        """PostgreSQL won't start while a process of ours has the number that its dead server had."""
        file = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, StopIteration, ValueError):
            lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
            booted_at = int(next(line for line in lines if line.startswith("btime")).split()[1])
            if file.stat().st_mtime < booted_at - 60:
                file.unlink()

    def stop(self, mode: str = "fast", wait_seconds: int = START_SECONDS) -> None:
        """Stop, ending all sessions; nothing where it does not run. ``mode`` is pg_ctl's: smart waits for sessions."""
        if self.postmaster() is None:
            return
        options = ["-w", "-t", str(wait_seconds), "-m", mode]
        answer = self._pg_ctl([self.binaries.program("pg_ctl"), "stop", *options, "-D", self.folder])
        if self.postmaster() is not None:
            raise DeskError(f"PostgreSQL in {self.folder} did not stop: {_last_line(answer)}")

    def reload(self) -> None:
        """Have the server read its files anew."""
        answer = self._pg_ctl([self.binaries.program("pg_ctl"), "reload", "-D", self.folder])
        if self.postmaster() is None:
            raise DeskError(f"PostgreSQL in {self.folder} does not run: {_last_line(answer)}")

    def _pg_ctl(self, command: list[str | Path]) -> str:
        # Into a file: the server inherits a pipe, and whoever reads that pipe waits for the server's end.
        with tempfile.TemporaryFile() as output:
            self.account.run(command, output=output, timeout=START_SECONDS * 2)
            output.seek(0)
            return output.read().decode("utf-8", "replace")

    def _log_files(self) -> list[Path]:
        return [self.folder / "startup.log", *sorted(self.log_folder.glob("*.log"))]

    def _log_sizes(self) -> dict[Path, int]:
        return {file: file.stat().st_size for file in self._log_files() if file.exists()}

    def _log_since(self, sizes: dict[Path, int]) -> str:
        text = ""
        for file in self._log_files():
            with contextlib.suppress(OSError), file.open("rb") as stream:
                stream.seek(sizes.get(file, 0))
                text += stream.read(100_000).decode("utf-8", "replace")
        return text


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def _explain(what: str, output: str, folder: Path) -> str:
    """One sentence from what PostgreSQL printed."""
    if "No space left on device" in output or shutil.disk_usage(folder).free < _ROOM_NEEDED:
        return f"{what}: the disk of {folder} is full. Free some space and run the same command again."
    if re.search(r"could not bind .* address|Address already in use", output):
        return f"{what}: its port is in use by another program."
    if "ermission denied" in output:
        return f"{what}: permission was denied in {folder}."
    reasons = re.findall(r"(?:FATAL|PANIC|ERROR|error|fatal):\s+(.*)", output)
    return f"{what}: {reasons[-1].strip() if reasons else _last_line(output)}"
