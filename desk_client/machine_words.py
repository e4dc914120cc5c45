"""Words for machines: what a level is called and means, how a certificate and a session stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shared.domain.level import Level

SOON = timedelta(days=14)  # a machine renews by itself thirty days before the end: one that has not, may be off

RANKS = {level: rank for rank, level in enumerate(Level)}
_LEVELS: dict[Level, Any] = {
    Level.NONE: QT_TRANSLATE_NOOP("Machines", "revoked"),
    Level.QUERY: QT_TRANSLATE_NOOP("Machines", "read only"),
    Level.FULL: QT_TRANSLATE_NOOP("Machines", "full"),
    Level.ADMIN: QT_TRANSLATE_NOOP("Machines", "administrator"),
}
_MEANINGS: dict[Level, Any] = {
    Level.NONE: QT_TRANSLATE_NOOP("Machines", "It is not let in."),
    Level.QUERY: QT_TRANSLATE_NOOP("Machines", "It finds and reads, and changes nothing."),
    Level.FULL: QT_TRANSLATE_NOOP("Machines", "It logs and changes tickets, customers and contacts."),
    Level.ADMIN: QT_TRANSLATE_NOOP("Machines", "It changes what others may do, too: machines, choices, field rules."),
}


class Ending(StrEnum):
    """How a certificate stands."""

    NONE = "none"
    GOOD = "good"
    SOON = "soon"
    ENDED = "ended"


def who_text(machine: str | None, person: str | None) -> str:
    """A machine and who sits there."""
    return f"{machine} ({person})" if machine and person else machine or person or ""


def is_demotion(before: Level, after: Level | str | None) -> bool:
    """Whether a change takes rights away: then who is connected under the old ones has to go."""
    return after is not None and RANKS[Level(after)] < RANKS[before]


def level_text(level: Level) -> str:
    """What a level is called."""
    return QCoreApplication.translate("Machines", _LEVELS[level])


def level_meaning(level: Level) -> str:
    """What a machine of this level may do."""
    return QCoreApplication.translate("Machines", _MEANINGS[level])


def ending_of(ends: datetime | None, now: datetime) -> Ending:
    """How a certificate stands that ends at ``ends``."""
    if ends is None:
        return Ending.NONE
    if ends <= now:
        return Ending.ENDED
    return Ending.SOON if ends - now < SOON else Ending.GOOD


def is_good(ends: datetime | None, now: datetime) -> bool:
    """Whether a certificate that ends at ``ends`` lets a machine in."""
    return ending_of(ends, now) in (Ending.GOOD, Ending.SOON)


def certificate_text(ends: datetime | None, code_ends: datetime | None, now: datetime) -> str:
    """Until when a machine's certificate is good, or why it has none."""
    said = _ends_text(ends, now)
    if code_ends is None or code_ends <= now:
        return said
    code = QCoreApplication.translate("Machines", "code until {time}")
    code = code.format(time=code_ends.astimezone().strftime("%H:%M"))
    # a certificate that still lets in is not hidden by the code that is to replace it
    return f"{said}  ·  {code}" if is_good(ends, now) else code


def _ends_text(ends: datetime | None, now: datetime) -> str:
    ending = ending_of(ends, now)
    if ends is None:
        return QCoreApplication.translate("Machines", "not enrolled")
    day = ends.astimezone().strftime("%Y-%m-%d")
    if ending is Ending.ENDED:
        return QCoreApplication.translate("Machines", "{day}, ended").format(day=day)
    if ending is Ending.SOON:
        return QCoreApplication.translate("Machines", "{day}, in {days} d").format(day=day, days=(ends - now).days)
    return day


def certificate_help(level: Level, ends: datetime | None, code_ends: datetime | None, now: datetime) -> str:
    """What a certificate's end means for a machine of this level, and what to do."""
    if level is Level.NONE:
        return QCoreApplication.translate("Machines", "It is not let in. Give it a level, then make a new code.")
    if code_ends is not None and code_ends > now:
        return QCoreApplication.translate("Machines", "A one-time code was given out and has not been used yet.")
    return {
        Ending.NONE: QCoreApplication.translate(
            "Machines", "No computer has been enrolled under this name. Make a new code for it."
        ),
        Ending.GOOD: QCoreApplication.translate("Machines", "Its certificate renews itself before it ends."),
        Ending.SOON: QCoreApplication.translate(
            "Machines", "It should have renewed itself by now: was it switched off? Start its client before the end."
        ),
        Ending.ENDED: QCoreApplication.translate("Machines", "It is not let in any more. Make a new code for it."),
    }[ending_of(ends, now)]
