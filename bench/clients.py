"""Two hundred clients at mixed work beside one client alone, in the same run: times, the sum, errors, memory.

``python -m bench.clients [--clients 200] [--minutes 10] [--think 10]`` makes a desk with as many machines, each with
its certificate, role and connections (work, and notices of others' changes), fills it, and lets first one client work
alone, then all. Between two turns a client thinks, exponentially distributed about ``--think`` seconds; it lists,
opens, comments, and edits: opens, takes the lease, types for a while with signs of life, saves; and it hears all
notices. With ``--reads-again`` it also reads again what changed in its list and the counts of the views, by the paces
of the real client (``client_live.py``): work that on a desk as many computers do, and here the server's
alone. The client that is alone edits at each turn, else there would be too few saves to compare.
Exit code 1 where the sum is not exact, an error was met, memory grew, or a save's p95 is above 3 times the lone one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.dataset import make_tickets
from bench.loading import fill_desk
from desk_server.desk import Desk
from desk_server.machines import add_machine
from desk_server.supervisor import program, program_environment
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, template_desk

MIX = {"list": 0.30, "open": 0.25, "edit": 0.35, "comment": 0.10}
ALONE = {"edit": 1.0}
GOAL_TIMES = 3.0
GOAL_GROWTH = 0.10  # of the second quarter's memory, in the last one
SAMPLE_SECONDS = 30.0  # to look at the memory of 400 processes takes a core for a third of a second
_TOTALS = ("saved", "commented", "met", "errors")


@dataclass
class Measured:
    """What all processes of one phase came to. Memory: MB of the server's processes and of the clients', by time."""

    seconds: float
    times: dict[str, list[float]] = field(default_factory=dict)
    saved: Counter[str] = field(default_factory=Counter)
    commented: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    cores: dict[str, float] = field(default_factory=lambda: {"server": 0.0, "clients": 0.0})  # kept busy
    memory: dict[str, list[float]] = field(default_factory=lambda: {"server": [], "clients": []})

    def add(self, part: dict[str, Any]) -> None:
        for name, values in part["times"].items():
            self.times.setdefault(name, []).extend(values)
        for name in _TOTALS:
            getattr(self, name).update(part[name])
        self.heard += part["heard"]
        self.cores["clients"] += part["cpu"] / self.seconds

    def p95(self, name: str) -> float:
        times = self.times.get(name, [])
        return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else float("nan")

    def growth(self, whose: str) -> float:
        """By how much the last quarter's memory is more than the second one's."""
        values = self.memory[whose]
        quarter = max(1, len(values) // 4)
        before, after = values[quarter : 2 * quarter] or values[:1], values[-quarter:]
        return statistics.mean(after) / statistics.mean(before) - 1


def private_megabytes(pids: list[int]) -> float:
    """Memory that these processes have for themselves; what they share (the server's buffers) is not in it."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private"))
    return total / 1024


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def server_pids(desk: Desk) -> list[int]:
    """The postmaster and its processes."""
    running = desk.cluster.postmaster()
    assert running is not None
    return [running.pid, *children_of(running.pid)]


def cpu_seconds(desk: Desk) -> float:
    """What the server's processes that there are have used."""
    ticks = 0
    for pid in server_pids(desk):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def run_phase(
    desk: Desk, profiles: list[Path], tickets: list[int], *, mix: dict[str, float], seconds: float, think: float,
    processes: int, reads_again: bool,
) -> Measured:  # fmt: skip
    """Clients on these profiles, spread over the processes, for so long."""
    shares = [profiles[number::processes] for number in range(processes)]
    started = []
    for number, share in enumerate(shares):
        orders = {
            "profiles": [str(profile) for profile in share], "tickets": tickets, "mix": mix, "seconds": seconds,
            "think": think, "seed": 1000 * number, "reads_again": reads_again,
        }  # fmt: skip
        started.append(_start(orders))
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n", "a process of clients did not come about"
    measured, begin = Measured(seconds), time.monotonic() + 1
    for process in started:
        assert process.stdin is not None
        process.stdin.write(f"{begin}\n")
        process.stdin.flush()
    _watch(desk, measured, [process.pid for process in started], begin + seconds)
    for process in started:
        measured.add(json.loads(process.communicate()[0]))
        assert process.returncode == 0
    return measured


def _start(orders: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.client_work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(orders) + "\n")
    process.stdin.flush()
    return process


def _watch(desk: Desk, measured: Measured, clients: list[int], until: float) -> None:
    began, before = time.monotonic(), cpu_seconds(desk)
    pause = min(SAMPLE_SECONDS, measured.seconds / 8)
    while (now := time.monotonic()) < until:
        if now > began + pause / 2:  # the last one is before the end: all are there still
            measured.cores["server"] = (cpu_seconds(desk) - before) / (now - began)
        measured.memory["server"].append(private_megabytes(server_pids(desk)))
        measured.memory["clients"].append(private_megabytes(clients))
        time.sleep(min(pause, max(0.0, until - time.monotonic())))


def make_machines(running: RunningDesk, count: int) -> list[Path]:
    """Their profiles. The desk is started again, so that it finds room for all of them."""
    profiles = []
    for number in range(count):
        profile = running.desk.profiles / f"bench-{number}"
        add_machine(running.desk, f"bench-{number}", "full", [f"person-{number}"], profile)
        profiles.append(profile)
    running.close_connections()
    running.desk.cluster.stop()
    running.start()
    return profiles


def check_sum(running: RunningDesk, phases: list[Measured]) -> list[str]:
    """Each ticket's count and comments are what was acknowledged."""
    saved = sum((phase.saved for phase in phases), Counter[str]())
    commented = sum((phase.commented for phase in phases), Counter[str]())
    with closing(running.desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id::text, coalesce(t.next_step, '0')::int, t.row_version - 1, (SELECT count(*)"
            " FROM desk.comment AS c WHERE c.ticket_id = t.id AND c.body LIKE 'The box was restarted%')"
            " FROM desk.ticket AS t"
        )
        rows = cursor.fetchall()
    return [
        f"ticket {ticket}: {saved[ticket]} saves and {commented[ticket]} comments acknowledged,"
        f" {number} ({versions} versions) and {comments} there"
        for ticket, number, versions, comments in rows
        if (number, versions, comments) != (saved[ticket], saved[ticket], commented[ticket])
    ]


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Make the desk, both phases, the checks."""
    root = make_test_root()
    running = copy_desk(template_desk(), root / "desk", durable=True)
    worker = None
    try:
        fill_desk(running.owner(), make_tickets(options.tickets))
        profiles = make_machines(running, options.clients)
        with closing(running.desk.owner_connection()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM desk.ticket WHERE status = 'open' AND assignee_id IS NOT NULL ORDER BY id")
            tickets = [row[0] for row in cursor.fetchall()]
        worker = subprocess.Popen(
            program("worker", "--data", str(running.desk.data)), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=program_environment(),
        )  # fmt: skip
        common = {"think": options.think, "reads_again": options.reads_again}
        seconds, alone_seconds = options.minutes * 60, (options.alone or options.minutes) * 60
        alone = run_phase(running.desk, profiles[:1], tickets, mix=ALONE, processes=1, seconds=alone_seconds, **common)
        together = run_phase(
            running.desk, profiles, tickets, mix=MIX, processes=options.processes, seconds=seconds, **common
        )
        wrong = check_sum(running, [alone, together])
        return {"options": vars(options), "alone": alone, "together": together, "wrong": wrong}
    finally:
        if worker is not None:
            worker.communicate()
        running.remove()
        remove_folder(root)


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    alone, together, options = result["alone"], result["together"], result["options"]
    lines = [
        f"| {options['clients']} clients, {options['minutes']:g} min, think time {options['think']:g} s"
        " | calls | median, ms | p95, ms | longest, ms |",
        "|---|---|---|---|---|",
        _line("save, one client alone", alone, "save"),
    ]
    lines += [_line(name, together, name) for name in sorted(together.times)]
    lines += [
        "",
        f"saves acknowledged: {alone.saved.total()} + {together.saved.total()}; wrong: {len(result['wrong'])}",
    ]
    lines += [f"p95 of a save: {together.p95('save') / alone.p95('save'):.2f} times that of one client alone"]
    lines += [f"notices heard: {together.heard}; met: {dict(together.met)}"]
    for whose in ("server", "clients"):
        lines += [f"processor of the {whose}: {together.cores[whose]:.2f} cores"]
        values = together.memory[whose]
        lines += [
            f"memory of the {whose}: {values[0]:.0f} MB at the start, {values[-1]:.0f} MB at the end,"
            f" {together.growth(whose):+.1%} from the second quarter to the last"
        ]
    return "\n".join(lines)


def _line(label: str, measured: Measured, name: str) -> str:
    times = measured.times.get(name, [])
    if len(times) < 2:
        return f"| {label} | {len(times)} | – | – | – |"
    return f"| {label} | {len(times)} | {statistics.median(times):.1f} | {measured.p95(name):.1f} | {max(times):.1f} |"


def problems(result: dict[str, Any]) -> list[str]:
    """What is not as it must be."""
    alone, together = result["alone"], result["together"]
    found = [*result["wrong"], *(f"{count} x {error}" for error, count in (alone.errors + together.errors).items())]
    if not together.p95("save") <= GOAL_TIMES * alone.p95("save"):  # nor is it where there were none to compare
        found.append(f"a save's p95 is not within {GOAL_TIMES:g} times that of one client alone")
    found += [f"the memory of the {whose} grows" for whose in together.memory if together.growth(whose) > GOAL_GROWTH]
    return found


def main() -> int:
    """Measure and print; ``--json FILE`` keeps every single time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10, help="of each of the two phases")
    parser.add_argument("--alone", type=float, metavar="MINUTES", help="of the lone client's phase, if not as long")
    parser.add_argument("--think", type=float, default=10, help="seconds between two turns, on average")
    parser.add_argument("--reads-again", action="store_true", help="what others change, as the real client does")
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=4, help="that the clients are spread over")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = run(options)
    sys.stdout.write(table(result) + "\n")
    for problem in problems(result):
        sys.stdout.write(f"FAILED: {problem}\n")
    if options.json:
        options.json.write_text(json.dumps(result, default=lambda value: getattr(value, "__dict__", str(value))))
    return 1 if problems(result) else 0


if __name__ == "__main__":
    sys.exit(main())
