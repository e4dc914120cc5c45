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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MICROSECONDS = (
    "CASE {0} WHEN 'infinity' THEN 9223372036854775807 WHEN '-infinity' THEN -9223372036854775808"
    " ELSE (extract(epoch FROM {0}) * 1000000)::bigint END"
)
ENTRY_COLUMNS = (
    f"e.id, {MICROSECONDS.format('e.at')}, e.machine, e.person_id, e.version, e.action, e.entity, e.row_key,"
    " e.changes::text, e.private_hash"
)
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


def private_hash(salt: bytes, values: str) -> bytes:
    """The hash that an entry keeps of its private values."""
    return hashlib.sha256(salt + values.encode()).digest()


def content_hash(hashes: Iterable[bytes]) -> bytes:
    """The ``content`` of a block of these entry hashes."""
    return hashlib.sha256(b"".join(hashes)).digest()


def _digest(tag: bytes, values: tuple[Any, ...]) -> bytes:
    parts = [tag]
    for value in values:
        if value is None:
            parts.append(_ABSENT)
            continue
        field = value.encode() if isinstance(value, str) else b"%d" % value if isinstance(value, int) else bytes(value)
        parts.append(len(field).to_bytes(4))
        parts.append(field)
    return hashlib.sha256(b"".join(parts)).digest()
