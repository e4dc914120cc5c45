"""What is done to a machine beside its form, and what is asked before: codes, sessions, revoking, levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desk_client.machine_words import level_meaning, level_text
from desk_client.machines.code_dialog import CodeDialog
from desk_client.machines.controller import MachineController
from desk_client.machines.editing import MachineEditing
from desk_client.machines.operation_controller import MachineOperations
from desk_client.machines.sessions_dialog import SessionsDialog
from desk_client.messages import Messages, describe
from desk_client.widgets.question import Question
from shared.domain.enrolment import EnrolmentCode
from shared.domain.level import Level
from shared.errors import LastAdminError
from shared.schemas.machine import CodeTerm, MachineDetail


class MachineActions(QObject):
    """Opens the dialogs of one pane. ``own`` is the machine that one sits at.

    A question is about the machine that was shown when it was asked, and so is what its answer does.

    Signals:
        changed(): a question was asked or answered, or something is under way or is not any more.
        answered(): a question was answered; what is shown may be another again.
    """

    changed = Signal()
    answered = Signal()

    def __init__(
        self,
        editing: MachineEditing,
        controller: MachineController,
        operations: MachineOperations,
        messages: Messages,
        own: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._editing, self._controller, self._messages, self._own = editing, controller, messages, own
        self._operations = operations
        self._parent = parent
        self._sessions: SessionsDialog | None = None
        self._codes: dict[str, CodeDialog] = {}
        self._codes_wanted: set[int] = set()
        self.is_asking = False
        self.is_last_admin: Callable[[MachineDetail], bool] = lambda _machine: False  # where it is known
        editing.demotion_wanted.connect(self._ask_demotion)
        editing.made.connect(self._on_made)
        controller.code_made.connect(self._show_code)
        controller.code_failed.connect(self._on_code_failed)
        controller.sessions_listed.connect(self._on_sessions)
        controller.sessions_ended.connect(self._on_ended)
        controller.failed.connect(messages.error)

    # -- one-time codes ------------------------------------------------------------------------------------------------

    def make_code(self) -> None:
        """A code for the machine that is shown; where a computer is enrolled already, after a question."""
        detail = self._editing.detail
        if detail is None:
            return
        if detail.certificate_ends is None:
            self._on_made(detail)
            return
        title = QCoreApplication.translate("Machines", "Enrol {name} anew?").format(name=detail.name)
        text = QCoreApplication.translate(
            "Machines",
            "A computer is enrolled as {name}. It works on until the new code is used; then its certificate is refused"
            " and what it has open ends.",
        ).format(name=detail.name)
        if detail.name == self._own:
            warning = QCoreApplication.translate("Machines", "This is the machine that you sit at.")
            text = f"{warning} {text}"
        verb = QCoreApplication.translate("Machines", "Make a code")
        self._ask("codeQuestion", title, text, verb, lambda: self._on_made(detail))

    def is_busy_with(self, machine_id: int) -> bool:
        """Whether a change of this machine's access is under way."""
        return self._operations.is_under_way(machine_id)

    def is_code_wanted(self, machine_id: int) -> bool:
        """Whether a code for it is on its way."""
        return machine_id in self._codes_wanted

    def _on_made(self, detail: MachineDetail) -> None:
        if detail.id not in self._codes_wanted:
            self._codes_wanted.add(detail.id)
            self._controller.make_code(detail.name, detail.id)
            self.changed.emit()

    def _show_code(self, code: EnrolmentCode, term: CodeTerm, machine_id: int) -> None:
        self._codes_wanted.discard(machine_id)
        before = self._codes.pop(code.machine, None)
        if before is not None and isValid(before):
            before.close()  # its code counts no more
        dialog = self._codes[code.machine] = CodeDialog(code.machine, code.text(), term, self._parent)
        dialog.open()
        self.changed.emit()

    def _on_code_failed(self, machine_id: int) -> None:
        self._codes_wanted.discard(machine_id)
        self.changed.emit()

    # -- levels --------------------------------------------------------------------------------------------------------

    def revoke(self) -> None:
        """Let the machine in no more; asks."""
        detail = self._editing.detail
        if detail is None:
            return
        if self.is_last_admin(detail):
            self._messages.warning(lambda: f"{detail.name}: {describe(LastAdminError())}")
            return
        self._ask_level(detail, Level.NONE, lambda: self._do(self._operations.revoke, detail))

    def set_login(self) -> None:
        """Set the login again as the table has it."""
        if self._editing.detail is not None:
            self._do(self._operations.set_login, self._editing.detail)

    def _do(self, operation: Callable[[MachineDetail], None], detail: MachineDetail) -> None:
        operation(detail)
        self.changed.emit()

    def _ask_demotion(self, level: Level) -> None:
        detail = self._editing.detail
        if detail is not None and self.is_last_admin(detail):
            self._editing.refuse_level(LastAdminError())
        elif detail is not None:
            self._ask_level(detail, level, self._editing.send_now)

    def _ask_level(self, detail: MachineDetail, level: Level, do: Callable[[], object]) -> None:
        name = detail.name
        if level is Level.NONE:
            title = QCoreApplication.translate("Machines", "Revoke {name}?").format(name=name)
            text = QCoreApplication.translate(
                "Machines",
                "It is let in no more, its open sessions end at once, and what was typed there and not saved stays only"
                " on that computer. Its history and its name stay. With a level again it comes back by a new code"
                " alone: its certificate is good no more.",
            )
            verb = QCoreApplication.translate("Machines", "Revoke")
        else:
            title = QCoreApplication.translate("Machines", "Make {name} “{level}”?")
            title = title.format(name=name, level=level_text(level))
            text = QCoreApplication.translate("Machines", "{meaning} Its open sessions end at once and begin anew.")
            text = text.format(meaning=level_meaning(level))
            verb = QCoreApplication.translate("Machines", "Change the level")
        if name == self._own:
            warning = QCoreApplication.translate(
                "Machines", "This is the machine that you sit at: you can't undo this from here."
            )
            text = f"{warning} {text}"
        self._ask("levelQuestion", title, text, verb, do)

    def _ask(self, name: str, title: str, text: str, verb: str, do: Callable[[], object]) -> None:
        question = Question(name, title, text, verb, do, self._parent, on_back=self._editing.stay_here)
        question.finished.connect(lambda _result: self._on_answered())
        self.is_asking = True
        self.changed.emit()
        question.open()

    def _on_answered(self) -> None:
        self.is_asking = False
        self.changed.emit()
        self.answered.emit()

    # -- sessions ------------------------------------------------------------------------------------------------------

    def show_sessions(self) -> None:
        """Who is connected as the machine that is shown."""
        detail = self._editing.detail
        if detail is None:
            return
        dialog = SessionsDialog(detail.name, is_own=detail.name == self._own, parent=self._parent)
        dialog.end_wanted.connect(lambda pid: self._controller.end_sessions(dialog.machine, pid))
        dialog.refresh_wanted.connect(lambda: self._controller.list_sessions(dialog.machine))
        self._sessions = dialog
        self._controller.list_sessions(detail.name)
        dialog.open()

    def _on_sessions(self, machine: str, sessions: Any) -> None:
        if self._sessions is not None and isValid(self._sessions) and self._sessions.machine == machine:
            self._sessions.show_sessions(sessions)

    def _on_ended(self, machine: str, count: int) -> None:
        def say() -> str:
            said = QCoreApplication.translate("Machines", "Sessions of {machine} ended: {count}")
            return said.format(machine=machine, count=count)

        self._messages.info(say)
        if self._sessions is not None and isValid(self._sessions):
            self._controller.list_sessions(self._sessions.machine)
