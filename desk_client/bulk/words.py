"""What became of rows, in the language of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QLocale

from desk_client.bulk.entity import BulkEntity
from desk_client.bulk.work import BulkRow, BulkWork, Outcome
from desk_client.messages import describe
from shared.errors import ConflictError, FieldError, LeaseLostError

LabelOf = Callable[[str], str]  # what a field is called


def outcome_text(row: BulkRow, *, is_deletion: bool) -> str:
    """In a word or two."""
    if row.outcome is Outcome.DONE:
        if is_deletion:
            return QCoreApplication.translate("Bulk", "Deleted")
        return QCoreApplication.translate("Bulk", "Changed")
    if row.outcome in (Outcome.FAILED, Outcome.STOPPED):
        if is_deletion:
            return QCoreApplication.translate("Bulk", "Not deleted")
        return QCoreApplication.translate("Bulk", "Not changed")
    words = {
        Outcome.WAITING: QCoreApplication.translate("Bulk", "Waiting"),
        Outcome.UNKNOWN: QCoreApplication.translate("Bulk", "Not known yet"),
        Outcome.UNDOING: QCoreApplication.translate("Bulk", "Not known yet"),
        Outcome.UNDONE: QCoreApplication.translate("Bulk", "Taken back"),
    }
    return words[row.outcome]


def reason_text(row: BulkRow, label_of: LabelOf, *, is_deletion: bool) -> str:
    """Why, '' where there is nothing to say."""
    if row.outcome is Outcome.STOPPED:
        return QCoreApplication.translate("Bulk", "You stopped before its turn")
    if row.outcome is Outcome.UNDOING:
        return QCoreApplication.translate("Bulk", "No answer: it may be taken back or not")
    if row.outcome is Outcome.UNKNOWN:
        if is_deletion:
            return QCoreApplication.translate("Bulk", "No answer: it may be deleted or not")
        return QCoreApplication.translate("Bulk", "No answer: it may be changed or not")
    if row.error is None:
        return ""
    reason = _error_text(row, label_of)
    if row.outcome is Outcome.DONE:
        return QCoreApplication.translate("Bulk", "Could not be taken back: {reason}").format(reason=reason)
    return reason


def _error_text(row: BulkRow, label_of: LabelOf) -> str:
    error = row.error
    if isinstance(error, LeaseLostError) and row.machine:
        if row.person:
            text = QCoreApplication.translate("Bulk", "{person} is editing this on {machine}")
            return text.format(person=row.person, machine=row.machine)
        return QCoreApplication.translate("Bulk", "{machine} is editing this").format(machine=row.machine)
    if isinstance(error, ConflictError):
        return QCoreApplication.translate("Bulk", "Somebody else changed this meanwhile")
    if error is None:
        return ""
    if isinstance(error, FieldError) and error.field:
        text = QCoreApplication.translate("Bulk", "{field}: {reason}")
        return text.format(field=label_of(error.field), reason=describe(error))
    return describe(error)


def summary_text(work: BulkWork, entity: BulkEntity) -> str:
    """What became of all of them."""
    if work.origin is not None:
        return _undone_text(work, entity)
    done = work.count(Outcome.DONE)
    left = work.count(Outcome.FAILED, Outcome.STOPPED)
    if work.is_deletion:
        text = QCoreApplication.translate("Bulk", "{rows} deleted")
    else:
        text = QCoreApplication.translate("Bulk", "{rows} changed")
    said = text.format(rows=entity.count_text(done))
    if left:
        said += QCoreApplication.translate("Bulk", ", {count} not").format(count=QLocale().toString(left))
    unknown = work.count(Outcome.UNKNOWN, Outcome.UNDOING)
    if unknown:
        text = QCoreApplication.translate("Bulk", ", {count} not known yet")
        said += text.format(count=QLocale().toString(unknown))
    undone = work.count(Outcome.UNDONE)
    if undone:
        text = QCoreApplication.translate("Bulk", ", {count} taken back")
        said += text.format(count=QLocale().toString(undone))
    return said


def _undone_text(work: BulkWork, entity: BulkEntity) -> str:
    said = QCoreApplication.translate("Bulk", "{rows} taken back").format(
        rows=entity.count_text(work.count(Outcome.DONE))
    )
    left = len(work.rows) - work.count(Outcome.DONE)
    if left:
        said += QCoreApplication.translate("Bulk", ", {count} not").format(count=QLocale().toString(left))
    return said


def progress_text(settled: int, rows: int) -> str:
    """How far it is."""
    text = QCoreApplication.translate("Bulk", "{settled} of {rows}")
    return text.format(settled=QLocale().toString(settled), rows=QLocale().toString(rows))
