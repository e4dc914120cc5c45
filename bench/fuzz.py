"""The privilege fuzz at full size: 100,000 statements as a query-only machine, and the same ones as the schema's owner.

    python -m bench.fuzz [--statements N] [--seed N]

Exits with 1 where the state is not as it was, an answer tells a secret, too few statements are refused for lack of
rights, or the owner's run changes nothing (then the statements would prove nothing).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.attack.fuzz_run import (
    SEED,
    Outcome,
    changed,
    connect_attacker,
    connect_owner,
    fingerprint,
    prepare,
    run,
    state,
    what_permitted_calls_write,
)
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, run_root, template_desk

LEAST_REFUSED = 0.30


def main() -> int:
    """Both runs, each on a desk of its own."""
    options = _options()
    root = make_test_root()
    try:
        problems = [*_as_machine(options.statements, options.seed), *_as_owner(options.statements, options.seed)]
    finally:
        remove_folder(root)
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statements", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args()


def _desk(name: str) -> RunningDesk:
    return copy_desk(template_desk(), run_root() / name)


def _as_machine(statements: int, seed: int) -> list[str]:
    desk = _desk("attacked")
    surface = prepare(desk)
    left_out = what_permitted_calls_write(desk)
    before = state(desk, left_out)
    outcome = _timed("as a query-only machine", lambda: run(connect_attacker(desk), surface, statements, seed))
    after = state(desk, left_out)
    desk.remove()
    print(f"state before {fingerprint(before)}, after {fingerprint(after)}; {len(before)} relations\n")
    problems = [f"{name} was changed" for name in sorted(changed(before, after))]
    problems += [f"told {leak}" for leak in outcome.leaked[:10]]
    if outcome.share("42501") < LEAST_REFUSED:
        problems.append(f"only {outcome.share('42501'):.1%} were refused for lack of rights")
    return problems


def _as_owner(statements: int, seed: int) -> list[str]:
    desk = _desk("owned")
    folder = Path(tempfile.mkdtemp())
    surface = prepare(desk)
    connect = connect_owner(desk, folder / "profile")
    before = state(desk)
    _timed("the same under SET ROLE desk_owner", lambda: run(connect, surface, statements, seed))
    after = state(desk)
    desk.remove()
    shutil.rmtree(folder)
    print(f"state before {fingerprint(before)}, after {fingerprint(after)}; changed: {len(changed(before, after))}")
    return [] if changed(before, after) else ["the owner's run changed nothing"]


def _timed(what: str, work: object) -> Outcome:
    assert callable(work)
    began = time.perf_counter()
    outcome: Outcome = work()
    seconds = time.perf_counter() - began
    print(f"{outcome.total:,} statements {what}: {seconds:.1f} s, {outcome.total / seconds:,.0f} a second")
    print(outcome.histogram())
    return outcome


if __name__ == "__main__":
    sys.exit(main())
