"""The only place that shows an error, a warning or a word of success, and that words errors for a person."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from shared import errors

log = logging.getLogger(__name__)
Saying = Callable[[], str]  # a sentence, made anew in the language of the window


class Severity(StrEnum):
    """How loud a message is: a word in the status bar, or a bar that stays until it is dismissed."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Answer(StrEnum):
    """What to do with changes that are not saved."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


# The nearest class in an error's ancestry words it. FieldError's own sentence is shown where nothing is nearer.
_SENTENCES: dict[type[errors.DeskError], Any] = {
    errors.RequiredFieldError: QT_TRANSLATE_NOOP("Errors", "This is needed"),
    errors.UnknownChoiceError: QT_TRANSLATE_NOOP("Errors", "This is not one of the choices"),
    errors.RetiredChoiceError: QT_TRANSLATE_NOOP("Errors", "This choice is retired; pick another"),
    errors.DependentChoiceError: QT_TRANSLATE_NOOP("Errors", "This does not go with the field it depends on"),
    errors.TransitionError: QT_TRANSLATE_NOOP("Errors", "The status can't change that way"),
    errors.FutureTimeError: QT_TRANSLATE_NOOP("Errors", "This time lies in the future"),
    errors.ReadOnlyFieldError: QT_TRANSLATE_NOOP("Errors", "Only the desk itself writes this"),
    errors.TooLongError: QT_TRANSLATE_NOOP("Errors", "This is too long or not of the right form"),
    errors.MissingReferenceError: QT_TRANSLATE_NOOP("Errors", "What this points to is not there any more"),
    errors.DuplicateError: QT_TRANSLATE_NOOP("Errors", "This exists already"),
    errors.RoleNameError: QT_TRANSLATE_NOOP("Errors", "A role of the database server has this name; choose another"),
    errors.FieldError: QT_TRANSLATE_NOOP("Errors", "This value is not allowed"),
    errors.PersonError: QT_TRANSLATE_NOOP("Errors", "This person does not work on this machine"),
    errors.PermissionDeniedError: QT_TRANSLATE_NOOP("Errors", "This machine may read, not change that"),
    errors.NotFoundError: QT_TRANSLATE_NOOP("Errors", "This is not there any more"),
    errors.AlreadySavedError: QT_TRANSLATE_NOOP("Errors", "This was saved already"),
    errors.LeaseLostError: QT_TRANSLATE_NOOP("Errors", "Another machine is editing this now"),
    errors.TakeOverError: QT_TRANSLATE_NOOP(
        "Errors", "It can't be taken over: whoever edits this has answered, or still has time to"
    ),
    errors.ConflictError: QT_TRANSLATE_NOOP("Errors", "This was changed on another machine since you opened it"),
    errors.BusyError: QT_TRANSLATE_NOOP("Errors", "The desk is busy with this; try again in a moment"),
    errors.LoginRefusedError: QT_TRANSLATE_NOOP("Errors", "The server does not let this machine in"),
    errors.TooSlowError: QT_TRANSLATE_NOOP(
        "Errors", "This took too long and was stopped. Try again, or ask for less: narrow the time, or add a filter"
    ),
    errors.LimitError: QT_TRANSLATE_NOOP(
        "Errors",
        "The server has reached a limit, and nothing was saved: a text is too large, or the server is overloaded."
        " Try again in a moment, or shorten it",
    ),
    errors.UnprovenServerError: QT_TRANSLATE_NOOP(
        "Errors",
        "This machine does not trust the server: it could not prove that it belongs to this desk. If the desk's"
        " certificates were replaced, ask an administrator for a new code",
    ),
    errors.DatabaseUnavailableError: QT_TRANSLATE_NOOP("Errors", "The server can't be reached"),
    errors.DatabaseFaultError: QT_TRANSLATE_NOOP("Errors", "The desk's database reports a fault"),
    errors.LastAdminError: QT_TRANSLATE_NOOP("Errors", "No administrator's machine that can get in would be left"),
    errors.UnknownCodeError: QT_TRANSLATE_NOOP(
        "Errors", "The desk does not know this code; copy it again, or ask for a new one"
    ),
    errors.UsedCodeError: QT_TRANSLATE_NOOP("Errors", "This code was used before; each serves once. Ask for a new one"),
    errors.ExpiredCodeError: QT_TRANSLATE_NOOP("Errors", "This code is no longer valid; ask for a new one"),
    errors.WrongServerError: QT_TRANSLATE_NOOP(
        "Errors",
        "This server does not belong to the desk that gave the code out. It was told nothing; check the address",
    ),
    errors.ServerNameError: QT_TRANSLATE_NOOP(
        "Errors", "The desk's server does not go by this name or address; name it as the code does"
    ),
    errors.NotADeskError: QT_TRANSLATE_NOOP("Errors", "What answers at this address is no server that enrols machines"),
    errors.ClockError: QT_TRANSLATE_NOOP(
        "Errors",
        "This computer's clock and the server's are a day or more apart. Set the wrong one; the code is still good",
    ),
    errors.NotSignedError: QT_TRANSLATE_NOOP(
        "Errors",
        "The desk took the code, but nothing there signs: its worker does not run. Later the same code goes on",
    ),
    errors.RequestRefusedError: QT_TRANSLATE_NOOP("Errors", "The desk refused to sign; ask for a new code"),
    errors.EnrolmentError: QT_TRANSLATE_NOOP("Errors", "This computer could not be enrolled"),
    errors.FolderError: QT_TRANSLATE_NOOP("Errors", "The profile folder can't be made or written to"),
    errors.OtherMachineError: QT_TRANSLATE_NOOP("Errors", "The profile folder belongs to another machine"),
    errors.KeyStoreError: QT_TRANSLATE_NOOP(
        "Errors", "The password of this machine's key can't be had: the system's key store is locked or has lost it"
    ),
    errors.ServerFullError: QT_TRANSLATE_NOOP("Errors", "The server takes no more connections just now; try again"),
    errors.ProfileError: QT_TRANSLATE_NOOP("Errors", "The profile of this machine is missing or damaged"),
    errors.UserError: QT_TRANSLATE_NOOP("Errors", "The desk refused this"),
    errors.DeskError: QT_TRANSLATE_NOOP("Errors", "SupportDesk made a mistake; what you typed is still there"),
}

# What is wrong with what was pasted.
_CODE_FAULTS: dict[errors.CodeFault, Any] = {
    errors.CodeFault.EMPTY: QT_TRANSLATE_NOOP("Errors", "There is no code yet"),
    errors.CodeFault.SHORT: QT_TRANSLATE_NOOP("Errors", "This code is not complete; copy it again, as a whole"),
    errors.CodeFault.LONG: QT_TRANSLATE_NOOP("Errors", "This code has too many letters; copy it again"),
    errors.CodeFault.LETTERS: QT_TRANSLATE_NOOP("Errors", "There are signs in it that no code has; copy it again"),
    errors.CodeFault.SERVER: QT_TRANSLATE_NOOP("Errors", "The server in this code is no HOST:PORT"),
    errors.CodeFault.NO_SERVER: QT_TRANSLATE_NOOP("Errors", "This code does not say where the server is"),
}

# Why a machine is not let in: the end of the sentences that shared/sqlstate.py makes.
_REASONS: tuple[Any, ...] = (
    QT_TRANSLATE_NOOP("Errors", "this machine has been shut out"),
    QT_TRANSLATE_NOOP("Errors", "another certificate has been issued for this machine since"),
    QT_TRANSLATE_NOOP("Errors", "this machine's certificate has expired"),
    QT_TRANSLATE_NOOP("Errors", "this machine's private key can't be used"),
    QT_TRANSLATE_NOOP("Errors", "this machine's certificate was not accepted"),
    QT_TRANSLATE_NOOP("Errors", "this machine, or its database, is not known there"),
    QT_TRANSLATE_NOOP("Errors", "no secure connection could be made"),
    QT_TRANSLATE_NOOP("Errors", "it takes machines with a certificate alone"),
)


def describe(error: errors.DeskError) -> str:
    """The sentence for a person, in the language of the window. Never a DETAIL line, never a traceback."""
    if isinstance(error, errors.VersionGateError):
        if error.client_too_old:
            return QCoreApplication.translate("Errors", "This client is too old for the desk. Please update it.")
        return QCoreApplication.translate("Errors", "This client is too new: the desk must be updated first.")
    if isinstance(error, errors.LoginRefusedError) and not isinstance(error, errors.UnprovenServerError):
        return _refusal(str(error))
    if isinstance(error, errors.DamagedCodeError):
        return QCoreApplication.translate("Errors", _CODE_FAULTS[error.fault])
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return QCoreApplication.translate("Errors", _SENTENCES[kind])
    return str(error)


def describe_profile(error: errors.ProfileError, folder: Path) -> str:
    """Why there is no way into the desk, and where the way was looked for."""
    sentence = QCoreApplication.translate("Errors", "{sentence}: {reason}")
    return sentence.format(sentence=describe(error), reason=folder)


def _refusal(said: str) -> str:
    sentence = QCoreApplication.translate("Errors", _SENTENCES[errors.LoginRefusedError])
    reason = next((reason for reason in _REASONS if reason in said), None)
    if reason is None:
        return sentence
    with_reason = QCoreApplication.translate("Errors", "{sentence}: {reason}")
    return with_reason.format(sentence=sentence, reason=QCoreApplication.translate("Errors", reason))


class Messages(QObject):
    """Takes what is to be said; the window shows it.

    Signals:
        shown(severity, Saying): a message to show now, and again in another language.
    """

    shown = Signal(str, object)

    def info(self, say: Saying) -> None:
        """A word of success, gone by itself."""
        self.shown.emit(Severity.INFO, say)

    def warning(self, say: Saying) -> None:
        """Something to know; stays until dismissed."""
        self.shown.emit(Severity.WARNING, say)

    def error(self, error: errors.DeskError) -> None:
        """Something did not work."""
        log.warning("shown to the person: %s", error)
        self.shown.emit(Severity.ERROR, lambda: describe(error))

    def fault(self) -> None:
        """A fault of ours; its traceback is in the log."""
        self.shown.emit(Severity.ERROR, lambda: describe(errors.DeskError()))

    def ask_unsaved(self, parent: QWidget, title: str) -> Answer:
        """Ask what to do with the unsaved changes of ``title`` ("10412 · STB-300 ...")."""
        box = QMessageBox(parent)
        box.setObjectName("unsavedQuestion")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(QCoreApplication.translate("Messages", "Unsaved changes"))
        box.setText(QCoreApplication.translate("Messages", "Save the changes to {title}?").format(title=title))
        buttons = {
            Answer.SAVE: (QCoreApplication.translate("Messages", "Save"), QMessageBox.ButtonRole.AcceptRole),
            Answer.DISCARD: (QCoreApplication.translate("Messages", "Discard"), QMessageBox.ButtonRole.DestructiveRole),
            Answer.CANCEL: (QCoreApplication.translate("Messages", "Go on editing"), QMessageBox.ButtonRole.RejectRole),
        }
        made = {answer: box.addButton(text, role) for answer, (text, role) in buttons.items()}
        for answer, button in made.items():
            button.setObjectName(f"unsaved_{answer}")
        box.setDefaultButton(made[Answer.SAVE])
        box.setEscapeButton(made[Answer.CANCEL])
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return next((answer for answer, button in made.items() if button is clicked), Answer.CANCEL)
