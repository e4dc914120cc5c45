"""The bytes that the chain covers. Whoever wants to verify it with a program of their own needs this page only.

A field is its length in bytes (4 bytes, big-endian) and its bytes; an absent value is the length FFFFFFFF alone.
Numbers are decimal text, texts are UTF-8, times are microseconds since 1970 in UTC as decimal text (the end of time,
which only a forger writes, is the largest or smallest number of 64 bits).

- entry: the tag ``desk audit entry 1``, then the fields id, at, machine, person_id, version, action, entity, row_key,
  changes (as PostgreSQL writes a jsonb), private_hash. Its hash is the SHA-256 of that.
- private_hash: SHA-256 of the salt followed by the private values, as PostgreSQL writes a jsonb in UTF-8.
- block: the tag ``desk audit block 1``, then the fields id, previous, sealed_at, entries, horizon_id, closed_id,
  content. ``content`` is the SHA-256 of the entries' hashes one after another, in the order of the entries' ids;
  ``previous`` is the hash of block id - 1, for block 1 thirty-two zero bytes. Its hash is the SHA-256 of that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

MICROSECONDS = (
    "CASE {0} WHEN 'infinity' THEN 9223372036854775807 WHEN '-infinity' THEN -9223372036854775808"
    " ELSE (extract(epoch FROM {0}) * 1000000)::bigint END"
)
_FIELDS = (
    "e.id", MICROSECONDS.format("e.at"), "e.machine", "e.person_id", "e.version", "e.action", "e.entity", "e.row_key",
    "e.changes::text", "e.private_hash",
)  # fmt: skip
ENTRY_COLUMNS = ", ".join(_FIELDS)
# What may be long is read with the rest only where it is short: a portion of entries fits into memory whatever they
# hold. IS_SHORT follows SHORT_COLUMNS; where it is false, hash_long_entry reads the entry by pieces.
SHORT_BYTES = 16_384
_LONG = ("e.version", "e.row_key", "e.changes::text")
_TEXT_BYTES = " + ".join(f"coalesce(octet_length({name}), 0)" for name in _LONG)
IS_SHORT = f"{_TEXT_BYTES} <= {SHORT_BYTES}"
SHORT_COLUMNS = ", ".join(f"CASE WHEN {IS_SHORT} THEN {name} END" if name in _LONG else name for name in _FIELDS)
PIECE_LETTERS = 4_000_000
BLOCK_COLUMNS = f"id, {MICROSECONDS.format('sealed_at')}, entries, horizon_id, closed_id, content, previous, hash"
NO_BLOCK = bytes(32)
_ENTRY_TAG = b"desk audit entry 1"
_BLOCK_TAG = b"desk audit block 1"
_ABSENT = b"\xff\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as the table holds it; ``sealed_at`` in microseconds."""

    id: int
    sealed_at: int
    entries: int
    horizon_id: int
    closed_id: int
    content: bytes
    previous: bytes
    hash: bytes = b""

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Block:
        """A row of BLOCK_COLUMNS."""
        return cls(*row[:5], *map(bytes, row[5:]))

    def computed_hash(self) -> bytes:
        """What ``hash`` must be."""
        numbers = (self.sealed_at, self.entries, self.horizon_id, self.closed_id)
        return _digest(_BLOCK_TAG, (self.id, self.previous, *numbers, self.content))


def entry_hash(row: tuple[Any, ...]) -> bytes:
    """The hash of an entry; ``row`` begins with ENTRY_COLUMNS."""
    return _digest(_ENTRY_TAG, row[:10])


def hash_long_entry(cursor: Any, entry_id: int) -> bytes:
    """The same hash of an entry that is too long to be read at once."""
    shown = ", ".join(f"octet_length({name})" if name in _LONG else name for name in _FIELDS)
    cursor.execute(f"SELECT {shown} FROM desk.audit_entry AS e WHERE e.id = %s", (entry_id,))  # noqa: S608 - ours
    digest = hashlib.sha256(_ENTRY_TAG)
    for name, value in zip(_FIELDS, cursor.fetchone(), strict=True):
        if name not in _LONG or value is None:
            digest.update(_encoded(value))
            continue
        digest.update(value.to_bytes(4))
        for piece in _pieces(cursor, name, "audit_entry AS e", "e.id", entry_id):
            digest.update(piece)
    return digest.digest()


def hash_private(cursor: Any, entry_id: int, salt: bytes) -> bytes:
    """The hash that an entry keeps of its private values."""
    digest = hashlib.sha256(salt)
    for piece in _pieces(cursor, "p.values::text", "audit_private AS p", "p.entry_id", entry_id):
        digest.update(piece)
    return digest.digest()


def private_hash(salt: bytes, values: str) -> bytes:
    """As ``hash_private``, of values that were read."""
    return hashlib.sha256(salt + values.encode()).digest()


def _pieces(cursor: Any, column: str, table: str, key: str, entry_id: int) -> Iterator[bytes]:
    start, piece = 1, ""
    while start == 1 or len(piece) == PIECE_LETTERS:
        cursor.execute(
            f"SELECT substr({column}, %s, %s) FROM desk.{table} WHERE {key} = %s",  # noqa: S608 - constants of ours
            (start, PIECE_LETTERS, entry_id),
        )
        piece = cursor.fetchone()[0]
        yield piece.encode()
        start += PIECE_LETTERS


def content_hash(hashes: Iterable[bytes]) -> bytes:
    """The ``content`` of a block of these entry hashes."""
    return hashlib.sha256(b"".join(hashes)).digest()


def _digest(tag: bytes, values: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(b"".join((tag, *map(_encoded, values)))).digest()


def _encoded(value: Any) -> bytes:
    if value is None:
        return _ABSENT
    field = value.encode() if isinstance(value, str) else b"%d" % value if isinstance(value, int) else bytes(value)
    return len(field).to_bytes(4) + field
