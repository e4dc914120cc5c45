"""Days on the command line."""

from __future__ import annotations

from datetime import date

import typer


def parse_day(text: str) -> date:
    """The day of ``2026-11-21``; wrong usage where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no date like 2026-11-21") from None
