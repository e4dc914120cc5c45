"""Every error a person may meet, each with a code that the client translates.

``UserError`` and what derives from it say what was wrong with the input; ``DatabaseUnavailableError`` says
that nobody can be asked just now. Anything else that escapes is a fault of ours.
"""

from __future__ import annotations

from enum import StrEnum


class DeskError(Exception):
    """Base of all errors of SupportDesk. ``str()`` is a sentence in English, fit for a log or a shell."""

    is_away = False  # nobody can be asked just now: the window says so itself, and the same may pass later


class UserError(DeskError):
    """The request was understood and refused; changing it helps."""


class FieldError(UserError):
    """One field of the input breaks a rule. ``field`` is the field's name, None where no single one is to blame."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RequiredFieldError(FieldError):
    """A required field is empty."""


class UnknownChoiceError(FieldError):
    """A value is not among the choices of its list."""


class RetiredChoiceError(FieldError):
    """A choice was retired and can't be taken any more."""


class DependentChoiceError(FieldError):
    """A choice does not go with the one it depends on (release of another product, symptom of another category)."""


class TransitionError(FieldError):
    """The status graph has no such step."""


class FutureTimeError(FieldError):
    """A time that must lie in the past lies in the future."""


class ReadOnlyFieldError(FieldError):
    """A field that only the desk itself writes (number, origin, created_at ...)."""


class TooLongError(FieldError):
    """A text is longer than its column, or otherwise breaks a CHECK constraint."""


class MissingReferenceError(FieldError):
    """The row that a field points to does not exist or was deleted."""


class DuplicateError(FieldError):
    """A row with the same unique value exists."""


class RoleNameError(FieldError):
    """DK022: a role of the database server has this name; in the audit the machine would look like it."""


class PersonError(UserError):
    """The stated person is not bound to this machine, or none was stated where several are."""


class PermissionDeniedError(UserError):
    """This machine's level does not allow it."""


class NotFoundError(UserError):
    """No such row, or not for this machine."""


class SaveError(UserError):
    """A save that the guard trigger turned away."""


class AlreadySavedError(SaveError):
    """DK001: this very save (its save_id) was done before: an answer got lost, not the work.

    For a person this is a success. ``entity`` and ``entity_id`` name the row that was saved then, to be read again.
    """

    def __init__(self, message: str, entity: str | None = None, entity_id: int | None = None) -> None:
        super().__init__(message)
        self.entity = entity
        self.entity_id = entity_id


class LeaseLostError(SaveError):
    """DK002: another session holds the edit lease."""


class TakeOverError(UserError):
    """DK023: the lease can't be taken over: its holder was not asked, has answered, or has time left to."""


class ConflictError(SaveError):
    """DK003: the row has moved on since it was read."""


class SaveIdMissingError(SaveError):
    """DK004: a write without save_id."""


class BusyError(UserError):
    """A lock was not to be had in time; the same call may pass a moment later."""


class TooSlowError(BusyError):
    """A statement ran longer than one may; the same call may never pass where it asks for too much."""


class LimitError(UserError):
    """A limit of the database server itself: a text too large for an index, or a queue of notices that is full."""


class LastAdminError(UserError):
    """DK021: no administrator's machine would be left that can still get in."""


class EnrolmentError(UserError):
    """The one-time code of an enrolment was not taken."""


class UnknownCodeError(EnrolmentError):
    """DK030: no such code was ever given out."""


class UsedCodeError(EnrolmentError):
    """DK031: the code was used before, for another request than this one."""


class ExpiredCodeError(EnrolmentError):
    """DK032: the code's time is over, or a newer code for the same machine replaced it."""


class CodeFault(StrEnum):
    """What is wrong with a one-time code as it was pasted."""

    EMPTY = "empty"
    SHORT = "short"
    LONG = "long"
    LETTERS = "letters"
    SERVER = "server"
    NO_SERVER = "no_server"


class DamagedCodeError(EnrolmentError):
    """What was pasted can't be a code. Nobody was asked."""

    def __init__(self, message: str, fault: CodeFault = CodeFault.SHORT) -> None:
        super().__init__(message)
        self.fault = fault


class WrongServerError(EnrolmentError):
    """The server that answered does not belong to the desk that gave the code out. It got nothing of the code."""


class ServerNameError(EnrolmentError):
    """The desk's server does not go by the name or address that was given. It got nothing of the code."""


class NotADeskError(EnrolmentError):
    """What answered there is no desk's server."""


class ClockError(EnrolmentError):
    """This computer's clock and the server's are too far apart for certificates. The code was not used."""


class NotSignedError(EnrolmentError):
    """The code was taken, and nobody signed: the desk's worker does not run. The same code goes on later."""


class RequestRefusedError(EnrolmentError):
    """The desk looked at the request and refused to sign it."""


class ProfileError(UserError):
    """The machine's profile folder is missing, incomplete or damaged."""


class FolderError(ProfileError):
    """The profile folder can't be made or written to."""


class OtherMachineError(ProfileError):
    """The profile folder holds another machine's profile, or a key that is not ours."""


class KeyStoreError(ProfileError):
    """The password of this machine's key can't be had from the system's key store just now."""


class KeyLostError(KeyStoreError):
    """The place where the password was kept answers, and does not hold it any more."""


class VersionGateError(DeskError):
    """Client and schema do not fit. ``client_too_old`` tells which side must be updated."""

    def __init__(self, message: str, *, client_too_old: bool) -> None:
        super().__init__(message)
        self.client_too_old = client_too_old


class DatabaseUnavailableError(DeskError):
    """The server can't be reached, or the connection broke."""

    is_away = True


class ServerFullError(DatabaseUnavailableError):
    """The server takes no more connections just now, of this role or at all."""


class LoginRefusedError(DatabaseUnavailableError):
    """The server was reached and let this machine not in."""

    is_away = False


class UnprovenServerError(LoginRefusedError):
    """It is we who do not go on: the server's certificate is not of the authority that this machine knows."""


class DatabaseFaultError(DeskError):
    """An error of the database that no rule of ours explains. Its DETAIL is never shown: it may hold private values."""
