"""The way to the server fails under writers: cut, swallowed, half open, refused; and it comes back."""

from __future__ import annotations

import time
from typing import Any, Literal

from tests.faults.proxy import Proxy
from tests.faults.rounds import Rounds
from tests.faults.stage import Stage
from tests.faults.writers import Writers

Fault = Literal["cut", "refuse", "black_hole", "half_open", "stall"]
FAULTS: tuple[Fault, ...] = ("cut", "refuse", "black_hole", "half_open", "stall")


def fail_under_writers(
    stage: Stage, fault: Fault, *, seconds: float, bound: float, rounds: int = 1, **overrides: Any
) -> Rounds:
    """Two writers through a proxy; what they save goes on after ``heal``, each save once.

    ``bound``: after so many seconds without an answer a client knows that the way is gone.
    """
    counted = Rounds()
    began = time.monotonic()
    with Proxy(stage.running.port) as proxy:
        at_work = Writers(stage, 2, bound=bound, port=proxy.port, **overrides)
        at_work.wait_for_saves()
        while counted.rounds < rounds:
            counted.rounds += 1
            getattr(proxy, fault)()
            time.sleep(seconds)
            proxy.heal()
            counted.longest("until all save again, s", at_work.wait_for_saves())
        at_work.compare(counted)
    counted.seconds = time.monotonic() - began
    return counted
