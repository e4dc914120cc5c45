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
    stage: Stage, fault: Fault, *, seconds: float | None, bound: float, rounds: int = 1, **overrides: Any
) -> Rounds:
    """Two writers through a proxy; what they save goes on after ``heal``, each save once.

    Args:
        seconds: how long the fault lasts; None: until both were told of it.
        bound: after so many seconds without an answer a client knows that the way is gone.
    """
    counted = Rounds()
    began = time.monotonic()
    with Proxy(stage.running.port) as proxy:
        at_work = Writers(stage, 2, bound=bound, port=proxy.port, **overrides)
        at_work.wait_for_saves()
        while counted.rounds < rounds:
            counted.rounds += 1
            if seconds is None:
                _fail_until_said(proxy, fault, at_work)
            else:
                getattr(proxy, fault)()
                time.sleep(seconds)
            proxy.heal()
            counted.longest("until all save again, s", at_work.wait_for_saves())
        at_work.compare(counted)
    counted.seconds = time.monotonic() - began
    return counted


def _fail_until_said(proxy: Proxy, fault: Fault, at_work: Writers, seconds: float = 30) -> None:
    at_work.ask_for_refusals()
    until = time.monotonic() + seconds
    getattr(proxy, fault)()
    while fault == "cut" and at_work.refused() < len(at_work.tickets) and time.monotonic() < until:
        time.sleep(0.05)
        proxy.cut()  # who was between two saves has not even seen the one before
    at_work.wait_for_refusals(seconds)


def wait_without_a_bound(stage: Stage, *, seconds: float) -> int:
    """How many of two writers are told anything in a black hole that lasts so long, if nobody watches them."""
    with Proxy(stage.running.port) as proxy:
        at_work = Writers(stage, 2, port=proxy.port)
        at_work.wait_for_saves()
        at_work.ask_for_refusals()
        proxy.black_hole()
        time.sleep(seconds)
        told = at_work.refused()
        stage.crew.dismiss()
    return told
