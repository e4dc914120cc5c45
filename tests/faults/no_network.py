"""A machine whose network is gone and comes back: server and writers in a network namespace of their own.

``unshare -n python -m tests.faults.no_network --seconds 2`` takes the namespace's only interface down and up again and
prints what it counted as JSON. Unlike a proxy, nobody answers at all: no keepalive, no reset, as with a pulled cable.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import uuid
from typing import Any

from tests.desks import ROOT_VARIABLE, command_environment, copy_desk, run_root, template_desk
from tests.faults.crew import Crew
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage
from tests.faults.writers import Writers


class NoNamespaceError(Exception):
    """None can be made here; the reason is the text."""


def lose_network(*, seconds: float | None, rounds: int = 1, timeout: int | None = None) -> Rounds:
    """The same in a process of its own.

    Args:
        seconds: how long it is gone; None: until both writers were told of it.
        timeout: seconds, the way's own timeouts where not as shipped.
    """
    assert ROOT_VARIABLE in os.environ
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise NoNamespaceError("only root on Linux can make a network namespace")
    if subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode != 0:
        raise NoNamespaceError("network namespaces are not allowed here")
    template_desk()
    command = ["unshare", "-n", sys.executable, "-m", "tests.faults.no_network"]
    command += ["--seconds", str(seconds or 0), "--rounds", str(rounds), "--timeout", str(timeout or 0)]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=command_environment())
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    counted = Rounds(told["rounds"], told["problems"], seconds=told["seconds"], measured=told["measured"])
    counted.met.update(told["met"])
    return counted


def _interface(way: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", way], check=True)


def _run(seconds: float, rounds: int, timeouts: dict[str, Any]) -> Rounds:
    counted = Rounds()
    _interface("up")
    running = copy_desk(template_desk(), run_root() / uuid.uuid4().hex[:8], durable=True)
    began = time.monotonic()
    try:
        with Crew() as crew:
            at_work = Writers(Stage(running, crew), 2, **timeouts)
            at_work.wait_for_saves()
            while counted.rounds < rounds:
                counted.rounds += 1
                if not seconds:
                    at_work.ask_for_refusals()
                _interface("down")
                time.sleep(seconds)
                if not seconds:
                    at_work.wait_for_refusals()
                _interface("up")
                counted.longest("until all save again, s", at_work.wait_for_saves())
            at_work.compare(counted)
    finally:
        running.remove()
    counted.seconds = time.monotonic() - began
    return counted


def main() -> None:
    """In the namespace."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=2, help="0: until both writers were told of it")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=0)
    options = parser.parse_args()
    timeouts = {
        "tcp_user_timeout": 1000 * options.timeout,
        "keepalives_idle": options.timeout,
        "keepalives_interval": 1,
        "keepalives_count": 1,
        "connect_timeout": max(2, options.timeout),
    }
    counted = _run(options.seconds, options.rounds, timeouts if options.timeout else {})
    json.dump(counted.__dict__, sys.stdout)


if __name__ == "__main__":
    main()
