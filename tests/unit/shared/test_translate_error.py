"""Each SQLSTATE has its typed error; none of the sentences quotes what the database said of values."""

from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from sqlalchemy.exc import DBAPIError

from shared import errors
from shared.database import translate_error

SECRET = "+86 138-0000-4711"
SQLSTATES = {
    "DK001": errors.AlreadySavedError,
    "DK002": errors.LeaseLostError,
    "DK003": errors.ConflictError,
    "DK004": errors.SaveIdMissingError,
    "DK010": errors.RequiredFieldError,
    "DK011": errors.UnknownChoiceError,
    "DK012": errors.RetiredChoiceError,
    "DK013": errors.DependentChoiceError,
    "DK014": errors.TransitionError,
    "DK015": errors.PersonError,
    "DK016": errors.FutureTimeError,
    "DK017": errors.ReadOnlyFieldError,
    "DK018": errors.NotFoundError,
    "DK019": errors.TooLongError,
    "DK020": errors.PermissionDeniedError,
    "DK021": errors.LastAdminError,
    "DK022": errors.RoleNameError,
    "DK023": errors.TakeOverError,
    "DK030": errors.UnknownCodeError,
    "DK031": errors.UsedCodeError,
    "DK032": errors.ExpiredCodeError,
    "22001": errors.TooLongError,
    "22P02": errors.DatabaseFaultError,
    "23502": errors.RequiredFieldError,
    "23503": errors.MissingReferenceError,
    "23505": errors.DuplicateError,
    "23514": errors.TooLongError,
    "25006": errors.PermissionDeniedError,
    "25P03": errors.DatabaseUnavailableError,
    "25P04": errors.DatabaseUnavailableError,
    "28000": errors.LoginRefusedError,
    "28P01": errors.LoginRefusedError,
    "3D000": errors.LoginRefusedError,
    "3F000": errors.DatabaseFaultError,
    "40001": errors.BusyError,
    "40P01": errors.BusyError,
    "42501": errors.PermissionDeniedError,
    "42601": errors.DatabaseFaultError,
    "42703": errors.DatabaseFaultError,
    "42883": errors.DatabaseFaultError,
    "42P01": errors.DatabaseFaultError,
    "53100": errors.DatabaseUnavailableError,
    "53200": errors.DatabaseUnavailableError,
    "53300": errors.ServerFullError,
    "54000": errors.LimitError,
    "55P03": errors.BusyError,
    "57014": errors.TooSlowError,
    "57P01": errors.DatabaseUnavailableError,
    "57P02": errors.DatabaseUnavailableError,
    "57P03": errors.DatabaseUnavailableError,
    "57P05": errors.DatabaseUnavailableError,
    "08000": errors.DatabaseUnavailableError,
    "08006": errors.DatabaseUnavailableError,
    "XX000": errors.DatabaseFaultError,
}
LOGIN_MESSAGES = {
    'FATAL:  role "m_pc-1" is not permitted to log in': "shut out",
    "FATAL:  machine certificate is not the enrolled one": "another certificate",
    "FATAL:  no enrolment is open": "no one-time code",
    "SSL error: ssl/tls alert certificate expired": "certificate has expired",
    'private key file "x" has group or world access': "private key",
    "FATAL:  connection requires a valid client certificate": "was not accepted",
    'FATAL:  role "m_pc-1" does not exist': "not known there",
    "SSL error: unexpected message": "secure connection",
    "FATAL:  no pg_hba.conf entry for host": "certificate alone",
    "FATAL:  something new": "no reason known",
}
UNPROVEN_MESSAGES = (
    "SSL error: certificate verify failed",
    'server certificate for "desk" does not match host name "127.0.0.1"',
)
NO_CONNECTION_MESSAGES = {
    "connection to server failed: Connection refused": "can't be reached",
    "could not translate host name": "can't be reached",
    "timeout expired": "can't be reached",
    "SSL connection has been closed unexpectedly": "broke",
    "SSL SYSCALL error: EOF detected": "broke",
    "server closed the connection unexpectedly": "broke",
    "FATAL:  the database system is starting up": "starting or stopping",
    "FATAL:  the database system is shutting down": "starting or stopping",
    'FATAL:  too many connections for role "m_pc-1"': "no more connections",
    "FATAL:  sorry, too many clients already": "no more connections",
    "FATAL:  remaining connection slots are reserved": "no more connections",
}


class FakeDriverError(psycopg2.DatabaseError):
    """A driver error as the server makes it: the real one's attributes can't be set from Python."""

    def __init__(self, sqlstate: str | None, **diagnostics: str) -> None:
        super().__init__(f"ERROR: {SECRET}\nDETAIL:  Failing row contains ({SECRET}).")
        self._sqlstate = sqlstate
        names = ("column_name", "constraint_name", "table_name", "datatype_name")
        said = {"message_primary": f"value {SECRET}", "message_detail": SECRET}
        self._diag = SimpleNamespace(**{**dict.fromkeys(names), **said, **diagnostics})

    @property
    def pgcode(self) -> Any:
        return self._sqlstate

    @property
    def diag(self) -> Any:
        return self._diag


def wrapped(error: BaseException) -> DBAPIError:
    return DBAPIError("UPDATE ...", None, error)


@pytest.mark.parametrize(("sqlstate", "expected"), SQLSTATES.items())
def test_each_sqlstate_has_its_error(sqlstate: str, expected: type[errors.DeskError]) -> None:
    for error in (FakeDriverError(sqlstate), wrapped(FakeDriverError(sqlstate))):
        assert type(translate_error(error)) is expected


@pytest.mark.parametrize("sqlstate", [code for code in SQLSTATES if not code.startswith(("42P", "427", "428", "3F"))])
def test_no_sentence_quotes_the_database(sqlstate: str) -> None:
    sentence = str(translate_error(FakeDriverError(sqlstate)))
    assert SECRET not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("diagnostics", "field"),
    [
        ({"column_name": "resolution"}, "resolution"),
        ({"table_name": "ticket", "constraint_name": "fk_ticket_contact_id"}, "contact_id"),
        ({"table_name": "customer", "constraint_name": "uq_customer_number"}, "number"),
        ({"table_name": "ticket", "constraint_name": "ck_ticket_subject_length"}, "subject"),
        ({"table_name": "ticket", "constraint_name": "something_else"}, None),
        ({}, None),
    ],
)
def test_the_field_is_named(diagnostics: dict[str, str], field: str | None) -> None:
    error = translate_error(FakeDriverError("23503", **diagnostics))
    assert isinstance(error, errors.FieldError)
    assert error.field == field
    assert (field in str(error)) if field else "None" not in str(error)


def test_a_repeated_save_names_the_row_it_saved() -> None:
    error = translate_error(FakeDriverError("DK001", table_name="ticket", datatype_name="10412"))
    assert isinstance(error, errors.AlreadySavedError)
    assert (error.entity, error.entity_id) == ("ticket", 10412)


def test_a_repeated_save_without_a_row_is_still_one() -> None:
    error = translate_error(FakeDriverError("DK001"))
    assert isinstance(error, errors.AlreadySavedError)
    assert (error.entity, error.entity_id) == (None, None)


@pytest.mark.parametrize(("message", "words"), LOGIN_MESSAGES.items())
def test_a_refused_login_says_why(message: str, words: str) -> None:
    error = translate_error(psycopg2.OperationalError(f'connection to server at "127.0.0.1" failed: {message}\n'))
    assert type(error) is errors.LoginRefusedError
    assert words in str(error)


@pytest.mark.parametrize("message", UNPROVEN_MESSAGES)
def test_where_this_side_refuses_nobody_is_blamed_for_letting_us_in_not(message: str) -> None:
    error = translate_error(psycopg2.OperationalError(f'connection to server at "127.0.0.1" failed: {message}\n'))
    assert type(error) is errors.UnprovenServerError
    assert "does not let" not in str(error)
    assert "ask an administrator for a new code" in str(error)


@pytest.mark.parametrize(("message", "words"), NO_CONNECTION_MESSAGES.items())
def test_no_connection_says_so(message: str, words: str) -> None:
    error = translate_error(wrapped(psycopg2.OperationalError(message)))
    is_full = words == "no more connections"
    assert type(error) is (errors.ServerFullError if is_full else errors.DatabaseUnavailableError)
    assert words in str(error)


def test_our_own_errors_pass() -> None:
    error = errors.ConflictError("x")
    assert translate_error(error) is error


def test_what_is_no_database_error_is_named_without_its_text() -> None:
    error = translate_error(KeyError(SECRET))
    assert type(error) is errors.DeskError
    assert SECRET not in str(error)
