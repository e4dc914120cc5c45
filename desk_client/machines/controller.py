"""What the screen of machines asks of the database: open, save, end sessions, one-time codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from desk_client.change_bus import ChangeBus
from desk_client.forms.controller import EntityController
from desk_client.forms.save_ids import Sent
from desk_client.leases.keeper import LeaseKeeper
from desk_client.machine_words import is_demotion
from desk_client.machines.fields import ENTITY, normal_name
from desk_client.machines.operation_controller import EVENTS, MachineOperations
from desk_client.runner import DbRunner
from shared.config import CA_FILE, Profile
from shared.domain.enrolment import EnrolmentCode, fingerprint_of_pem
from shared.errors import DeskError, ProfileError
from shared.queries.machines import get_machine, list_sessions
from shared.schemas.machine import CodeTerm, MachineDetail, MachineSave, MachineValues
from shared.services.machines import begin_enrolment, end_sessions, set_machine


class MachineController(EntityController[MachineDetail]):
    """One for the screen.

    A saved form that takes rights away is followed by the end of who is connected.

    Signals:
        sessions_listed(machine, tuple[MachineSession])
        sessions_ended(machine, count)
        code_made(EnrolmentCode, CodeTerm, id): the only place where the secret is; how long it is good; whose it is.
        code_failed(id): there is none for this machine.
        failed(DeskError): something beside the form did not work.
    """

    sessions_listed = Signal(str, object)
    sessions_ended = Signal(str, int)
    code_made = Signal(object, object, object)
    code_failed = Signal(object)
    failed = Signal(object)

    entity = ENTITY

    def __init__(
        self,
        runner: DbRunner,
        bus: ChangeBus,
        leases: LeaseKeeper,
        profile: Profile,
        operations: MachineOperations,
        parent: QObject,
    ) -> None:
        super().__init__(runner, bus, leases, parent)
        self._profile, self._operations = profile, operations
        self._demoted: set[int] = set()  # the machines from which rights are being taken

    # -- reading and saving --------------------------------------------------------------------------------------------

    def read(self, conn: Any, row_id: int) -> MachineDetail:
        """One machine."""
        return get_machine(conn, row_id)

    def insert(self, session: Any, sent: Sent) -> MachineDetail:
        """Make a machine."""
        given = {**sent.changed, "name": normal_name(sent.changed["name"])}
        return set_machine(session, MachineSave(values=MachineValues.model_validate(given), save_id=sent.save_id))

    def write(self, session: Any, sent: Sent, lease_token: int | None) -> MachineDetail:
        """Change a machine."""
        values = MachineValues.model_validate({**sent.base, **sent.changed})
        return set_machine(
            session,
            MachineSave(values=values, save_id=sent.save_id, row_version=sent.row_version, lease_token=lease_token),
        )

    def save(self, base: MachineDetail | None, changed: Mapping[str, Any], beside: Any = None) -> bool:
        """Save what changed; where it takes rights away, who is connected has to go afterwards."""
        if base is not None and is_demotion(base.level, changed.get("level")):
            self._demoted.add(base.id)
        elif base is not None:
            self._demoted.discard(base.id)
        return super().save(base, changed, beside)

    def was_written(self, detail: MachineDetail) -> None:
        """The second unit of work."""
        if detail.id in self._demoted:
            self._demoted.discard(detail.id)
            self._operations.end_twice(detail.name)

    # -- sessions ------------------------------------------------------------------------------------------------------

    def list_sessions(self, machine: str) -> None:
        """Ask who is connected."""
        self._runner.run(
            lambda conn: list_sessions(conn, machine),
            on_done=lambda sessions: self.sessions_listed.emit(machine, sessions),
            on_error=self.failed.emit, receiver=self, purpose="sessions",
        )  # fmt: skip

    def end_sessions(self, machine: str, pid: int | None = None) -> None:
        """End one session, or all of them."""
        self._runner.run(
            lambda session: end_sessions(session, machine, pid),
            on_done=lambda count: self._on_ended(machine, count),
            on_error=self.failed.emit, receiver=self, write=True,
        )  # fmt: skip

    def _on_ended(self, machine: str, count: int) -> None:
        self._bus.publish(ENTITY, initiator=self)
        self._bus.publish(EVENTS, initiator=self)
        self.sessions_ended.emit(machine, count)

    # -- one-time codes ------------------------------------------------------------------------------------------------

    def make_code(self, machine: str, machine_id: int) -> None:
        """Make a code here and give the desk its hash; an earlier one of this machine counts no more."""

        def make(session: Any) -> tuple[EnrolmentCode, CodeTerm]:
            code = self._new_code(machine)
            return code, begin_enrolment(session, machine, code.secret_hash())

        self._runner.run(
            make,
            on_done=lambda made: self._on_code(*made, machine_id),
            on_error=lambda error: self._on_code_failed(machine_id, error), receiver=self, write=True,
        )  # fmt: skip

    def _new_code(self, machine: str) -> EnrolmentCode:
        profile = self._profile
        try:
            fingerprint = fingerprint_of_pem((profile.directory / CA_FILE).read_bytes())
        except (OSError, ValueError) as error:
            raise ProfileError("The authority's certificate in this machine's profile can't be read.") from error
        return EnrolmentCode.new(machine, fingerprint, profile.host, profile.port)

    def _on_code(self, code: EnrolmentCode, term: CodeTerm, machine_id: int) -> None:
        self.code_made.emit(code, term, machine_id)
        self._bus.publish(ENTITY, machine_id, initiator=self)
        self._bus.publish(EVENTS, initiator=self)

    def _on_code_failed(self, machine_id: int, error: DeskError) -> None:
        self.code_failed.emit(machine_id)
        self.failed.emit(error)
