"""Every fault of tests/faults at full size, on desks as shipped (fsync on): what must hold, and what was met.

    python -m bench.faults [--only REGEX] [--share 1.0] [--json FILE]

Each line is made by the functions that the tests call at a smaller size. ``--share 0.1`` makes a tenth of the rounds.
A line whose means are not here (root, a network namespace, libfaketime) is left out and says why. Planted faults show
that a line can fail: for them "found" is what must hold. Exit code 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desks import copy_desk, make_test_root, remove_folder, run_root, template_desk
from tests.faults.client_kills import kill_at_every_step
from tests.faults.clocks import count_while_it_steps, find_library
from tests.faults.counting import Counted, count_together
from tests.faults.crashing import check_storage, crash_under_writers
from tests.faults.crew import Crew
from tests.faults.full_disks import SENTENCE, fill_below_drafts, fill_below_tables, fill_below_wal, move_wal
from tests.faults.network import FAULTS, fail_under_writers
from tests.faults.no_network import NoNamespaceError, lose_network
from tests.faults.races import (
    beat_against_takers,
    edit_with_a_wrong_clock,
    sleep_over_the_end,
    sleep_within_a_save,
    take_at_a_barrier,
)
from tests.faults.repeats import SAMPLES, TICKETS, Kind, resend_after_cuts, send_at_once
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage
from tests.small_disk import NoSmallDiskError, small_disk

BOUND = 9.0  # seconds of silence after which a client gives a connection up
READY_SECONDS = 2.0
OTHERS = tuple(SAMPLES)  # than tickets


class LeftOutError(Exception):
    """What this line needs is not here."""


@dataclass(frozen=True)
class Line:
    """One fault: its name, how many rounds the full size has, and what makes them."""

    name: str
    size: int
    make: Callable[[Crew, int], Rounds | Counted]
    is_planted: bool = False


@contextmanager
def stage(crew: Crew, folder: Path | None = None) -> Iterator[Stage]:
    """A desk as shipped."""
    running = copy_desk(template_desk(), folder or run_root() / uuid.uuid4().hex[:8], durable=True)
    try:
        yield Stage(running, crew)
    finally:
        running.remove()


def on_a_desk(work: Callable[[Stage, int], Rounds | Counted], **lengths: float) -> Callable[[Crew, int], Any]:
    """A line's work on a desk of its own, with these settings."""

    def make(crew: Crew, size: int) -> Rounds | Counted:
        with stage(crew) as made, made.lengths(**lengths):
            return work(made, size)

    return make


def takers_find_two(made: Stage, size: int) -> Rounds:
    """Where the lease is not looked at again once the row is there."""
    good = "WHERE held.expires_at <= clock_timestamp() OR (held.machine = me AND held.session = mine)"
    with made.planted("lease_take", good, "WHERE true"):
        return take_at_a_barrier(made, takers=16, rounds=size)


def repeated(send: Callable[..., Rounds], kind: Kind, entities: Sequence[str] = TICKETS) -> Callable[[Crew, int], Any]:
    return on_a_desk(lambda made, size: send(made, kind, rounds=size, entities=entities))


def saves_are_repeated(made: Stage, size: int) -> Rounds:
    """Where nobody looks whether a save id was used."""
    with made.planted("use_save_id", "IF FOUND THEN", "IF true THEN"):
        return send_at_once(made, "new", rounds=size)


def sleepers(made: Stage, size: int) -> Rounds:
    """SIGSTOP past the lease: in each way that it can go on."""
    expected = {
        "nothing": "done; in the table: the sleeper's",
        "takes": "LeaseLostError; in the table: None",
        "saves": "LeaseLostError; in the table: the rival's",
    }
    counted, began = Rounds(), time.monotonic()
    while counted.rounds < size:
        other = list(expected)[counted.rounds % 3]
        counted.rounds += 1
        outcome = sleep_over_the_end(made, other=other)
        counted.met[f"another {other}: {outcome}"] += 1
        counted.expect(outcome == expected[other], outcome)
    counted.seconds = time.monotonic() - began
    return counted


def sleepers_within(made: Stage, size: int) -> Rounds:
    """SIGSTOP between a save's UPDATE and its COMMIT."""
    counted, began = Rounds(), time.monotonic()
    with made.idle_limit(1):
        while counted.rounds < size:
            counted.rounds += 1
            met, text = sleep_within_a_save(made)
            counted.met.update(met)
            counted.expect(text == "the rival's", f"in the table: {text}")
            counted.expect(met[-2:] == ["done", "the sleeper: DatabaseUnavailableError"], str(met))
    counted.seconds = time.monotonic() - began
    return counted


def wrong_clocks(made: Stage, size: int) -> Rounds:
    """A client's clock a day behind and ahead: step by step what a right one meets."""
    counted, began = Rounds(), time.monotonic()
    right = edit_with_a_wrong_clock(made, days=0)
    while counted.rounds < size:
        counted.rounds += 1
        days = 1 if counted.rounds % 2 else -1
        met = edit_with_a_wrong_clock(made, days=days)
        counted.met["as with a right clock" if met == right else "otherwise"] += 1
        counted.expect(met == right, f"{days:+d} day: {met}")
    counted.seconds = time.monotonic() - began
    return counted


def server_clocks(made: Stage, size: int) -> Rounds:
    library = find_library()
    if library is None:
        raise LeftOutError("libfaketime is not installed (Debian: apt-get install libfaketime)")
    return count_while_it_steps(made, library, rounds=size, workers=16, edits=50)


def server_kills(made: Stage, size: int) -> Rounds:
    crashes = crash_under_writers(made, rounds=size)
    slow = [seconds for seconds in crashes.starts if seconds > READY_SECONDS]
    crashes.expect(not slow, f"{len(slow)} starts took longer than {READY_SECONDS:g} s")
    found = check_storage(made)
    crashes.met["amcheck: not in this PostgreSQL" if found is None else f"amcheck: {len(found)} findings"] += 1
    crashes.problems += found or []
    return crashes


def network(fault: Any) -> Callable[[Stage, int], Rounds]:
    def make(made: Stage, size: int) -> Rounds:
        counted = fail_under_writers(made, fault, seconds=30, bound=BOUND, rounds=size)
        longest = counted.measured["try, s"]
        counted.expect(longest < 2 * BOUND, f"it took {longest:.1f} s until it was said")
        return counted

    return make


def no_network(_crew: Crew, size: int) -> Rounds:
    try:
        counted = lose_network(seconds=30, rounds=size)
    except NoNamespaceError as error:
        raise LeftOutError(str(error)) from error
    longest = counted.measured["try, s"]
    counted.expect(longest < 2 * BOUND, f"it took {longest:.1f} s until it was said")
    return counted


def full_disk(below: str) -> Callable[[Crew, int], Rounds]:
    """A small disk below the server's tables, its log of changes, or a client's drafts."""

    def make(crew: Crew, _size: int) -> Rounds:
        folder = run_root() / uuid.uuid4().hex[:8]
        folder.mkdir(mode=0o711)
        try:
            with small_disk(folder / "disk", 250) as disk:
                if below == "drafts":
                    return _drafts_on(disk)
                with stage(crew, (disk.folder if below == "tables" else folder) / "desk") as made:
                    move_wal(made, (folder if below == "tables" else disk.folder) / "wal")
                    fill = fill_below_tables if below == "tables" else fill_below_wal
                    counted, sentences = fill(made, disk)
        except NoSmallDiskError as error:
            raise LeftOutError(str(error)) from error
        counted.met.update({f'said: "{sentence}"': 1 for sentence in sentences})
        counted.expect(below != "tables" or sentences == {SENTENCE}, f"it says {sentences}")
        return counted

    return make


def _drafts_on(disk: Any) -> Rounds:
    counted, began = Rounds(rounds=1), time.monotonic()
    said = fill_below_drafts(disk)
    counted.seconds = time.monotonic() - began
    counted.met.update(f"journal: {word}" for word in said)
    counted.expect(said[:2] == ["written 1", "failed: disk full"] and said[-1] == "recovered", str(said))
    return counted


LINES = (
    Line("16 processes, edits of each on 5 rows", 1000, on_a_desk(lambda s, n: count_together(s, workers=16, edits=n))),
    Line(
        "planted: read, then write",
        100,
        on_a_desk(lambda s, n: count_together(s, workers=16, edits=n, task="count_up_blindly")),
        is_planted=True,
    ),
    Line("50 takers at a barrier", 1000, on_a_desk(lambda s, n: take_at_a_barrier(s, takers=50, rounds=n))),
    Line("planted: a lease that is not looked at again", 20, on_a_desk(takers_find_two), is_planted=True),
    Line(
        "beat against takers at the end",
        100,
        on_a_desk(lambda s, n: beat_against_takers(s, rounds=n, lease_seconds=0.3), lease_seconds=0.3),
    ),
    Line("SIGSTOP past the lease", 100, on_a_desk(sleepers, lease_seconds=0.3)),
    Line("SIGSTOP within a save", 20, on_a_desk(sleepers_within, lease_seconds=1)),
    Line("client's clock a day off", 100, on_a_desk(wrong_clocks)),
    Line("server's clock 5 min ahead and back", 20, on_a_desk(server_clocks)),
    Line("one save ten times at once", 1000, repeated(send_at_once, "change")),
    Line("one new ticket ten times at once", 1000, repeated(send_at_once, "new")),
    Line("one save of six other entities ten times at once", 300, repeated(send_at_once, "change", OTHERS)),
    Line("one new row of six other entities ten times at once", 300, repeated(send_at_once, "new", OTHERS)),
    Line("planted: save ids are not looked at", 5, on_a_desk(saves_are_repeated), is_planted=True),
    Line("a save again after its answer was cut", 500, repeated(resend_after_cuts, "change")),
    Line("a new ticket again after a cut", 500, repeated(resend_after_cuts, "new")),
    Line("a save of six other entities again after a cut", 120, repeated(resend_after_cuts, "change", OTHERS)),
    Line("a new row of six other entities again after a cut", 120, repeated(resend_after_cuts, "new", OTHERS)),
    Line("kill -9 of the client", 500, on_a_desk(lambda s, n: kill_at_every_step(s, rounds=n))),
    Line("kill -9 of PostgreSQL under 4 writers", 100, on_a_desk(server_kills)),
    *(Line(f"network, 30 s: {fault.replace('_', ' ')}", 4, on_a_desk(network(fault))) for fault in FAULTS),
    Line("network, 30 s: none at all (namespace)", 20, no_network),
    Line("disk full below the server's tables", 1, full_disk("tables")),
    Line("disk full below its log of changes", 1, full_disk("wal")),
    Line("disk full below a client's drafts", 1, full_disk("drafts")),
)


def run_line(line: Line, crew: Crew, share: float) -> dict[str, Any]:
    """Its figures, and whether what must hold does."""
    size = max(1, round(line.size * share))
    try:
        made = line.make(crew, size)
    except LeftOutError as error:
        return {"name": line.name, "size": size, "verdict": f"left out: {error}", "figures": {}, "problems": []}
    except Exception as error:
        problems = [f"{type(error).__name__}: {error}"]
        return {"name": line.name, "size": size, "verdict": "BROKEN", "figures": {}, "problems": problems}
    finally:
        crew.dismiss()
    problems = made.problems() if isinstance(made, Counted) else made.problems
    if line.is_planted:
        verdict = "found" if problems else "NOT FOUND"
    else:
        verdict = "holds" if not problems else "DOES NOT HOLD"
    return {"name": line.name, "size": size, "verdict": verdict, "figures": made.figures(), "problems": problems[:20]}


def as_row(result: dict[str, Any]) -> str:
    """A line of a Markdown table."""
    figures = "; ".join(f"{name}: {value}" for name, value in result["figures"].items() if name != "rounds")
    return f"| {result['name']} | {result['size']} | {result['verdict']} | {figures} |"


def main() -> int:
    """Make the lines one after another and print each as it comes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX", help="lines whose name it is found in")
    parser.add_argument("--share", type=float, default=1.0, help="of the full number of rounds")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    root, results = make_test_root(), []
    try:
        with Crew() as crew:
            print("| fault | rounds | verdict | figures |\n|---|---|---|---|", flush=True)
            for line in LINES:
                if re.search(options.only, line.name):
                    results.append(run_line(line, crew, options.share))
                    print(as_row(results[-1]), flush=True)
    finally:
        remove_folder(root)
    failed = [result for result in results if result["verdict"].isupper()]
    for result in failed:
        print(f"FAILED: {result['name']}", *result["problems"], sep="\n  ")
    if options.json:
        options.json.write_text(json.dumps(results))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
