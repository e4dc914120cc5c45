"""SQLSTATE to typed error. Sentences are our own: the database's DETAIL, and some messages, quote private values."""

from __future__ import annotations

from typing import Any

from shared import errors
from shared.errors import DeskError, FieldError

_FIELD_ERRORS: dict[str, tuple[type[FieldError], str]] = {
    "DK010": (errors.RequiredFieldError, "A required field is empty"),
    "DK011": (errors.UnknownChoiceError, "A value is not among the choices of its list"),
    "DK012": (errors.RetiredChoiceError, "A choice has been retired and can't be taken any more"),
    "DK013": (errors.DependentChoiceError, "A choice does not go with the one it depends on"),
    "DK014": (errors.TransitionError, "The ticket can't go from its status to this one"),
    "DK016": (errors.FutureTimeError, "A time lies in the future"),
    "DK017": (errors.ReadOnlyFieldError, "A field is written by the desk alone"),
    "DK019": (errors.TooLongError, "A text is too long or breaks a rule of its field"),
    "DK022": (errors.RoleNameError, "A role of the database server has this name; choose another"),
    "22001": (errors.TooLongError, "A text is too long"),
    "23502": (errors.RequiredFieldError, "A required field is empty"),
    "23503": (errors.MissingReferenceError, "A row that is pointed to does not exist"),
    "23505": (errors.DuplicateError, "A row with the same value exists already"),
    "23514": (errors.TooLongError, "A value breaks a rule of its field"),
}
_ERRORS: dict[str, tuple[type[DeskError], str]] = {
    "DK002": (errors.LeaseLostError, "Another session is editing this record now."),
    "DK003": (errors.ConflictError, "This record was changed by somebody else in the meantime."),
    "DK004": (errors.SaveIdMissingError, "The save carries no save id."),
    "DK015": (errors.PersonError, "The stated person is not bound to this machine, or none was stated."),
    "DK018": (errors.NotFoundError, "This record was deleted."),
    "DK020": (errors.PermissionDeniedError, "The history of a record is only ever added to."),
    "DK021": (errors.LastAdminError, "No administrator's machine that can get in would be left."),
    "DK023": (errors.TakeOverError, "Who edits this record was not asked for it, has answered, or has time left to."),
    "DK030": (errors.UnknownCodeError, "The desk does not know this code; check that it is whole and this desk's."),
    "DK031": (errors.UsedCodeError, "This code was used already; each serves once. Ask for a new one."),
    "DK032": (errors.ExpiredCodeError, "This code is no longer valid. Ask for a new one."),
    "42501": (errors.PermissionDeniedError, "This machine's level does not allow it."),
    "25006": (errors.PermissionDeniedError, "The database takes no changes just now."),
    "55P03": (errors.BusyError, "Somebody else is saving the same record. Try again in a moment."),
    "40P01": (errors.BusyError, "Two saves were in each other's way. Try again in a moment."),
    "40001": (errors.BusyError, "Two saves were in each other's way. Try again in a moment."),
    "54000": (
        errors.LimitError,
        "The database server has reached a limit of its own, and nothing was saved: a text is too large, or the server "
        "is behind with its notices. Try again in a moment, or shorten it.",
    ),
    "57014": (errors.TooSlowError, "The database took too long and gave up. Try again, or ask for less."),
    "53100": (errors.DatabaseUnavailableError, "The database server's disk is full."),
    "53200": (errors.DatabaseUnavailableError, "The database server is out of memory."),
    "53300": (errors.ServerFullError, "The database server takes no more connections just now."),
    "28000": (errors.LoginRefusedError, "The database server does not let this machine in."),
    "28P01": (errors.LoginRefusedError, "The database server does not let this machine in."),
    "3D000": (errors.LoginRefusedError, "The database server has no such database."),
}
_BROKEN = ("08", "57P", "25P", "53")
_UNREADY = ("3F000", "42P01", "42703", "42883")

# What libpq and the server say before there is a session and thus an SQLSTATE; the first that fits counts.
_FULL = ("too many connections", "too many clients", "remaining connection slots")
_NOT_READY = ("starting up", "shutting down", "in recovery", "not yet accepting", "authentication timeout")
_CUT = ("closed", "ssl syscall", "reset by peer", "no connection to the server")
_UNPROVEN = ("verify failed", "does not match host name")
_REFUSALS: tuple[tuple[str, str], ...] = (
    ("not permitted to log in", "this machine has been shut out"),
    ("not the enrolled one", "another certificate has been issued for this machine since"),
    ("no enrolment is open", "it has given out no one-time code since yesterday"),
    ("certificate expired", "this machine's certificate has expired"),
    ("certificate has expired", "this machine's certificate has expired"),
    ("private key", "this machine's private key can't be used"),
    ("certificate", "this machine's certificate was not accepted"),
    ("does not exist", "this machine, or its database, is not known there"),
    ("ssl error", "no secure connection could be made"),
    ("no pg_hba.conf entry", "it takes machines with a certificate alone"),
    ("fatal:", "the server gave no reason known to this program"),
)


def error_for(sqlstate: str, diagnostics: Any) -> DeskError:
    """The error for ``sqlstate``. Of psycopg2's ``diagnostics`` only names of columns and constraints are used."""
    if sqlstate == "DK001":
        return _already_saved(diagnostics)
    if sqlstate in _FIELD_ERRORS:
        kind, sentence = _FIELD_ERRORS[sqlstate]
        field = _field(diagnostics)
        return kind(f"{sentence}: {field}." if field else f"{sentence}.", field)
    if sqlstate in _ERRORS:
        kind_, sentence = _ERRORS[sqlstate]
        return kind_(sentence)
    if sqlstate.startswith(_BROKEN):
        return errors.DatabaseUnavailableError("The connection to the database server broke.")
    if sqlstate in _UNREADY:
        return errors.DatabaseFaultError(
            f"The database does not know something that this program asks for ({sqlstate}): {_primary(diagnostics)}. "
            "Does its schema fit this version?"
        )
    return errors.DatabaseFaultError(f"The database met an error that no rule explains (SQLSTATE {sqlstate}).")


def error_for_broken_connection(error: BaseException) -> DeskError:
    """The error for a driver exception without SQLSTATE: no connection came about, or it broke."""
    text = str(error).lower()
    if any(words in text for words in _FULL):
        return errors.ServerFullError("The database server takes no more connections just now.")
    if any(words in text for words in _NOT_READY):
        return errors.DatabaseUnavailableError("The database server is starting or stopping. Try again in a moment.")
    if any(words in text for words in _CUT):
        return errors.DatabaseUnavailableError("The connection to the database server broke.")
    if any(words in text for words in _UNPROVEN):
        return errors.UnprovenServerError(
            "This machine does not trust the server: it could not prove that it belongs to this desk. If the desk's "
            "certificates were replaced, ask an administrator for a new code."
        )
    for words, reason in _REFUSALS:
        if words in text:
            return errors.LoginRefusedError(f"The database server does not let this machine in: {reason}.")
    return errors.DatabaseUnavailableError("The database server can't be reached.")


def _already_saved(diagnostics: Any) -> errors.AlreadySavedError:
    """The row comes as TABLE and DATATYPE of the raise: its entity and its id."""
    entity_id = diagnostics.datatype_name or ""
    return errors.AlreadySavedError(
        "This was saved already.",
        diagnostics.table_name,
        int(entity_id) if entity_id.isdecimal() else None,
    )


def _field(diagnostics: Any) -> str | None:
    """The field's name: as raised, else from the constraint's name (``fk_ticket_contact_id``)."""
    column: str | None = diagnostics.column_name
    if column:
        return column
    constraint, table = diagnostics.constraint_name, diagnostics.table_name
    for kind in ("fk", "uq", "ck"):
        prefix = f"{kind}_{table}_"
        if constraint and constraint.startswith(prefix):
            name: str = constraint.removeprefix(prefix)
            return name.removesuffix("_length")
    return None


def _primary(diagnostics: Any) -> str:
    return diagnostics.message_primary or "no message"
