"""Figures of the desk."""

from __future__ import annotations

from shared.schemas.base import Frozen


class DurationRow(Frozen):
    """Statistics of one group, in days. ``variance_days`` and ``sd_days`` are of the sample (n - 1): None below two."""

    group: str | None
    n: int
    mean_days: float | None
    variance_days: float | None
    sd_days: float | None
    median_days: float | None
    p90_days: float | None
    min_days: float | None
    max_days: float | None
    open: int


class DurationReport(Frozen):
    """A report and the sentence that says what it counts."""

    definition: str
    rows: tuple[DurationRow, ...]
