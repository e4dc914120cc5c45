"""What the check of the certificate's serial number adds to a login, by turns with and without it in one run.

``python -m bench.connect [--connects 400]``. A login is TCP, TLS 1.3, certificate, role and the login trigger.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

import psycopg2

from tests.desks import copy_desk, make_test_root, remove_folder, template_desk

TURN = 10


def time_connects(arguments: dict[str, Any], count: int) -> list[float]:
    """Milliseconds of so many logins, one after the other."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        connection = psycopg2.connect(**arguments)
        times.append(1000 * (time.perf_counter() - begun))
        connection.close()
    return times


def run(connects: int) -> dict[bool, list[float]]:
    """Milliseconds of the logins with the check (True) and without it."""
    root = make_test_root()
    running = copy_desk(template_desk(), root / "desk", durable=True)
    times: dict[bool, list[float]] = {True: [], False: []}
    try:
        arguments = running.profile("full").connect_args()
        time_connects(arguments, 2 * TURN)
        with running.owner().cursor() as cursor:
            for _ in range(0, connects, TURN):
                for is_checked in times:
                    cursor.execute(f"ALTER EVENT TRIGGER desk_login {'ENABLE ALWAYS' if is_checked else 'DISABLE'}")
                    times[is_checked] += time_connects(arguments, TURN)
        return times
    finally:
        running.remove()
        remove_folder(root)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connects", type=int, default=400)
    times = run(parser.parse_args().connects)
    for is_checked, name in ((True, "with the check"), (False, "without it")):
        measured = times[is_checked]
        p95 = statistics.quantiles(measured, n=20)[-1]
        print(f"  {name:16} {len(measured)} logins: median {statistics.median(measured):.2f} ms, p95 {p95:.2f} ms")
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    print(f"  with the check it takes {ratio:.2f} times as long")


if __name__ == "__main__":
    sys.exit(main())
