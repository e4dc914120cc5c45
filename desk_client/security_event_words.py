"""Words for security events: what happened, and what an administrator does about an alarm."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.listing.columns import time_text
from shared.schemas.machine import SecurityEventRow

_KINDS: dict[str, Any] = {
    "enrolment_started": QT_TRANSLATE_NOOP("SecurityEvents", "One-time code given out"),
    "enrolled": QT_TRANSLATE_NOOP("SecurityEvents", "Enrolled"),
    "renewed": QT_TRANSLATE_NOOP("SecurityEvents", "Certificate renewed"),
    "sessions_ended": QT_TRANSLATE_NOOP("SecurityEvents", "Sessions ended"),
    "old_certificate": QT_TRANSLATE_NOOP("SecurityEvents", "Old certificate used"),
    "login_refused": QT_TRANSLATE_NOOP("SecurityEvents", "Login refused"),
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
    "login_refused": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Somebody at {address} showed the certificate of {machine}, and did not get in: the machine is shut out, or the"
        " login was not one of our programs'.",
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
    "login_refused": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Find out which computer that was. If it is not {machine} itself, its key was copied: make a new code for it"
        " and enrol it anew, or leave it shut out.",
    ),
    "watchdog": QT_TRANSLATE_NOOP(
        "SecurityEvents",
        "Ask who works at {machine} what they ran there. If nobody knows, end its sessions or revoke it.",
    ),
}
_DETAILS: dict[str, Any] = {
    "serial": QT_TRANSLATE_NOOP("SecurityEvents", "serial"),
    "not_after": QT_TRANSLATE_NOOP("SecurityEvents", "good until"),
    "expires_at": QT_TRANSLATE_NOOP("SecurityEvents", "good until"),
    "sessions": QT_TRANSLATE_NOOP("SecurityEvents", "sessions"),
    "addresses": QT_TRANSLATE_NOOP("SecurityEvents", "addresses"),
    "reason": QT_TRANSLATE_NOOP("SecurityEvents", "reason"),
    "pid": QT_TRANSLATE_NOOP("SecurityEvents", "process"),
    "seconds": QT_TRANSLATE_NOOP("SecurityEvents", "seconds"),
    "application": QT_TRANSLATE_NOOP("SecurityEvents", "program"),
}
_TIMES = ("not_after", "expires_at")


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
    return detail_words(event.detail)


def detail_words(detail: dict[str, Any]) -> str:
    """The same of a detail alone: as the audit has it."""
    return "  ".join(_detail(name, value) for name, value in detail.items() if value not in (None, ""))


def _detail(name: str, value: Any) -> str:
    word = QCoreApplication.translate("SecurityEvents", _DETAILS[name]) if name in _DETAILS else name
    if isinstance(value, list):
        value = QCoreApplication.translate("SecurityEvents", ", ").join(map(str, value))
    if name in _TIMES:
        with contextlib.suppress(TypeError, ValueError):
            value = time_text(datetime.fromisoformat(value))
    return QCoreApplication.translate("SecurityEvents", "{name}: {value}").format(name=word, value=value)


def _said(sentences: dict[str, Any], event: SecurityEventRow) -> str:
    if event.kind not in sentences:
        return ""
    somewhere = QCoreApplication.translate("SecurityEvents", "an unknown address")
    nobody = QCoreApplication.translate("SecurityEvents", "a machine")
    sentence = QCoreApplication.translate("SecurityEvents", sentences[event.kind])
    return sentence.format(machine=event.machine or nobody, address=event.address or somewhere)
