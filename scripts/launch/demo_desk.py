"""The demo desk in .desk, and the client on it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path

from scripts.launch.files import ROOT, digest, fail, read, write
from scripts.launch.packages import run_python

DESK = ROOT / ".desk"
DEMO_READY = DESK / "demo-ready"  # holds the digest of the migrations that the demo desk has
# Level -> who sits at that machine: people of the demo data.
LEVELS = {"query": "sophie.martin", "full": "daniel.price", "admin": "laura.hoffmann"}


def ensure_demo_desk() -> None:
    """Make the demo desk once, bring an older one to this schema, and see that its server runs."""
    revisions = digest(*sorted((ROOT / "migrations" / "versions").glob("*.py")))
    state = read(DEMO_READY)
    if state is None:
        print(f"Making the demo desk in {DESK}", flush=True)
        desk_server("init", "--port", str(remembered_port() or free_port()))
    desk_server("start")
    if state is None:
        desk_server("seed", "--tickets", os.environ.get("DESK_DEMO_TICKETS", "5000"), "--seed", "1")
        for level, person in LEVELS.items():
            profile = str(DESK / "profiles" / level)
            desk_server("machine", "add", f"demo-{level}", "--level", level, "--person", person, "--profile", profile)
    elif state != revisions:
        desk_server("migrate")
    if state != revisions:
        write(DEMO_READY, revisions)


def remembered_port() -> int | None:
    """The port that an interrupted `init` has chosen already."""
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        return int(json.loads(read(DESK / "desk.json") or "{}").get("port"))
    return None


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def desk_server(*words: str, check: bool = True) -> int:
    """Run `desk-server` on the demo desk."""
    return run_python("-m", "desk_server", *words, check=check, DESK_DATA=str(DESK))


def run_client(level: str) -> int:
    """Open the client; its exit code."""
    code = run_python("-m", "desk_client", "--profile", str(DESK / "profiles" / level), check=False)
    if code == -6:  # Qt aborts where it cannot open the display that the environment names
        return fail("The client could not open a window. Without a display: python3 run.py tour DIR")
    print("The demo server keeps running; 'run.py stop' ends it.")
    return code


def run_tour(folder: Path, language: str) -> int:
    """Run the client offscreen through its main job, pictures into `folder`."""
    profiles = str(DESK / "profiles")
    words = ("-m", "desk_client.tour", str(folder), "--lang", language, "--profiles", profiles)
    return run_python(*words, check=False, QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR="1", QT_FONT_DPI="96")
