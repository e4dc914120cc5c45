"""Words for security events: what happened, and what an administrator does about an alarm."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shared.schemas.machine import SecurityEventRow

_KINDS: dict[str, Any] = {
    "enrolment_started": QT_TRANSLATE_NOOP("SecurityEvents", "One-time code given out"),
    "enrolled": QT_TRANSLATE_NOOP("SecurityEvents", "Enrolled"),
    "renewed": QT_TRANSLATE_NOOP("SecurityEvents", "Certificate renewed"),
    "sessions_ended": QT_TRANSLATE_NOOP("SecurityEvents", "Sessions ended"),
    "old_certificate": QT_TRANSLATE_NOOP("SecurityEvents", "Old certificate used"),
    "watchdog": QT_TRANSLATE_NOOP("SecurityEvents", "Runaway session ended"),
}
_MEANINGS: dict[str, Any] = {
    "enrolment_started": QT_TRANSLATE_NOOP(
        "SecurityEvents", "An administrator let a computer enrol as {machine}, once and for a short time."
    ),
    "enrolled": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "A computer was enrolled as {machine}. Earlier certificates of that name do not count any more.",
    ),
    "renewed": QT_TRANSLATE_NOOP("SecurityEvents", "{machine} renewed its certificate, as it does by itself."),
    "sessions_ended": QT_TRANSLATE_NOOP("SecurityEvents", "Open sessions of {machine} were ended."),
    "old_certificate": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Somebody at {address} tried to get in as {machine} with a replaced certificate, and was refused.",
    ),
    "watchdog": QT_TRANSLATE_NOOP(
        "SecurityEvents", "The server ended a session of {machine} that ran too long or held others up."
    ),
}
_ADVICE: dict[str, Any] = {
    "old_certificate": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Either that computer was set back to an older state, or its key was copied. Find out which computer it was;"
        " if nobody can say, make a new code for {machine} and enrol it anew.",
    ),
    "watchdog": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Ask who works at {machine} what they ran there. If nobody knows, end its sessions or revoke it.",
    ),
}


def kind_text(kind: str) -> str:
    """What happened, in a few words."""
    return QCoreApplication.translate("SecurityEvents", _KINDS[kind]) if kind in _KINDS else kind


def meaning_text(event: SecurityEventRow) -> str:
    """What happened, in a sentence."""
    return _said(_MEANINGS, event)


def advice_text(event: SecurityEventRow) -> str:
    """What to do about it; '' where nothing is to be done."""
    return _said(_ADVICE, event)


def detail_text(event: SecurityEventRow) -> str:
    """What else is known, as the desk wrote it."""
    return "  ".join(f"{name}: {value}" for name, value in event.detail.items() if value not in (None, ""))


def _said(sentences: dict[str, Any], event: SecurityEventRow) -> str:
    if event.kind not in sentences:
        return ""
    somewhere = QCoreApplication.translate("SecurityEvents", "an unknown address")
    nobody = QCoreApplication.translate("SecurityEvents", "a machine")
    sentence = QCoreApplication.translate("SecurityEvents", sentences[event.kind])
    return sentence.format(machine=event.machine or nobody, address=event.address or somewhere)
