"""The chain's head: the last block's hash, to be kept off the server and compared with later.

Whoever holds the server can make a whole new chain, or cut off its end; a head that lies elsewhere shows both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk_server.audit.encoding import BLOCK_COLUMNS, NO_BLOCK, Block
from shared.errors import DeskError

_FORMAT = "desk audit head 1"


@dataclass(frozen=True, slots=True)
class Head:
    """The last block: its number, its hash and when it was sealed. Number 0: nothing is sealed yet."""

    block: int = 0
    hash: bytes = NO_BLOCK
    sealed_at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"format": _FORMAT, "block": self.block, "hash": self.hash.hex(), "sealed_at": self.sealed_at}

    def text(self) -> str:
        """For a person."""
        return f"block {self.block}, sealed {self.sealed_at}: {self.hash.hex()}" if self.block else "nothing is sealed"


def current_head(connection: Any) -> Head:
    """The head of the chain now."""
    from desk_server.audit.verify import moment  # late: verify knows heads

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BLOCK_COLUMNS} FROM desk.audit_block ORDER BY id DESC LIMIT 1")  # noqa: S608 - ours
        row = cursor.fetchone()
    if row is None:
        return Head()
    block = Block.of(row)
    return Head(block.id, block.hash, moment(block.sealed_at))


def read_head(file: Path) -> Head:
    """A head that was exported; DeskError where the file holds none."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["format"] != _FORMAT:
            raise ValueError(stored["format"])
        head = Head(int(stored["block"]), bytes.fromhex(stored["hash"]), str(stored["sealed_at"]))
    except FileNotFoundError as error:
        raise DeskError(f"There is no file {file}.") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DeskError(f"{file} holds no head of an audit, or can't be read.") from error
    return head


def write_head(file: Path, head: Head) -> None:
    """Export; what was there is kept until the new one is whole."""
    from shared.files import write_atomic

    try:
        write_atomic(file, json.dumps(head.as_dict(), indent=2) + "\n")
    except OSError as error:
        raise DeskError(f"The head can't be written to {file}: {error.strerror}.") from error
