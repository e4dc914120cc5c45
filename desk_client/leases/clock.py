"""How time passes for a lease: also while this computer sleeps, and whatever is done to its clock."""

from __future__ import annotations

import time

# A sleeping Linux stops CLOCK_MONOTONIC; elsewhere the monotonic clock counts a sleep too.
_CLOCK_WITH_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def seconds() -> float:
    """Seconds since some moment; never goes back."""
    return time.monotonic() if _CLOCK_WITH_SLEEP is None else time.clock_gettime(_CLOCK_WITH_SLEEP)
