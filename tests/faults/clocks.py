"""The server's own clock is set forward and back by minutes under editors: libfaketime, on PostgreSQL alone."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.files import write_atomic
from tests.faults.counting import count_together
from tests.faults.crashing import restart
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage

LIBRARY_VARIABLE = "DESK_FAKETIME"
STEP_SECONDS = 300


def find_library() -> Path | None:
    """libfaketime as the system has it (Debian: libfaketime), or where the environment says."""
    named = os.environ.get(LIBRARY_VARIABLE)
    found = [Path(named)] if named else sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))
    return found[0] if found and found[0].exists() else None


@contextmanager
def server_clock(stage: Stage, library: Path) -> Iterator[Callable[[int], None]]:
    """The server is started with a clock that can be set: ``set_clock(-300)``. No other process has it."""
    desk = stage.running.desk
    file = desk.home / "clock"

    def set_clock(seconds: int) -> None:
        write_atomic(file, f"{seconds:+d}s\n")
        file.chmod(0o644)

    set_clock(0)
    ours = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    os.environ.update(ours)
    try:
        restart(desk)
    finally:
        for name in ours:
            del os.environ[name]
    yield set_clock
    restart(desk)


def count_while_it_steps(stage: Stage, library: Path, *, rounds: int, workers: int, edits: int) -> Rounds:
    """Editors count five tickets up while the clock jumps ahead and back, and back and ahead."""
    counted = Rounds()
    began = time.monotonic()
    with server_clock(stage, library) as set_clock:

        def step() -> None:
            for seconds in (STEP_SECONDS, -STEP_SECONDS, 0):
                set_clock(seconds)
                offset = stage.ask("SELECT extract(epoch FROM clock_timestamp())::float")[0][0] - time.time()
                counted.expect(abs(offset - seconds) < 60, f"the server's clock is off by {offset:.0f} s")
                time.sleep(0.3)

        while counted.rounds < rounds:
            counted.rounds += 1
            sums = count_together(stage, workers=workers, edits=edits, seed=counted.rounds, meanwhile=step)
            for problem in sums.problems():
                counted.expect(False, problem)
            counted.met.update(sums.met + Counter({"acknowledged": sums.saves, "in the table": sums.total}))
    counted.seconds = time.monotonic() - began
    return counted
