"""Ages as a list shows them: "5 min", "2 h", "3 d"."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

MINUTE, HOUR, DAY, YEAR = 60, 3_600, 86_400, 365 * 86_400


def age_text(since: datetime, now: datetime) -> str:
    """How long ago ``since`` was, in the largest unit that gives at least one. Both aware."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < HOUR:
        return QCoreApplication.translate("Age", "{n} min").format(n=seconds // MINUTE)
    if seconds < 2 * DAY:
        return QCoreApplication.translate("Age", "{n} h").format(n=seconds // HOUR)
    return QCoreApplication.translate("Age", "{n} d").format(n=QLocale().toString(seconds // DAY))
