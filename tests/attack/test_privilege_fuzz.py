"""Ten thousand statements as a query-only machine change nothing; as the owner of the schema the same ones do.

The full size is ``python -m bench.fuzz``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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
from tests.attack.fuzz_surface import Surface
from tests.attack.fuzzing import Fuzzer
from tests.desks import RunningDesk, copy_desk, run_root, template_desk
from tests.integration.database.world import rows

STATEMENTS = 10_000
AS_OWNER = 2_000


@dataclass(frozen=True)
class Fuzzed:
    """The desk after the fuzz, and what was seen."""

    desk: RunningDesk
    surface: Surface
    before: dict[str, str]
    after: dict[str, str]
    outcome: Outcome


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Fuzzed]:
    desk = copy_desk(template_desk(), run_root() / uuid.uuid4().hex[:8])
    surface = prepare(desk)
    left_out = what_permitted_calls_write(desk)
    before = state(desk, left_out)
    outcome = run(connect_attacker(desk), surface, STATEMENTS)
    yield Fuzzed(desk, surface, before, state(desk, left_out), outcome)
    desk.remove()


def test_the_state_is_as_it_was(fuzzed: Fuzzed) -> None:
    assert changed(fuzzed.before, fuzzed.after) == set()
    assert fingerprint(fuzzed.before) == fingerprint(fuzzed.after)
    assert len(fuzzed.before) > 100


def test_no_answer_tells_a_secret(fuzzed: Fuzzed) -> None:
    assert fuzzed.outcome.leaked == []


def test_enough_of_it_is_refused_for_lack_of_rights(fuzzed: Fuzzed) -> None:
    """Else the statements would be nonsense. A few work: what is allowed is among them."""
    print(fuzzed.outcome.histogram())
    assert fuzzed.outcome.total == STATEMENTS
    assert fuzzed.outcome.share("42501") >= 0.30
    assert fuzzed.outcome.share("42601") <= 0.02, "statements that do not parse try nothing"
    assert fuzzed.outcome.states["00000"] > 100
    assert fuzzed.outcome.reconnects <= STATEMENTS // 1000


def test_what_permitted_functions_write_is_bounded(fuzzed: Fuzzed) -> None:
    """The rows that the state leaves out: one open request of the machine's own, a request and nothing else."""
    with fuzzed.desk.owner().cursor() as cursor:
        written = rows(
            cursor,
            """SELECT m.name, r.code_id, r.certificate, r.signed_at, length(r.csr) < 8001 AS is_short
            FROM desk.signing_request AS r JOIN desk.machine AS m ON m.id = r.machine_id""",
        )
    assert written == [{"name": "pc-query", "code_id": None, "certificate": None, "signed_at": None, "is_short": True}]


def test_the_same_seed_gives_the_same_statements(fuzzed: Fuzzed) -> None:
    first, again, other = (list(Fuzzer(fuzzed.surface, seed).statements(300)) for seed in (SEED, SEED, SEED + 1))
    assert first == again != other


def test_the_same_statements_change_the_state_as_owner(tmp_path: Path) -> None:
    desk = copy_desk(template_desk(), run_root() / uuid.uuid4().hex[:8])
    try:
        surface = prepare(desk)
        connect = connect_owner(desk, tmp_path / "profile")
        before = state(desk)
        outcome = run(connect, surface, AS_OWNER)
        after = state(desk)
    finally:
        desk.remove()
    assert fingerprint(before) != fingerprint(after)
    assert len(changed(before, after)) > 10
    assert outcome.share("42501") < 0.30
