"""Sealing: every committed entry that has no seal goes into a block, whenever its transaction came to commit.

Ids are given out in order and committed in any: a range of ids is done with only when no transaction runs any more that
may have taken an id from it. So each run reads, in this order,

1. the highest id given out (``horizon_id``),
2. the transactions that run now: whoever took an id up to the horizon either runs, or its entries can be seen. A
   snapshot lists those alone that are older than the last one that ended; so one of our own ends first,
3. the unsealed entries of the ranges where something may have come to light since.

A range keeps the transactions that ran when it was looked through (``audit_open``). It is looked through again when one
of them has ended, and closed when none is left: a transaction that stays open for hours costs nothing meanwhile, and
an aborted one leaves a gap that nobody looks for twice. An entry takes its id after its transaction has its number,
since audit triggers fire after the change itself; the argument leans on that.

A block, its seals and the ranges left are one transaction of a bounded size; a long entry is read by pieces.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from desk_server.audit.encoding import (
    BLOCK_COLUMNS,
    IS_SHORT,
    MICROSECONDS,
    NO_BLOCK,
    SHORT_COLUMNS,
    Block,
    content_hash,
    entry_hash,
    hash_long_entry,
)

BLOCK_ENTRIES = 2_000
RUN_SECONDS = 3.0

_HORIZON = f"""
SELECT CASE WHEN is_called THEN last_value ELSE 0 END, {MICROSECONDS.format("clock_timestamp()")}
FROM desk.audit_entry_id_seq
"""  # noqa: S608 - constants of ours
_END_ONE = "BEGIN; INSERT INTO desk.audit_open (first_id, last_id, running) VALUES (-1, -1, '{}'); ROLLBACK"
_RUNNING = "SELECT xid::text::bigint FROM pg_snapshot_xip(pg_current_snapshot()) AS xid"
_UNSEALED = f"""
SELECT {SHORT_COLUMNS}, {IS_SHORT} FROM desk.audit_entry AS e
LEFT JOIN desk.audit_seal AS s ON s.entry_id = e.id AND s.entry_id > %(after)s AND s.entry_id <= %(last)s
WHERE e.id > %(after)s AND e.id <= %(last)s AND s.entry_id IS NULL ORDER BY e.id LIMIT %(limit)s
"""  # noqa: S608 - as above
_LAST_BLOCK = f"SELECT {BLOCK_COLUMNS} FROM desk.audit_block ORDER BY id DESC LIMIT 1"  # noqa: S608 - as above
_ADD_BLOCK = """
INSERT INTO desk.audit_block (id, sealed_at, entries, horizon_id, closed_id, content, previous, hash)
VALUES (%s, timestamptz 'epoch' + %s * interval '1 microsecond', %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class IdRange:
    """Entry ids from ``first`` to ``last``, and the transactions that may yet show entries among them."""

    first: int
    last: int
    running: frozenset[int]


class Sealer:
    """One run of sealing on an autocommit connection of desk_worker, which is alone by the worker's lock."""

    def __init__(self, connection: Any, block_entries: int = BLOCK_ENTRIES, run_seconds: float = RUN_SECONDS) -> None:
        self._cursor = connection.cursor()
        self._block_entries = block_entries
        self._deadline = time.monotonic() + run_seconds
        self._last = self._last_block()
        self._ranges = self._open_ranges()
        self._covered = max([self._last.closed_id, *(part.last for part in self._ranges)])
        self._horizon, self._now = self._one(_HORIZON)
        if self._covered < self._horizon:
            self._cursor.execute(_END_ONE)
        self._cursor.execute(_RUNNING)
        self._running = frozenset(row[0] for row in self._cursor.fetchall())

    def run(self) -> int:
        """Seal what there is, or what fits into a run; the number of entries sealed."""
        return sum(self._seal_range(wanted) for wanted in self._to_look_through())

    def _to_look_through(self) -> list[IdRange]:
        """New ids first: their people may be looking at the audit. Then those where a transaction has ended."""
        changed = [part for part in self._ranges if not part.running <= self._running]
        if self._covered < self._horizon:
            changed.insert(0, IdRange(self._covered + 1, self._horizon, self._running))
        return [replace(part, running=part.running & self._running) for part in changed]

    def _seal_range(self, wanted: IdRange) -> int:
        sealed, first = 0, wanted.first
        while first <= wanted.last and time.monotonic() < self._deadline:
            count, done_to = self._seal_batch(replace(wanted, first=first))
            sealed, first = sealed + count, done_to + 1
        return sealed

    def _seal_batch(self, wanted: IdRange) -> tuple[int, int]:
        limit = self._block_entries
        bounds = {"after": wanted.first - 1, "last": wanted.last, "limit": limit}
        self._cursor.execute(_UNSEALED, bounds)
        entries = self._cursor.fetchall()
        done_to = entries[-1][0] if len(entries) == limit else wanted.last
        ranges = _replaced(self._ranges, replace(wanted, last=done_to))
        closed = _closed(ranges)
        left = [part for part in ranges if part.running]
        with self._transaction():
            if entries or closed > self._last.closed_id:
                self._last = self._add_block(entries, max(closed, self._last.closed_id))
            self._keep_ranges(left)
        self._ranges = left
        return len(entries), done_to

    def _add_block(self, entries: list[tuple[Any, ...]], closed: int) -> Block:
        hashes = [entry_hash(entry) if entry[10] else hash_long_entry(self._cursor, entry[0]) for entry in entries]
        block = Block(
            id=self._last.id + 1,
            sealed_at=self._now,
            entries=len(entries),
            horizon_id=self._horizon,
            closed_id=closed,
            content=content_hash(hashes),
            previous=self._last.hash,
        )
        block = replace(block, hash=block.computed_hash())
        values = (block.entries, block.horizon_id, block.closed_id, block.content, block.previous, block.hash)
        self._cursor.execute(_ADD_BLOCK, (block.id, block.sealed_at, *values))
        seals = "".join(
            f"{entry[0]}\t{block.id}\t{place}\t\\\\x{digest.hex()}\n"
            for place, (entry, digest) in enumerate(zip(entries, hashes, strict=True), 1)
        )
        self._cursor.copy_expert("COPY desk.audit_seal (entry_id, block_id, position, hash) FROM STDIN", _file(seals))
        return block

    def _keep_ranges(self, ranges: list[IdRange]) -> None:
        if ranges == self._ranges:
            return
        self._cursor.execute("DELETE FROM desk.audit_open")
        lines = "".join(f"{part.first}\t{part.last}\t{{{','.join(map(str, part.running))}}}\n" for part in ranges)
        self._cursor.copy_expert("COPY desk.audit_open (first_id, last_id, running) FROM STDIN", _file(lines))

    def _last_block(self) -> Block:
        self._cursor.execute(_LAST_BLOCK)
        row = self._cursor.fetchone()
        return Block.of(row) if row else Block(0, 0, 0, 0, 0, b"", b"", NO_BLOCK)

    def _open_ranges(self) -> list[IdRange]:
        self._cursor.execute("SELECT first_id, last_id, running FROM desk.audit_open ORDER BY first_id")
        return [IdRange(first, last, frozenset(running)) for first, last, running in self._cursor.fetchall()]

    def _one(self, statement: str) -> tuple[int, int]:
        self._cursor.execute(statement)
        first, second = self._cursor.fetchone()
        return int(first), int(second)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._cursor.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")


def _replaced(ranges: list[IdRange], seen: IdRange) -> list[IdRange]:
    """``ranges``, of the ids of ``seen`` what it says; neighbours that wait for the same are one."""
    parts = [seen]
    for part in ranges:
        if part.first < seen.first:
            parts.append(replace(part, last=min(part.last, seen.first - 1)))
        if part.last > seen.last:
            parts.append(replace(part, first=max(part.first, seen.last + 1)))
    joined: list[IdRange] = []
    for part in sorted(parts, key=lambda part: part.first):
        if joined and joined[-1].running == part.running and joined[-1].last + 1 == part.first:
            joined[-1] = replace(joined[-1], last=part.last)
        else:
            joined.append(part)
    return joined


def _closed(ranges: list[IdRange]) -> int:
    """Up to where no entry will come any more: before the first range that waits, or to the end of the last."""
    waiting = next((part for part in ranges if part.running), None)
    return waiting.first - 1 if waiting else ranges[-1].last


def _file(text: str) -> io.StringIO:
    return io.StringIO(text)
