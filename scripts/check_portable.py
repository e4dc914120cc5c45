"""Refuse what only one operating system has in the code that runs on each engineer's PC.

    .venv/bin/python -m scripts.check_portable [FILE ...]

Without files it reads desk_client/ and shared/. desk_server may use such things, each guarded by platform.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("desk_client", "shared")


def words_of(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


POSIX_MODULES = words_of("crypt curses fcntl grp nis posix pty pwd readline resource spwd syslog termios tty")
WINDOWS_MODULES = words_of("msvcrt winreg winsound _winapi")
POSIX_NAMES = {
    "os": words_of(
        "chown chroot fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp getsid "
        "getuid initgroups killpg lchown mkfifo mknod nice openpty pipe2 posix_spawn pread pwrite sched_getaffinity "
        "setegid seteuid setgid setgroups setpgid setsid setuid statvfs sync uname wait wait3 wait4 waitid"
    ),
    "signal": words_of(
        "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGUSR1 SIGUSR2 SIGWINCH alarm pause pthread_kill "
        "pthread_sigmask set_wakeup_fd setitimer sigwait"
    ),
    "socket": words_of("AF_UNIX"),
    "time": words_of("tzset pthread_getcpuclockid"),
    "asyncio": words_of("add_signal_handler open_unix_connection start_unix_server"),
    "ctypes": words_of("windll WinDLL wintypes"),
}
# strftime("%-d") is glibc's own: on Windows it raises.
UNPADDED = tuple(f"%-{letter}" for letter in "dmHIMSjy")


def find_faults(source: str) -> Iterator[tuple[int, str]]:
    """The line and the name of each thing in `source` that another system lacks."""
    for node in ast.walk(ast.parse(source)):
        for name in imported(node):
            if name.split(".")[0] in POSIX_MODULES | WINDOWS_MODULES:
                yield node.lineno, name  # type: ignore[attr-defined] # imports and calls have one
        if isinstance(node, ast.ImportFrom) and node.module in POSIX_NAMES:
            yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names if is_bound(node.module, a.name))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if is_bound(node.value.id, node.attr):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and any(u in node.value for u in UNPADDED):
            yield node.lineno, node.value


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def is_bound(module: str, name: str) -> bool:
    """Whether `module.name` exists on one system only."""
    return name in POSIX_NAMES.get(module, ())


def main(files: Iterable[str] = ()) -> int:
    """Name each fault; 1 where there is one."""
    paths = [Path(file) for file in files] or [p for f in FOLDERS for p in sorted((ROOT / f).rglob("*.py"))]
    faults = [(path, *fault) for path in paths for fault in find_faults(path.read_text("utf-8"))]
    for path, line, name in faults:
        print(f"{path}:{line}: {name} is not there on every system", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
