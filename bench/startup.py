"""What `python3 run.py` adds to the client's own start, once everything is set up; and the client's own start.

``python -m bench.startup [--runs 5]`` needs a demo desk in this folder (start run.py once before). It runs all that
run.py does before it opens the client, with the server running and after it was stopped, as after a night; then the
client itself, offscreen, to its first paint and to its list. Exit code 1 where run.py adds more than 5 s.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL_SECONDS = 5.0
CLIENT = """
import sys, time
started = float(sys.argv[2])
from pathlib import Path
from PySide6.QtCore import QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from desk_client.app import DeskApp
from desk_client.tour import say_warning
from shared.config import Profile
qInstallMessageHandler(say_warning)
application = QApplication([])
desk = DeskApp(application, Profile.load(Path(sys.argv[1])))
desk.window.painted.connect(lambda: print("painted", time.time() - started))
def look():
    workspace = desk.window.workspace
    if workspace is not None and not workspace.page.model.is_dimmed:
        print("listed", time.time() - started)
        desk.stop()
        application.quit()
    else:
        QTimer.singleShot(5, look)
look()
desk.start()
application.exec()
"""


def time_command(*words: str) -> float:
    """Seconds that a command of run.py takes."""
    started = time.perf_counter()
    subprocess.run([sys.executable, ROOT / "run.py", *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def time_client() -> dict[str, float]:
    """Seconds from the start of the client's process to its first paint and to its list."""
    with tempfile.TemporaryDirectory() as folder:
        profile = shutil.copytree(ROOT / ".desk" / "profiles" / "full", Path(folder, "full"))
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", CLIENT, str(profile), str(time.time())]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return {name: float(seconds) for name, seconds in map(str.split, done.stdout.splitlines())}


def say(name: str, seconds: list[float]) -> None:
    print(f"  {name:44} median {statistics.median(seconds):5.2f} s   longest {max(seconds):5.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    if not (ROOT / ".desk" / "demo-ready").exists():
        print("There is no demo desk in this folder yet; run `python3 run.py` once.", file=sys.stderr)
        return 1
    time_command("server", "start")
    warm = [time_command("server", "start") for _ in range(runs)]
    cold = []
    for _ in range(runs):
        time_command("stop")
        cold.append(time_command("server", "start"))
    client = [time_client() for _ in range(runs)]
    print(f"{runs} runs each")
    say("run.py before the client, server running", warm)
    say("run.py before the client, server stopped", cold)
    say("client to its first paint", [times["painted"] for times in client])
    say("client to its list", [times["listed"] for times in client])
    longest = max(*warm, *cold)
    verdict = "kept" if longest <= GOAL_SECONDS else "NOT kept"
    print(f"  run.py adds at most {longest:.2f} s, goal {GOAL_SECONDS:.0f} s: {verdict}")
    return 0 if longest <= GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
