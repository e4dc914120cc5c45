"""How fast a revoked machine is cut off, and whether anybody slips in: it reconnects in a loop from several threads.

``python -m bench.revocation [--rounds 100] [--threads 4]``. Each round lets the machine in, then takes its level as
``desk-server machine set NAME --level none`` does: rights first, then its sessions end, and once more a second later.
Exit code 1 where a session survived.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass, field

from desk_server.machines import add_machine, set_machine
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, template_desk
from tests.integration.server.storm import Storm, let_in_again, live_sessions, reconnect_storm

MACHINE = "pc-storm"


@dataclass
class Figures:
    """Seconds from the call to each session's end; the sessions left after each call; what the storm did."""

    cuts: list[float] = field(default_factory=list)
    survivors: list[int] = field(default_factory=list)
    logins: int = 0
    refusals: int = 0


def one_round(running: RunningDesk, storm: Storm, figures: Figures) -> None:
    owner = running.owner()
    let_in_again(running.desk, MACHINE)
    while live_sessions(owner, MACHINE) < 2:
        time.sleep(0.01)
    storm.cuts.clear()
    begun = time.monotonic()
    set_machine(running.desk, MACHINE, "none")
    figures.survivors.append(live_sessions(owner, MACHINE))
    figures.cuts += [cut - begun for cut in storm.cuts if cut > begun]
    running.close_connections()


def run(rounds: int, threads: int) -> Figures:
    """Make the desk, let the storm rage, measure."""
    root = make_test_root()
    running = copy_desk(template_desk(), root / "desk", durable=True)
    figures = Figures()
    try:
        profile = add_machine(running.desk, MACHINE, "full", ["lin"], root / MACHINE)
        with reconnect_storm(profile.connect_args(), threads) as storm:
            for _ in range(rounds):
                one_round(running, storm, figures)
        figures.logins, figures.refusals = storm.logins, storm.refusals
        return figures
    finally:
        running.remove()
        remove_folder(root)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, default=4)
    arguments = parser.parse_args()
    figures = run(arguments.rounds, arguments.threads)
    cuts = [1000 * seconds for seconds in figures.cuts]
    print(
        f"{arguments.rounds} rounds, {arguments.threads} threads:"
        f" {figures.logins} logins, {figures.refusals} refusals\n"
        f"  {len(cuts)} sessions cut, ms from the call: median {statistics.median(cuts):.1f}, longest {max(cuts):.1f}\n"
        f"  survivors: {sum(figures.survivors)} in {sum(map(bool, figures.survivors))} rounds"
    )
    return 1 if any(figures.survivors) else 0


if __name__ == "__main__":
    sys.exit(main())
