"""Real desks for tests: one made and migrated once per run, copied and started for each test file.

A copied cluster runs with fsync off unless ``durable``: only tests of crashes and faults need it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from desk_server.cluster_files import conf_text
from desk_server.desk import Desk, new_desk_key
from desk_server.init_options import InitOptions
from desk_server.initialise import cluster_conf, free_port, initialise
from desk_server.machines import add_machine
from desk_server.running import running, start_cluster
from desk_server.schema_record import RECORD_FILE
from shared.config import Profile
from shared.database import Database

os.environ.setdefault("DESK_ACCOUNT", "nobody")  # run by root, tests make no account on this computer
ROOT_VARIABLE = "DESK_TEST_ROOT"
_ROOT_PREFIX = "desk-tests-"
DISK, MEMORY = Path(tempfile.gettempdir()), Path("/dev/shm")  # MEMORY is Linux's
_ENOUGH_MEMORY = 8 << 30

# machine of each level with its people; "shared" is a full machine with two people
MACHINES: dict[str, tuple[str, str, list[str]]] = {
    "query": ("pc-query", "query", ["chen"]),
    "full": ("pc-full", "full", ["lin"]),
    "full2": ("pc-full2", "full", ["sun"]),
    "admin": ("pc-admin", "admin", ["wang"]),
    "shared": ("pc-shared", "full", ["lin", "zhao"]),
}
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB"}


def run_root() -> Path:
    """The folder of this run, which PostgreSQL's unprivileged account may enter (pytest's own it may not)."""
    return Path(os.environ[ROOT_VARIABLE])


def make_test_root(parent: Path = DISK) -> Path:
    """Make the folder of this run below ``parent``, shared by its xdist workers; sweeps what killed runs left."""
    sweep_dead_runs()
    root = Path(tempfile.mkdtemp(prefix=f"{_ROOT_PREFIX}{os.getpid()}-", dir=parent))
    root.chmod(0o711)
    os.environ[ROOT_VARIABLE] = str(root)
    return root


def fast_disk() -> Path:
    """Where hundreds of copied clusters come and go: in memory if there is plenty.

    On ext4 each new file is held up by those that were deleted in the last seconds (``recently_deleted``); with a
    cluster's 1,600 a copy took up to 1.5 s of a processor instead of 0.1.
    """
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ENOUGH_MEMORY else DISK


def remove_folder(folder: Path) -> None:
    """Stop the servers and supervisors that still run below ``folder`` and remove it."""
    for file in _files_below(folder, "supervisor.pid"):
        _end_process(file, os.fsencode(file.parent), signal.SIGKILL)
    for file in _files_below(folder, "postmaster.pid"):
        _end_process(file, os.fsencode(file.parent), signal.SIGQUIT)
    _unmount_below(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _files_below(folder: Path, name: str) -> list[Path]:
    """Not by ``glob``: that breaks off where a server that still runs removes a folder of its own meanwhile."""
    return [Path(at, name) for at, _, names in os.walk(folder) if name in names]


def _unmount_below(folder: Path) -> None:
    """A killed test of a full disk leaves its disk mounted."""
    mounts = Path("/proc/mounts")
    if mounts.exists() and str(folder) in (text := mounts.read_text()):
        for line in text.splitlines():
            if line.split()[1].startswith(f"{folder}/"):
                subprocess.run(["umount", "-l", line.split()[1]], check=False)


def sweep_dead_runs() -> None:
    """Remove the folders of runs whose process is gone."""
    for root in [*DISK.glob(f"{_ROOT_PREFIX}*-*"), *MEMORY.glob(f"{_ROOT_PREFIX}*-*")]:
        pid = root.name.removeprefix(_ROOT_PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            remove_folder(root)


def _end_process(pid_file: Path, word: bytes, number: int) -> None:
    """End the process that a file names, if its command line holds ``word``: numbers are used again."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().split()[0])
        if word in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, number)


@dataclass
class RunningDesk:
    """A started desk and ways into it."""

    desk: Desk
    _connections: list[Any] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.desk.settings.port

    def profile(self, machine: str) -> Profile:
        """The profile of one of MACHINES: "query", "full", "full2", "admin", "shared"."""
        return Profile.load(self.desk.profiles / machine)

    def connect(
        self,
        machine: str,
        *,
        person: str | None = None,
        session: uuid.UUID | None = None,
        autocommit: bool = True,
        **overrides: Any,
    ) -> Any:
        """A psycopg2 connection by the machine's own certificate; ``overrides`` are libpq keywords."""
        arguments = {**self.profile(machine).connect_args(person=person, session=session), **overrides}
        connection = psycopg2.connect(**arguments)
        connection.autocommit = autocommit
        self._connections.append(connection)
        return connection

    def owner(self, database: str = "desk", role: str | None = None) -> Any:
        """A superuser connection in autocommit, under SET ROLE where one is named."""
        connection = self.desk.owner_connection(database)
        self._connections.append(connection)
        if role:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {role}")
        return connection

    def database(self, machine: str, **keywords: Any) -> Database:
        """``shared.database.Database`` on the machine's certificate; the caller closes it."""
        return Database(self.profile(machine).connect_args(**keywords))

    def close_connections(self, keep: int = 0) -> None:
        """Close all but the first ``keep`` connections that were handed out."""
        while len(self._connections) > keep:
            with contextlib.suppress(psycopg2.Error):
                self._connections.pop().close()

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def start(self) -> None:
        start_cluster(self.desk)

    def stop(self) -> None:
        """Stop at once: whoever wants the data again does not stop this way."""
        self.close_connections()
        self.desk.cluster.stop(mode="immediate")

    def remove(self) -> None:
        with contextlib.suppress(Exception):
            self.stop()
        shutil.rmtree(self.desk.data, ignore_errors=True)


def template_desk() -> Desk:
    """The initialised, migrated and stopped desk of this run with MACHINES enrolled; made by whoever comes first."""
    folder, ready, failed = (run_root() / name for name in ("template", "template.ready", "template.failed"))
    try:
        (run_root() / "template.lock").mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 120
        while not ready.exists():
            assert not failed.exists(), f"the template desk could not be made: {failed.read_text()}"
            assert time.monotonic() < deadline, "the template desk was not made in time"
            time.sleep(0.1)
        return Desk.open(folder)
    try:
        desk = _make_template(folder)
    except BaseException as error:
        failed.write_text(repr(error))
        raise
    ready.touch()
    return desk


def _make_template(folder: Path) -> Desk:
    desk = initialise(InitOptions(folder, port=0, person="wang"))
    with running(desk):
        for key, (name, level, people) in MACHINES.items():
            add_machine(desk, name, level, people, desk.profiles / key)
    return desk


def place_desk(template: Desk, folder: Path, *, durable: bool = False) -> Desk:
    """Copy a stopped desk to ``folder`` under a port of its own: as ``init`` left it, in a tenth of the time."""
    folder.mkdir(mode=0o711, parents=True)
    folder.chmod(0o711)
    for part in ("ca", "profiles"):
        shutil.copytree(template.data / part, folder / part)
    shutil.copyfile(template.data / RECORD_FILE, folder / RECORD_FILE)
    _copy_cluster(template.cluster_folder, folder / "cluster")
    return _set_port(folder, template, free_port(), durable)


def copy_desk(template: Desk, folder: Path, *, durable: bool = False) -> RunningDesk:
    """Copy a stopped desk to ``folder`` under a port of its own and start it."""
    desk = place_desk(template, folder, durable=durable)
    for attempt in range(5):
        if attempt:
            desk = _set_port(folder, template, free_port(), durable)
        try:
            start_cluster(desk)
        except Exception:
            if attempt == 4:
                raise
        else:
            return RunningDesk(desk)
    raise AssertionError("unreachable")


def _copy_cluster(source: Path, target: Path) -> None:
    if os.name == "posix":
        subprocess.run(["cp", "-a", source, target], check=True)
    else:
        shutil.copytree(source, target)


def _set_port(folder: Path, template: Desk, port: int, durable: bool) -> Desk:
    template.settings.changed(port=port, key=new_desk_key(folder)).save(folder)
    desk = Desk.open(folder)
    desk.cluster.write_file("desk.conf", cluster_conf(desk))
    if not durable:
        desk.cluster.write_file("postgresql.auto.conf", conf_text(TEST_SETTINGS))
    for profile in (folder / "profiles").iterdir():
        stored = Profile.load(profile)
        stored.model_copy(update={"port": port}).save()
    return desk


def desk_server(*arguments: str | Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command ``desk-server`` as a person does, from another folder."""
    return subprocess.run(
        command_line(*arguments),
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        cwd="/" if os.name == "posix" else None,
        env=command_environment(**environment),
        check=False,
    )


def command_line(*arguments: str | Path) -> list[str]:
    """The words of a ``desk-server`` command."""
    return [sys.executable, "-m", "desk_server", *map(str, arguments)]


def command_environment(**environment: str) -> dict[str, str]:
    """Our environment with this project's packages in it, wherever the command is run."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent), **environment}


def assert_refused(answer: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 1 and one line that says why."""
    assert answer.returncode == 1, answer
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    for word in words:
        assert word in lines[0]
    assert "Traceback" not in answer.stdout + answer.stderr
