"""What the audit costs: the same saves on a desk as it is shipped and on a copy whose audit triggers are off.

``python -m bench.audit_cost`` makes both desks in a folder of their own. Each round does every save once on either, the
order changing from round to round, so that other work on the machine meets both alike. Client time is from the call
that the window makes to its answer, over TLS with the commit; server time is what PostgreSQL says of planning and
executing the statements (EXPLAIN ANALYZE), the commit left out. ``--verify N`` measures sealing and verifying N entries
as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.data_layer import COMMENT, Ours, _values
from bench.dataset import make_tickets
from bench.loading import fill_desk
from desk_server.audit.sealing import Sealer
from desk_server.audit.verify import verify
from tests.desks import RunningDesk, copy_desk, make_test_root, remove_folder, template_desk

WARM_UP = 10
SAVES = ("create a ticket", "change a ticket", "status and comment", "change a contact")
_DISABLE = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger WHERE tgname ~ '^x_audit' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', found.relation, found.tgname);
    END LOOP;
END
$$
"""
Times = dict[str, dict[str, list[float]]]


class Side:
    """One of the two desks, and the saves on it."""

    def __init__(self, desk: RunningDesk, tickets: int, audited: bool) -> None:
        owner = desk.owner()
        fill_desk(owner, make_tickets(tickets))
        self._cursor = owner.cursor()
        if not audited:
            self._cursor.execute(_DISABLE)
        self._cursor.execute("SELECT min(id) FROM desk.customer")
        customer = self._cursor.fetchone()[0]
        self._cursor.execute(
            "INSERT INTO desk.contact (customer_id, name) VALUES (%s, 'Ren') RETURNING id", (customer,)
        )
        self._contact = self._cursor.fetchone()[0]
        self._tickets = self._open_tickets(tickets)
        self._database = desk.database("full")
        self._ours = Ours(self._database, [])
        self._values = _values(owner)
        self._raw = desk.connect("full")
        self.client: dict[str, list[float]] = {name: [] for name in SAVES}
        self.server: dict[str, list[float]] = {name: [] for name in SAVES}

    def _open_tickets(self, count: int) -> list[int]:
        self._cursor.execute(
            "SELECT id FROM desk.ticket WHERE status = 'open' AND assignee_id IS NOT NULL"
            " ORDER BY md5(id::text) LIMIT %s",
            (count,),
        )
        return [row[0] for row in self._cursor.fetchall()]

    def round(self) -> None:
        """Every save once by the client, and once explained."""
        for name in SAVES:
            began = time.perf_counter()
            self._save(name)
            self.client[name].append((time.perf_counter() - began) * 1_000)
        for name in SAVES:
            self.server[name].append(sum(self._explained(*statement) for statement in self._statements(name)))

    def _save(self, name: str) -> None:
        if name == SAVES[0]:
            self._ours.create(self._values)
        elif name == SAVES[2]:
            self._ours.update(self._tickets.pop(), 1, "waiting_customer", COMMENT)
        else:
            with self._raw.cursor() as cursor:
                for statement, values in self._statements(name):
                    cursor.execute(statement, values)

    def _statements(self, name: str) -> list[tuple[str, tuple[Any, ...]]]:
        save = str(uuid.uuid4())
        if name == SAVES[0]:
            given = self._values.model_dump(exclude_none=True)
            marks = ", ".join(["%s"] * len(given))
            columns = ", ".join(given)
            return [(f"INSERT INTO desk.ticket ({columns}, save_id) VALUES ({marks}, %s)", (*given.values(), save))]
        if name == SAVES[3]:
            changed = (f"555-{save[:8]}", save, self._contact)
            return [
                (
                    "UPDATE desk.contact SET phone = %s, save_id = %s, row_version = row_version + 1 WHERE id = %s",
                    changed,
                )
            ]
        ticket = self._tickets.pop()
        update = "UPDATE desk.ticket SET {} = %s, save_id = %s, row_version = row_version + 1 WHERE id = %s"
        if name == SAVES[1]:
            return [(update.format("next_step"), (f"call {save}", save, ticket))]
        comment = "INSERT INTO desk.comment (ticket_id, is_private, body, save_id) VALUES (%s, false, %s, %s)"
        return [
            (update.format("status"), ("waiting_customer", save, ticket)),
            (comment, (ticket, COMMENT, str(uuid.uuid4()))),
        ]

    def _explained(self, statement: str, values: tuple[Any, ...]) -> float:
        with self._raw.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
            plan = cursor.fetchone()[0][0]
        return float(plan["Planning Time"] + plan["Execution Time"])

    def close(self) -> None:
        self._database.close()


def run(tickets: int, rounds: int) -> dict[str, Any]:
    """Both desks side by side; all times in milliseconds."""
    root = make_test_root()
    desks = [copy_desk(template_desk(), root / name, durable=True) for name in ("with", "without")]
    try:
        sides = [Side(desk, tickets, audited) for desk, audited in zip(desks, (True, False), strict=True)]
        for number in range(WARM_UP + rounds):
            for side in sides if number % 2 else reversed(sides):
                side.round()
        for side in sides:
            side.close()
        return {
            "client": [{name: times[WARM_UP:] for name, times in side.client.items()} for side in sides],
            "server": [{name: times[WARM_UP:] for name, times in side.server.items()} for side in sides],
        }
    finally:
        for desk in desks:
            desk.remove()
        remove_folder(root)


def measure_chain(entries: int) -> dict[str, float]:
    """Entries a second of sealing and of verifying."""
    root = make_test_root()
    desk = copy_desk(template_desk(), root / "chain", durable=True)
    try:
        owner = desk.owner()
        with owner.cursor() as cursor:
            cursor.execute(
                "INSERT INTO desk.audit_entry (machine, person_id, version, action, entity, row_key, changes)"
                " SELECT 'pc-full', 3, '0.1.0', 'update', 'ticket', n::text, jsonb_build_object('subject',"
                " jsonb_build_array('an old subject of ' || n, 'a new subject, which is longer'), 'severity',"
                " jsonb_build_array(NULL, 'major')) FROM generate_series(1, %s) AS n",
                (entries,),
            )
            cursor.execute("VACUUM ANALYZE desk.audit_entry")
        with closing(desk.desk.owner_connection(user="desk_worker")) as worker:
            began = time.perf_counter()
            sealed = Sealer(worker, run_seconds=3_600).run()
            sealing = time.perf_counter() - began
            began = time.perf_counter()
            for _ in range(20):
                Sealer(worker).run()
            idle = (time.perf_counter() - began) / 20
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        verified = verify(owner)
        verifying = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        assert verified.entries == sealed >= entries
        return {
            "entries": sealed,
            "sealed a second": sealed / sealing,
            "ms of a run with nothing to seal": idle * 1_000,
            "verified a second": sealed / verifying,
            "MB more in use while verifying": memory / 1_024,
        }
    finally:
        desk.remove()
        remove_folder(root)


def table(result: dict[str, Any]) -> str:
    """Medians as a Markdown table."""
    lines = ["| save | time | with audit, ms | without, ms | ratio |", "|---|---|---|---|---|"]
    for kind in ("client", "server"):
        audited, bare = result[kind]
        for name in SAVES:
            with_audit, without = statistics.median(audited[name]), statistics.median(bare[name])
            lines.append(f"| {name} | {kind} | {with_audit:.2f} | {without:.2f} | {with_audit / without:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print; ``--json FILE`` keeps every single time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--verify", type=int, default=0, metavar="ENTRIES")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result: dict[str, Any] = {}
    if arguments.rounds:
        result = run(arguments.tickets, arguments.rounds)
        sys.stdout.write(table(result) + "\n")
    if arguments.verify:
        result["chain"] = measure_chain(arguments.verify)
        sys.stdout.write("\n" + "\n".join(f"{name}: {value:,.1f}" for name, value in result["chain"].items()) + "\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
