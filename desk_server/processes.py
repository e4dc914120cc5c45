"""Whether a process that a file names is still there."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def process_is_alive(pid: int) -> bool:
    """Whether a process of this number runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return False
    except OSError:
        return True
    else:
        return status.rpartition(")")[2].split()[0] not in ("Z", "X")
    return signal_finds(pid)


def signal_finds(pid: int) -> bool:
    """Whether the number is taken, be it by a zombie."""
    if sys.platform == "win32":  # os.kill(pid, 0) would end the process there
        return _windows_finds(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _windows_finds(pid: int) -> bool:
    """Whether Windows knows a live process of this number. Not run by our tests, which have no Windows."""
    import ctypes

    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore] # Windows has it
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    found = kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == still_active
    kernel.CloseHandle(handle)
    return bool(found)
