"""What a machine may do. The database enforces it; the client asks only to be quick and kind."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The level of a machine; each but ``NONE`` includes the one before it."""

    NONE = "none"
    QUERY = "query"
    FULL = "full"
    ADMIN = "admin"

    @property
    def can_write(self) -> bool:
        """Whether business rows may be changed."""
        return self in (Level.FULL, Level.ADMIN)
