"""How time passes whatever is done to this computer's clock, and while it sleeps."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

# A sleeping Linux stops CLOCK_MONOTONIC; elsewhere the monotonic clock counts a sleep too.
_CLOCK_WITH_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def seconds() -> float:
    """Seconds since some moment; never goes back."""
    return time.monotonic() if _CLOCK_WITH_SLEEP is None else time.clock_gettime(_CLOCK_WITH_SLEEP)


_BEGAN, _BEGAN_AT = datetime.now(UTC), seconds()


def steady_now() -> datetime:
    """What this computer's clock would say, had nobody set it since the program began."""
    return _BEGAN + timedelta(seconds=seconds() - _BEGAN_AT)
