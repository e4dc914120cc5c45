"""Ages as a list shows them: "5 min", "2 h", "3 d", "4 mo", "5 y"; the exact time stands in the tooltip."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH, YEAR = 30.44 * DAY, 365.25 * DAY  # means: the figure is for a glance


def age_text(since: datetime, now: datetime) -> str:
    """How long ago ``since`` was, in the largest unit that still tells two ages apart. Both aware."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < HOUR:
        return QCoreApplication.translate("Age", "{n} min").format(n=seconds // MINUTE)
    if seconds < 2 * DAY:
        return QCoreApplication.translate("Age", "{n} h").format(n=seconds // HOUR)
    if seconds < 100 * DAY:
        return QCoreApplication.translate("Age", "{n} d").format(n=seconds // DAY)
    if seconds < 2 * YEAR:
        return QCoreApplication.translate("Age", "{n} mo").format(n=int(seconds / MONTH))
    return QCoreApplication.translate("Age", "{n} y").format(n=int(seconds / YEAR))
