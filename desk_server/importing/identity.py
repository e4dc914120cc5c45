"""What makes a row of a log that very row: (source, ticket, at, event, by, ordinal among equals)."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable

from desk_server.importing.reader import LogRow


def import_keys(source: str, rows: Iterable[LogRow]) -> list[uuid.UUID]:
    """A key for each row, in the rows' order. Equal rows are told apart by counting them, so none is lost."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    keys = []
    for row in rows:
        identity = (row.ticket, row.at.isoformat(timespec="microseconds"), row.event, row.by or "")
        seen[identity] += 1
        # No cell holds a NUL (the reader rejects it), so no two identities join to the same text.
        text = "\0".join((source, *identity, str(seen[identity])))
        keys.append(uuid.UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest()))
    return keys
