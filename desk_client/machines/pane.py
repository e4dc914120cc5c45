"""The pane of one machine: its form, and what can be done with the machine."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desk_client.context import ClientContext
from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.foot import FormFoot
from desk_client.forms.notices import Notices
from desk_client.forms.pane import EntityPane, PaneSet
from desk_client.machine_words import certificate_help, certificate_text, level_text
from desk_client.machines.actions import MachineActions
from desk_client.machines.controller import MachineController
from desk_client.machines.editing import MachineEditing
from desk_client.machines.form import MachineForm
from desk_client.machines.operation_controller import MachineOperations
from desk_client.machines.pane_head import MachineHead
from desk_client.widgets.banner import Banner
from shared.domain.level import Level
from shared.schemas.machine import MachineDetail


class MachinePane(EntityPane[MachineDetail]):
    """Shows machines and new ones, edits them under a lease, saves them."""

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        session, messages = context.session, context.messages
        super().__init__(parent, session, messages, "machinePane")
        operations = MachineOperations(context.runner, context.bus, messages, session.machine)
        self.controller = MachineController(
            context.runner, context.bus, context.leases, context.profile, operations, self
        )
        self.head, self.banner, self.foot = MachineHead(self), Banner(self), FormFoot(self)
        self.lease_banner = Banner(self, "leaseBanner")
        notices = Notices(self.banner, self.lease_banner)
        self.change_banner = Banner(self, "changeBanner")
        self.changes = ChangeNotices(self.change_banner)
        self.form = MachineForm(context.reference, self.now, self)
        self.editing = MachineEditing(
            self.form, notices, self.changes, self.controller, messages,
            can_write=session.level is Level.ADMIN, parent=self,
        )  # fmt: skip
        self.doing = MachineActions(self.editing, self.controller, operations, messages, session.machine, self)
        self.head.code_wanted.connect(self.doing.make_code)
        self.head.sessions_wanted.connect(self.doing.show_sessions)
        self.head.login_wanted.connect(self.doing.set_login)
        self.head.revoke_wanted.connect(self.doing.revoke)
        self.controller.code_made.connect(self.read_again)
        self.doing.changed.connect(self.show_state)
        self.editing.opening.arrived.connect(self.show_state)
        self.editing.opening.stayed.connect(self.show_state)
        self.lay_out(self, self.head, self.lease_banner, self.change_banner, self.banner, self.form, self.foot)
        self.begin(PaneSet(self.form, notices, self.changes, self.foot, self.controller, self.editing), context)

    def title(self) -> str:
        """The machine's name."""
        detail = self.editing.detail
        return QCoreApplication.translate("Machines", "New machine") if detail is None else detail.name

    def is_held(self) -> bool:
        """An open question is about what is shown."""
        return super().is_held() or self.doing.is_asking

    def show_state(self) -> None:
        """Which machine, how it stands, and what can be done with it now."""
        detail = self.editing.detail
        self.head.show_machine(
            self.title(),
            self._state_text(),
            is_there=detail is not None,
            is_revoked=detail is not None and detail.level is Level.NONE,
            is_busy=self.is_busy() or (detail is not None and self.doing.is_busy_with(detail.id)),
            is_code_wanted=detail is not None and self.doing.is_code_wanted(detail.id),
        )
        super().show_state()

    def _state_text(self) -> str:
        detail, now = self.editing.detail, self.now()
        if detail is None:
            return QCoreApplication.translate(
                "Machines", "Once it is saved, there is a one-time code to enrol it with."
            )
        certificate = certificate_text(detail.certificate_ends, detail.code_ends, now)
        said = QCoreApplication.translate("Machines", "{level}  ·  certificate: {certificate}  ·  {help}")
        help_text = certificate_help(detail.level, detail.certificate_ends, detail.code_ends, now)
        return said.format(level=level_text(detail.level), certificate=certificate, help=help_text)

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        self.setAccessibleName(QCoreApplication.translate("Machines", "Machine"))
        super().retranslate()
