"""System packages that SupportDesk needs on Linux: what is missing, and how it comes."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.launch.files import fail

QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
}
XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES = {"libwayland-cursor.so.0": "libwayland-cursor0"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
CHINESE_FONTS = ("wqy", "cjk", "notosanssc", "notoserifsc", "sourcehan", "droidsansfallback", "uming", "ukai", "simsun")


def ensure_parts() -> bool:
    """See that nothing is missing: install it where that is allowed, else say how; whether all is there."""
    missing = find_missing_parts()
    return not missing or install_parts(missing)


def has_display() -> bool:
    """Whether a window can be shown."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def find_missing_parts() -> list[str]:
    """Debian's names of the system packages that SupportDesk needs and this Linux lacks."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = dict(QT_LIBRARIES)
    if os.environ.get("DISPLAY"):
        libraries |= XCB_LIBRARIES
    if os.environ.get("WAYLAND_DISPLAY"):
        libraries |= WAYLAND_LIBRARIES
    missing = [package for library, package in libraries.items() if not can_load(library)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.insert(0, "python3-venv")
    if not has_chinese_font():
        missing.append("fonts-wqy-microhei")
    return missing


def can_load(library: str) -> bool:
    """Whether the system's loader finds `library`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed; asks fontconfig where no file name tells."""
    for folder in FONT_FOLDERS:
        for _, _, files in os.walk(Path(folder).expanduser()):
            if any(name in file.lower().replace("-", "") for file in files for name in CHINESE_FONTS):
                return True
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def install_parts(missing: list[str]) -> bool:
    """Install Debian packages where that is allowed, else say how; whether all parts are there now."""
    prefix = apt_prefix()
    if prefix is not None:
        print(f"Installing what this system lacks: {' '.join(missing)}", flush=True)
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        subprocess.run([*apt, "-q", "update"], check=False)
        subprocess.run([*apt, "-q", "install", "-y", "--no-install-recommends", *missing], check=False)
        importlib.invalidate_caches()
        missing = find_missing_parts()
    if not missing:
        return True
    sudo = "" if prefix == [] else "sudo "
    packages = " ".join(missing)
    line = f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {packages}"
    fail(f"System parts are missing (names as in Debian and Ubuntu). Install them, then start again:\n\n    {line}\n")
    return False


def apt_prefix() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo where it asks no password; None where we may not."""
    if not shutil.which("apt-get"):
        return None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0:
        return sudo
    return None
