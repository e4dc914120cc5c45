"""desk.machine_revoke: neither a lease nor a version holds it off; all other rules of desk.machine_set stay."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.database.machine_calls import begin, set_machine
from tests.integration.database.world import one, refused

REVOKE = "SELECT desk.machine_revoke(%s, %s)"
STATE = "SELECT level || ' ' || (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'm_' || name) FROM desk.machine"


@pytest.fixture
def name(boss: Any) -> str:
    """A machine of this test's own."""
    made = f"pc-{uuid.uuid4().hex[:8]}"
    boss.execute("SELECT desk.machine_set(%s, 'full', ARRAY['chen', 'lin'], 'on the bench')", (made,))
    return made


def test_whoever_holds_a_lease_does_not_hold_it_off(admin: Any, boss: Any, name: str, raw: Callable[..., Any]) -> None:
    machine_id = one(boss, "SELECT id FROM desk.machine WHERE name = %s", name)
    holder = raw("admin").cursor()
    holder.execute("SELECT token FROM desk.lease_take('machine', %s)", (machine_id,))
    (token,) = holder.fetchone()
    with refused("DK002"):
        set_machine(admin, name, "none")
    begin(admin, name)

    save_id = str(uuid.uuid4())
    assert one(admin, REVOKE, name, save_id) == machine_id
    assert one(boss, f"{STATE} WHERE name = %s", name) == "none false"
    assert one(boss, "SELECT note FROM desk.machine WHERE id = %s", machine_id) == "on the bench"
    assert one(boss, "SELECT count(*) FROM desk.machine_person WHERE machine_id = %s", machine_id) == 2
    still_open = "SELECT count(*) FROM desk.enrolment_code WHERE machine_id = %s AND withdrawn_at IS NULL"
    assert one(boss, still_open, machine_id) == 0, "its codes are withdrawn"
    with refused("DK002"):  # the lease is gone for whoever held it
        set_machine(holder, name, "full", lease_token=token)
    with refused("DK001"):  # sent again after a lost answer
        one(admin, REVOKE, name, save_id)


def test_the_last_administrator_stays(admin: Any, boss: Any) -> None:
    others = (
        "SELECT desk.machine_set(name, 'full', NULL) FROM desk.machine WHERE level = 'admin' AND name <> 'pc-admin'"
    )
    names = "SELECT array_agg(name) FROM desk.machine WHERE level = 'admin' AND name <> 'pc-admin'"
    before = one(boss, names) or []
    boss.execute(others)
    with refused("DK021"):
        one(admin, REVOKE, "pc-admin", str(uuid.uuid4()))
    assert one(boss, f"{STATE} WHERE name = 'pc-admin'") == "admin true"
    boss.execute("SELECT desk.machine_set(n, 'admin', NULL) FROM unnest(%s) AS n", (before,))


def test_who_may(admin: Any, name: str, raw: Callable[..., Any]) -> None:
    for level in ("query", "full"):
        with refused("42501"):
            one(raw(level).cursor(), REVOKE, name, str(uuid.uuid4()))
    with refused("DK018"):
        one(admin, REVOKE, "pc-of-nobody", str(uuid.uuid4()))
    with refused("DK004"):
        one(admin, REVOKE, name, None)
