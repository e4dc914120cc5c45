"""How a moment is said in passing: in notices, beside drafts."""

from __future__ import annotations

from datetime import datetime


def clock_text(at: datetime | None, *, seconds: bool = False) -> str:
    """Its time; with its day where that is not today. '' for none."""
    if at is None:
        return ""
    local = at.astimezone()
    today = local.date() == datetime.now().astimezone().date()
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return local.strftime(clock if today else f"%Y-%m-%d {clock}")
