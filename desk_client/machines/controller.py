"""What the screen of machines asks of the database: open, save, end sessions, one-time codes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.change_bus import ChangeBus
from desk_client.forms.controller import EntityController
from desk_client.machines.fields import ENTITY, normal_name
from desk_client.machines.words import is_demotion
from desk_client.runner import DbRunner
from shared.config import CA_FILE, Profile
from shared.domain.enrolment import EnrolmentCode, fingerprint_of_pem
from shared.errors import ProfileError
from shared.queries.machines import get_machine, list_sessions
from shared.schemas.machine import MachineDetail, MachineSave, MachineValues
from shared.services.machines import begin_enrolment, end_sessions, set_machine

SWEEP_AFTER_MS = 1_000


class MachineController(EntityController[MachineDetail]):
    """One for the screen.

    A change that takes rights away is two units of work: the new level first, committed, then the end of who is
    connected; and the same again after a second, for who slipped in meanwhile. The server's worker does it as well.

    Signals:
        sessions_listed(machine, tuple[MachineSession])
        sessions_ended(machine, count)
        code_made(EnrolmentCode, CodeTerm): the only place where the secret is; how long it is good.
        failed(DeskError): something beside the form did not work.
    """

    sessions_listed = Signal(str, object)
    sessions_ended = Signal(str, int)
    code_made = Signal(object, object)
    failed = Signal(object)

    entity = ENTITY

    def __init__(self, runner: DbRunner, bus: ChangeBus, profile: Profile, parent: QObject) -> None:
        super().__init__(runner, bus, parent)
        self._profile = profile
        self._demoted: int | None = None  # the machine from which rights are being taken
        self._swept_again: list[str] = []
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(SWEEP_AFTER_MS)
        self._again.timeout.connect(self._on_again)

    # -- reading and saving --------------------------------------------------------------------------------------------

    def read(self, conn: Any, row_id: int) -> MachineDetail:
        """One machine."""
        return get_machine(conn, row_id)

    def insert(self, session: Any, values: Mapping[str, Any], save_id: uuid.UUID) -> MachineDetail:
        """Make a machine."""
        given = {**values, "name": normal_name(values["name"])}
        return set_machine(session, MachineSave(values=MachineValues.model_validate(given), save_id=save_id))

    def write(
        self,
        session: Any,
        base: MachineDetail,
        changed: Mapping[str, Any],
        save_id: uuid.UUID,
        lease_token: int | None,
    ) -> MachineDetail:
        """Change a machine."""
        values = MachineValues.model_validate({**base.values.model_dump(), **changed})
        return set_machine(
            session,
            MachineSave(values=values, save_id=save_id, row_version=base.row_version, lease_token=lease_token),
        )

    def update(self, base: MachineDetail, changed: Mapping[str, Any]) -> None:
        """Save what changed; where it takes rights away, who is connected has to go afterwards."""
        self._demoted = base.id if is_demotion(base.level, changed.get("level")) else None
        super().update(base, changed)

    def after_save(self, detail: MachineDetail) -> None:
        """The second unit of work."""
        if self._demoted == detail.id:
            self._end_twice(detail.name)
        self._demoted = None

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
        self._bus.publish("security_event", initiator=self)
        self.sessions_ended.emit(machine, count)

    def _end_twice(self, machine: str) -> None:
        """Of our own machine the worker ends the sessions: by now we have no right to."""
        if machine != self._profile.machine:
            self._sweep(machine)
            self._swept_again.append(machine)
            self._again.start()

    def _on_again(self) -> None:
        machines, self._swept_again = self._swept_again, []
        for machine in machines:
            self._sweep(machine)

    def _sweep(self, machine: str) -> None:
        self._runner.run(
            lambda session: end_sessions(session, machine),
            on_done=lambda _: self._bus.publish(ENTITY, initiator=self),
            on_error=self.failed.emit, receiver=self, write=True,
        )  # fmt: skip

    # -- one-time codes ------------------------------------------------------------------------------------------------

    def make_code(self, machine: str, machine_id: int) -> None:
        """Make a code here and give the desk its hash; an earlier one of this machine counts no more."""
        try:
            code = self._new_code(machine)
        except ProfileError as error:
            self.failed.emit(error)
            return
        code_hash = code.secret_hash()
        self._runner.run(
            lambda session: begin_enrolment(session, machine, code_hash),
            on_done=lambda term: self._on_code(code, term, machine_id),
            on_error=self.failed.emit, receiver=self, write=True,
        )  # fmt: skip

    def _new_code(self, machine: str) -> EnrolmentCode:
        profile = self._profile
        try:
            fingerprint = fingerprint_of_pem((profile.directory / CA_FILE).read_bytes())
        except (OSError, ValueError) as error:
            raise ProfileError("The authority's certificate in this machine's profile can't be read.") from error
        return EnrolmentCode.new(machine, fingerprint, profile.host, profile.port)

    def _on_code(self, code: EnrolmentCode, term: object, machine_id: int) -> None:
        self._bus.publish(ENTITY, machine_id, initiator=self)
        self._bus.publish("security_event", initiator=self)
        self.code_made.emit(code, term)
