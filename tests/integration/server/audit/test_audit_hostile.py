"""Sealing and verifying what is meant to break them: huge entries, and whatever a machine can write."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from desk_server.audit import encoding
from desk_server.audit.encoding import ENTRY_COLUMNS, entry_hash
from desk_server.audit.verify import AuditBrokenError
from tests.desks import RunningDesk
from tests.integration.database.world import World, insert, one, refused, update
from tests.integration.server.audit.tampering import tampered


@pytest.fixture
def unbounded(boss: Any) -> Iterator[None]:
    """As before entries had a limit."""
    boss.execute("ALTER TABLE desk.audit_entry DROP CONSTRAINT ck_audit_entry_version")
    yield
    boss.execute(
        "ALTER TABLE desk.audit_entry ADD CONSTRAINT ck_audit_entry_version CHECK (length(version) <= 40) NOT VALID"
    )


def test_huge_entries_of_before_are_sealed_and_verified_by_pieces(
    unbounded: None, seal: Any, check: Any, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once they are more than the worker has memory for: nothing after them would ever be sealed."""
    monkeypatch.setattr(encoding, "PIECE_LETTERS", 1_000_000)
    seal()
    boss.execute(
        "INSERT INTO desk.audit_entry (machine, version, action, entity, row_key, changes)"
        " SELECT 'pc-full', repeat('x', 8000000), 'update', 'ticket', '1', '{}' FROM generate_series(1, 4)"
    )
    boss.execute(
        "INSERT INTO desk.audit_entry (machine, action, entity, row_key, changes) VALUES"
        " ('pc-full', 'update', 'ticket', '2', jsonb_build_object('name', array_to_json(array[repeat(%s, 1500000)])))",
        ("\U0001f600\x01",),
    )
    boss.execute(
        "WITH e AS (INSERT INTO desk.audit_entry (machine, action, entity, row_key, changes, private_hash) SELECT"
        " 'pc-full', 'update', 'contact', '3', '{}', sha256('s' || convert_to(v::text, 'UTF8'))"
        " FROM jsonb_build_object('note', jsonb_build_array(null, repeat(%s, 1500000))) AS v RETURNING id)"
        " INSERT INTO desk.audit_private SELECT e.id, 's', jsonb_build_object('note', jsonb_build_array(null,"
        " repeat(%s, 1500000))) FROM e",
        ("\u4e2d", "\u4e2d"),
    )
    tracemalloc.start()
    try:
        assert seal() == 6
        verified = check()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert verified.unsealed == 0
    assert most < 16_000_000
    # and by pieces it is the same hash as at once
    boss.execute(
        f"SELECT {ENTRY_COLUMNS}, s.hash FROM desk.audit_seal s JOIN desk.audit_entry e ON e.id = s.entry_id"
        " ORDER BY s.entry_id DESC LIMIT 2"
    )
    for row in boss.fetchall():
        assert entry_hash(row[:10]) == bytes(row[10])
    last = "(SELECT max(entry_id) FROM desk.audit_seal)"
    for statement, named in (
        (
            f"UPDATE desk.audit_entry SET changes = changes || '{{\"a\": 1}}' WHERE id = {last} - 1",
            r"Entry \d+ was altered",
        ),
        (f"UPDATE desk.audit_private SET values = values || '{{\"a\": 1}}' WHERE entry_id = {last}", "private values"),
    ):
        with tampered(boss, statement), pytest.raises(AuditBrokenError, match=named):
            check()
    check()


def test_what_a_machine_states_of_itself_comes_into_the_audit_shortened(boss: Any, raw: Any, world: World) -> None:
    full = raw("full").cursor()
    full.execute("SELECT set_config('desk.version', repeat('x', 1000000), false)")
    ticket = insert(full, "ticket", **world.ticket())
    length = (
        "SELECT length(version) FROM desk.audit_entry WHERE entity = 'ticket' AND row_key = %s ORDER BY id DESC LIMIT 1"
    )
    assert one(boss, length, str(ticket)) == 40
    full.execute("SELECT set_config('desk.session', repeat('x', 1000000), false)")
    with pytest.raises(psycopg2.Error) as refused_session:
        full.execute("SELECT desk.lease_take('ticket', 1)")
    assert len(str(refused_session.value)) < 1000


def test_a_file_s_name_has_an_end(raw: Any, world: World) -> None:
    full = raw("full").cursor()
    ticket = insert(full, "ticket", **world.ticket())
    values = {"ticket_id": ticket, "name": "n" * 300, "media_type": "m" * 200, "content": b"x"}
    insert(full, "attachment", **values)
    for column in ("name", "media_type"):
        with refused("DK019", column):
            insert(full, "attachment", **{**values, column: "x" * 301})


def _hostile(dice: random.Random, depth: int = 0) -> Any:
    """JSON as only a hostile client writes it."""
    letters = "a\x01\x1f\x7f\u0085\u2028\ufeff\ufffe\U0010ffff\\\"/'{}[]:,\u4e2d"
    kinds = ["text", "number", "constant"] + ["array", "object"] * (depth < 6)
    match dice.choice(kinds):
        case "text":
            return "".join(dice.choice(letters) for _ in range(dice.randrange(40)))
        case "number":
            return dice.choice([1e308, -1e-308, 10**300, -0.0, 0.1, 2**63, dice.random(), 10**-20])
        case "constant":
            return dice.choice([None, True, False, "", "NaN", "Infinity", "null", {}, []])
        case "array":
            return [_hostile(dice, depth + 1) for _ in range(dice.randrange(5))]
        case _:
            return {f"{_hostile(dice, 9)}": _hostile(dice, depth + 1) for _ in range(dice.randrange(5))}


EXTREMES = (
    ("custom", '{"a": ' + "[" * 5000 + "]" * 5000 + "}"), ("custom", '{"a":' * 5000 + "1" + "}" * 5000),
    ("custom", '{"a": 1e131071}'), ("custom", '{"a": 1e99999}'), ("custom", '{"a": 1e-16000}'),
    ("custom", '{"a": "\\ud800"}'), ("custom", '{"a": "\\udbff\\udfff"}'), ("custom", '{"a": NaN}'),
    ("reported_at", "infinity"), ("reported_at", "-infinity"), ("reported_at", "0044-03-15 BC"), ("due_at", "infinity"),
    ("due_at", "294276-12-31"), ("due_at", "0001-01-01 BC"), ("next_step_at", "infinity"),
    ("description", "\ufffe\U0010ffff\x01\x85\u2028" * 3000), ("description", "\\u0000 \\ud800"),
)  # fmt: skip


def test_whatever_a_machine_writes_is_sealed_and_verified(
    seal: Any, check: Any, boss: Any, raw: Any, world: World
) -> None:
    """What is refused is not there; what is saved has one hash at the sealing and ever after."""
    full = raw("full").cursor()
    seal()
    dice = random.Random(20261122)
    written = [*EXTREMES, *(("custom", json.dumps({"a": _hostile(dice)})) for _ in range(150))]
    saved = 0
    for column, value in written:
        try:
            ticket = insert(full, "ticket", **{**world.ticket(), column: value})
            update(full, "ticket", ticket, serial="1")
            saved += 1
        except psycopg2.Error as error:
            assert (error.pgcode or "")[:2] in ("DK", "22", "54"), error  # a rule, no such value, too complex
    assert saved > 100
    assert seal() >= 2 * saved
    assert check().unsealed == 0
    boss.execute(f"SELECT {ENTRY_COLUMNS}, s.hash FROM desk.audit_seal s JOIN desk.audit_entry e ON e.id = s.entry_id"
                 " WHERE octet_length(e.changes::text) < 100000 AND e.version IS DISTINCT FROM 'x'"
                 " AND coalesce(octet_length(e.version), 0) < 100 ORDER BY s.entry_id DESC LIMIT 500")  # fmt: skip
    assert all(entry_hash(row[:10]) == bytes(row[10]) for row in boss.fetchall())


def test_the_worker_adds_seals_and_nobody_alters_them(seal: Any, desk: RunningDesk, boss: Any, admin: Any) -> None:
    seal()
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection, connection.cursor() as worker:
        for table in ("audit_block", "audit_seal"):
            worker.execute(f"SELECT count(*) FROM desk.{table}")
            column = "id" if table == "audit_block" else "entry_id"
            for statement in (
                f"UPDATE desk.{table} SET {column} = 0",
                f"DELETE FROM desk.{table}",
                f"TRUNCATE desk.{table}",
            ):
                with refused("42501"):
                    worker.execute(statement)
                with refused("DK020"):
                    boss.execute(statement)
                with refused("42501"):
                    admin.execute(statement)
            with refused("42501"):
                admin.execute(f"INSERT INTO desk.{table} SELECT * FROM desk.{table}")
        for statement in ("INSERT INTO desk.audit_entry DEFAULT VALUES", "SELECT * FROM desk.audit_private"):
            with refused("42501"):
                worker.execute(statement)
