"""What editing rests on, taken out piece by piece: each time the model, or a race, goes red.

So neither is there for show: whoever breaks one of these by mistake is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.desks import RunningDesk
from tests.faults.editing_clients import SEATS, SEATS_WITH_ADMIN, Stand
from tests.faults.editing_machine import run_model
from tests.integration.database.leasing import take
from tests.integration.database.races import at_once

Seats = tuple[str, ...]
Plant = Callable[[str, str, str], None]

SAVE_ID = "PERFORM desk.use_save_id(NEW.save_id, TG_TABLE_NAME, OLD.id);"
LEASE = "PERFORM desk.check_lease(TG_TABLE_NAME, OLD.id, NEW.lease_token);"
# what is broken, in which function, what stands there, what is put there, at whose seats
FAULTS: tuple[tuple[str, str, str, str, Seats], ...] = (
    ("the lease is not looked at", "guard_update", LEASE, "", SEATS),
    ("the version is not looked at", "guard_update", "NEW.row_version <> OLD.row_version + 1", "false", SEATS),
    ("the save id is not looked at", "guard_update", SAVE_ID, "", SEATS),
    ("the save id comes after the lease", "guard_update", f"{SAVE_ID}\n        {LEASE}", f"{LEASE} {SAVE_ID}", SEATS),
    ("a save leaves its lease", "guard_update", "NEW.lease_token IS NOT NULL", "false", SEATS),
    ("a save beside the form takes its lease", "guard_update", "IF NEW.lease_token IS NOT NULL THEN",
     "DELETE FROM desk.edit_lease WHERE entity = TG_TABLE_NAME AND entity_id = OLD.id; IF false THEN", SEATS),
    ("any token of the machine counts", "check_lease", "held.token = stated_token", "true", SEATS),
    ("any machine's token counts", "check_lease", "is_mine := held.machine = desk.current_machine();",
     "is_mine := true;", SEATS_WITH_ADMIN),
    ("an ended lease stops its holder's save", "check_lease", "held.token = stated_token",
     "held.token = stated_token AND held.expires_at > clock_timestamp()", SEATS),
    ("a lease taken anew keeps its token", "lease_take",
     "nextval('desk.lease_token'), -- anew", "held.token, -- anew", SEATS),
    ("windows of one machine share a lease", "lease_take", "held.session = mine", "true", SEATS),
    ("a beat wants no token", "lease_beat", "AND held.token = stated.token", "", SEATS),
    ("another's lease can be given up", "lease_release", "AND token = stated_token", "", SEATS),
    ("taking over wants no question", "take_over_reason", "AND held.asked_session = desk.current_session()",
     "OR true", SEATS),
    ("taking over wants no patience", "take_over_reason", "<= clock_timestamp()\n        THEN 'unanswered'",
     "IS NOT NULL THEN 'unanswered'", SEATS),
    ("a question that nobody heard counts", "take_over_reason", "held.told_at +", "held.asked_at +", SEATS),
    ("an answer gives no respite", "take_over_reason", "AND held.answered_at IS NULL", "", SEATS),
    ("everybody is an administrator", "take_over_reason",
     "pg_has_role(session_user, 'desk_admin', 'USAGE')", "true", SEATS_WITH_ADMIN),
    ("who asks second is heard", "lease_ask", "held.asked_at IS NULL OR", "true OR", SEATS_WITH_ADMIN),
    ("the worker removes what it should end", "leases_end_gone",
     "UPDATE desk.edit_lease AS held SET expires_at = clock_timestamp()\n    FROM locked",
     "DELETE FROM desk.edit_lease AS held USING locked", SEATS),
)  # fmt: skip


@pytest.fixture
def plant(owner: Any) -> Iterator[Plant]:
    """``plant(function, text, other text)``: the function has the other text from now on, until the test's end."""
    cursor, kept = owner.cursor(), []

    def change(function: str, old: str, new: str) -> None:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", (f"desk.{function}",))
        definition = cursor.fetchone()[0]
        assert old in definition, f"{function} has no such words any more"
        kept.append(definition)
        cursor.execute(definition.replace(old, new))

    yield change
    for definition in kept:
        cursor.execute(definition)


@pytest.mark.parametrize(("function", "old", "new", "seats"), [fault[1:] for fault in FAULTS],
                         ids=[fault[0] for fault in FAULTS])  # fmt: skip
def test_the_model_finds(desk: RunningDesk, plant: Plant, function: str, old: str, new: str, seats: Seats) -> None:
    plant(function, old, new)
    with closing(Stand(desk, seats)) as stand, pytest.raises(AssertionError):
        run_model(stand, examples=80, steps=50)  # ends at the first that finds it


@pytest.fixture
def takers(desk: RunningDesk) -> Iterator[list[Any]]:
    connections = [desk.connect(machine, session=uuid.uuid4()) for machine in ("full", "full2", "admin") for _ in "12"]
    yield connections
    for connection in connections:
        connection.close()


def test_a_race_finds_who_looks_first_and_takes_then(desk: RunningDesk, plant: Plant, takers: list[Any]) -> None:
    """Two tokens at once: each sees that nobody has the lease, and then has it."""
    with closing(Stand(desk)) as stand:
        stand.new_ticket()

        def winners() -> list[int]:
            stand.run("DELETE FROM desk.edit_lease")
            answers = at_once(takers, lambda cursor: take(cursor, stand.ticket))
            return [lease["token"] for lease in answers if lease["is_mine"]]

        assert len(winners()) == 1
        plant(
            "lease_take",
            "WHERE held.expires_at <= clock_timestamp() OR (held.machine = me AND held.session = mine)\n",
            "",
        )
        assert any(len(winners()) > 1 for _ in range(300))
