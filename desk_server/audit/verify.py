"""Verifying the chain: every entry against its seal, every seal against its block, every block against the one before.

Read in one snapshot, in the order of the chain, a portion at a time: memory does not grow with the audit, and neither
sealing nor saving waits. What is computed here uses nothing of the database's own functions but PostgreSQL's.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from desk_server.audit.encoding import (
    BLOCK_COLUMNS,
    IS_SHORT,
    MICROSECONDS,
    NO_BLOCK,
    SHORT_BYTES,
    SHORT_COLUMNS,
    Block,
    content_hash,
    entry_hash,
    hash_long_entry,
    hash_private,
    private_hash,
)
from desk_server.audit.head import Head

CLOCK_TOLERANCE = 600 * 1_000_000  # a server's clock may be set; whoever backdates an entry means more than that
PORTION = 2_000
LISTED = 5

_BLOCKS = f"SELECT {BLOCK_COLUMNS} FROM desk.audit_block ORDER BY id"  # noqa: S608 - constants of ours
_SEALS = f"""
SELECT {SHORT_COLUMNS}, {IS_SHORT}, s.entry_id, s.block_id, s.position, s.hash, p.salt,
    CASE WHEN octet_length(p.values::text) <= {SHORT_BYTES} THEN p.values::text END
FROM desk.audit_seal AS s LEFT JOIN desk.audit_entry AS e ON e.id = s.entry_id
LEFT JOIN desk.audit_private AS p ON p.entry_id = s.entry_id
ORDER BY s.block_id, s.entry_id
"""  # noqa: S608 - as above
_FORGOTTEN = """
SELECT jsonb_array_elements_text(changes #> '{forgotten,1,entries}') FROM desk.audit_entry
WHERE entity = 'contact' AND jsonb_typeof(changes #> '{forgotten,1,entries}') = 'array'
"""
_UNSEALED = f"""
SELECT e.id, {MICROSECONDS.format("e.at")} FROM desk.audit_entry AS e
LEFT JOIN desk.audit_seal AS s ON s.entry_id = e.id
WHERE s.entry_id IS NULL ORDER BY e.id
"""  # noqa: S608 - as above
_STRAY = """
SELECT p.entry_id FROM desk.audit_private AS p LEFT JOIN desk.audit_entry AS e ON e.id = p.entry_id
WHERE e.private_hash IS NULL ORDER BY p.entry_id LIMIT 1
"""


class AuditBrokenError(Exception):
    """The first thing found wrong; the message says what and where."""


class AuditTimeError(AuditBrokenError):
    """The chain is whole, and times in it contradict each other: a clock was wrong, or somebody backdated an entry."""


@dataclass
class Verified:
    """What was verified: the counts and the head, and what is known of clocks that were wrong.

    ``contradictions`` are entries whose times contradict the blocks, the first of them as sentences.
    """

    entries: int = 0
    head: Head = field(default_factory=Head)
    unsealed: int = 0
    oldest_unsealed: str | None = None
    contradictions: int = 0
    contradicting: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with its seal, as read; ``entry`` is None where it is gone, ``private`` where it is long or none."""

    entry: tuple[Any, ...] | None
    entry_id: int
    block_id: int
    position: int
    hash: bytes
    salt: bytes | None
    private: str | None
    is_short: bool = True

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Sealed:
        """A row of _SEALS."""
        entry = None if row[0] is None else row[:10]
        salt = None if row[15] is None else bytes(row[15])
        return cls(entry, row[11], row[12], row[13], bytes(row[14]), salt, row[16], row[10])


class Verifier:
    """Goes along the chain and raises AuditBrokenError at the first thing that is wrong.

    But a time that contradicts is told at the end: else one clock error would hide all that comes after it.
    """

    def __init__(
        self, expected: Head | None = None, forgotten: frozenset[str] = frozenset(), cursor: Any = None
    ) -> None:
        self.result = Verified()
        self._last_contradicting = 0  # the block
        self._cursor = cursor  # for what is long, in the same snapshot
        self._expected = expected
        self._forgotten = forgotten
        self._previous = Block(0, 0, 0, 0, 0, b"", b"", NO_BLOCK)
        # of the blocks that still bound later ids: horizon, and the earliest the clock has shown from that block on
        self._horizons: list[int] = []
        self._earliest: list[int] = []
        self._latest = 0
        self._oldest_unsealed: int | None = None

    def take(self, block: Block, seals: list[Sealed]) -> None:
        """The next block of the chain, and all that is sealed in it."""
        self._check_link(block)
        for place, sealed in enumerate(seals, 1):
            self._check_place(block, sealed, place)
            self._check_entry(sealed)
            self._check_time(block, sealed)
        if len(seals) < block.entries:
            where = f"after entry {seals[-1].entry_id}" if seals else "which is all of it"
            raise AuditBrokenError(
                f"Block {block.id} sealed {block.entries} entries and holds {len(seals)}: the rest was deleted, "
                f"{where}."
            )
        if len(seals) > block.entries:
            raise AuditBrokenError(
                f"Entry {seals[-1].entry_id} was inserted into block {block.id} after it was sealed."
            )
        if content_hash(sealed.hash for sealed in seals) != block.content:
            raise AuditBrokenError(
                f"Block {block.id} does not hold what it sealed: its entries' hashes were exchanged."
            )
        self._pass(block)

    def finish(self) -> None:
        """After the last block: does the chain reach to the head that was exported?"""
        expected = self._expected
        if expected is not None and expected.block > self._previous.id:
            raise AuditBrokenError(
                f"The chain ends at block {self._previous.id}; the exported head is block {expected.block} of "
                f"{expected.sealed_at}: blocks {self._previous.id + 1} to {expected.block} were cut off."
            )

    def check_times(self, known_to: int = 0) -> None:
        """After all else: AuditTimeError where times contradict in a block after ``known_to``."""
        if self._last_contradicting > known_to:
            raise AuditTimeError(
                f"The chain is whole, but {self.result.contradictions:,} of its entries have times that contradict it:"
                f" a clock was wrong, or somebody backdated them. {' '.join(self.result.contradicting)} Once you know"
                f" which clock it was: --known-times-to {self._last_contradicting}"
            )

    def take_unsealed(self, entry_id: int, at: int) -> None:
        """An entry without a seal: new, unless its id was done with long ago."""
        if entry_id <= self._previous.closed_id:
            raise AuditBrokenError(
                f"Entry {entry_id} was inserted by hand: all entries up to {self._previous.closed_id} were sealed "
                f"by block {self._previous.id}, and it was not among them."
            )
        self.result.unsealed += 1
        self._oldest_unsealed = min(at, self._oldest_unsealed or at)
        self.result.oldest_unsealed = moment(self._oldest_unsealed)

    def _check_link(self, block: Block) -> None:
        before = self._previous
        if block.id != before.id + 1:
            raise AuditBrokenError(f"Block {before.id + 1} is missing; the next one is {block.id}.")
        if block.previous != before.hash:
            raise AuditBrokenError(f"The chain is broken at block {block.id}: it does not continue block {before.id}.")
        if block.computed_hash() != block.hash:
            raise AuditBrokenError(f"Block {block.id} was altered: its hash is not that of its contents.")
        if block.horizon_id < before.horizon_id or not before.closed_id <= block.closed_id <= block.horizon_id:
            raise AuditBrokenError(f"Block {block.id} contradicts block {before.id}: its ids go back.")
        expected = self._expected
        if expected is not None and expected.block == block.id and expected.hash != block.hash:
            raise AuditBrokenError(
                f"Block {block.id} is not the one that was exported on {expected.sealed_at}: the chain was made anew."
            )

    def _check_place(self, block: Block, sealed: Sealed, place: int) -> None:
        if sealed.entry is None:
            raise AuditBrokenError(f"Entry {sealed.entry_id} was deleted; block {block.id} has sealed it.")
        if sealed.position > place:
            raise AuditBrokenError(
                f"An entry before entry {sealed.entry_id} was deleted from block {block.id}, or moved: place {place}."
            )
        if sealed.position < place or sealed.block_id != block.id:
            raise AuditBrokenError(
                f"Entry {sealed.entry_id}, or the one before it, was inserted into block {block.id}, or moved there."
            )
        if sealed.entry_id <= self._previous.closed_id:
            raise AuditBrokenError(
                f"Entry {sealed.entry_id} was inserted into the past: all entries up to {self._previous.closed_id} "
                f"were sealed by block {self._previous.id}, and block {block.id} has it."
            )

    def _check_entry(self, sealed: Sealed) -> None:
        entry = sealed.entry or ()
        computed = entry_hash(entry) if sealed.is_short else hash_long_entry(self._cursor, sealed.entry_id)
        if computed != sealed.hash:
            raise AuditBrokenError(f"Entry {sealed.entry_id} was altered after block {sealed.block_id} had sealed it.")
        kept = entry[9]
        if sealed.salt is None:
            if kept is not None and str(sealed.entry_id) not in self._forgotten:
                raise AuditBrokenError(
                    f"The private values of entry {sealed.entry_id} were removed, but not forgotten."
                )
        elif kept is None or self._private_hash(sealed, sealed.salt) != bytes(kept):
            raise AuditBrokenError(f"The private values of entry {sealed.entry_id} were altered.")

    def _private_hash(self, sealed: Sealed, salt: bytes) -> bytes:
        if sealed.private is None:
            return hash_private(self._cursor, sealed.entry_id, salt)
        return private_hash(salt, sealed.private)

    def _check_time(self, block: Block, sealed: Sealed) -> None:
        """An id above a horizon was given out after that block; so was the entry's time. A clock may be set."""
        at = (sealed.entry or ())[1]
        older = bisect_left(self._horizons, sealed.entry_id)
        earliest = min(self._earliest[older - 1], block.sealed_at) if older else at
        latest = max(self._latest, block.sealed_at)
        if not earliest - CLOCK_TOLERANCE <= at <= latest + CLOCK_TOLERANCE:
            self.result.contradictions += 1
            self._last_contradicting = block.id
            if len(self.result.contradicting) < LISTED:
                self.result.contradicting.append(
                    f"Entry {sealed.entry_id} is dated {moment(at)}, but it was made between {moment(earliest)} "
                    f"and {moment(latest)} (block {block.id})."
                )

    def _pass(self, block: Block) -> None:
        self._previous = block
        self._latest = max(self._latest, block.sealed_at)
        for place in range(len(self._earliest) - 1, -1, -1):
            if self._earliest[place] <= block.sealed_at:
                break
            self._earliest[place] = block.sealed_at
        if not self._horizons or self._horizons[-1] < block.horizon_id:
            self._horizons.append(block.horizon_id)
            self._earliest.append(block.sealed_at)
        else:
            self._earliest[-1] = block.sealed_at
        done = bisect_left(self._horizons, block.closed_id + 1) - 1  # no later id is as low as the next one's horizon
        if done > 0:
            del self._horizons[:done], self._earliest[:done]
        self.result.entries += block.entries
        self.result.head = Head(block.id, block.hash, moment(block.sealed_at))


def verify(connection: Any, expected: Head | None = None, known_times_to: int = 0) -> Verified:
    """Verify everything through ``connection`` (psycopg2, no transaction under way); AuditBrokenError at the first.

    Args:
        known_times_to: the block up to which somebody has looked into times that contradict; those are no error.
    """
    with _snapshot(connection) as stream, connection.cursor() as cursor:
        verifier = Verifier(expected, frozenset(row[0] for row in stream(_FORGOTTEN)), cursor)
        seals = iter(stream(_SEALS))
        following = _next(seals)
        for row in stream(_BLOCKS):
            block = Block.of(row)
            inside: list[Sealed] = []
            while following is not None and following.block_id <= block.id:
                inside.append(following)
                following = _next(seals)
                if len(inside) > block.entries:
                    break
            verifier.take(block, inside)
        if following is not None:
            raise AuditBrokenError(
                f"Entry {following.entry_id} was sealed in block {following.block_id}, which is gone."
            )
        verifier.finish()
        for entry_id, at in stream(_UNSEALED):
            verifier.take_unsealed(entry_id, at)
        for row in stream(_STRAY):
            raise AuditBrokenError(f"Private values are kept of entry {row[0]}, which has none or is gone.")
        verifier.check_times(known_times_to)
        return verifier.result


def _next(seals: Iterator[tuple[Any, ...]]) -> Sealed | None:
    row = next(seals, None)
    return None if row is None else Sealed.of(row)


def moment(microseconds: int) -> str:
    """A time of the chain, for a person."""
    try:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return f"{microseconds} microseconds from 1970"


@contextmanager
def _snapshot(connection: Any) -> Iterator[Callable[[str], Any]]:
    """One look at everything, however long it takes: yields what gives a statement's rows, a portion at a time."""
    numbers = itertools.count()

    def stream(statement: str) -> Any:
        cursor = cursors.enter_context(closing(connection.cursor(name=f"verify_{next(numbers)}")))
        cursor.itersize = PORTION
        cursor.execute(statement)
        return cursor

    connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
    try:
        with ExitStack() as cursors:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # all of it is wanted
            yield stream
    finally:
        connection.rollback()
        connection.set_session(isolation_level="DEFAULT", readonly=False, autocommit=True)
